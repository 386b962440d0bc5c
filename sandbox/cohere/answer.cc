#include "sandbox/cohere/answer.h"

#include <fmt/format.h>

#include "json/write.h"
#include "net/sse.h"

namespace dragoman::sandbox::cohere {
namespace {

using json::Value;
using json::Writer;

constexpr std::string_view kPlan = "I will use the tool to find out.";

std::string text_of(Value content) {
  if (content.is_string()) return std::string(content.text());
  std::string out;
  for (const Value part : content.items()) {
    const Value data = part["document"]["data"];
    const std::string piece = data ? json::dump_compact(data) : std::string(part["text"].text());
    if (!out.empty() && !piece.empty()) out += '\n';
    out += piece;
  }
  return out;
}

void last_turns(Value messages, Ask& ask) {
  const auto all = messages.items();
  std::size_t at = all.size();
  while (at > 0 && all[at - 1]["role"].text() == "tool") --at;
  if (at < all.size()) {
    ask.last = LastTurn::tool_results;
    for (const Value m : all.subspan(at)) ask.results.push_back(text_of(m["content"]));
    return;
  }
  if (all.empty()) return;
  const Value last = all.back();
  ask.last = last["role"].text() == "assistant" ? LastTurn::assistant : LastTurn::user;
  ask.user_text = text_of(last["content"]);
  for (const Value part : last["content"].items()) ask.images += part["type"].text() == "image_url";
}

std::string_view finish_reason(Stop stop) {
  switch (stop) {
    case Stop::length:
      return "MAX_TOKENS";
    case Stop::sequence:
      return "STOP_SEQUENCE";
    case Stop::tool_calls:
      return "TOOL_CALL";
    case Stop::end:
      break;
  }
  return "COMPLETE";
}

void write_usage(Writer& w, const Usage& usage) {
  w.key("usage").begin_object().key("billed_units").begin_object();
  w.field("input_tokens", usage.prompt).field("output_tokens", usage.completion).end_object();
  w.key("tokens").begin_object();
  w.field("input_tokens", usage.prompt + 500).field("output_tokens", usage.completion).end_object();
  w.field("cached_tokens", usage.cached).end_object();
}

void write_call(Writer& w, const Out& out, std::size_t i, std::string_view arguments) {
  w.begin_object().field("id", out.call_ids[i]).field("type", "function").key("function").begin_object();
  w.field("name", out.answer.calls[i].name).field("arguments", arguments).end_object().end_object();
}

// {"type", "index", "delta":{"message":{…}}} as one event.
class Events {
 public:
  template <class Body>
  void add(std::string_view type, int index, Body&& message) {
    std::string data;
    Writer w(data);
    w.begin_object().field("type", type);
    if (index >= 0) w.field("index", index);
    w.key("delta").begin_object().key("message").begin_object();
    message(w);
    w.end_object().end_object().end_object();
    push(type, data);
  }
  void bare(std::string_view type, int index) {
    std::string data;
    Writer(data).begin_object().field("type", type).field("index", index).end_object();
    push(type, data);
  }
  void push(std::string_view type, std::string_view data) {
    std::string frame;
    net::append_sse(frame, type, data);
    frames_.push_back(std::move(frame));
  }
  std::vector<std::string> take() { return std::move(frames_); }

 private:
  std::vector<std::string> frames_;
};

void content_events(Events& events, int index, std::string_view type, std::string_view text) {
  events.add("content-start", index, [&](Writer& w) {
    w.key("content").begin_object().field("type", type).field(type, "").end_object();
  });
  for (const std::string_view piece : pieces(text)) {
    events.add("content-delta", index,
               [&](Writer& w) { w.key("content").begin_object().field(type, piece).end_object(); });
  }
  events.bare("content-end", index);
}

}  // namespace

Out compose(Value body, std::string_view body_text, const Model& model, const Say* say) {
  Ask ask;
  ask.say = say;
  last_turns(body["messages"], ask);
  for (const Value tool : body["tools"].items())
    ask.tools.push_back({tool["function"]["name"].text(), tool["function"]["parameters"]});
  const std::string_view choice = body["tool_choice"].text();
  ask.choice = choice == "REQUIRED" ? Choice::required : choice == "NONE" ? Choice::none : Choice::automatic;
  const Value format = body["response_format"];
  ask.output_schema = format["json_schema"] ? format["json_schema"] : format["schema"];
  ask.json_object = format["type"].text() == "json_object";
  ask.reasoning = model.thinks && body["thinking"]["type"].text() != "disabled";
  ask.max_tokens = body["max_tokens"].integer().value_or(0);
  for (const Value stop : body["stop_sequences"].items()) ask.stop.push_back(stop.text());
  ask.request_bytes = body_text.size();
  Out out{.id = stable_id("", body_text, 0, 32), .answer = plan(ask)};
  for (std::size_t i = 0; i < out.answer.calls.size(); ++i)
    out.call_ids.push_back(out.answer.calls[i].id.value_or(
        stable_id(out.answer.calls[i].name + "_", body_text, static_cast<std::uint64_t>(i) + 1, 12)));
  return out;
}

std::string response_json(const Out& out) {
  std::string body;
  Writer w(body);
  w.begin_object().field("id", out.id).key("message").begin_object().field("role", "assistant");
  if (!out.answer.calls.empty()) {
    w.field("tool_plan", kPlan).key("tool_calls").begin_array();
    for (std::size_t i = 0; i < out.answer.calls.size(); ++i)
      write_call(w, out, i, out.answer.calls[i].arguments);
    w.end_array();
  }
  if (!out.answer.reasoning.empty() || !out.answer.text.empty()) {
    w.key("content").begin_array();
    if (!out.answer.reasoning.empty())
      w.begin_object().field("type", "thinking").field("thinking", out.answer.reasoning).end_object();
    if (!out.answer.text.empty())
      w.begin_object().field("type", "text").field("text", out.answer.text).end_object();
    w.end_array();
  }
  w.end_object().field("finish_reason", finish_reason(out.answer.stop));
  write_usage(w, out.answer.usage);
  w.end_object();
  return body;
}

std::vector<std::string> response_frames(const Out& out) {
  Events events;
  std::string start;
  Writer s(start);
  s.begin_object().field("type", "message-start").field("id", out.id).key("delta").begin_object();
  s.key("message").begin_object().field("role", "assistant").key("content").begin_array().end_array();
  s.field("tool_plan", "").key("tool_calls").begin_array().end_array();
  s.key("citations").begin_array().end_array().end_object().end_object().end_object();
  events.push("message-start", start);
  int index = 0;
  if (!out.answer.reasoning.empty()) content_events(events, index++, "thinking", out.answer.reasoning);
  if (!out.answer.calls.empty()) {
    for (const std::string_view piece : pieces(kPlan))
      events.add("tool-plan-delta", -1, [&](Writer& w) { w.field("tool_plan", piece); });
  }
  for (std::size_t i = 0; i < out.answer.calls.size(); ++i) {
    const int at = static_cast<int>(i);
    events.add("tool-call-start", at, [&](Writer& w) {
      w.key("tool_calls");
      write_call(w, out, i, "");
    });
    for (const std::string_view piece : pieces(out.answer.calls[i].arguments)) {
      events.add("tool-call-delta", at, [&](Writer& w) {
        w.key("tool_calls").begin_object().key("function").begin_object();
        w.field("arguments", piece).end_object().end_object();
      });
    }
    events.bare("tool-call-end", at);
  }
  if (!out.answer.text.empty()) content_events(events, index, "text", out.answer.text);
  std::string end;
  Writer e(end);
  e.begin_object().field("type", "message-end").field("id", out.id).key("delta").begin_object();
  e.field("finish_reason", finish_reason(out.answer.stop));
  write_usage(e, out.answer.usage);
  e.end_object().end_object();
  events.push("message-end", end);
  events.push("", "[DONE]");
  return events.take();
}

}  // namespace dragoman::sandbox::cohere
