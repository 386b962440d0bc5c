// OpenAI's own rules, by subject. Other hosts put some of these into their lists and bring the rest
// themselves.
#pragma once
#include <cstdint>

#include "sandbox/openai/host.h"

namespace dragoman::sandbox::openai {

extern const RuleSet kParameterRules;  // OAI-07 … OAI-09, OAI-40 … OAI-53, OAI-63
extern const RuleSet kMessageRules;    // OAI-01 … OAI-06, OAI-20 … OAI-25, OAI-59, OAI-60
extern const RuleSet kToolRules;       // OAI-10 … OAI-15
extern const RuleSet kSchemaRules;     // OAI-30 … OAI-36, OAIS-01 … OAIS-10

// The first fault of a strict schema (OAIS), without the "Invalid schema for …: " before it; "" when it is
// fine.
// Keywords that are refused, alone or beside a reference: OpenAI's list, more of them at fine-tuned models,
// none where a host that asks for strict schemas (closed, everything required) says nothing of keywords.
enum class StrictWords : std::uint8_t { openai, fine_tuned, unlisted };
std::string strict_fault(json::Value schema, StrictWords words);
inline StrictWords strict_words(bool fine_tuned) {
  return fine_tuned ? StrictWords::fine_tuned : StrictWords::openai;
}

// The first fault of a non-strict tool schema (OAI-30 … OAI-36), in the same form.
std::string tool_schema_fault(json::Value schema);

}  // namespace dragoman::sandbox::openai
