// A provider's name of the tier that served, as OpenAI's clients know it: their types list the words.
#pragma once
#include <string_view>

namespace dragoman::dialect {

// Anthropic says standard, Groq on_demand and performance, Bedrock reserved.
inline std::string_view openai_tier(std::string_view tier) {
  if (tier == "standard" || tier == "on_demand") return "default";
  if (tier == "performance") return "priority";
  if (tier == "reserved") return "scale";
  return tier;
}

}  // namespace dragoman::dialect
