#include <fmt/format.h>

#include "dialect/error_body.h"
#include "dialect/media.h"
#include "dialect/openai_responses/wire.h"
#include "dialect/tool_namespace.h"
#include "json/parse.h"

namespace dragoman::dialect::openai_responses {
namespace {

using canon::Block;
using canon::StopReason;
using json::Value;

std::int64_t count(Value v) {
  const auto n = v.integer();
  return n && *n >= 0 ? *n : -1;
}

void message(Arena& arena, Value item, canon::Choice& out) {
  for (const Value part : item["content"].items()) {
    const std::string_view type = part["type"].text();
    if (type == "output_text") {
      if (part["text"].text().empty()) continue;
      Block block{canon::Text{canon::Words(part["text"])}};
      std::vector<Value> citations;
      for (const Value annotation : part["annotations"].items())
        if (const Value c = citation_of(arena, annotation, part["text"].text())) citations.push_back(c);
      if (!citations.empty()) block.citations = json::Builder(arena).array(citations);
      out.blocks.push_back(std::move(block));
      if (part["logprobs"].is_array() && !part["logprobs"].items().empty()) {
        const json::Member member{"content", part["logprobs"]};
        out.logprobs = json::Builder(arena).object({&member, 1});
      }
    } else if (type == "refusal") {
      out.blocks.push_back({canon::Refusal{part["refusal"].text()}});
    } else if (part.is_object()) {
      out.blocks.push_back({canon::Foreign{type, part, kDialect}});
    }
  }
}

canon::ToolCall call(Arena& arena, Value item, bool custom) {
  canon::ToolCall out;
  out.id = item["call_id"].text();
  out.name = arena.copy(std::string_view(join_space(item["namespace"].text(), item["name"].text())));
  out.custom = custom;
  out.arguments_text = item[custom ? "input" : "arguments"].text();
  if (custom) return out;
  const auto parsed =
      json::parse(arena, out.arguments_text.empty() ? std::string_view("{}") : out.arguments_text);
  if (parsed && parsed->is_object()) out.arguments = *parsed;
  return out;
}

}  // namespace

canon::Reasoning read_reasoning(Arena& arena, Value item) {
  canon::Reasoning out;
  out.source = item;
  std::string text;
  for (const std::string_view list : {"summary", "content"}) {
    for (const Value part : item[list].items()) {
      if (!text.empty()) text += "\n\n";
      text += part["text"].text();
    }
    if (!text.empty()) break;  // the content repeats at length what the summary says
  }
  out.text = arena.copy(std::string_view(text));
  const std::string_view encrypted = item["encrypted_content"].text();
  if (const auto state = untag_state(encrypted)) {
    out.issuer = state->issuer;
    (state->kind == 'r' ? out.redacted : out.signature) = state->payload;
    if (state->kind == 'r') out.text = {};
    out.source = {};
  } else if (!encrypted.empty()) {
    out.issuer = "openai";
    out.signature = encrypted;
  }
  return out;
}

// OpenAI's url_citation as the canonical citation, which is Anthropic's.
Value citation_of(Arena& arena, Value annotation, std::string_view) {
  if (annotation["type"].text() != "url_citation") return {};
  const json::Builder build(arena);
  const json::Member members[] = {{"type", build.string("web_search_result_location")},
                                  {"url", annotation["url"]},
                                  {"title", annotation["title"] ? annotation["title"] : build.null()},
                                  {"cited_text", build.string("")},
                                  {"encrypted_index", build.string("")}};
  return build.object(members);
}

canon::Usage read_usage(Value v) {
  canon::Usage usage;
  if (!v.is_object()) return usage;
  usage.input = count(v["input_tokens"]);
  usage.output = count(v["output_tokens"]);
  usage.cached = count(v["input_tokens_details"]["cached_tokens"]);
  usage.cache_write = count(v["input_tokens_details"]["cache_write_tokens"]);
  usage.reasoning = count(v["output_tokens_details"]["reasoning_tokens"]);
  return usage;
}

Ending read_ending(Value response, bool calls) {
  const std::string_view status = response["status"].text();
  if (status == "incomplete") {
    const std::string_view reason = response["incomplete_details"]["reason"].text();
    if (reason == "content_filter") return {StopReason::content_filter, reason};
    return {StopReason::max_tokens, reason};
  }
  return {calls ? StopReason::tool_use : StopReason::end_turn, status};
}

canon::UpstreamError read_failed(Value response) {
  canon::UpstreamError out;
  const Value error = response["error"];
  out.code = std::string(error["code"].text());
  out.message = std::string(error["message"].text());
  out.type = std::string(error["type"].text());
  if (out.message.empty())
    out.message = fmt::format("the response ended as \"{}\"", response["status"].text());
  // The status a refused call with this code has (OAIR-20).
  out.status = out.code == "rate_limit_exceeded"                ? 429
               : out.code == "server_error" || out.code.empty() ? 500
                                                                : 400;
  out.body = json::dump(response);
  return out;
}

std::expected<canon::Response, canon::UpstreamError> decode(Arena& arena, Value body) {
  if (body["error"].present() || body["object"].text() != "response") {
    if (body["object"].text() == "response") return std::unexpected(read_failed(body));
    if (is_error_value(body)) return std::unexpected(read_error_value(200, body));
    return std::unexpected(unreadable_answer("the answer is no response object", json::dump(body)));
  }
  const std::string_view status = body["status"].text();
  if (status == "failed" || status == "cancelled") return std::unexpected(read_failed(body));
  canon::Response out;
  out.source = body;
  out.id = body["id"].text();
  out.model = body["model"].text();
  out.created = static_cast<std::int64_t>(body["created_at"].number());
  out.service_tier = body["service_tier"].text();
  out.usage = read_usage(body["usage"]);
  canon::Choice choice;
  bool calls = false;
  for (const Value item : body["output"].items()) {
    const std::string_view type = item["type"].text();
    if (type == "message") {
      message(arena, item, choice);
    } else if (type == "function_call" || type == "custom_tool_call") {
      choice.blocks.push_back({call(arena, item, type == "custom_tool_call")});
      calls = true;
    } else if (type == "reasoning") {
      const canon::Reasoning reasoning = read_reasoning(arena, item);
      if (!reasoning.text.empty() || !reasoning.signature.empty() || !reasoning.redacted.empty())
        choice.blocks.push_back({reasoning});
    } else if (type == "image_generation_call" && !item["result"].text().empty()) {
      canon::Media media;
      media.media_type = "image/png";
      media.data = item["result"].text();
      choice.blocks.push_back({media});
    } else if (item.is_object()) {
      choice.blocks.push_back({canon::Foreign{type, item, kDialect}});
    }
  }
  const Ending ending = read_ending(body, calls);
  choice.stop = ending.stop;
  choice.stop_text = ending.word;
  out.choices.push_back(std::move(choice));
  return out;
}

}  // namespace dragoman::dialect::openai_responses
