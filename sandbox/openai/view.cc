#include "sandbox/openai/view.h"

#include <algorithm>
#include <charconv>

#include "base/base64.h"
#include "base/strings.h"

namespace dragoman::sandbox::openai {

using json::Value;

Refusal refuse(std::string message, std::string param, std::string code) {
  return {.message = std::move(message), .param = std::move(param), .code = std::move(code)};
}

std::string content_text(Value content) {
  if (content.is_string()) return std::string(content.text());
  std::string out;
  bool first = true;
  for (const Value part : content.items()) {
    const Value text = part["text"];
    if (!text.is_string()) continue;
    if (!first) out += '\n';
    first = false;
    out += text.text();
  }
  return out;
}

int count_parts(Value content, std::string_view type) {
  int n = 0;
  for (const Value part : content.items()) n += part["type"].text() == type;
  return n;
}

bool is_blank_content(Value content) {
  if (!content.present()) return true;
  if (content.is_string()) return is_blank(content.text());
  return std::all_of(content.items().begin(), content.items().end(), [](Value part) {
    return part["type"].text() == "text" && is_blank(part["text"].text());
  });
}

std::optional<PairFault> pair_fault(Value messages) {
  const auto all = messages.items();
  for (std::size_t i = 0; i < all.size(); ++i) {
    if (all[i]["role"].text() == "tool") {
      return PairFault{PairFault::orphan, i, std::string(all[i]["tool_call_id"].text())};
    }
    const auto calls = all[i]["tool_calls"].items();
    if (calls.empty()) continue;
    std::vector<std::string_view> open;
    for (const Value c : calls) open.push_back(c["id"].text());
    std::size_t next = i + 1;
    for (; next < all.size() && all[next]["role"].text() == "tool"; ++next) {
      const auto found = std::find(open.begin(), open.end(), all[next]["tool_call_id"].text());
      if (found == open.end()) {
        return PairFault{PairFault::orphan, next, std::string(all[next]["tool_call_id"].text())};
      }
      open.erase(found);
    }
    if (!open.empty()) {
      std::string ids;
      for (const std::string_view id : open) ids += (ids.empty() ? "" : ", ") + std::string(id);
      return PairFault{PairFault::unanswered, i, std::move(ids)};
    }
    i = next - 1;
  }
  return std::nullopt;
}

bool is_name(std::string_view text, std::size_t most) {
  return !text.empty() && text.size() <= most && std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
  });
}

std::string quoted_list(std::span<const std::string_view> words) {
  std::string out;
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (i > 0) out += words.size() == 2 ? " and " : i + 1 == words.size() ? ", and " : ", ";
    out += "'" + std::string(words[i]) + "'";
  }
  return out;
}

std::string_view kind_phrase(Value value) {
  switch (value.kind()) {
    case json::Kind::absent:
    case json::Kind::null:
      return "null";
    case json::Kind::boolean:
      return "a boolean";
    case json::Kind::number:
      return value.number_text().find_first_of(".eE") == std::string_view::npos ? "an integer" : "a decimal";
    case json::Kind::string:
      return "a string";
    case json::Kind::array:
      return "an array";
    case json::Kind::object:
      return "an object";
  }
  return "null";
}

bool messages_mention(Value messages, std::string_view lower_word) {
  return std::any_of(messages.items().begin(), messages.items().end(), [&](Value m) {
    return lower_ascii(content_text(m["content"])).find(lower_word) != std::string::npos;
  });
}

std::int64_t prompt_tokens(Value body) {
  std::int64_t sum = 0;
  for (const Value m : body["messages"].items()) {
    sum += 3 + count_tokens(content_text(m["content"]));
    for (const Value c : m["tool_calls"].items()) sum += count_tokens(c["function"]["arguments"].text()) + 4;
  }
  return body["tools"].present() ? sum + count_tokens(json::dump(body["tools"])) : sum;
}

std::int64_t context_window(std::string_view model) {
  std::int64_t window = 128000;
  if (const std::size_t at = model.rfind("-ctx"); at != std::string_view::npos) {
    std::from_chars(model.data() + at + 4, model.data() + model.size(), window);
  }
  return window;
}

std::optional<DataUrl> data_url(std::string_view url) {
  if (!url.starts_with("data:")) return std::nullopt;
  DataUrl out;
  const std::size_t comma = url.find(',');
  const std::size_t mark = url.find(";base64");
  if (comma == std::string_view::npos || mark == std::string_view::npos || mark > comma) {
    out.bad = true;
    return out;
  }
  out.media_type = url.substr(5, mark - 5);
  if (auto bytes = base64_decode(url.substr(comma + 1))) {
    out.bytes = std::move(*bytes);
  } else {
    out.bad = true;
  }
  return out;
}

std::string_view image_type(std::string_view bytes) {
  if (bytes.starts_with("\x89PNG\r\n\x1a\n")) return "image/png";
  if (bytes.starts_with("\xff\xd8\xff")) return "image/jpeg";
  if (bytes.starts_with("GIF87a") || bytes.starts_with("GIF89a")) return "image/gif";
  if (bytes.starts_with("RIFF") && bytes.size() >= 12 && bytes.substr(8, 4) == "WEBP") return "image/webp";
  return "";
}

std::string_view choice_word(Value tool_choice) {
  if (tool_choice.is_string()) return tool_choice.text();
  return tool_choice.is_object() ? "named" : "";
}

std::string_view choice_name(Value tool_choice) { return tool_choice["function"]["name"].text(); }

Ask to_ask(const Request& request, int index) {
  Ask ask;
  const auto all = request["messages"].items();
  std::size_t last = all.size();
  while (last > 0 && all[last - 1]["role"].text() == "tool") --last;
  for (std::size_t i = last; i < all.size(); ++i) {
    ask.results.push_back(content_text(all[i]["content"]));
    ask.images += count_parts(all[i]["content"], "image_url");
  }
  if (!ask.results.empty()) {
    ask.last = LastTurn::tool_results;
  } else if (!all.empty() && all.back()["role"].text() == "assistant") {
    ask.last = LastTurn::assistant;
  }
  for (std::size_t i = all.size(); i-- > 0;) {
    const Value m = all[i];
    if (m["role"].text() != "user") continue;
    ask.user_text = content_text(m["content"]);
    if (ask.last == LastTurn::user) {
      ask.images += count_parts(m["content"], "image_url");
      ask.documents += count_parts(m["content"], "file") + count_parts(m["content"], "document_url");
    }
    break;
  }
  for (const Value t : request["tools"].items()) {
    if (t["function"]) ask.tools.push_back({t["function"]["name"].text(), t["function"]["parameters"]});
  }
  const std::string_view choice = choice_word(request["tool_choice"]);
  if (choice == "none") ask.choice = Choice::none;
  if (choice == "required" || choice == "any") ask.choice = Choice::required;
  if (choice == "named") {
    ask.choice = Choice::named;
    ask.named = choice_name(request["tool_choice"]);
    if (const Value allowed = request["tool_choice"]["allowed_tools"]; allowed) {
      ask.choice = allowed["mode"].text() == "required" ? Choice::required : Choice::automatic;
    }
  }
  const Value parallel = request["parallel_tool_calls"];
  ask.parallel = !parallel.is_bool() || parallel.boolean();
  const Value format = request["response_format"];
  ask.output_schema = format["json_schema"]["schema"];
  ask.json_object = format["type"].text() == "json_object" ||
                    (format["type"].text() == "json_schema" && !ask.output_schema.present());
  ask.reasoning = request.reasoning && !request.host.style.reasoning_key.empty();
  ask.max_tokens =
      request["max_completion_tokens"].integer().value_or(request["max_tokens"].integer().value_or(0));
  if (request["stop"].is_string()) ask.stop.push_back(request["stop"].text());
  for (const Value s : request["stop"].items()) ask.stop.push_back(s.text());
  ask.request_bytes = request.call.body_text.size();
  ask.cached = ask.request_bytes >= 4096;  // caching starts at 1024 tokens
  ask.index = index;
  ask.say = request.call.say;
  return ask;
}

}  // namespace dragoman::sandbox::openai
