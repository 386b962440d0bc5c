// The response object and its items, as clients of this dialect get them.
#include <fmt/format.h>

#include "base/hash.h"
#include "base/id.h"
#include "dialect/openai_answer.h"
#include "dialect/openai_responses/wire.h"

namespace dragoman::dialect::openai_responses {
namespace {

using canon::StopReason;
using json::Value;
using json::Writer;

// What the client said of a member, else what the API answers when nothing was said.
void echo(Writer& w, Value request, std::string_view key, std::string_view otherwise) {
  w.key(key);
  if (const Value said = request[key]; said.present())
    w.value(said);
  else
    w.raw(otherwise);
}

void write_usage(Writer& w, const canon::Usage& usage) {
  const auto at_least_0 = [](std::int64_t n) { return std::max<std::int64_t>(n, 0); };
  w.key("usage");
  if (!usage.known()) {
    w.null();
    return;
  }
  w.begin_object().field("input_tokens", at_least_0(usage.input));
  w.key("input_tokens_details").begin_object().field("cached_tokens", at_least_0(usage.cached));
  w.field("cache_write_tokens", at_least_0(usage.cache_write)).end_object();
  w.field("output_tokens", at_least_0(usage.output));
  w.key("output_tokens_details").begin_object();
  w.field("reasoning_tokens", at_least_0(usage.reasoning)).end_object();
  w.field("total_tokens", at_least_0(usage.input) + at_least_0(usage.output)).end_object();
}

void write_tools(Writer& w, Value request) {
  w.key("tools").begin_array();
  for (const Value tool : request["tools"].items()) {
    if (tool["type"].text() != "function" || tool["strict"]) {
      w.value(tool);
      continue;
    }
    w.begin_object();
    for (const json::Member& m : tool.members()) w.field(m.key, m.value);
    w.key("strict").raw("false").end_object();
  }
  w.end_array();
}

}  // namespace

Head make_head(const RenderOptions& options, std::string_view provider_id, std::int64_t provider_created,
               std::string_view tier) {
  Head out;
  std::string_view given = options.id;
  if (given.starts_with("req_")) given.remove_prefix(4);
  out.id = provider_id.starts_with("resp_") ? std::string(provider_id)
           : given.empty()                  ? random_id("resp_", 40)
                                            : fmt::format("resp_{}", given);
  out.model = options.model;
  out.created = created_or_now(provider_created, options.created);
  out.request = options.request;
  out.previous_response_id = options.previous_response_id;
  out.store = options.store;
  out.service_tier = openai_tier(tier);
  return out;
}

// "dgm" in it: an id of ours means nothing to a provider, and is known as one when it comes back.
std::string item_id(std::string_view prefix, std::string_view response_id, int index) {
  return fmt::format("{}dgm{:016x}{:04x}", prefix, stable_hash(response_id), index);
}

void write_response(Writer& w, const Head& head, const Outcome& outcome, std::string_view items) {
  const Value r = head.request;
  w.begin_object().field("id", head.id).field("object", "response").field("created_at", head.created);
  w.field("status", outcome.status).field("background", false).key("error");
  if (outcome.error_message.empty()) {
    w.null();
  } else {
    w.begin_object().field("code", outcome.error_code).field("message", outcome.error_message).end_object();
  }
  w.key("incomplete_details");
  if (outcome.incomplete_reason.empty())
    w.null();
  else
    w.begin_object().field("reason", outcome.incomplete_reason).end_object();
  echo(w, r, "instructions", "null");
  echo(w, r, "max_output_tokens", "null");
  echo(w, r, "max_tool_calls", "null");
  w.field("model", head.model).key("output").raw(items);
  echo(w, r, "parallel_tool_calls", "true");
  w.key("previous_response_id");
  if (head.previous_response_id.empty())
    w.null();
  else
    w.string(head.previous_response_id);
  echo(w, r, "prompt_cache_key", "null");
  const Value reasoning = r["reasoning"];
  w.key("reasoning").begin_object();
  echo(w, reasoning, "effort", "null");
  echo(w, reasoning, "summary", "null");
  w.end_object();
  echo(w, r, "safety_identifier", "null");
  w.key("service_tier");
  if (head.service_tier.empty())
    w.string(r["service_tier"].text().empty() ? "default" : r["service_tier"].text());
  else
    w.string(head.service_tier);
  w.field("store", head.store);
  echo(w, r, "temperature", "1.0");
  const Value text = r["text"];
  w.key("text").begin_object();
  echo(w, text, "format", R"({"type":"text"})");
  echo(w, text, "verbosity", R"("medium")");
  w.end_object();
  echo(w, r, "tool_choice", R"("auto")");
  write_tools(w, r);
  echo(w, r, "top_logprobs", "0");
  echo(w, r, "top_p", "1.0");
  echo(w, r, "truncation", R"("disabled")");
  write_usage(w, outcome.usage);
  echo(w, r, "user", "null");
  echo(w, r, "metadata", "{}");
  w.end_object();
}

Outcome outcome_of(StopReason stop) {
  switch (stop) {
    case StopReason::max_tokens:
    case StopReason::context_window:
      return {.status = "incomplete", .incomplete_reason = "max_output_tokens"};
    case StopReason::content_filter:
    case StopReason::refusal:  // Claude's classifiers cut the answer; a model's own words of refusal are a
                               // part of it
      return {.status = "incomplete", .incomplete_reason = "content_filter"};
    case StopReason::unknown:
    case StopReason::end_turn:
    case StopReason::stop_sequence:
    case StopReason::tool_use:
    case StopReason::pause_turn:
    case StopReason::malformed_tool_call:
      return {.status = "completed"};
  }
  return {.status = "completed"};
}

std::string message_item(std::string_view id, std::string_view status, std::string_view parts) {
  std::string out;
  Writer w(out);
  w.begin_object().field("id", id).field("type", "message").field("status", status);
  w.key("content").begin_array();
  if (!parts.empty()) w.raw(parts);
  w.end_array().field("role", "assistant").end_object();
  return out;
}

std::string text_part(std::string_view text, std::string_view annotations, Value logprobs) {
  std::string out;
  Writer w(out);
  w.begin_object().field("type", "output_text").key("annotations").begin_array();
  if (!annotations.empty()) w.raw(annotations);
  w.end_array().key("logprobs");
  if (logprobs.is_array())
    w.value(logprobs);
  else
    w.raw("[]");
  w.field("text", text).end_object();
  return out;
}

std::string refusal_part(std::string_view refusal) {
  std::string out;
  Writer(out).begin_object().field("type", "refusal").field("refusal", refusal).end_object();
  return out;
}

std::string call_item(std::string_view id, std::string_view status, const canon::Event& call,
                      std::string_view arguments) {
  std::string out;
  Writer w(out);
  w.begin_object().field("id", id).field("type", call.custom ? "custom_tool_call" : "function_call");
  w.field("status", status).field("call_id", call.id);
  write_name(w, call.name);
  w.field(call.custom ? "input" : "arguments", arguments).end_object();
  return out;
}

std::string reasoning_item(std::string_view id, std::string_view text, std::string_view encrypted) {
  std::string out;
  Writer w(out);
  w.begin_object().field("id", id).field("type", "reasoning").key("summary").begin_array();
  if (!text.empty()) w.begin_object().field("type", "summary_text").field("text", text).end_object();
  w.end_array();
  if (!encrypted.empty()) w.field("encrypted_content", encrypted);
  w.end_object();
  return out;
}

std::string image_item(std::string_view id, std::string_view data) {
  std::string out;
  Writer w(out);
  w.begin_object().field("id", id).field("type", "image_generation_call").field("status", "completed");
  w.field("result", data).end_object();
  return out;
}

// A web page that was cited; other sources have no word here. "" then.
std::string annotation_of(Value citation, std::size_t end) {
  const std::string_view url = citation["url"].text();
  if (url.empty()) return {};
  std::string out;
  Writer w(out);
  w.begin_object().field("type", "url_citation").field("start_index", 0);
  w.field("end_index", static_cast<std::int64_t>(end)).field("url", url);
  w.field("title", citation["title"].text()).end_object();
  return out;
}

namespace {

// The whole answer is what the stream of it would have ended in.
class Collector {
 public:
  explicit Collector(StreamRenderer& renderer) : renderer_(renderer) {}
  void operator()(const canon::Event& event) {
    last_.clear();
    renderer_.render(event, last_);
  }
  std::string_view last() const { return last_; }

 private:
  StreamRenderer& renderer_;
  std::string last_;
};

}  // namespace

void render(const canon::Response& response, const RenderOptions& options, std::string& out) {
  const auto renderer = make_renderer(options);
  Collector collect(*renderer);
  canon::unfold(response, [&](const canon::Event& event) { collect(event); });
  // "event: …\ndata: {"type":…,"sequence_number":…,"response":{…}}\n\n"
  constexpr std::string_view kMember = "\"response\":";
  std::string_view text = collect.last();
  const std::size_t at = text.find(kMember);
  if (at == std::string_view::npos) return;
  text.remove_prefix(at + kMember.size());
  text.remove_suffix(3);
  out += text;
}

}  // namespace dragoman::dialect::openai_responses
