// api.cerebras.ai: the CER section of the contracts. Errors are flat.
#include <fmt/format.h>

#include <span>

#include "sandbox/openai_hosts/host_helpers.h"

namespace dragoman::sandbox::openai {
namespace {

using json::Value;

Refusal wrong_format(std::string message, int status = 400) {
  Refusal r = with_status(status, std::move(message), "wrong_api_format");
  r.param = "validation_error";
  return r;
}

Verdict no_messages(const Request& r) {
  if (!r["messages"].items().empty()) return std::nullopt;
  return wrong_format("messages: List should have at least 1 item after validation, not 0");
}

// What CER-03 leaves out of schemas.
constexpr std::string_view kNo[] = {"oneOf",
                                    "allOf",
                                    "not",
                                    "if",
                                    "then",
                                    "else",
                                    "dependentRequired",
                                    "dependentSchemas",
                                    "patternProperties",
                                    "unevaluatedProperties",
                                    "pattern",
                                    "format",
                                    "minItems",
                                    "maxItems",
                                    "$anchor",
                                    "nullable"};

std::string strict_fault_here(Value s, bool root, int depth) {
  if (depth > 10) return "Schema nesting depth exceeds limit of 10.";
  std::string bad;
  for (const std::string_view k : kNo) {
    if (s[k]) bad += (bad.empty() ? "'" : ", '") + std::string(k) + "'";
  }
  if (!bad.empty()) return "Unsupported JSON schema fields: {" + bad + "}";
  if (root && (s["type"].text() != "object" || s["anyOf"]))
    return "The root of a strict schema must be an object.";
  if (s["type"].text() == "object" || s["properties"]) {
    const Value more = s["additionalProperties"];
    if (!more.is_bool() || more.boolean()) {
      return "'additionalProperties' is required to be supplied and set to false.";
    }
  }
  if (s["type"].text() == "array" && !s["items"].is_object() && !s["prefixItems"]) {
    return "Array schemas must have 'items' as an object.";
  }
  if (const std::string_view ref = s["$ref"].text(); !ref.empty() && !ref.starts_with("#/$defs/")) {
    return "Only local non-recursive $ref to $defs is supported.";
  }
  const auto descend = [&](Value sub) { return strict_fault_here(sub, false, depth + 1); };
  for (const std::string_view k : {"properties", "$defs"}) {
    for (const json::Member& m : s[k].members()) {
      if (std::string f = descend(m.value); !f.empty()) return f;
    }
  }
  for (const std::string_view k : {"anyOf", "prefixItems"}) {
    for (const Value b : s[k].items()) {
      if (std::string f = descend(b); !f.empty()) return f;
    }
  }
  return s["items"].is_object() ? descend(s["items"]) : "";
}

// CER-02: they are refused without `strict` too.
std::string unsupported_fields(Value s, std::span<const std::string_view> no) {
  std::string bad;
  for (const std::string_view k : no) {
    if (s[k]) bad += (bad.empty() ? "'" : ", '") + std::string(k) + "'";
  }
  if (!bad.empty()) return "Unsupported JSON schema fields: {" + bad + "}";
  for (const std::string_view k : {"properties", "$defs"}) {
    for (const json::Member& m : s[k].members()) {
      if (std::string f = unsupported_fields(m.value, no); !f.empty()) return f;
    }
  }
  for (const std::string_view k : {"anyOf", "prefixItems"}) {
    for (const Value b : s[k].items()) {
      if (std::string f = unsupported_fields(b, no); !f.empty()) return f;
    }
  }
  return s["items"].is_object() ? unsupported_fields(s["items"], no) : "";
}

Verdict schemas(const Request& r) {
  static constexpr std::string_view kLengths[] = {"minLength", "maxLength"};
  const auto check = [&](Value schema, bool strict) -> Verdict {
    std::string f = strict ? strict_fault_here(schema, true, 1) : unsupported_fields(schema, kNo);
    if (f.empty() && r.model.starts_with("qwen-3.8-27b")) f = unsupported_fields(schema, kLengths);
    return f.empty() ? Verdict() : wrong_format(f, 422);
  };
  for (const Value t : r["tools"].items()) {
    if (Verdict v = check(t["function"]["parameters"], t["function"]["strict"].boolean())) return v;
  }
  const Value format = r["response_format"]["json_schema"];
  return check(format["schema"], format["strict"].boolean());
}

Verdict mixed_strict(const Request& r) {
  bool some = false;
  bool all = true;
  for (const Value t : r["tools"].items()) {
    some = some || t["function"]["strict"].boolean();
    all = all && t["function"]["strict"].boolean();
  }
  if (!some || all) return std::nullopt;
  return wrong_format(
      "Tools with mixed values for 'strict' are not allowed. Please set all tools to 'strict: true' or "
      "'strict: false'");
}

Verdict strict_unsupported(const Request& r) {
  if (!r.model.starts_with("zai-glm")) return std::nullopt;
  for (const Value t : r["tools"].items()) {
    if (t["function"]["strict"].boolean())
      return wrong_format("Tools with strict=True are not supported by this model");
  }
  return std::nullopt;
}

Verdict schema_name(const Request& r) {
  const Value format = r["response_format"];
  if (format["type"].text() != "json_schema" || format["json_schema"]["name"].is_string())
    return std::nullopt;
  return wrong_format(
      "response_format.ResponseFormatText.type: Input should be 'text'\nresponse_format."
      "ResponseFormatJSONSchema.json_schema.name: Field required");
}

Verdict tools_with_format(const Request& r) {
  const std::string_view type = r["response_format"]["type"].text();
  if (r["tools"].items().empty() || type.empty() || type == "text") return std::nullopt;
  return wrong_format("\"tools\" is incompatible with \"response_format\"");
}

Verdict ranges(const Request& r) {
  const std::size_t n = r["stop"].items().size();
  if (n > 4) {
    return wrong_format(
        fmt::format("stop.str: Input should be a valid string\nstop.list[str]: List should have at most "
                    "4 items after validation, not {}",
                    n));
  }
  if (r["temperature"].is_number() && r["temperature"].number() > 2) {
    return wrong_format("temperature: Input should be less than or equal to 2");
  }
  return std::nullopt;
}

Verdict unsupported(const Request& r) {
  for (const std::string_view k : {"frequency_penalty", "presence_penalty", "logit_bias", "store"}) {
    if (r[k].present()) return wrong_format(fmt::format("property '{}' is unsupported", k));
  }
  for (const Value m : r["messages"].items()) {
    if (m["role"].text() == "developer") return wrong_format("messages: unexpected role 'developer'");
  }
  return std::nullopt;
}

constexpr Rule kOwn[] = {
    {"CER-13", Grade::live, no_messages},
    {"CER-13", Grade::live, ranges},
    {"CER-07", Grade::issue, schema_name},
    {"CER-05", Grade::issue, mixed_strict},
    {"CER-06", Grade::client_code, strict_unsupported},
    {"CER-01", Grade::issue, schemas},  // and CER-02 … CER-04
    {"CER-08", Grade::documented, tools_with_format},
    {"CER-09", Grade::client_code, unsupported},
};
const RuleSet kRules[] = {kOwn};

const Model kModels[] = {
    {"gpt-oss-120b", kReasonsByDefault}, {"qwen-3-32b", kReasonsByDefault}, {"qwen-3*"}, {"llama*"},
    {"zai-glm-*", kReasonsByDefault},    {"gpt-oss-*", kReasonsByDefault}};

std::string error_body(const Refusal& r) {
  std::string out;
  json::Writer w(out);
  w.begin_object().field("message", r.message).field("type", r.type).key("param");
  r.param.empty() ? w.null() : w.string(r.param);
  w.key("code");
  r.code.empty() ? w.null() : w.string(r.code);
  w.end_object();
  return out;
}

Verdict authorize(const Call& call) {
  if (!common::bad_key(common::bearer(call))) return std::nullopt;
  return with_status(401, "Wrong API Key", "wrong_api_key");
}

Refusal unknown_model(std::string_view model) {
  return with_status(404, fmt::format("Model {} does not exist or you do not have access to it.", model),
                     "model_not_found", "not_found_error");
}

Refusal overflow(std::int64_t tokens, std::int64_t window) {
  return refuse(
      fmt::format("Please reduce the length of the messages or completion. Current length is {} while limit "
                  "is {}",
                  tokens, window),
      "messages", "context_length_exceeded");
}

Refusal failure(int status) {
  if (status == 429) {
    return with_status(429, "We're experiencing high traffic right now! Please try again soon.",
                       "queue_exceeded", "too_many_requests_error");
  }
  return {};
}

HeaderList headers(const Call& call) {
  return {{"x-request-id", stable_id("", call.body_text, 8, 32)},
          {"x-ratelimit-limit-requests-day", "14400"},
          {"x-ratelimit-limit-tokens-minute", "60000"},
          {"x-ratelimit-remaining-requests-day", "14399"},
          {"x-ratelimit-remaining-tokens-minute", "59000"},
          {"x-ratelimit-reset-requests-day", "33011.38"},
          {"x-ratelimit-reset-tokens-minute", "11.38"}};
}

}  // namespace

extern const Host kCerebras;
const Host kCerebras = {.prefix = "cerebras",
                        .bases = kV1,
                        .models = kModels,
                        .rules = kRules,
                        .error_body = error_body,
                        .authorize = authorize,
                        .unknown_model = unknown_model,
                        .overflow = overflow,
                        .failure = failure,
                        .headers = headers,
                        .style = {.reasoning_key = "reasoning",
                                  .usage_on_finish = true,
                                  .usage_unasked = true,
                                  .calls_whole = true,
                                  .fingerprint = "fp_sandbox_c",
                                  .extended_usage = false}};

Emulator cerebras_row() { return emulator<kCerebras>(); }

}  // namespace dragoman::sandbox::openai
