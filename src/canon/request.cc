#include "canon/request.h"

#include <algorithm>
#include <array>

namespace dragoman::canon {
namespace {

constexpr std::array<std::string_view, kDialects> kDialectNames = {
    "openai_chat",      "anthropic_messages", "bedrock_converse",  "gemini_generate",
    "openai_responses", "cohere_chat",        "openai_embeddings", "gemini_embed",
    "vertex_predict",   "bedrock_invoke",     "cohere_embed",      "ollama_embed"};

template <class Test>
bool any_block(const std::vector<Block>& blocks, const Test& test) {
  return std::any_of(blocks.begin(), blocks.end(), [&](const Block& block) {
    if (test(block)) return true;
    const auto* result = std::get_if<ToolResult>(&block.body);
    return result && any_block(result->content, test);
  });
}

template <class Test>
bool any_block(const Request& request, const Test& test) {
  return std::any_of(request.messages.begin(), request.messages.end(),
                     [&](const Message& message) { return any_block(message.blocks, test); });
}

}  // namespace

std::string_view name(DialectName dialect) { return kDialectNames[static_cast<std::size_t>(dialect)]; }

std::optional<DialectName> dialect_named(std::string_view text) {
  for (std::size_t i = 0; i < kDialectNames.size(); ++i)
    if (kDialectNames[i] == text) return static_cast<DialectName>(i);
  return std::nullopt;
}

std::optional<DialectName> dialect_called(std::string_view text) {
  constexpr std::array<std::pair<std::string_view, std::string_view>, 10> kShort = {{
      {"openai", "openai_chat"},
      {"chat", "openai_chat"},
      {"responses", "openai_responses"},
      {"anthropic", "anthropic_messages"},
      {"messages", "anthropic_messages"},
      {"gemini", "gemini_generate"},
      {"google", "gemini_generate"},
      {"bedrock", "bedrock_converse"},
      {"converse", "bedrock_converse"},
      {"embeddings", "openai_embeddings"},
  }};
  std::string name(text);
  std::ranges::replace(name, '-', '_');
  const auto* known = std::ranges::find(kShort, name, &std::pair<std::string_view, std::string_view>::first);
  return dialect_named(known == kShort.end() ? std::string_view(name) : known->second);
}

std::string_view name(Role role) {
  switch (role) {
    case Role::system:
      return "system";
    case Role::developer:
      return "developer";
    case Role::user:
      return "user";
    case Role::assistant:
      return "assistant";
  }
  return "user";
}

std::string_view name(MediaKind kind) {
  switch (kind) {
    case MediaKind::image:
      return "image";
    case MediaKind::document:
      return "document";
    case MediaKind::audio:
      return "audio";
    case MediaKind::video:
      return "video";
  }
  return "image";
}

std::string_view name(ChoiceMode mode) {
  switch (mode) {
    case ChoiceMode::unset:
      return "unset";
    case ChoiceMode::automatic:
      return "auto";
    case ChoiceMode::none:
      return "none";
    case ChoiceMode::required:
      return "required";
    case ChoiceMode::named:
      return "named";
  }
  return "unset";
}

bool has_tool_blocks(const Request& request) {
  return any_block(request, [](const Block& block) {
    return std::holds_alternative<ToolCall>(block.body) || std::holds_alternative<ToolResult>(block.body);
  });
}

}  // namespace dragoman::canon
