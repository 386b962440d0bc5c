// api.groq.com: the GROQ section of the contracts. The lists of known fields follow its API reference and may
// lag it.
#include <fmt/format.h>

#include "base/strings.h"
#include "sandbox/openai_hosts/host_helpers.h"

namespace dragoman::sandbox::openai {
namespace {

using json::Value;

constexpr std::string_view kBases[] = {"/openai/v1", "/v1"};

constexpr std::string_view kTop[] = {
    "model",
    "messages",
    "temperature",
    "top_p",
    "max_tokens",
    "max_completion_tokens",
    "stream",
    "stream_options",
    "stop",
    "tools",
    "tool_choice",
    "parallel_tool_calls",
    "response_format",
    "seed",
    "user",
    "n",
    "service_tier",
    "reasoning_effort",
    "reasoning_format",
    "include_reasoning",
    "frequency_penalty",
    "presence_penalty",
    "functions",
    "function_call",
    "search_settings",
    "documents",
    "citation_options",
    "compound_custom",
    "exclude_domains",
    "include_domains",
    "disable_tool_validation",
};
constexpr std::string_view kSystem[] = {"role", "content", "name"};
constexpr std::string_view kUser[] = {"role", "content", "name"};
constexpr std::string_view kAssistant[] = {"role",       "content",       "name",
                                           "tool_calls", "function_call", "reasoning"};
constexpr std::string_view kTool[] = {"role", "content", "tool_call_id", "name"};

Verdict no_messages(const Request& r) {
  if (!r["messages"].present()) return refuse("'messages' : property 'messages' is missing");
  if (!r["messages"].items().empty()) return std::nullopt;
  return refuse("'messages' : minimum number of items is 1");
}

Verdict message_keys(const Request& r) {
  const auto all = r["messages"].items();
  for (std::size_t i = 0; i < all.size(); ++i) {
    const std::string_view role = all[i]["role"].text();
    std::span<const std::string_view> allowed = kSystem;
    if (role == "assistant") allowed = kAssistant;
    if (role == "user") allowed = kUser;
    if (role == "tool") allowed = kTool;
    const std::string_view key = unknown_key(all[i], allowed);
    if (key.empty()) continue;
    return refuse(
        fmt::format("'messages.{}' : for 'role:{}' the following must be satisfied[('messages.{}' : property "
                    "'{}' is unsupported)]",
                    i, role, i, key));
  }
  return std::nullopt;
}

Verdict top_keys(const Request& r) {
  const std::string_view key = unknown_key(r.body, kTop);
  if (key.empty()) return std::nullopt;
  const auto near = nearest(key, kTop);
  return refuse(near ? fmt::format("property '{}' is unsupported, did you mean '{}'?", key, *near)
                     : fmt::format("property '{}' is unsupported", key));
}

// GROQ-13: models that read text only.
Verdict text_only(const Request& r) {
  if (!r.has(kNoVision)) return std::nullopt;
  for (std::size_t i = 0; i < r["messages"].items().size(); ++i)
    for (const Value part : r["messages"].at(i)["content"].items())
      if (part["type"].text() != "text")
        return refuse(fmt::format("'messages.{}.content' : value must be a string", i));
  return std::nullopt;
}

Verdict undeclared_call(const Request& r) {
  if (r["tools"].items().empty()) return std::nullopt;
  for (const Value m : r["messages"].items()) {
    for (const Value c : m["tool_calls"].items()) {
      const std::string_view name = c["function"]["name"].text();
      const bool known = std::ranges::any_of(r["tools"].items(),
                                             [&](Value t) { return t["function"]["name"].text() == name; });
      if (known) continue;
      return refuse(fmt::format("tool call validation failed: attempted to call tool '{}' which was not in "
                                "request.tools",
                                name),
                    "", "tool_use_failed");
    }
  }
  return std::nullopt;
}

bool wants_json(const Request& r) {
  const std::string_view type = r["response_format"]["type"].text();
  return type == "json_object" || type == "json_schema";
}

Verdict json_with_tools(const Request& r) {
  if (!wants_json(r) || r["tools"].items().empty()) return std::nullopt;
  return refuse("json mode cannot be combined with tool/function calling");
}

// Best effort, without `strict`: these beside gpt-oss.
bool takes_schema(const Request& r) {
  return r.has(kStrictJson) || r.model.contains("llama-4") || r.model.contains("kimi-k2");
}

Verdict strict_schema(const Request& r) {
  const Value format = r["response_format"]["json_schema"];
  if (r["response_format"]["type"].text() != "json_schema") return std::nullopt;
  if (!format["strict"].boolean() && takes_schema(r)) return std::nullopt;
  if (!r.has(kStrictJson)) {
    return refuse(
        "This model does not support response format `json_schema`. See supported models at "
        "https://console.groq.com/docs/structured-outputs#supported-models",
        "response_format");
  }
  const std::string f = strict_fault(format["schema"], StrictWords::unlisted);
  if (f.empty()) return std::nullopt;
  return refuse(fmt::format("invalid JSON schema for response_format: '{}': {}", format["name"].text(), f),
                "response_format");
}

Verdict limits(const Request& r) {
  for (const std::string_view key : {"max_completion_tokens", "max_tokens"}) {
    if (r[key].integer().value_or(0) <= 65536) continue;
    return refuse(
        fmt::format("`{}` must be less than or equal to `65536`, the maximum value for `{}` is less than the "
                    "`context_window` for this model",
                    key, key),
        std::string(key));
  }
  if (r["stop"].items().size() > 4) {
    return refuse(
        "'stop' : one of the following must be satisfied[('stop' : value must be a string) OR ('stop' : "
        "maximum number of items is 4)]");
  }
  if (r["temperature"].is_number() && r["temperature"].number() > 2) {
    return refuse("'temperature' : number must be at most 2");
  }
  return std::nullopt;
}

Verdict n_and_names(const Request& r) {
  if (r["n"].integer().value_or(1) != 1) return refuse("'n' : number must be at most 1");
  const auto all = r["messages"].items();
  for (std::size_t i = 0; i < all.size(); ++i) {
    const std::string_view role = all[i]["role"].text();
    if (!all[i]["name"].present() || role == "tool") continue;
    return refuse(
        fmt::format("'messages.{}' : for 'role:{}' the following must be satisfied[('messages.{}' : property "
                    "'name' is unsupported)]",
                    i, role, i));
  }
  return std::nullopt;
}

Verdict reasoning_options(const Request& r) {
  const std::string_view format = r["reasoning_format"].text();
  if (r["include_reasoning"].present() && !format.empty()) {
    return refuse("cannot specify both reasoning_format and include_reasoning");
  }
  if (format == "raw" && (wants_json(r) || !r["tools"].items().empty())) {
    return refuse("reasoning_format `raw` is not supported with tool calling or JSON mode");
  }
  const Value effort = r["reasoning_effort"];
  if (!effort.present()) return std::nullopt;
  const std::string_view e = effort.text();
  if (r.model.find("qwen3") != std::string_view::npos) {
    if (e == "none" || e == "default") return std::nullopt;
    return refuse("`reasoning_effort` must be one of `none` or `default`", "reasoning_effort");
  }
  if (r.model.find("gpt-oss") == std::string_view::npos) {
    return refuse("`reasoning_effort` is not supported with this model", "reasoning_effort");
  }
  if (e == "low" || e == "medium" || e == "high") return std::nullopt;
  return refuse("`reasoning_effort` must be one of `low`, `medium`, or `high`", "reasoning_effort");
}

constexpr Rule kOwn[] = {
    {"GROQ-01", Grade::issue, no_messages},
    {"GROQ-02", Grade::issue, top_keys},
    {"GROQ-01", Grade::issue, message_keys},
    {"GROQ-13", Grade::issue, text_only},
    {"GROQ-09", Grade::documented, n_and_names},
    {"GROQ-15", Grade::live, limits},
    {"GROQ-06", Grade::documented, json_with_tools},
    {"GROQ-07", Grade::documented, strict_schema},
    {"GROQ-10", Grade::documented, reasoning_options},
    {"GROQ-04", Grade::issue, undeclared_call},
};
const RuleSet kRules[] = {kOwn};

const Model kModels[] = {
    {"llama-3.3-70b-versatile", kNoVision},
    {"openai/gpt-oss-20b", kReasonsByDefault | kStrictJson | kNoVision},
    {"openai/gpt-oss-120b", kReasonsByDefault | kStrictJson | kNoVision},
    {"openai/gpt-oss-*", kReasonsByDefault | kNoVision},
    {"qwen/qwen3-*", kReasonsByDefault | kNoVision},
    {"qwen/qwen3*", kReasonsByDefault},
    {"llama-3*", kNoVision},
    {"llama*"},
    {"meta-llama/*"},
    {"moonshotai/kimi-k2*", kNoVision},
    {"moonshotai/*"},
    {"groq/*"},
    {"deepseek-r1*", kReasonsAlways},
    {"gemma*"},
    {"mixtral*"},
};

Verdict authorize(const Call& call) {
  if (!common::bad_key(common::bearer(call))) return std::nullopt;
  return with_status(401, "Invalid API Key", "invalid_api_key");
}

std::string error_body(const Refusal& r) {
  std::string out;
  json::Writer w(out);
  w.begin_object().key("error").begin_object().field("message", r.message).field("type", r.type);
  if (!r.param.empty()) w.field("param", r.param);
  if (!r.code.empty()) w.field("code", r.code);
  w.end_object().end_object();
  return out;
}

Refusal unknown_model(std::string_view model) {
  return with_status(404,
                     fmt::format("The model `{}` does not exist or you do not have access to it.", model),
                     "model_not_found");
}

Refusal overflow(std::int64_t, std::int64_t) {
  return refuse("Please reduce the length of the messages or completion.", "messages",
                "context_length_exceeded");
}

Refusal failure(int status) {
  if (status == 429) {
    Refusal r =
        with_status(429,
                    "Rate limit reached for model `llama-3.3-70b-versatile` in organization `org_sandbox` "
                    "service tier `on_demand` on tokens per minute (TPM): Limit 12000, Used 11800, Requested "
                    "600. Please try again in 2s. Need more tokens? Upgrade to Dev Tier today at "
                    "https://console.groq.com/settings/billing",
                    "rate_limit_exceeded", "tokens");
    r.headers = {{"retry-after", "2"}};
    return r;
  }
  if (status == 400) {  // GROQ-03, the failure of a generation
    Refusal r;
    r.body =
        R"({"error":{"message":"Failed to call a function. Please adjust your prompt. See 'failed_generation' for more )"
        R"(details.","type":"invalid_request_error","code":"tool_use_failed","failed_generation":"<function=x>{}"}})";
    return r;
  }
  return {};
}

HeaderList headers(const Call& call) {
  return {{"x-request-id", stable_id("req_", call.body_text, 7, 26)},
          {"x-groq-region", "dls"},
          {"x-ratelimit-limit-requests", "14400"},
          {"x-ratelimit-limit-tokens", "12000"},
          {"x-ratelimit-remaining-requests", "14399"},
          {"x-ratelimit-remaining-tokens", "11900"},
          {"x-ratelimit-reset-requests", "6s"},
          {"x-ratelimit-reset-tokens", "500ms"}};
}

bool reasons(const Request& r) {
  return (r.has(kReasonsAlways) || r.has(kReasonsByDefault)) && r["reasoning_effort"].text() != "none";
}

void extra(json::Writer& w, const Request& r, bool first, bool last) {
  if (!first && !last) return;
  w.key("x_groq").begin_object().field("id", stable_id("req_", r.call.body_text, 7, 26)).end_object();
}

}  // namespace

extern const Host kGroq;
const Host kGroq = {.prefix = "groq",
                    .bases = kBases,
                    .models = kModels,
                    .rules = kRules,
                    .error_body = error_body,
                    .authorize = authorize,
                    .unknown_model = unknown_model,
                    .overflow = overflow,
                    .failure = failure,
                    .reasons = reasons,
                    .headers = headers,
                    .style = {.reasoning_key = "reasoning",
                              .calls_whole = true,
                              .fingerprint = "fp_sandbox_g",
                              .extended_usage = false,
                              .extra = extra}};

Emulator groq_row() { return emulator<kGroq>(); }

}  // namespace dragoman::sandbox::openai
