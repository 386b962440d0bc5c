#include "sandbox/answer.h"

#include <algorithm>

#include "base/hash.h"
#include "base/strings.h"
#include "json/write.h"
#include "sandbox/instance.h"

namespace dragoman::sandbox {
namespace {

bool mentions(std::string_view text, std::string_view word) {
  return lower_ascii(text).find(word) != std::string::npos;
}

std::string counted(int n, std::string_view what) {
  if (n == 0) return "";
  return " [" + std::to_string(n) + " " + std::string(what) + (n == 1 ? "]" : "s]");
}

bool calls_tools(const Ask& ask) {
  if (ask.tools.empty() || ask.choice == Choice::none || ask.last != LastTurn::user) return false;
  return ask.choice != Choice::automatic || !mentions(ask.user_text, "without tools");
}

std::vector<ToolView>::const_iterator chosen_tool(const Ask& ask) {
  const auto begin = ask.tools.begin();
  auto first = ask.tools.end();
  if (ask.choice == Choice::named) {
    first = std::find_if(begin, ask.tools.end(), [&](const ToolView& t) { return t.name == ask.named; });
  } else {
    first = std::find_if(begin, ask.tools.end(), [&](const ToolView& t) {
      return !t.name.empty() && ask.user_text.find(t.name) != std::string::npos;
    });
  }
  return first == ask.tools.end() ? begin : first;
}

std::vector<ToolCall> make_calls(const Ask& ask) {
  const auto begin = ask.tools.begin();
  const auto first = chosen_tool(ask);
  const auto seed = static_cast<std::uint64_t>(ask.index);
  std::vector<ToolCall> out = {{std::string(first->name), make_arguments(first->schema, seed)}};
  if (ask.parallel && (mentions(ask.user_text, "both") || mentions(ask.user_text, "parallel"))) {
    // With one tool only, or a named one, the second call is to the same tool with other arguments.
    auto second = first;
    if (ask.choice != Choice::named && ask.tools.size() > 1) {
      second = first + 1 == ask.tools.end() ? begin : first + 1;
    }
    out.push_back({std::string(second->name), make_arguments(second->schema, seed + 1)});
  }
  return out;
}

std::string plain_text(const Ask& ask) {
  std::string out;
  if (ask.last == LastTurn::tool_results) {
    for (const std::string& r : ask.results) out += (out.empty() ? "Result: " : "\nResult: ") + r;
  } else {
    out = "You said: " + ask.user_text;
  }
  out += counted(ask.images, "image") + counted(ask.documents, "document");
  if (ask.index > 0) out += " (" + std::to_string(ask.index + 1) + ")";
  return out;
}

// The longest whole-character prefix of `text` that counts no more than `tokens`.
std::string_view cut_to(std::string_view text, std::int64_t tokens) {
  std::size_t size = std::min(text.size(), static_cast<std::size_t>(std::max<std::int64_t>(tokens, 0)) * 4);
  while (size > 0 && size < text.size() && (static_cast<unsigned char>(text[size]) & 0xC0) == 0x80) --size;
  return text.substr(0, size);
}

void apply_limits(const Ask& ask, Answer& answer) {
  std::size_t at = std::string::npos;
  for (const std::string_view s : ask.stop) {
    if (s.empty()) continue;
    const std::size_t found = answer.text.find(s);
    if (found >= at) continue;
    at = found;
    answer.stop_sequence = s;
  }
  if (at != std::string::npos) {
    answer.text.resize(at);
    answer.stop = Stop::sequence;
  }
  if (ask.max_tokens > 0 && count_tokens(answer.text) > ask.max_tokens) {
    answer.text = cut_to(answer.text, ask.max_tokens);
    answer.stop = Stop::length;
    answer.stop_sequence.clear();
  }
}

std::vector<ToolCall> scripted_calls(const Ask& ask) {
  std::vector<ToolCall> out;
  for (const Say::Call& call : ask.say->calls) {
    std::string name = call.name;
    if (name.empty() && !ask.tools.empty()) name = chosen_tool(ask)->name;
    out.push_back({std::move(name), call.arguments, call.id});
  }
  return out;
}

}  // namespace

std::optional<std::string> scripted_id(json::Value call) {
  return call["id"].is_string() ? std::optional(std::string(call["id"].text())) : std::nullopt;
}

Answer plan(const Ask& ask) {
  Answer out;
  if (ask.reasoning) out.reasoning = "The user wants an answer. I will give one.";
  if (ask.say) {
    out.text = ask.say->text;
    out.calls = scripted_calls(ask);
    if (!out.calls.empty()) out.stop = Stop::tool_calls;
  } else if (calls_tools(ask)) {
    out.calls = make_calls(ask);
    out.stop = Stop::tool_calls;
  } else if (ask.output_schema.present()) {
    out.text = make_instance(ask.output_schema, static_cast<std::uint64_t>(ask.index)).value_or("{}");
    apply_limits(ask, out);
  } else {
    out.text = plain_text(ask);
    if (ask.json_object) {
      std::string wrapped;
      json::Writer(wrapped).begin_object().field("answer", out.text).end_object();
      out.text = std::move(wrapped);
    }
    apply_limits(ask, out);
  }
  out.usage.prompt = 1 + static_cast<std::int64_t>(ask.request_bytes / 4);
  if (ask.cached) out.usage.cached = out.usage.prompt / 2;
  out.usage.reasoning = count_tokens(out.reasoning);
  out.usage.completion = out.usage.reasoning + count_tokens(out.text);
  for (const ToolCall& c : out.calls)
    out.usage.completion += count_tokens(c.name) + count_tokens(c.arguments);
  return out;
}

std::vector<std::string_view> pieces(std::string_view text) {
  std::vector<std::string_view> out;
  std::size_t start = 0;
  for (std::size_t i = 1; i <= text.size(); ++i) {
    const bool end = i == text.size();
    const bool word = !end && (text[i] == ' ' || text[i] == '\n');
    // Text without spaces is cut too, at the next start of a character.
    const bool long_run = !end && i - start >= 12 && (static_cast<unsigned char>(text[i]) & 0xC0) != 0x80;
    if (!end && !word && !long_run) continue;
    out.push_back(text.substr(start, i - start));
    start = i;
  }
  return out;
}

std::int64_t count_tokens(std::string_view text) { return static_cast<std::int64_t>((text.size() + 3) / 4); }

std::string stable_id(std::string_view prefix, std::string_view seed_text, std::uint64_t salt,
                      std::size_t length) {
  static constexpr std::string_view kAlphabet =
      "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
  std::string out(prefix);
  std::uint64_t h = stable_hash(seed_text, salt);
  for (std::size_t i = 0; i < length; ++i) {
    if (i % 10 == 0) h = stable_hash(prefix, h + i + 1);
    out += kAlphabet[h % kAlphabet.size()];
    h /= kAlphabet.size();
  }
  return out;
}

}  // namespace dragoman::sandbox
