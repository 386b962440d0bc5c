// Top-level parameters of OpenAI's Chat Completions. Kinds and ranges are the OpenAPI document's
// (CreateChatCompletionRequest); texts are those of the rules named in the table at the end.
#include <fmt/format.h>

#include <algorithm>

#include "sandbox/openai/efforts.h"
#include "sandbox/openai/parameter.h"
#include "sandbox/openai/rules.h"
#include "sandbox/openai/view.h"
#include "sandbox/openai/wording.h"
#include "sandbox/output_cap.h"

namespace dragoman::sandbox::openai {
namespace {

using json::Value;

constexpr Parameter kParameters[] = {
    {"model", Want::string},
    {"messages"},
    {"audio", Want::object},
    {"frequency_penalty", Want::decimal, -2, 2},
    {"function_call"},
    {"functions", Want::array},
    {"logit_bias", Want::object},
    {"logprobs", Want::boolean},
    {"max_completion_tokens", Want::integer},
    {"max_tokens", Want::integer},
    {"metadata", Want::object},
    {"modalities", Want::array},
    {"moderation"},
    {"n", Want::integer, 1, 128},
    {"parallel_tool_calls", Want::boolean},
    {"prediction", Want::object},
    {"presence_penalty", Want::decimal, -2, 2},
    {"prompt_cache_key", Want::string},
    {"prompt_cache_options", Want::object},
    {"prompt_cache_retention", Want::string},
    {"reasoning_effort", Want::string},
    {"response_format", Want::object},
    {"safety_identifier", Want::string},
    {"seed", Want::integer},
    {"service_tier", Want::string},
    {"stop"},
    {"store", Want::boolean},
    {"stream", Want::boolean},
    {"stream_options", Want::object},
    {"temperature", Want::decimal, 0, 2},
    {"tool_choice"},
    {"tools", Want::array},
    {"top_logprobs", Want::integer, 0, 20},
    {"top_p", Want::decimal, 0, 1},
    {"user", Want::string},
    {"verbosity", Want::string},
    {"web_search_options", Want::object},
};

// Python's way: 99.0 for 99 where a float is meant, as the recorded bodies show it.
std::string decimal(double v) {
  std::string out = fmt::format("{}", v);
  return out.find_first_of(".en") == std::string::npos ? out + ".0" : out;
}

Verdict unknown_parameter(const Request& r) {
  for (const json::Member& m : r.body.members()) {
    if (find_parameter(kParameters, m.key) != nullptr) continue;
    // Azure still speaks the older service's words (AZ-04, AZ-07).
    if (r.host.prefix == "azure")
      return refuse(fmt::format("Unrecognized request argument supplied: {}", m.key));
    return unknown(std::string(m.key));
  }
  return std::nullopt;
}

Verdict wrong_kind(const Request& r) {
  for (const json::Member& m : r.body.members()) {
    const Parameter* p = find_parameter(kParameters, m.key);
    if (p == nullptr || m.value.is_null() || fits(p->want, m.value)) continue;
    return wrong_type(std::string(m.key), phrase(p->want), m.value);
  }
  return std::nullopt;
}

Verdict out_of_range(const Request& r) {
  for (const Parameter& p : kParameters) {
    const Value v = r[p.name];
    if (p.least == p.most || !v.is_number() || (v.number() >= p.least && v.number() <= p.most)) continue;
    const bool above = v.number() > p.most;
    const bool whole = p.want == Want::integer;
    return refuse(
        fmt::format("Invalid '{}': {} {} value. Expected a value {} {}, but got {} instead.", p.name,
                    whole ? "integer" : "decimal", above ? "above maximum" : "below minimum",
                    above ? "<=" : ">=", above ? p.most : p.least,
                    whole ? fmt::format("{}", v.number()) : decimal(v.number())),
        std::string(p.name),
        fmt::format("{}_{}_value", whole ? "integer" : "decimal", above ? "above_max" : "below_min"));
  }
  return std::nullopt;
}

Verdict metadata(const Request& r) {
  const auto members = r["metadata"].members();
  if (members.size() > 16) {
    return refuse(
        fmt::format("Invalid 'metadata': object has too many properties. Expected an object with at most "
                    "16 properties, but got an object with {} properties instead.",
                    members.size()),
        "metadata", "object_above_max_properties");
  }
  for (const json::Member& m : members) {
    if (m.key.size() > 64) return too_long("metadata", 64, m.key.size());
    if (m.value.text().size() > 512)
      return too_long(fmt::format("metadata.{}", m.key), 512, m.value.text().size());
  }
  return std::nullopt;
}

Verdict stop(const Request& r) {
  const Value v = r["stop"];
  if (!v.present()) return std::nullopt;
  if (r.has(kNoStop)) return unsupported("stop");
  if (v.items().size() > 4) {
    return refuse(
        fmt::format("Invalid 'stop': array too long. Expected an array with maximum length 4, but got an "
                    "array with length {} instead.",
                    v.items().size()),
        "stop", "array_above_max_length");
  }
  return std::nullopt;
}

Verdict top_logprobs(const Request& r) {
  if (!r["top_logprobs"].present() || r["logprobs"].boolean()) return std::nullopt;
  return refuse(
      "Invalid value for 'top_logprobs': 'top_logprobs' is only allowed when 'logprobs' is enabled.",
      "top_logprobs");
}

Verdict max_tokens(const Request& r) {
  if (!r.has(kNoMaxTokens) || !r["max_tokens"].present()) return std::nullopt;
  return refuse(
      "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' "
      "instead.",
      "max_tokens", "unsupported_parameter");
}

// Models that do not reason; the others take any number (OAI-41).
Verdict output_limit(const Request& r) {
  static constexpr OutputCap kCaps[] = {{"*gpt-4o-2024-05-13", 4096},
                                        {"*gpt-4o*", 16384},
                                        {"*gpt-4.1*", 32768},
                                        {"*gpt-3.5-turbo*", 4096},
                                        {"*gpt-4-turbo*", 4096}};
  const auto most = output_cap(kCaps, r.model);
  for (const std::string_view name : {"max_tokens", "max_completion_tokens"}) {
    const auto wanted = r[name].integer();
    if (!most || !wanted || *wanted <= *most) continue;
    return refuse(fmt::format("{0} is too large: {1}. This model supports at most {2} completion tokens, "
                              "whereas you provided {1}.",
                              name, *wanted, *most),
                  std::string(name), "invalid_value");
  }
  return std::nullopt;
}

Verdict sampling(const Request& r) {
  if (!r.reasoning) return std::nullopt;
  for (const std::string_view name : {"temperature", "top_p"}) {
    const Value v = r[name];
    if (!v.is_number() || v.number() == 1) continue;
    return refuse(
        fmt::format("Unsupported value: '{}' does not support {} with this model. Only the default (1) "
                    "value is supported.",
                    name, v.number_text()),
        std::string(name), "unsupported_value");
  }
  for (const std::string_view name :
       {"presence_penalty", "frequency_penalty", "logit_bias", "logprobs", "top_logprobs"}) {
    const Value v = r[name];
    if (!v.present() || (v.is_number() && v.number() == 0 && name != "top_logprobs")) continue;
    if (v.is_bool() && !v.boolean()) continue;
    return unsupported(std::string(name));
  }
  return std::nullopt;
}

Verdict effort_word(const Request& r) {
  const Value v = r["reasoning_effort"];
  static constexpr std::string_view kWords[] = {"none", "minimal", "low", "medium", "high", "xhigh"};
  if (!v.is_string() || v.text() == "max" || std::ranges::find(kWords, v.text()) != std::end(kWords)) {
    return std::nullopt;
  }
  return bad_value(v.text(), kWords, "reasoning_effort");
}

Refusal effort_unsupported(std::string_view effort, std::span<const std::string_view> supported) {
  return refuse(
      fmt::format("Unsupported value: 'reasoning_effort' does not support '{}' with this model. Supported "
                  "values are: {}.",
                  effort, quoted_list(supported)),
      "reasoning_effort", "unsupported_value");
}

bool knows_efforts(const Request& r) {
  return (r.traits & (kReasonsAlways | kReasonsByDefault | kReasonsOptIn)) != 0 && !r.has(kNoEffort);
}

Verdict unless_taken(const Request& r) {
  const auto words = efforts_of(r, false);
  const std::string_view effort = r["reasoning_effort"].text();
  if (effort.empty() || !knows_efforts(r) || std::ranges::find(words, effort) != words.end())
    return std::nullopt;
  return effort_unsupported(effort, words);
}

// Of maintained clients only: that max is unknown here, and minimal to gpt-5.6 (OAI-46, OAI-47).
bool told_by_clients(const Request& r) {
  const std::string_view effort = r["reasoning_effort"].text();
  return effort == "max" || (effort == "minimal" && r.has(kNoMinimalEffort));
}

Verdict effort_known(const Request& r) { return told_by_clients(r) ? std::nullopt : unless_taken(r); }

Verdict effort_max(const Request& r) {
  return r["reasoning_effort"].text() == "max" ? unless_taken(r) : std::nullopt;
}

Verdict effort_minimal(const Request& r) {
  return r["reasoning_effort"].text() == "minimal" ? unless_taken(r) : std::nullopt;
}

Verdict effort_unknown(const Request& r) {
  if (!r.has(kNoEffort) || !r["reasoning_effort"].present()) return std::nullopt;
  if (r.host.prefix == "azure") return unknown("reasoning_effort");  // AZ-10
  return refuse("Unrecognized request argument supplied: reasoning_effort");
}

Verdict tools_while_reasoning(const Request& r) {
  if (!r.has(kNoToolsWhileReasoning) || !r.reasoning || r["tools"].items().empty()) return std::nullopt;
  if (r.has(kReasonsByDefault) && !r.has(kNoMinimalEffort)) {  // gpt-5.5: OAI-44
    if (!r["reasoning_effort"].present()) return std::nullopt;
  }
  std::string message = fmt::format(
      "Function tools with reasoning_effort are not supported for {} in "
      "/v1/chat/completions. ",
      r.model);
  message += r.has(kNoMinimalEffort)
                 ? "To use function tools, use /v1/responses or set reasoning_effort to 'none'."
                 : "Please use /v1/responses instead.";
  return refuse(std::move(message), r.has(kNoMinimalEffort) ? "reasoning_effort" : "");
}

Verdict cache_options(const Request& r) {
  if (r.has(kNoMinimalEffort)) return std::nullopt;  // gpt-5.6 and later have them
  if (r["prompt_cache_options"].present()) return unknown("prompt_cache_options");
  return std::nullopt;
}

// A prompt is kept for 24 hours by gpt-5.5 and later.
Verdict cache_retention(const Request& r) {
  const bool later = r.has(kReasonsByDefault) || r.has(kNoMinimalEffort);
  if (later || r["prompt_cache_retention"].text() != "24h") return std::nullopt;
  return unsupported("prompt_cache_retention");
}

Verdict format_name(const Request& r) {
  const Value format = r["response_format"];
  if (!format.is_object()) return std::nullopt;
  static constexpr std::string_view kTypes[] = {"json_object", "json_schema", "text"};
  if (std::ranges::find(kTypes, format["type"].text()) == std::end(kTypes))
    return bad_value(format["type"].text(), kTypes, "response_format.type");
  if (format["type"].text() != "json_schema") return std::nullopt;
  const Value schema = format["json_schema"];
  if (!schema.is_object()) return missing("response_format.json_schema");
  const Value name = schema["name"];
  if (!name.present()) return missing("response_format.json_schema.name");
  if (is_name(name.text())) return std::nullopt;
  if (name.text().size() > 64 && is_name(name.text(), 1 << 20)) {
    return too_long("response_format.json_schema.name", 64, name.text().size());
  }
  return bad_pattern("response_format.json_schema.name");
}

Verdict json_word(const Request& r) {
  if (r["response_format"]["type"].text() != "json_object") return std::nullopt;
  if (messages_mention(r["messages"], "json")) return std::nullopt;
  return refuse(
      "'messages' must contain the word 'json' in some form, to use 'response_format' of type "
      "'json_object'.",
      "messages");
}

Verdict stream_options(const Request& r) {
  if (!r["stream_options"].present() || r["stream"].boolean()) return std::nullopt;
  return refuse("The 'stream_options' parameter is only allowed when 'stream' is enabled.", "stream_options");
}

Verdict cache_key(const Request& r) {
  const std::size_t size = r["prompt_cache_key"].text().size();
  return size > 64 ? Verdict(too_long("prompt_cache_key", 64, size)) : std::nullopt;
}

constexpr Rule kRules[] = {
    {"OAI-40", Grade::issue, unknown_parameter},
    {"OAI-40", Grade::documented, wrong_kind},  // the kinds the OpenAPI document gives
    {"OAI-40", Grade::documented, closed_words},
    {"OAI-41", Grade::live, max_tokens},
    {"CAP-01", Grade::issue, output_limit},
    {"OAI-43", Grade::live, out_of_range},  // and OAI-09's ranges of n and top_logprobs
    {"OAI-49", Grade::issue, effort_unknown},
    {"OAI-42", Grade::issue, effort_word},
    {"OAI-42", Grade::issue, effort_known},
    {"OAI-46", Grade::client_code, effort_max},
    {"OAI-47", Grade::client_code, effort_minimal},
    {"OAI-42", Grade::issue, sampling},
    {"OAI-07", Grade::documented, metadata},
    {"OAI-08", Grade::documented, stop},
    {"OAI-09", Grade::documented, top_logprobs},
    {"OAI-44", Grade::issue, tools_while_reasoning},  // and OAI-45
    {"OAI-50", Grade::client_code, cache_options},
    {"OAI-50", Grade::client_code, cache_retention},
    {"OAI-51", Grade::documented, format_name},
    {"OAI-52", Grade::documented, json_word},
    {"OAI-53", Grade::issue, stream_options},
    {"OAI-63", Grade::issue, cache_key},
};

}  // namespace

const RuleSet kParameterRules = kRules;

}  // namespace dragoman::sandbox::openai
