// api.sambanova.ai: the SN section of the contracts.
#include <fmt/format.h>

#include "sandbox/openai_hosts/host_helpers.h"

namespace dragoman::sandbox::openai {
namespace {

using json::Value;

// SN-02 asks for a list of the fields that are known; it follows the API reference and may lag it.
constexpr std::string_view kTop[] = {"model",
                                     "messages",
                                     "max_tokens",
                                     "max_completion_tokens",
                                     "temperature",
                                     "top_p",
                                     "top_k",
                                     "do_sample",
                                     "stop",
                                     "stream",
                                     "stream_options",
                                     "tools",
                                     "tool_choice",
                                     "parallel_tool_calls",
                                     "response_format",
                                     "n",
                                     "logprobs",
                                     "top_logprobs",
                                     "seed",
                                     "presence_penalty",
                                     "frequency_penalty",
                                     "logit_bias",
                                     "reasoning_effort",
                                     "chat_template_kwargs"};

Verdict no_messages(const Request& r) {
  if (!r["messages"].items().empty()) return std::nullopt;
  return refuse("messages: field required");
}

Verdict unknown_fields(const Request& r) {
  const std::string_view key = unknown_key(r.body, kTop);
  if (key.empty()) return std::nullopt;
  Refusal refusal = with_status(422, "");
  refusal.headers = {{"content-type", "text/plain; charset=utf-8"}};
  refusal.body =
      fmt::format("Failed to deserialize the JSON body into the target type: unknown field `{}`", key);
  return refusal;
}

Verdict list_content(const Request& r) {
  if (!r.has(kNoVision)) return std::nullopt;
  for (const Value m : r["messages"].items()) {
    if (!m["content"].is_array()) continue;
    return refuse(
        fmt::format("Unable to tokenize message with status code 400 for model {}: Invalid 'content' type. "
                    "Expected one of: ['str'], got list.",
                    r.model));
  }
  return std::nullopt;
}

Verdict missing_words(const Request& r) {
  for (const Value t : r["tools"].items()) {
    if (t["function"]["description"].text().empty()) return refuse("tools: description must not be empty");
  }
  return std::nullopt;
}

constexpr Rule kOwn[] = {
    {"SN-02", Grade::issue, no_messages},
    {"SN-02", Grade::issue, unknown_fields},
    {"SN-01", Grade::issue, list_content},
    {"SN-04", Grade::anecdote, missing_words},
};
const RuleSet kRules[] = {kOwn};

const Model kModels[] = {
    {"DeepSeek-V3.1", kNoVision}, {"Llama-4-*"}, {"gpt-oss-120b", kNoVision}, {"*", kNoVision}};

Verdict authorize(const Call& call) {
  if (!common::bad_key(common::bearer(call))) return std::nullopt;
  return with_status(401, "Unauthorized", "", "authentication_error");
}

Refusal unknown_model(std::string_view model) {
  return with_status(404,
                     fmt::format("The requested model ({}) is not available on SambaNova Cloud. For more "
                                 "information, please visit "
                                 "https://docs.sambanova.ai/cloud/docs/resources/deprecations",
                                 model));
}

Refusal overflow(std::int64_t tokens, std::int64_t window) {
  return refuse(fmt::format(
      "Requested generation length exceeds the maximum context length: {} tokens, the model takes "
      "{}",
      tokens, window));
}

}  // namespace

extern const Host kSambaNova;
const Host kSambaNova = {.prefix = "sambanova",
                         .bases = kV1,
                         .models = kModels,
                         .rules = kRules,
                         .error_body = common::error_body,
                         .authorize = authorize,
                         .unknown_model = unknown_model,
                         .overflow = overflow,
                         .style = {.usage_on_finish = true, .calls_whole = true, .extended_usage = false}};

Emulator sambanova_row() { return emulator<kSambaNova>(); }

}  // namespace dragoman::sandbox::openai
