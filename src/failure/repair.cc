#include "failure/repair.h"

#include <fmt/format.h>
#include <re2/re2.h>

#include <algorithm>
#include <array>

#include "base/strings.h"
#include "canon/params.h"
#include "failure/lasting.h"

namespace dragoman::failure {
namespace {

using Pairs = std::vector<std::pair<std::string, std::string>>;

enum class Into : std::uint8_t { compat, settings, params };

// A sentence and what it teaches; `keyword` is the refused key, or "" when the text decides.
struct Row {
  std::string_view keyword;
  std::string_view text;  // must occur in the sentence, in lower case; "" for any
  Into into;
  std::string_view name, value;
  std::string_view why;
};

constexpr Row kRows[] = {
    {"max_tokens", "max_completion_tokens", Into::compat, "maxTokensField", "max_completion_tokens",
     "it calls the output cap max_completion_tokens"},
    {"max_completion_tokens", "", Into::compat, "maxTokensField", "max_tokens",
     "it calls the output cap max_tokens"},
    {"store", "", Into::compat, "supportsStore", "false", "it does not take `store`"},
    {"stream_options", "", Into::compat, "supportsUsageInStreaming", "false",
     "it does not take `stream_options`"},
    {"include_usage", "", Into::compat, "supportsUsageInStreaming", "false",
     "it does not take `stream_options`"},
    {"temperature", "deprecated", Into::compat, "supportsTemperature", "false",
     "it does not take `temperature`"},
    {"temperature", "not support", Into::compat, "supportsTemperature", "false",
     "it does not take this `temperature`"},
    {"temperature", "unsupported", Into::compat, "supportsTemperature", "false",
     "it does not take `temperature`"},
    {"reasoning_effort", "", Into::compat, "supportsReasoningEffort", "false",
     "it does not take `reasoning_effort`"},
    {"effort", "", Into::compat, "supportsReasoningEffort", "false", "it does not take an effort"},
    {"prompt_cache_key", "", Into::compat, "supportsPromptCacheKey", "false",
     "it does not take `prompt_cache_key`"},
    {"strict", "", Into::compat, "supportsStrictMode", "false", "it does not take `strict`"},
    {"", "strict=true", Into::compat, "supportsStrictMode", "false", "it takes no strict tools"},
    {"", "'developer'", Into::compat, "supportsDeveloperRole", "false",
     "it does not know the role developer"},
    {"developer", "", Into::compat, "supportsDeveloperRole", "false", "it does not know the role developer"},
    {"response_format", "", Into::compat, "supportsJsonSchemaResponseFormat", "false",
     "it does not take this `response_format`"},
    {"", "response format", Into::compat, "supportsJsonSchemaResponseFormat", "false",
     "it does not take this response format"},
    {"reasoning_content", "unsupported", Into::settings, "reasoning_replay", "\"\"",
     "it refuses `reasoning_content` in the history"},
    {"reasoning_content", "", Into::compat, "requiresReasoningContentOnAssistantMessages", "true",
     "it wants `reasoning_content` back"},
    {"content", "expected a string", Into::compat, "requiresStringContent", "true",
     "it wants text content as one string"},
    {"", "expected a string, but got an array", Into::compat, "requiresStringContent", "true",
     "it wants text content as one string"},
    {"", "value must be a string", Into::compat, "requiresStringContent", "true",
     "it wants text content as one string"},
    {"", "['str'], got list", Into::compat, "requiresStringContent", "true",
     "it wants text content as one string"},
    {"", "tool use in streaming mode", Into::settings, "stream_tools", "false",
     "it does not stream with tools"},
    {"", "tools with stream", Into::settings, "stream_tools", "false", "it does not stream with tools"},
    {"any", "toolchoice", Into::settings, "choice_required", "false", "it takes no forced tool choice"},
    {"tool", "toolchoice", Into::settings, "choice_named", "false", "it takes no named tool choice"},
    {"tool_choice", "thinking", Into::settings, "choice_with_thinking", "false",
     "it takes no forced tool choice while it thinks"},
    {"", "tool_choice forces", Into::settings, "choice_with_thinking", "false",
     "it takes no forced tool choice while it thinks"},
    {"tool_choice", "", Into::settings, "choice_required", "false", "it takes no such tool choice"},
    {"additionalProperties", "required", Into::compat, "supportsStrictMode", "false",
     "its strict mode wants closed objects"},
    {"required", "every key", Into::compat, "supportsStrictMode", "false",
     "its strict mode wants every property required"},
    {"", "alternat", Into::settings, "alternate", "true", "it wants user and assistant to alternate"},
    {"", "system message must be at the beginning", Into::settings, "system", "leading",
     "it takes system text only at the beginning"},
    {"", "must precede", Into::settings, "system", "leading", "it takes system text only at the beginning"},
    {"", "conversation blocks and tool result", Into::settings, "result_mixed", "false",
     "it wants tool results in a turn of their own"},
    {"", "conversation blocks and tool use", Into::settings, "call_mixed", "false",
     "it wants tool calls in a turn of their own"},
    {"", "must end with a user message", Into::settings, "last_user", "true",
     "its conversations end with the user"},
    {"", "must not be from the assistant", Into::settings, "last_user", "true",
     "its conversations end with the user"},
    {"", "image input is not supported", Into::settings, "images", "false", "it reads no images"},
    {"", "not a multimodal model", Into::settings, "images", "false", "it reads no images"},
    {"", "not support image", Into::settings, "images", "false", "it reads no images"},
    {"", "image urls are not", Into::settings, "image_urls", "false", "it takes no images by URL"},
    {"", "cannot both be specified", Into::settings, "sampling_one", "true",
     "it takes temperature or top_p, not both"},
    {"", "does not accept both", Into::settings, "sampling_one", "true",
     "it takes temperature or top_p, not both"},
    {"", "signature` in `thinking", Into::settings, "reasoning_issuer", "\"\"",
     "it did not issue the reasoning in the history"},
    {"", "could not be verified", Into::settings, "reasoning_issuer", "\"\"",
     "it did not issue the reasoning in the history"},
    {"", "contain the word 'json'", Into::settings, "json_needs_word", "true",
     "JSON mode wants the word json in the messages"},
};

void add(Repair& repair, const Row& row) {
  Pairs& into = row.into == Into::compat     ? repair.compat
                : row.into == Into::settings ? repair.settings
                                             : repair.params;
  into.emplace_back(row.name, row.value);
  repair.why = row.why;
}

bool is_schema_keyword(std::string_view word) {
  static constexpr std::array<std::string_view, 56> kWords = {"$schema",
                                                              "$id",
                                                              "$anchor",
                                                              "$ref",
                                                              "$defs",
                                                              "$comment",
                                                              "$dynamicRef",
                                                              "$dynamicAnchor",
                                                              "$vocabulary",
                                                              "definitions",
                                                              "const",
                                                              "enum",
                                                              "multipleOf",
                                                              "maximum",
                                                              "exclusiveMaximum",
                                                              "minimum",
                                                              "exclusiveMinimum",
                                                              "maxLength",
                                                              "minLength",
                                                              "pattern",
                                                              "maxItems",
                                                              "minItems",
                                                              "uniqueItems",
                                                              "maxContains",
                                                              "minContains",
                                                              "maxProperties",
                                                              "minProperties",
                                                              "dependentRequired",
                                                              "dependentSchemas",
                                                              "dependencies",
                                                              "prefixItems",
                                                              "additionalItems",
                                                              "contains",
                                                              "patternProperties",
                                                              "additionalProperties",
                                                              "propertyNames",
                                                              "if",
                                                              "then",
                                                              "else",
                                                              "allOf",
                                                              "anyOf",
                                                              "oneOf",
                                                              "not",
                                                              "unevaluatedItems",
                                                              "unevaluatedProperties",
                                                              "format",
                                                              "contentEncoding",
                                                              "contentMediaType",
                                                              "contentSchema",
                                                              "title",
                                                              "description",
                                                              "default",
                                                              "deprecated",
                                                              "readOnly",
                                                              "examples",
                                                              "discriminator"};
  return std::find(kWords.begin(), kWords.end(), word) != kWords.end();
}

// "max_tokens: 100000 > 8192, which is the maximum", "supports at most 16384 completion tokens", "[1, 8192]"
std::optional<std::string> output_cap(std::string_view message) {
  static const RE2 caps[] = {
      RE2(R"((?i)max_tokens: \d+ > (\d+), which is the maximum)"),
      RE2(R"((?i)supports at most (\d+) completion tokens)"),
      RE2(R"((?i)range of max_tokens should be \[\d+, ?(\d+)\])"),
      RE2(R"((?i)max(?:imum)?[ _](?:output|completion|new)[ _]tokens.{0,40}?(?:at most|<=|maximum|limit of) ?(\d+))"),
      RE2(R"((?i)max(?:_completion)?_tokens.{0,60}?(?:less than or equal to|at most|<=) `?(\d+))"),
  };
  std::string cap;
  for (const RE2& pattern : caps)
    if (RE2::PartialMatch(message, pattern, &cap)) return cap;
  return std::nullopt;
}

// "supported range is from 0 (inclusive) to 2.0 (inclusive)", "must be within [0, 1]", "Expected a value <=
// 2"
std::optional<std::string> greatest(std::string_view message) {
  static const RE2 ranges[] = {
      RE2(R"((?i)supported range is from [\d.]+ \(inclusive\) to ([\d.]+))"),
      RE2(R"((?i)(?:within|between|in the range) \[?[\d.]+(?:,| and) ?([\d.]+))"),
      RE2(R"((?i)(?:less than or equal to|<=) ?([\d.]+))"),
  };
  std::string number;
  for (const RE2& pattern : ranges)
    if (RE2::PartialMatch(message, pattern, &number)) {
      while (number.ends_with('.')) number.pop_back();
      return number;
    }
  return std::nullopt;
}

}  // namespace

std::string Repair::yaml(std::string_view indent) const {
  const auto flow = [](const Pairs& pairs) {
    std::string out = "{";
    for (const auto& [key, value] : pairs)
      out += fmt::format("{}{}: {}", out.size() > 1 ? ", " : "", key, value);
    return out + "}";
  };
  std::string out;
  if (!compat.empty()) out += fmt::format("{}compat: {}\n", indent, flow(compat));
  if (!settings.empty()) out += fmt::format("{}settings: {}\n", indent, flow(settings));
  // What a target takes of a parameter is a rule; `params:` of a target are the client's defaults.
  if (!params.empty())
    out += fmt::format("{}rules: [{{id: local, why: \"{}\", params: {}}}]\n", indent, why, flow(params));
  return out;
}

std::string Repair::name() const {
  std::string out;
  for (const auto& [name, pairs] : {std::pair<std::string_view, const Pairs&>{"compat", compat},
                                    {"settings", settings},
                                    {"params", params}})
    for (const auto& [key, value] : pairs)
      out += fmt::format("{}{}.{}={}", out.empty() ? "" : " ", name, key, value);
  return out;
}

std::optional<Repair> propose_repair(const Failure& failure, std::string_view message) {
  const FailureClass cls = failure.cls;
  if (cls != FailureClass::schema_rejected && cls != FailureClass::param_rejected &&
      cls != FailureClass::message_rejected && cls != FailureClass::state_missing)
    return std::nullopt;
  if (failure.source != Source::upstream) return std::nullopt;
  Repair repair;
  const std::string lower = lower_ascii(message.substr(0, 8192));
  if (const auto cap = output_cap(message)) {
    repair.settings.emplace_back("max_tokens_cap", *cap);
    repair.why = fmt::format("it takes at most {} output tokens", *cap);
    return repair;
  }
  if (failure.side == Side::tools && cls == FailureClass::param_rejected &&
      lower.find("tool") != std::string::npos) {
    repair.compat.emplace_back("supportsTools", "false");
    repair.why = "it takes no tools";
    return repair;
  }
  for (const Row& row : kRows) {
    if (!row.keyword.empty() && row.keyword != failure.keyword) continue;
    if (!row.text.empty() && lower.find(row.text) == std::string::npos) continue;
    add(repair, row);
    return repair;
  }
  if (cls == FailureClass::schema_rejected) {
    if (!is_schema_keyword(failure.keyword)) return std::nullopt;
    repair.compat.emplace_back("unsupportedToolSchemaKeywords", fmt::format("[{}]", failure.keyword));
    repair.why = fmt::format("it does not take the schema keyword {}", failure.keyword);
    return repair;
  }
  if (cls == FailureClass::param_rejected) {
    const auto param = canon::param_named(failure.keyword);
    if (!param) return std::nullopt;
    const auto most = greatest(message);
    if (!most && !says_unsupported(message)) return std::nullopt;  // its value is wrong: the client's to mend
    repair.params.emplace_back(canon::name(*param),
                               most ? fmt::format("{{max: {}}}", *most) : std::string("drop"));
    repair.why = most ? fmt::format("it takes {} up to {}", canon::name(*param), *most)
                      : fmt::format("it does not take {}", canon::name(*param));
    return repair;
  }
  return std::nullopt;
}

}  // namespace dragoman::failure
