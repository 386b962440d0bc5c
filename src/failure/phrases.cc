#include "failure/phrases.h"

#include <re2/re2.h>

#include <charconv>
#include <memory>
#include <vector>

#include "base/strings.h"
#include "failure/retry_headers.h"

namespace dragoman::failure {
namespace {

constexpr std::size_t kReadLimit = 16 * 1024;

struct Phrase {
  const char* pattern;  // RE2, case ignored; group 1 is the keyword
  const char* keyword;  // instead of a group
};

// Ordered: the more specific first.
constexpr Phrase kPhrases[] = {
    // OpenAI and who imitates it
    {R"(unrecognized request arguments? supplied: ([\w.$\-]+))", nullptr},
    {R"(unknown parameter: '(?:[^']*[.\]])?([\w$\-]+)')", nullptr},
    {R"(unsupported parameter: '(?:[^']*[.\]])?([\w$\-]+)')", nullptr},
    {R"(unsupported value: '(?:[^']*[.\]])?([\w$\-]+)' does not support)", nullptr},
    {R"(missing required parameter: '(?:[^']*[.\]])?([\w$\-]+)')", nullptr},
    {R"('additionalproperties' is required)", "additionalProperties"},
    {R"('required' is required)", "required"},
    {R"(array schema missing items)", "items"},
    {R"(object schema missing properties)", "properties"},
    {R"(schema must have a 'type' key)", "type"},
    {R"(schema must have type 'object')", "type"},
    {R"(\$ref cannot have keywords)", "$ref"},
    {R"('([^']+)' is not a valid format)", "format"},
    {R"('([\w$\-]+)' is not permitted)", nullptr},
    {R"(objects provided via 'anyof' must not share)", "anyOf"},
    {R"(, field: '(?:[^']*[.\]])?([\w$\-]+)')", nullptr},  // Fireworks
    // Anthropic
    {R"(input_schema does not support (oneof|allof|anyof))", nullptr},
    {R"(for '[^']+' type, propert(?:y|ies) '?([\w$\-]+)'?(?:, [^']*)? (?:is|are) not supported)", nullptr},
    {R"(property keys should match pattern)", "properties"},
    {R"((?:^|[\s.])([\w$\-]+): extra inputs are not permitted)", nullptr},
    {R"(`([\w.]+)` is deprecated for this model)", nullptr},
    {R"(`([\w.]+)` and `[\w.]+` cannot both be specified)", nullptr},
    {R"((?:^|[\s.])([\w$\-]+): field required)", nullptr},
    // Google
    {R"(unknown name \\?"([^"\\]+)\\?")", nullptr},
    {R"(should be non-empty for object type)", "properties"},
    {R"(\.([a-z_]+): missing field)", nullptr},
    {R"(\.([a-z_]+): only allowed for)", nullptr},
    {R"(missing a thought_signature)", "thought_signature"},
    {R"(unable to submit request because it has an? ([\w]+) value of)", nullptr},
    // Bedrock
    {R"(extraneous key \[([^\]]+)\] is not permitted)", nullptr},
    {R"(required key \[([^\]]+)\] not found)", nullptr},
    {R"(doesn.t support the (?:[\w]+\.)*([\w]+) field)", nullptr},
    // The others
    {R"(property '(?:[^']*\.)?([\w$\-]+)' is unsupported)", nullptr},
    {R"(mixed values for '(\w+)')", nullptr},
    {R"(^\W*(max_tokens|temperature|top_p|top_k|stop_sequences): )", nullptr},
    {R"(argument not supported(?: on this model)?: (\w+))", nullptr},
    {R"(does not support the parameter `(\w+)`)", nullptr},
    {R"(parameter '([^']+)' is not a valid field)", nullptr},
    {R"(type is not defined)", "type"},
    {R"(when using (anyof|oneof|\$ref), type should)", nullptr},
    {R"(model does not support (enable_\w+))", nullptr},
    {R"(unsupported .{0,40}\b([a-z]+_[a-z_]+)=")", nullptr},
    {R"(\b(tool_choice)[`'"]? must)", nullptr},
    {R"(\bpattern must (?:start|end))", "pattern"},
    {R"(invalid (\w+): only [\d.]+ is allowed)", nullptr},
    {R"(\b(tool_choice)\b.{0,40}(?:incompatible|does not support|not supported))", nullptr},
    {R"(does not support parameter (\w+))", nullptr},
    {R"(keyword '([^']+)')", nullptr},
    {R"(unsupported (?:json schema )?keyword:? ['"`]?([\w$]+))", nullptr},
    {R"(unknown field,? [`'"]([^`'"]+)[`'"])", nullptr},
    {R"(unknown field: ([\w$]+))", nullptr},
    {R"(missing field [`'"]([^`'"]+)[`'"])", nullptr},
    {R"(unexpected keyword argument '([^']+)')", nullptr},
    {R"(unsupported param(?:eter)?s?:? [`'"]?([\w.]+))", nullptr},
    {R"(invalid value for (?:parameter )?[`'"]([\w.]+)[`'"])", nullptr},
    {R"(invalid [`'"](?:[^`'"]*[.\]])?([\w$\-]+)[`'"]: )", nullptr},
    {R"([`'"]?(reasoning_content)[`'"]?)", nullptr},
    {R"([`'"](tool_choice|parallel_tool_calls|response_format|reasoning_effort|stream_options)[`'"])",
     nullptr},
    {R"(\b(max_completion_tokens|max_output_tokens|max_tokens|budget_tokens|temperature|top_p|top_k|tool_choice|logprobs|top_logprobs)\b.{0,60}(?:not supported|unsupported|must be|is too large|out of range|exceeds|invalid))",
     nullptr},
    {R"(\b(max_completion_tokens|max_output_tokens|max_tokens|temperature|top_p|top_k)(?: parameter is illegal| ?参数非法| (?:is|should be) \[))",
     nullptr},
    {R"((additionalProperties|patternProperties|propertyNames|uniqueItems|minItems|maxItems|minLength|maxLength|exclusiveMinimum|exclusiveMaximum|multipleOf|anyOf|oneOf|allOf|prefixItems|\$ref|\$defs|\$schema)\b)",
     nullptr},
};

struct Compiled {
  std::vector<std::unique_ptr<RE2>> phrases;
  RE2 status, wait, reset;
  Compiled()
      : status(
            R"re((?i)(?:\berror(?: code)?|\b(?:http_?)?status(?:[ _]?code)?|\bhttp(?:/\d(?:\.\d)?)?|\bapi error|\bcode|\breturned|\bresponse|\bdetails|\braised \w+|\bresponded(?: with)?)["']?\s*[:=]?\s*["'\[(]?([45]\d\d)(?:[^\w.]|\.\D|\.?$)|^[^\w.]{0,4}([45]\d\d)(?:[^\w.]|$)|[(\[]([45]\d\d)(?: [A-Z][A-Za-z ]+)?[)\]])re"),
        wait(
            R"((?i)(?:(?:try(?:ing)? again|retry)(?: in| after)|retry[- ]after|reset after|(?:please )?wait(?: for)?(?: at least)?):? ?(?:about |another )?(\d[\d.]*(?:ms|m\d[\d.]*s|h\d+m(?:[\d.]+s)?|s|m|h|d)?)(?: ?(ms|milli\w*|sec\w*|min\w*|hours?|hrs?|days?)\b)?)"),
        reset(R"((?i)\(reset after (\d[\d.]*[a-z\d.]*)\))") {
    RE2::Options options;
    options.set_case_sensitive(false);
    options.set_log_errors(false);
    for (const Phrase& phrase : kPhrases) phrases.push_back(std::make_unique<RE2>(phrase.pattern, options));
  }
};

// Compiled once; RE2 objects may be used by several threads at once.
const Compiled& compiled() {
  static const Compiled all;
  return all;
}

std::string_view bounded(std::string_view text) { return text.substr(0, kReadLimit); }

}  // namespace

std::string refused_keyword(std::string_view message) {
  message = bounded(message);
  const Compiled& all = compiled();
  for (std::size_t i = 0; i < all.phrases.size(); ++i) {
    const RE2& phrase = *all.phrases[i];
    std::string found;
    const bool matched = phrase.NumberOfCapturingGroups() > 0 ? RE2::PartialMatch(message, phrase, &found)
                                                              : RE2::PartialMatch(message, phrase);
    if (!matched) continue;
    return kPhrases[i].keyword ? std::string(kPhrases[i].keyword) : found;
  }
  return {};
}

std::optional<int> status_in(std::string_view text) {
  std::string named, first, bracketed;
  if (!RE2::PartialMatch(bounded(text), compiled().status, &named, &first, &bracketed)) return std::nullopt;
  const std::string& digits = !named.empty() ? named : !first.empty() ? first : bracketed;
  int status = 0;
  std::from_chars(digits.data(), digits.data() + digits.size(), status);
  return status;
}

std::optional<double> wait_in(std::string_view text) {
  text = bounded(text);
  std::string duration, unit;
  if (RE2::PartialMatch(text, compiled().wait, &duration, &unit)) {
    while (duration.ends_with('.')) duration.pop_back();
    const auto number = parse_go_duration(duration);
    if (!number || unit.empty()) return number;
    struct Unit {
      std::string_view head;
      double seconds;
    };
    // "milli…" and "ms" before "min…".
    constexpr Unit kUnits[] = {{"ms", 0.001}, {"mil", 0.001}, {"m", 60}, {"h", 3600}, {"d", 86400}, {"s", 1}};
    const std::string word = lower_ascii(unit);
    for (const Unit& each : kUnits)
      if (word.starts_with(each.head)) return *number * each.seconds;
    return number;
  }
  return std::nullopt;
}

std::optional<double> relays_wait_in(std::string_view body) {
  std::string duration;
  if (!RE2::PartialMatch(bounded(body), compiled().reset, &duration)) return std::nullopt;
  return parse_go_duration(duration);
}

}  // namespace dragoman::failure
