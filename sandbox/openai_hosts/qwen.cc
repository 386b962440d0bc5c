// DashScope's compatible mode: the QWEN section of the contracts.
#include <fmt/format.h>

#include "sandbox/openai_hosts/host_helpers.h"
#include "sandbox/output_cap.h"

namespace dragoman::sandbox::openai {
namespace {

using json::Value;

constexpr std::string_view kBases[] = {"/compatible-mode/v1", "/v1"};

bool reasons(const Request& r) {
  const Value v = r["enable_thinking"];
  return v.is_bool() ? v.boolean() : r.has(kReasonsByDefault) || r.has(kReasonsAlways);
}

Refusal invalid(std::string message) {
  return refuse("<400> InternalError.Algo.InvalidParameter: " + message, "", "invalid_parameter_error");
}

Refusal plain(std::string message) { return refuse(std::move(message), "", "invalid_parameter_error"); }

Verdict no_messages(const Request& r) {
  if (r["messages"].present()) return std::nullopt;
  return plain("Either \"prompt\" or \"messages\" must exist and cannot both be none");
}

Verdict forced_choice(const Request& r) {
  const std::string_view word = choice_word(r["tool_choice"]);
  if (!r.reasoning || (word != "required" && word != "named")) return std::nullopt;
  return invalid(
      "The tool_choice parameter does not support being set to required or object in thinking mode");
}

Verdict thinking_needs_stream(const Request& r) {
  if (!r.reasoning || r["stream"].boolean()) return std::nullopt;
  if (r.has(kReasonsAlways)) {
    return plain(
        "This model only support stream mode, please enable the stream parameter to access the model.");
  }
  if (!r.has(kReasonsByDefault)) return std::nullopt;
  return plain("parameter.enable_thinking must be set to false for non-streaming calls");
}

Verdict thinking_budget(const Request& r) {
  const Value v = r["thinking_budget"];
  if (!v.present() || (v.integer().value_or(0) > 0 && v.integer().value_or(0) <= 38912)) return std::nullopt;
  return plain("The thinking_budget parameter must be a positive integer and not greater than 38912");
}

Verdict pairing(const Request& r) {
  const auto fault = pair_fault(r["messages"]);
  if (!fault) return std::nullopt;
  if (fault->kind == PairFault::orphan) {
    return invalid(
        "messages with role \"tool\" must be a response to a preceeding message with \"tool_calls\".");
  }
  return invalid(
      "An assistant message with \"tool_calls\" must be followed by tool messages responding to each "
      "\"tool_call_id\". The following tool_call_ids did not have response messages: " +
      fault->ids);
}

Verdict system_first(const Request& r) {
  const auto all = r["messages"].items();
  for (std::size_t i = 1; i < all.size(); ++i) {
    if (all[i]["role"].text() == "system") return plain("System message must be at the beginning.");
  }
  return std::nullopt;
}

Verdict json_word(const Request& r) {
  if (r["response_format"]["type"].text() != "json_object" || messages_mention(r["messages"], "json"))
    return {};
  return plain(
      "'messages' must contain the word 'json' in some form, to use 'response_format' of type "
      "'json_object'.");
}

Verdict ranges(const Request& r) {
  static constexpr OutputCap kCaps[] = {{"qwen3-coder-*", 65536}, {"qwen3-max*", 65536}, {"*", 8192}};
  const auto max = r["max_tokens"].integer();
  const std::int64_t most = *output_cap(kCaps, r.model);
  if (max && (*max < 1 || *max > most))
    return plain(fmt::format("Range of max_tokens should be [1, {}]", most));
  const Value t = r["temperature"];
  if (t.is_number() && (t.number() < 0 || t.number() >= 2))
    return plain("Range of temperature should be [0.0, 2.0)");
  return std::nullopt;
}

Verdict json_while_thinking(const Request& r) {
  if (!r.reasoning || r["response_format"]["type"].text() != "json_object") return std::nullopt;
  return invalid("The response_format json_object is not supported when enable_thinking is true");
}

Verdict tool_shape(const Request& r) {
  for (const Value t : r["tools"].items()) {
    if (t["type"].text() != "function" || t["function"]["parameters"].is_null()) {
      return invalid("tools[0] is not a valid function");
    }
  }
  return std::nullopt;
}

constexpr Rule kOwn[] = {
    {"QWEN-10", Grade::documented, no_messages},
    {"QWEN-02", Grade::documented, thinking_needs_stream},
    {"QWEN-01", Grade::issue, forced_choice},
    {"QWEN-03", Grade::issue, thinking_budget},
    {"QWEN-04", Grade::issue, pairing},
    {"QWEN-05", Grade::issue, system_first},
    {"QWEN-06", Grade::documented, json_word},
    {"QWEN-07", Grade::issue, ranges},
    {"QWEN-12", Grade::anecdote, json_while_thinking},
    {"QWEN-13", Grade::anecdote, tool_shape},
};
const RuleSet kRules[] = {kOwn};

// Open models think unless told otherwise; commercial ones only when asked.
const Model kModels[] = {{"qwen-plus"},
                         {"qwen-max"},
                         {"qwq-*", kReasonsAlways},
                         {"qwen3-*-instruct*"},
                         {"qwen3-coder*"},
                         {"qwen3-max*"},
                         {"qwen3*-thinking*", kReasonsAlways},
                         {"qwen3-*b*", kReasonsByDefault},
                         {"qwen3.*-*b*", kReasonsByDefault},
                         {"qwen*"}};

std::string error_body(const Refusal& r) {
  const std::string id = stable_id("", r.message, 4, 32);
  std::string out;
  json::Writer w(out);
  w.begin_object()
      .key("error")
      .begin_object()
      .field("message", r.message)
      .field("type", r.type)
      .key("param")
      .null();
  w.key("code");
  r.code.empty() ? w.null() : w.string(r.code);
  w.end_object().field("id", "chatcmpl-" + id).field("request_id", id).end_object();
  return out;
}

Verdict authorize(const Call& call) {
  if (!common::bad_key(common::bearer(call))) return std::nullopt;
  return with_status(401,
                     "Incorrect API key provided. For details, see: "
                     "https://help.aliyun.com/zh/model-studio/error-code#apikey-error",
                     "invalid_api_key");
}

Refusal unknown_model(std::string_view model) {
  return with_status(404,
                     fmt::format("The model `{}` does not exist or you do not have access to it.", model),
                     "model_not_found");
}

Refusal overflow(std::int64_t, std::int64_t window) {
  return invalid(fmt::format("Range of input length should be [1, {}]", window));
}

Refusal failure(int status) {
  if (status == 429)
    return with_status(429, "Requests rate limit exceeded, please try again later.", "limit_requests");
  if (status == 402) {
    Refusal r = refuse("Access denied, please make sure your account is in good standing.", "", "Arrearage");
    return r;
  }
  return {};
}

Refusal policy() {
  return refuse(
      "<400> InternalError.Algo.DataInspectionFailed: Input or output data may contain inappropriate "
      "content.",
      "", "data_inspection_failed");
}

}  // namespace

extern const Host kQwen;
const Host kQwen = {.prefix = "qwen",
                    .bases = kBases,
                    .models = kModels,
                    .rules = kRules,
                    .error_body = error_body,
                    .authorize = authorize,
                    .unknown_model = unknown_model,
                    .overflow = overflow,
                    .failure = failure,
                    .policy = policy,
                    .reasons = reasons,
                    .style = {.reasoning_key = "reasoning_content", .empty_content_with_calls = true},
                    .embeddings = true};

Emulator qwen_row() { return emulator<kQwen>(); }

}  // namespace dragoman::sandbox::openai
