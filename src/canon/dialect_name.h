// The wire dialects, by name. What each can do is in dialect/ (syntax) and profile/ (what is accepted).
#pragma once
#include <cstdint>
#include <optional>
#include <string_view>

namespace dragoman::canon {

enum class DialectName : std::uint8_t {
  openai_chat,
  anthropic_messages,
  bedrock_converse,
  gemini_generate,
  openai_responses,
  cohere_chat,
  // Of embeddings endpoints (dialect/embedding.h).
  openai_embeddings,
  gemini_embed,
  vertex_predict,
  bedrock_invoke,
  cohere_embed,
  ollama_embed
};
inline constexpr int kDialects = 12;

std::string_view name(DialectName dialect);  // "openai_chat", …
std::optional<DialectName> dialect_named(std::string_view name);
// A client dialect by its name or the one people use, with '-' or '_': openai (chat), responses, anthropic
// (messages), gemini (google), bedrock (converse), embeddings.
std::optional<DialectName> dialect_called(std::string_view text);

}  // namespace dragoman::canon
