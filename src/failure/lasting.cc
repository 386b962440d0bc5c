#include "failure/lasting.h"

#include <algorithm>
#include <array>
#include <string>

#include "base/strings.h"

namespace dragoman::failure {
namespace {

bool has_any(std::string_view text, auto& phrases) {
  return std::ranges::any_of(phrases, [&](std::string_view phrase) { return text.contains(phrase); });
}

// Lists of what is taken instead: OpenAI, Groq, pydantic, Cohere, Google.
constexpr std::array<std::string_view, 11> kOfValues = {
    "supported values are", "allowed values",   "must be one of",   "expected one of",
    "should be one of",     "input should be",  "valid values",     "invalid value",
    "invalid enum",         "permitted values", "not a valid value"};

constexpr std::array<std::string_view, 18> kOfAbsence = {
    "unsupported",  "not support", "n't support", "unrecognized", "not recognize",   "unknown",
    "extra inputs", "unexpected",  "not permit",  "not allowed",  "cannot find",     "deprecated",
    "no longer",    "not accept",  "not exist",   "no such",      "not implemented", "additional properties"};

// "In context=(), 'additionalProperties' is required to be supplied and to be false", "'required' … including
// every key in properties": true of a schema, under the strict mode of any target.
constexpr std::array<std::string_view, 2> kOfStrictSchemas = {"required to be supplied", "every key"};

// Of those that take something away for good, the ones whose value a client chooses.
bool takes_away(const Repair& repair) {
  const auto off = [](const auto& pairs, std::string_view value, auto& names) {
    return std::ranges::any_of(pairs, [&](const auto& pair) {
      return pair.second == value && std::ranges::find(names, pair.first) != std::end(names);
    });
  };
  constexpr std::string_view kCompat[] = {
      "supportsReasoningEffort", "supportsStore",      "supportsPromptCacheKey",          "supportsTools",
      "supportsTemperature",     "supportsStrictMode", "supportsJsonSchemaResponseFormat"};
  constexpr std::string_view kSettings[] = {"choice_required", "choice_named"};
  return off(repair.compat, "false", kCompat) || off(repair.settings, "false", kSettings) ||
         std::ranges::any_of(repair.params, [](const auto& pair) { return pair.second == "drop"; });
}

}  // namespace

bool says_unsupported(std::string_view message) {
  const std::string lower = lower_ascii(message.substr(0, 8192));
  return has_any(lower, kOfAbsence) && !has_any(lower, kOfValues);
}

bool lasts(const Repair& repair, std::string_view message) {
  if (std::ranges::any_of(repair.settings, [](const auto& pair) { return pair.first == "reasoning_issuer"; }))
    return false;
  const std::string lower = lower_ascii(message.substr(0, 8192));
  if (has_any(lower, kOfStrictSchemas)) return false;
  // "strict=true and strict=false cannot be mixed" and "it takes no streams with tools" name no value.
  if (!takes_away(repair) || lower.contains("strict=true")) return true;
  // "'temperature' does not support 0.2 with this model. Only the default (1) value is supported."
  if (lower.contains("only the default")) return true;
  return says_unsupported(message);
}

}  // namespace dragoman::failure
