// api.fireworks.ai: the FW section of the contracts. The lists of known fields follow its API
// reference and may lag it.
#include <fmt/format.h>

#include "sandbox/openai_hosts/host_helpers.h"

namespace dragoman::sandbox::openai {
namespace {

using json::Value;

constexpr std::string_view kBases[] = {"/inference/v1", "/v1"};

constexpr std::string_view kTop[] = {"model",
                                     "messages",
                                     "tools",
                                     "tool_choice",
                                     "parallel_tool_calls",
                                     "max_tokens",
                                     "max_completion_tokens",
                                     "prompt_truncate_len",
                                     "temperature",
                                     "top_p",
                                     "top_k",
                                     "min_p",
                                     "typical_p",
                                     "frequency_penalty",
                                     "presence_penalty",
                                     "repetition_penalty",
                                     "n",
                                     "stop",
                                     "response_format",
                                     "stream",
                                     "context_length_exceeded_behavior",
                                     "user",
                                     "seed",
                                     "logprobs",
                                     "top_logprobs",
                                     "logit_bias",
                                     "echo",
                                     "ignore_eos",
                                     "reasoning_effort",
                                     "reasoning_history",
                                     "thinking",
                                     "metadata",
                                     "prediction",
                                     "service_tier",
                                     "prompt_cache_key",
                                     "prompt_cache_isolation_key",
                                     "raw_output",
                                     "perf_metrics_in_response",
                                     "mirostat_target",
                                     "mirostat_lr",
                                     "safe_tokenization",
                                     "functions",
                                     "function_call"};
constexpr std::string_view kMessage[] = {"role",         "content",           "name",         "tool_calls",
                                         "tool_call_id", "reasoning_content", "function_call"};
constexpr std::string_view kTool[] = {"type", "function"};
constexpr std::string_view kFunction[] = {"name", "description", "parameters", "strict"};

std::string python(Value v) {
  if (v.is_bool()) return v.boolean() ? "True" : "False";
  if (v.is_string()) return "'" + std::string(v.text()) + "'";
  return v.is_null() ? "None" : json::dump(v);
}

Verdict unknown_fields(const Request& r) {
  std::vector<std::string> found;
  const auto look = [&](Value object, std::span<const std::string_view> allowed, const std::string& at) {
    for (const json::Member& m : object.members()) {
      if (std::ranges::find(allowed, m.key) != allowed.end()) continue;
      found.push_back(fmt::format("Extra inputs are not permitted, field: '{}{}', value: {}", at, m.key,
                                  python(m.value)));
    }
  };
  look(r.body, kTop, "");
  for (std::size_t i = 0; i < r["messages"].items().size(); ++i) {
    look(r["messages"].at(i), kMessage, fmt::format("messages[{}].", i));
  }
  for (std::size_t i = 0; i < r["tools"].items().size(); ++i) {
    look(r["tools"].at(i), kTool, fmt::format("tools[{}].", i));
    look(r["tools"].at(i)["function"], kFunction, fmt::format("tools[{}].function.", i));
  }
  if (found.empty()) return std::nullopt;
  std::string text = found.size() > 1 ? fmt::format("{} request validation errors: ", found.size()) : "";
  for (std::size_t i = 0; i < found.size(); ++i) text += (i > 0 ? "; " : "") + found[i];
  return refuse(std::move(text));
}

Verdict no_messages(const Request& r) {
  if (!r["messages"].items().empty()) return std::nullopt;
  return refuse("messages: List should have at least 1 item after validation, not 0");
}

Verdict long_output(const Request& r) {
  const auto n = r["max_completion_tokens"].integer().value_or(r["max_tokens"].integer().value_or(0));
  if (n <= 4096 || r["stream"].boolean()) return std::nullopt;
  return refuse("Requests with max_tokens > 4096 must have stream=true");
}

std::string grammar_fault(Value s) {
  if (s.is_object() && s.members().empty()) {
    return "JSON Schema not supported: could not understand the instance `{}`.";
  }
  for (const json::Member& m : s["properties"].members()) {
    if (std::string f = grammar_fault(m.value); !f.empty()) return f;
  }
  return s["items"].is_object() ? grammar_fault(s["items"]) : "";
}

Verdict tool_grammar(const Request& r) {
  for (const Value t : r["tools"].items()) {
    const Value schema = t["function"]["parameters"];
    if (!schema || schema.members().empty()) continue;  // a tool without arguments
    if (std::string f = grammar_fault(schema); !f.empty()) return refuse(std::move(f));
  }
  const Value output = r["response_format"]["json_schema"]["schema"];
  if (std::string f = output ? grammar_fault(output) : ""; !f.empty()) return refuse(std::move(f));
  return std::nullopt;
}

constexpr Rule kOwn[] = {
    {"FW-01", Grade::issue, unknown_fields},
    {"FW-01", Grade::documented, no_messages},
    {"FW-05", Grade::issue, long_output},
    {"FW-03", Grade::issue, tool_grammar},
};
const RuleSet kRules[] = {kOwn};

const Model kModels[] = {
    {"accounts/fireworks/models/llama-v3p3-70b-instruct"}, {"accounts/*", 0}, {"fireworks/*", 0}};

std::string error_body(const Refusal& r) {
  std::string out;
  json::Writer w(out);
  w.begin_object().key("error").begin_object().field("object", "error").field("type", r.type);
  if (!r.code.empty()) w.field("code", r.code);
  w.field("message", r.message).end_object().end_object();
  return out;
}

Verdict authorize(const Call& call) {
  if (!common::bad_key(common::bearer(call))) return std::nullopt;
  return with_status(401, "The API key you provided is invalid.", "UNAUTHORIZED", "error");
}

Refusal unknown_model(std::string_view model) {
  return with_status(404, fmt::format("Model not found, inaccessible, and/or not deployed: {}", model),
                     "NOT_FOUND");
}

Refusal overflow(std::int64_t tokens, std::int64_t window) {
  return refuse(fmt::format("The prompt is too long: {}, model maximum context length: {}", tokens, window));
}

Refusal failure(int status) {
  if (status == 429)
    return with_status(429, "Rate limit exceeded, please try again later", "", "rate_limit_error");
  if (status == 402) {
    return with_status(
        412,
        "Account is suspended, possibly due to reaching the monthly spending limit or failure to pay "
        "past invoices.");
  }
  return {};
}

HeaderList headers(const Call&) {
  return {{"x-ratelimit-limit-requests", "600"},
          {"x-ratelimit-remaining-requests", "599"},
          {"x-ratelimit-limit-tokens-prompt", "60000"},
          {"x-ratelimit-remaining-tokens-prompt", "59000"},
          {"x-ratelimit-limit-tokens-generated", "6000"},
          {"x-ratelimit-remaining-tokens-generated", "5900"},
          {"x-ratelimit-over-limit", "no"}};
}

bool reasons(const Request& r) {
  const std::string_view effort = r["reasoning_effort"].text();
  return !effort.empty() && effort != "none";
}

}  // namespace

extern const Host kFireworks;
const Host kFireworks = {.prefix = "fireworks",
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
                         .style = {.reasoning_key = "reasoning_content",
                                   .usage_on_finish = true,
                                   .usage_unasked = true,
                                   .extended_usage = false}};

Emulator fireworks_row() { return emulator<kFireworks>(); }

}  // namespace dragoman::sandbox::openai
