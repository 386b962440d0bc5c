// What a request to Responses asks to be answered.
#include <algorithm>

#include "json/parse.h"
#include "sandbox/openai/responses.h"
#include "sandbox/openai/view.h"

namespace dragoman::sandbox::openai {
namespace {

using json::Value;

std::string text_of(Value content) {
  if (content.is_string()) return std::string(content.text());
  std::string out;
  for (const Value part : content.items()) {
    if (!part["text"].is_string()) continue;
    if (!out.empty()) out += '\n';
    out += part["text"].text();
  }
  return out;
}

std::string_view type_of(Value item) {
  const std::string_view type = item["type"].text();
  return type.empty() ? "message" : type;
}

bool is_output(Value item) { return type_of(item).ends_with("call_output"); }

class Turn {
 public:
  explicit Turn(const Request& r) : r_(r) {}

  Ask ask() {
    Ask out;
    const Value input = r_["input"];
    if (input.is_string()) {
      out.user_text = input.text();
    } else {
      conversation(input.items(), out);
    }
    for (const Value tool : r_["tools"].items()) add_tool(tool, out);
    choice(out);
    const Value parallel = r_["parallel_tool_calls"];
    out.parallel = !parallel.is_bool() || parallel.boolean();
    const Value format = r_["text"]["format"];
    out.output_schema = format["schema"];
    out.json_object = format["type"].text() == "json_object";
    out.reasoning = r_.reasoning;
    out.max_tokens = r_["max_output_tokens"].integer().value_or(0);
    out.request_bytes = r_.call.body_text.size();
    out.cached = out.request_bytes >= 4096;
    out.say = r_.call.say;
    return out;
  }

 private:
  void conversation(std::span<const Value> items, Ask& out) {
    std::size_t from = items.size();
    while (from > 0 && is_output(items[from - 1])) --from;
    if (from < items.size()) {
      out.last = LastTurn::tool_results;
      for (std::size_t i = from; i < items.size(); ++i) {
        out.results.push_back(text_of(items[i]["output"]));
        media(items[i]["output"], out);
      }
    } else if (!items.empty() && items.back()["role"].text() == "assistant") {
      out.last = LastTurn::assistant;
    }
    for (std::size_t i = items.size(); i-- > 0;) {
      if (type_of(items[i]) != "message" || items[i]["role"].text() != "user") continue;
      out.user_text = text_of(items[i]["content"]);
      if (out.last == LastTurn::user) media(items[i]["content"], out);
      break;
    }
  }
  void media(Value content, Ask& out) {
    out.images += count_parts(content, "input_image");
    out.documents += count_parts(content, "input_file");
  }
  void add_tool(Value tool, Ask& out) {
    const std::string_view type = tool["type"].text();
    if (type == "function") out.tools.push_back({tool["name"].text(), tool["parameters"]});
    if (type == "namespace")
      for (const Value inner : tool["tools"].items())
        out.tools.push_back({inner["name"].text(), inner["parameters"]});
    if (type != "custom") return;
    const auto schema =
        json::parse(r_.call.arena, R"({"type":"object","properties":{"input":{"type":"string"}},)"
                                   R"("required":["input"],"additionalProperties":false})");
    out.tools.push_back({tool["name"].text(), *schema});
  }
  void choice(Ask& out) {
    const Value choice = r_["tool_choice"];
    std::string_view word = choice.text();
    if (choice["type"].text() == "allowed_tools") {
      word = choice["mode"].text();
      std::erase_if(out.tools, [&](const ToolView& tool) {
        return std::ranges::none_of(choice["tools"].items(),
                                    [&](Value allowed) { return allowed["name"].text() == tool.name; });
      });
    } else if (choice.is_object()) {
      out.choice = Choice::named;
      out.named = choice["name"].text();
    }
    if (word == "none") out.choice = Choice::none;
    if (word == "required") out.choice = Choice::required;
  }

  const Request& r_;
};

}  // namespace

Ask responses_ask(const Request& request) { return Turn(request).ask(); }

}  // namespace dragoman::sandbox::openai
