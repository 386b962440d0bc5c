// api.x.ai: the XAI section of the contracts. A Rust service: 422 for shapes, flat errors for the rest.
#include <fmt/format.h>

#include "sandbox/openai_hosts/host_helpers.h"

namespace dragoman::sandbox::openai {
namespace {

using json::Value;

Refusal serde(std::string_view detail) {
  Refusal r;
  r.status = 422;
  std::string text = fmt::format("Failed to deserialize the JSON body into the target type: {}", detail);
  json::Writer(r.body).begin_object().field("error", text).end_object();
  return r;
}

Verdict shapes(const Request& r) {
  if (!r["messages"]) return serde("missing field `messages`");
  if (!r["messages"].is_array()) return serde("messages: invalid type, expected a sequence");
  for (const Value m : r["messages"].items()) {
    const Value content = m["content"];
    if (content.present() && !content.is_string() && !content.is_array()) {
      return serde("data did not match any variant of untagged enum ModelInput");
    }
    for (const Value c : m["tool_calls"].items()) {
      if (!c["function"]["arguments"].is_string()) {
        return serde("data did not match any variant of untagged enum ModelInput");
      }
    }
  }
  if (r["messages"].items().empty()) return refuse("Messages cannot be empty");
  return std::nullopt;
}

Verdict stop(const Request& r) {
  const std::size_t n = r["stop"].items().size();
  if (n > 8) return refuse(fmt::format("Cannot provide more than 8 stop strings but len(stop) = {}", n));
  if (!r.has(kNoStop) || !r["stop"].present()) return std::nullopt;
  return refuse(fmt::format("Model {} does not support parameter stop.", r.model));
}

Verdict penalties(const Request& r) {
  if (!r.has(kNoStop)) return std::nullopt;
  for (const auto& [name, words] :
       {std::pair<std::string_view, std::string_view>{"presence_penalty", "presencePenalty"},
        {"frequency_penalty", "frequencyPenalty"}}) {
    if (r[name].present())
      return refuse(fmt::format("Model {} does not support parameter {}.", r.model, words));
  }
  return std::nullopt;
}

Verdict effort(const Request& r) {
  const Value v = r["reasoning_effort"];
  if (!v.present()) return std::nullopt;
  if (r.has(kNoEffort))
    return refuse(fmt::format("Model {} does not support parameter reasoningEffort.", r.model));
  const bool mini = r.model.starts_with("grok-3-mini");
  const bool none_ok = r.model.starts_with("grok-4.3");
  const std::string_view e = v.text();
  const bool known = e == "low" || e == "high" || (!mini && e == "medium") || (none_ok && e == "none") ||
                     (r.model.starts_with("grok-4.6") && e == "xhigh");
  if (known) return std::nullopt;
  return refuse(fmt::format("This model does not support `reasoning_effort` value `{}`.", e));
}

std::string schema_fault_of(Value s) {
  if (s["items"].is_array()) return "`items` must be a schema, use `prefixItems` for tuples";
  if (s["prefixItems"] && !s["prefixItems"].is_array()) return "`prefixItems` must be an array";
  if (s["properties"] && !s["properties"].is_object()) return "`properties` must be an object";
  for (const json::Member& m : s["properties"].members()) {
    if (!m.value.is_object()) return fmt::format("property `{}` must be an object", m.key);
    if (std::string f = schema_fault_of(m.value); !f.empty()) return f;
  }
  for (const std::string_view k : {"anyOf", "oneOf", "allOf", "prefixItems"}) {
    for (const Value b : s[k].items()) {
      if (std::string f = schema_fault_of(b); !f.empty()) return f;
    }
  }
  return s["items"].is_object() ? schema_fault_of(s["items"]) : "";
}

Verdict schemas(const Request& r) {
  for (const Value t : r["tools"].items()) {
    const std::string f = schema_fault_of(t["function"]["parameters"]);
    if (!f.empty())
      return refuse(fmt::format("Invalid schema for function '{}': {}", t["function"]["name"].text(), f));
  }
  const std::string f = schema_fault_of(r["response_format"]["json_schema"]["schema"]);
  return f.empty() ? Verdict() : refuse("Invalid response schema: " + f);
}

Verdict root_composition(const Request& r) {
  for (const Value t : r["tools"].items()) {
    const Value s = t["function"]["parameters"];
    if (s["anyOf"] || s["oneOf"] || s["allOf"]) {
      return refuse(fmt::format("Invalid schema for function '{}': the root must be an object",
                                t["function"]["name"].text()));
    }
  }
  return std::nullopt;
}

Verdict foreign(const Request& r) {
  if (r["store"].present()) return refuse("Argument not supported on this model: store");
  for (const Value t : r["tools"].items()) {
    if (t["type"].text() == "custom") return serde("unknown variant `custom`");
  }
  for (const Value m : r["messages"].items()) {
    if (m["role"].text() == "developer") return serde("unknown variant `developer`");
  }
  return std::nullopt;
}

Verdict images(const Request& r) {
  for (const Value m : r["messages"].items()) {
    for (const Value part : m["content"].items()) {
      const auto data = data_url(part["image_url"]["url"].text());
      if (!data) continue;
      const std::string_view type = image_type(data->bytes);
      if (type == "image/png" || type == "image/jpeg") continue;
      return refuse(fmt::format("Unsupported image format: {}. Only image/png and image/jpeg are supported.",
                                data->media_type));
    }
  }
  return std::nullopt;
}

Verdict multi_agent(const Request& r) {
  if (r.model.find("multi-agent") == std::string_view::npos) return std::nullopt;
  return refuse(
      "Multi Agent requests are not allowed on chat completions. Please use /v1/responses instead.");
}

constexpr Rule kOwn[] = {
    {"XAI-05", Grade::live, shapes},
    {"XAI-11", Grade::client_code, multi_agent},
    {"XAI-15", Grade::live, stop},
    {"XAI-01", Grade::issue, penalties},
    {"XAI-02", Grade::live, effort},
    {"XAI-06", Grade::documented, schemas},
    {"XAI-09", Grade::anecdote, root_composition},
    {"XAI-10", Grade::client_code, foreign},
    {"XAI-14", Grade::issue, images},
};
const RuleSet kRules[] = {kOwn};

const Model kModels[] = {
    {"grok-4", kReasonsAlways | kNoStop | kNoEffort},     {"grok-3-mini", kReasonsAlways | kNoStop},
    {"grok-3-mini*", kReasonsAlways | kNoStop},           {"grok-4*non-reasoning*", kNoEffort},
    {"grok-4-*", kReasonsAlways | kNoStop | kNoEffort},   {"grok-4.?*", kReasonsAlways | kNoStop},
    {"grok-code*", kReasonsAlways | kNoStop | kNoEffort}, {"grok-*", kNoEffort},
};

std::string error_body(const Refusal& r) {
  std::string out;
  const std::string code = !r.code.empty() ? r.code : r.status >= 500 ? "internal" : "invalid-argument";
  json::Writer(out).begin_object().field("code", code).field("error", r.message).end_object();
  return out;
}

Verdict authorize(const Call& call) {
  if (!common::bad_key(common::bearer(call))) return std::nullopt;
  return refuse(
      "Incorrect API key provided. You can obtain an API key from https://console.x.ai.");  // 400: XAI-04
}

Refusal unknown_model(std::string_view model) { return refuse(fmt::format("Model not found: {}", model)); }

Refusal overflow(std::int64_t tokens, std::int64_t window) {
  return refuse(fmt::format("This model's maximum prompt length is {} but the request contains {} tokens.",
                            window, tokens));
}

Refusal failure(int status) {
  if (status == 429) return with_status(429, "Too many requests. Please slow down.", "resource-exhausted");
  return {};
}

Refusal policy() {
  Refusal r;
  r.status = 403;
  r.body = R"({"error":"Content violates usage guidelines. Failed check: SAFETY_CHECK_TYPE_CYBER"})";
  return r;
}

HeaderList headers(const Call& call) {
  return {{"x-request-id", stable_id("", call.body_text, 6, 32)},
          {"x-ratelimit-limit-requests", "480"},
          {"x-ratelimit-remaining-requests", "479"},
          {"x-ratelimit-limit-tokens", "2000000"},
          {"x-ratelimit-remaining-tokens", "1999000"}};
}

}  // namespace

extern const Host kXai;
const Host kXai = {.prefix = "xai",
                   .bases = kV1,
                   .models = kModels,
                   .rules = kRules,
                   .error_body = error_body,
                   .authorize = authorize,
                   .unknown_model = unknown_model,
                   .overflow = overflow,
                   .failure = failure,
                   .policy = policy,
                   .headers = headers,
                   .style = {.reasoning_key = "reasoning_content",
                             .usage_unasked = true,
                             .calls_whole = true,
                             .entities = true,
                             .empty_content_with_calls = true,
                             .fingerprint = "fp_sandbox_x"}};

Emulator xai_row() { return emulator<kXai>(); }

}  // namespace dragoman::sandbox::openai
