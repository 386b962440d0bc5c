// What both of OpenAI's dialects say of an answer in the same words.
#pragma once
#include <cstdint>
#include <ctime>
#include <string_view>

namespace dragoman::dialect {

// A provider's name of the tier that served, as OpenAI's clients know it: their types list the words.
// Anthropic says standard, Groq on_demand and performance, Bedrock reserved.
inline std::string_view openai_tier(std::string_view tier) {
  if (tier == "standard" || tier == "on_demand") return "default";
  if (tier == "performance") return "priority";
  if (tier == "reserved") return "scale";
  return tier;
}

// When the answer was made, in seconds of Unix time: by the provider's word, else as given (RenderOptions),
// else now. 0 is not said.
inline std::int64_t created_or_now(std::int64_t provider, std::int64_t given) {
  if (provider > 0) return provider;
  return given > 0 ? given : static_cast<std::int64_t>(std::time(nullptr));
}

// An SSE comment: it keeps proxies from closing a silent stream, and no client sees it.
inline constexpr std::string_view kKeepAlive = ": keep-alive\n\n";

}  // namespace dragoman::dialect
