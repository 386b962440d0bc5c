#include <algorithm>

#include "dialect/anthropic_messages/wire.h"
#include "dialect/error_body.h"
#include "json/parse.h"

namespace dragoman::dialect::anthropic_messages {
namespace {

using canon::StopReason;
using json::Value;

struct Row {
  std::string_view word;
  StopReason reason;
};
constexpr std::array kStops = {
    Row{"end_turn", StopReason::end_turn},
    Row{"max_tokens", StopReason::max_tokens},
    Row{"stop_sequence", StopReason::stop_sequence},
    Row{"tool_use", StopReason::tool_use},
    Row{"pause_turn", StopReason::pause_turn},
    Row{"refusal", StopReason::refusal},
    Row{"model_context_window_exceeded", StopReason::context_window},
};

std::int64_t count(Value v) {
  const auto n = v.integer();
  return n && *n >= 0 ? *n : -1;
}

canon::Block block(Arena& arena, Value v) {
  const std::string_view type = v["type"].text();
  canon::Block out;
  if (type == "text") {
    out.body = canon::Text{v["text"].text()};
    if (v["citations"].is_array() && !v["citations"].items().empty()) out.citations = v["citations"];
  } else if (type == "thinking") {
    out.body = canon::Reasoning{
        .text = v["thinking"].text(), .signature = v["signature"].text(), .issuer = "anthropic"};
  } else if (type == "redacted_thinking") {
    out.body = canon::Reasoning{.redacted = v["data"].text(), .issuer = "anthropic"};
  } else if (type == "tool_use") {
    canon::ToolCall call;
    call.id = v["id"].text();
    call.name = v["name"].text();
    if (v["input"].is_object()) {
      call.arguments = v["input"];
    } else if (call.arguments_text = input_text(arena, v["input"]); !call.arguments_text.empty()) {
      const auto parsed = json::parse(arena, call.arguments_text);
      if (parsed && parsed->is_object()) call.arguments = *parsed;
    }
    out.body = call;
  } else {
    out.body = canon::Foreign{type, v, canon::name(canon::DialectName::anthropic_messages)};
  }
  return out;
}

}  // namespace

std::string_view input_text(Arena& arena, Value input) {
  if (!input || input.is_null() || input.is_object()) return {};
  return input.is_string() ? input.text() : arena.copy(std::string_view(json::dump_compact(input)));
}

StopReason read_stop_reason(std::string_view word, bool called) {
  for (const Row& row : kStops)
    if (row.word == word)
      return called && row.reason == StopReason::end_turn ? StopReason::tool_use : row.reason;
  return StopReason::unknown;
}

// Anthropic counts the prompt in three parts that do not overlap; canon's `input` is their sum.
canon::Usage read_usage(Value v) {
  canon::Usage usage;
  if (!v.is_object()) return usage;
  usage.cached = count(v["cache_read_input_tokens"]);
  usage.cache_write = count(v["cache_creation_input_tokens"]);
  usage.input = count(v["input_tokens"]);
  if (usage.input >= 0)
    usage.input += std::max<std::int64_t>(usage.cached, 0) + std::max<std::int64_t>(usage.cache_write, 0);
  usage.output = count(v["output_tokens"]);
  usage.reasoning = count(v["output_tokens_details"]["thinking_tokens"]);
  return usage;
}

std::expected<canon::Response, canon::UpstreamError> decode(Arena& arena, Value body) {
  if (is_error_value(body)) return std::unexpected(read_error_value(200, body));
  if (!body["content"].is_array()) {
    return std::unexpected(unreadable_answer("the answer has no content", json::dump(body)));
  }
  canon::Response out;
  out.source = body;
  out.id = body["id"].text();
  out.model = body["model"].text();
  out.usage = read_usage(body["usage"]);
  out.service_tier = body["usage"]["service_tier"].text();
  canon::Choice& choice = out.choices.emplace_back();
  for (const Value v : body["content"].items())
    if (v.is_object()) choice.blocks.push_back(block(arena, v));
  choice.stop_text = body["stop_reason"].text();
  const bool called = std::ranges::any_of(choice.blocks, [](const canon::Block& one) {
    return std::holds_alternative<canon::ToolCall>(one.body);
  });
  choice.stop = read_stop_reason(choice.stop_text, called);
  choice.stop_sequence = body["stop_sequence"].text();
  return out;
}

}  // namespace dragoman::dialect::anthropic_messages
