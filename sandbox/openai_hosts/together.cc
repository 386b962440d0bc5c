// api.together.xyz: the TG section of the contracts, and its OpenAPI document.
#include <fmt/format.h>

#include "sandbox/openai_hosts/host_helpers.h"

namespace dragoman::sandbox::openai {
namespace {

using json::Value;

Refusal invalid() {
  Refusal r;
  r.body = R"({"message":"Input validation error","type_":"invalid_request_error"})";
  return r;
}

Verdict shapes(const Request& r) {
  static constexpr std::string_view kRoles[] = {"system", "user", "assistant", "tool", "function"};
  if (r["messages"].items().empty()) return invalid();
  for (const Value m : r["messages"].items()) {
    if (std::ranges::find(kRoles, m["role"].text()) == std::end(kRoles)) return invalid();
    if (!m["content"].present() && m["tool_calls"].items().empty()) return invalid();
    if (m["content"].is_array() && m["role"].text() != "user") return invalid();
  }
  if (r["stop"].present() && !r["stop"].is_array() && !r["stop"].is_string()) return invalid();
  return std::nullopt;
}

// TG-01: the members its OpenAPI document lists. `stream_options`, `user` and old `functions`, which it does
// not, are sent by OpenAI's clients all the time and taken.
Verdict unknown_fields(const Request& r) {
  static constexpr std::string_view kTop[] = {"messages",
                                              "model",
                                              "max_tokens",
                                              "stop",
                                              "temperature",
                                              "top_p",
                                              "top_k",
                                              "context_length_exceeded_behavior",
                                              "repetition_penalty",
                                              "stream",
                                              "stream_options",
                                              "user",
                                              "logprobs",
                                              "echo",
                                              "n",
                                              "min_p",
                                              "presence_penalty",
                                              "frequency_penalty",
                                              "logit_bias",
                                              "seed",
                                              "function_call",
                                              "functions",
                                              "response_format",
                                              "tools",
                                              "tool_choice",
                                              "compliance",
                                              "chat_template_kwargs",
                                              "safety_model",
                                              "reasoning_effort",
                                              "reasoning",
                                              "store",
                                              "max_completion_tokens",
                                              "parallel_tool_calls"};  // the last three: TG-07
  static constexpr std::string_view kFunction[] = {"name", "description", "parameters"};
  if (!unknown_key(r.body, kTop).empty()) return invalid();
  for (const Value t : r["tools"].items())
    if (!unknown_key(t["function"], kFunction).empty()) return invalid();
  const Value count = r["logprobs"];
  if (count.present() && (!count.integer() || *count.integer() < 0 || *count.integer() > 20))
    return invalid();
  const Value effort = r["reasoning_effort"];
  const bool known = effort.text() == "low" || effort.text() == "medium" || effort.text() == "high";
  return effort.present() && !known ? Verdict(invalid()) : std::nullopt;
}

Verdict stop(const Request& r) {
  if (r["stop"].items().size() <= 4) return std::nullopt;
  return refuse(
      fmt::format("stop: Validation error: maximum 4 stop sequences allowed {}", json::dump(r["stop"])),
      "stop");
}

Verdict temperature(const Request& r) {
  const Value t = r["temperature"];
  if (!t.is_number() || t.number() <= 2) return std::nullopt;
  return refuse(fmt::format("temperature must be within [0, 2], got {}", t.number_text()), "temperature");
}

Verdict no_tools(const Request& r) {
  if (!r.has(kNoTools) || r["tools"].items().empty()) return std::nullopt;
  return refuse(fmt::format("{} is not supported for function calling", r.model));
}

Verdict role_tool(const Request& r) {
  if (!r.has(kNoTools)) return std::nullopt;
  for (const Value m : r["messages"].items()) {
    if (m["role"].text() == "tool") return refuse("Input should be 'assistant', 'system' or 'user'");
  }
  return std::nullopt;
}

Verdict foreign(const Request& r) {
  for (const std::string_view k : {"store", "max_completion_tokens", "parallel_tool_calls"}) {
    if (r[k].present()) {
      return refuse(
          fmt::format("Parameter '{}' is not supported for the selected model configuration. Please remove "
                      "this parameter from your request.",
                      k),
          std::string(k));
    }
  }
  return std::nullopt;
}

// Also documented as a bare 403 (TG-06); the recorded form is this one.
Verdict too_long_in_all(const Request& r) {
  const std::int64_t window = context_window(r.model);
  const std::int64_t prompt = prompt_tokens(r.body);
  const std::int64_t wanted = r["max_tokens"].integer().value_or(0);
  if (prompt > window || prompt + wanted <= window) return std::nullopt;
  return with_status(
      422, fmt::format("Input validation error: `inputs` tokens + `max_new_tokens` must be <= {}. Given: "
                       "{} `inputs` tokens and {} `max_new_tokens`",
                       window, prompt, wanted));
}

constexpr Rule kOwn[] = {
    {"TG-01", Grade::issue, shapes},
    {"TG-01", Grade::documented, unknown_fields},
    {"TG-07", Grade::live, stop},
    {"TG-07", Grade::live, temperature},
    {"TG-03", Grade::documented, no_tools},
    {"TG-04", Grade::issue, role_tool},
    {"TG-02", Grade::issue, too_long_in_all},
    {"TG-07", Grade::client_code, foreign},
};
const RuleSet kRules[] = {kOwn};

const Model kModels[] = {{"meta-llama/Llama-3.3-70B-Instruct-Turbo"},
                         {"google/gemma-2*", kNoTools},
                         {"deepseek-ai/DeepSeek-R1*", kReasonsAlways},
                         {"openai/gpt-oss-*", kReasonsAlways},
                         {"*/*"}};

Verdict authorize(const Call& call) {
  if (!common::bad_key(common::bearer(call))) return std::nullopt;
  return with_status(401,
                     "Invalid API key provided. You can find your API key at "
                     "https://api.together.xyz/settings/api-keys.",
                     "invalid_api_key");
}

Refusal unknown_model(std::string_view model) {
  return with_status(
      404,
      fmt::format("Unable to access model {}. Please visit https://api.together.ai/models to view the "
                  "list of supported models.",
                  model),
      "model_not_available");
}

Refusal overflow(std::int64_t tokens, std::int64_t window) {
  return with_status(
      400, fmt::format("The input ({} tokens) is longer than the model's context length ({} tokens).", tokens,
                       window));
}

Refusal failure(int status) {
  if (status == 402)
    return with_status(402, "Credit limit exceeded, please navigate to billing", "credit_limit");
  if (status == 429)
    return with_status(429, "You have reached the rate limit specific to this model", "", "model_rate_limit");
  if (status == 503)
    return with_status(503, "The server is overloaded or not ready yet.", "", "server_error");
  return {};
}

HeaderList headers(const Call& call) {
  return {{"x-request-id", stable_id("", call.body_text, 9, 24)},
          {"x-ratelimit-limit", "600"},
          {"x-ratelimit-remaining", "599"},
          {"x-ratelimit-reset", "1"},
          {"x-tokenlimit-limit", "180000"},
          {"x-tokenlimit-remaining", "179000"}};
}

}  // namespace

extern const Host kTogether;
const Host kTogether = {.prefix = "together",
                        .bases = kV1,
                        .models = kModels,
                        .rules = kRules,
                        .error_body = common::error_body,
                        .authorize = authorize,
                        .unknown_model = unknown_model,
                        .overflow = overflow,
                        .failure = failure,
                        .headers = headers,
                        .style = {.reasoning_key = "reasoning",
                                  .usage_on_finish = true,
                                  .usage_unasked = true,
                                  .logprob_lists = true,
                                  .empty_content_with_calls = true,
                                  .extended_usage = false}};

Emulator together_row() { return emulator<kTogether>(); }

}  // namespace dragoman::sandbox::openai
