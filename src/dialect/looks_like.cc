#include "dialect/looks_like.h"

#include <algorithm>
#include <array>

namespace dragoman::dialect {
namespace {

using canon::DialectName;
using json::Value;

bool has_any(Value object, std::initializer_list<std::string_view> keys) {
  return std::ranges::any_of(keys, [&](std::string_view key) { return object[key].present(); });
}

// Blocks of Converse have no `type`, only a member that names them.
bool is_converse_block(Value block) {
  return block.is_object() && !block["type"] &&
         has_any(block,
                 {"text", "toolUse", "toolResult", "image", "document", "reasoningContent", "cachePoint"});
}

bool is_messages_block(Value block) {
  static constexpr std::array<std::string_view, 6> kTypes = {"tool_use",          "tool_result", "thinking",
                                                             "redacted_thinking", "document",    "image"};
  return std::ranges::find(kTypes, block["type"].text()) != kTypes.end() || block["cache_control"].present();
}

// Of the texts of an embedding request, or of the items of a Responses one.
DialectName by_input(Value body) {
  const Value input = body["input"];
  const bool items = std::ranges::any_of(input.items(), [](Value item) { return item.is_object(); });
  const bool embedding_words =
      has_any(body, {"encoding_format", "dimensions", "input_type", "output_dimension"}) ||
      body["model"].text().contains("embed");
  const bool responses_words = has_any(body, {"instructions", "tools", "previous_response_id", "reasoning",
                                              "text", "store", "max_output_tokens", "stream", "include"});
  if (!items && !responses_words && (embedding_words || input.is_array()))
    return DialectName::openai_embeddings;
  return DialectName::openai_responses;
}

}  // namespace

DialectName looks_like(Value body) {
  if (body["contents"].present()) return DialectName::gemini_generate;
  const Value messages = body["messages"];
  if (!messages && body["input"].present()) return by_input(body);
  if (!messages && has_any(body, {"previous_response_id", "prompt"}) && body["instructions"].present())
    return DialectName::openai_responses;
  if (has_any(body, {"inferenceConfig", "toolConfig", "additionalModelRequestFields", "guardrailConfig"}))
    return DialectName::bedrock_converse;
  if (has_any(body, {"anthropic_version", "stop_sequences"})) return DialectName::anthropic_messages;
  const Value tool = body["tools"].at(0);
  if (tool["input_schema"]) return DialectName::anthropic_messages;
  if (tool["function"] || has_any(body, {"response_format", "max_completion_tokens", "n"}))
    return DialectName::openai_chat;
  const Value system = body["system"];
  if (is_converse_block(system.at(0))) return DialectName::bedrock_converse;
  if (system.present() || body["thinking"]["budget_tokens"]) return DialectName::anthropic_messages;
  for (const Value message : messages.items()) {
    for (const Value block : message["content"].items()) {
      if (is_converse_block(block)) return DialectName::bedrock_converse;
      if (is_messages_block(block)) return DialectName::anthropic_messages;
    }
  }
  return DialectName::openai_chat;
}

}  // namespace dragoman::dialect
