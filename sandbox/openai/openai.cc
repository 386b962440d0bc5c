// api.openai.com. The table of models is the contracts' reasoning capability table.
#include <fmt/format.h>

#include "sandbox/openai/engine.h"
#include "sandbox/openai/rows.h"
#include "sandbox/openai/rules.h"
#include "sandbox/openai/view.h"

namespace dragoman::sandbox::openai {
namespace {

constexpr std::string_view kBases[] = {"/v1"};

Verdict authorize(const Call& call) {
  const std::string_view key = common::bearer(call);
  if (!common::bad_key(key)) return std::nullopt;
  Refusal r;
  r.status = 401;
  if (key.empty()) {
    r.message =
        "You didn't provide an API key. You need to provide your API key in an Authorization header using "
        "Bearer auth "
        "(i.e. Authorization: Bearer YOUR_KEY), or as the password field (with blank username) if you're "
        "accessing the "
        "API from your browser and are prompted for a username and password. You can obtain an API key from "
        "https://platform.openai.com/account/api-keys.";
  } else {
    r.message = fmt::format(
        "Incorrect API key provided: {}. You can find your API key at "
        "https://platform.openai.com/account/api-keys.",
        common::mask_key(key));
    r.code = "invalid_api_key";
  }
  return r;
}

Refusal unknown_model(std::string_view model) {
  Refusal r = refuse(fmt::format("The model `{}` does not exist or you do not have access to it.", model), "",
                     "model_not_found");
  r.status = 404;
  return r;
}

Refusal overflow(std::int64_t tokens, std::int64_t window) {
  return refuse(
      fmt::format("This model's maximum context length is {} tokens. However, your messages resulted in {} "
                  "tokens. Please reduce the length of the messages.",
                  window, tokens),
      "messages", "context_length_exceeded");
}

// OAI-64
Refusal responses_only(std::string_view) {
  Refusal r = refuse("This model is only supported in v1/responses and not in v1/chat/completions.", "model");
  r.status = 404;
  return r;
}

// OAI-62, and OAI-58 for 402, which the service does not send but a script may.
Refusal failure(int status) {
  Refusal r;
  r.status = status;
  if (status == 429) {
    r.message =
        "Rate limit reached for gpt-4o-mini in organization org-sandbox on tokens per min (TPM): Limit "
        "200000, Used "
        "170583, Requested 180002. Please try again in 45.175s. Visit "
        "https://platform.openai.com/account/rate-limits "
        "to learn more.";
    r.type = "tokens";
    r.code = "rate_limit_exceeded";
    r.headers = {{"retry-after", "46"},
                 {"retry-after-ms", "45175"},
                 {"x-ratelimit-limit-tokens", "200000"},
                 {"x-ratelimit-remaining-tokens", "29417"},
                 {"x-ratelimit-reset-tokens", "51.174s"}};
  } else if (status == 402) {
    r.status = 429;
    r.message =
        "You exceeded your current quota, please check your plan and billing details. For more information "
        "on this "
        "error, read the docs: https://platform.openai.com/docs/guides/error-codes/api-errors.";
    r.type = "insufficient_quota";
    r.code = "insufficient_quota";
  } else if (status >= 500) {
    r.message =
        "The server had an error while processing your request. Sorry about that! You can retry your "
        "request, or "
        "contact us through our help center at help.openai.com if the error persists.";
    r.type = "server_error";
  }
  return r;
}

Refusal policy() {
  return refuse(
      "Invalid prompt: your prompt was flagged as potentially violating our usage policy. Please try again "
      "with a different prompt: https://platform.openai.com/docs/guides/reasoning#advice-on-prompting",
      "", "invalid_prompt");
}

HeaderList headers(const Call& call) {
  return {{"x-request-id", stable_id("req_", call.body_text, 1, 32)},
          {"openai-processing-ms", "12"},
          {"openai-version", "2020-10-01"},
          {"x-ratelimit-limit-requests", "10000"},
          {"x-ratelimit-limit-tokens", "200000"},
          {"x-ratelimit-remaining-requests", "9999"},
          {"x-ratelimit-remaining-tokens", "199996"},
          {"x-ratelimit-reset-requests", "8.64s"},
          {"x-ratelimit-reset-tokens", "1ms"}};
}

}  // namespace

const RuleSet kOpenAiRules[] = {kMessageRules, kParameterRules, kToolRules, kSchemaRules};

constexpr unsigned kAlways = kReasonsAlways | kNoMaxTokens | kNoStop;
constexpr unsigned kOptIn = kReasonsOptIn | kNoMaxTokens | kNoStop;
constexpr unsigned kCodex = kAlways | kResponsesOnly;
constexpr unsigned kPro = kAlways | kFromMedium | kTopEffort | kResponsesOnly;
constexpr unsigned kGpt56 = kReasonsByDefault | kNoMaxTokens | kNoStop | kNoToolsWhileReasoning |
                            kNoMinimalEffort | kPatchLimit | kTopEffort;

const Model kOpenAiModels[] = {
    {"gpt-4o-mini", kNoEffort},
    {"gpt-4o", kNoEffort},
    {"gpt-4.1", kNoEffort},
    {"gpt-5.1", kOptIn},
    {"o4-mini", kAlways},
    {"ft:*", kNoEffort | kFineTuned},
    {"o1-mini*", kReasonsAlways | kNoMaxTokens | kNoParallel | kNoSystem | kNoTools | kNoEffort},
    {"o1-preview*", kReasonsAlways | kNoMaxTokens | kNoParallel | kNoSystem | kNoTools | kNoEffort},
    {"o?-pro*", kCodex},
    {"o?-deep-research*", kCodex},
    {"o1*", kReasonsAlways | kNoMaxTokens | kNoParallel},
    {"o3-mini*", kReasonsAlways | kNoMaxTokens | kNoParallel},
    {"o[3-9]*", kAlways},
    {"gpt-5-chat*", kNoEffort | kNoMaxTokens},
    {"gpt-5.*-chat*", kAlways | kFixedEffort},
    {"gpt-5-codex*", kCodex},
    {"gpt-5.1-codex-max*", kCodex | kTopEffort},
    {"gpt-5.1-codex*", kCodex},
    {"gpt-5.*-codex*", kOptIn | kTopEffort | kResponsesOnly},
    {"gpt-5-pro*", kAlways | kHighOnly | kResponsesOnly},
    {"gpt-*-pro*", kPro},
    {"gpt-5.1", kOptIn},
    {"gpt-5.1-*", kOptIn},
    {"gpt-5.[23]", kOptIn | kTopEffort},
    {"gpt-5.[23]-*", kOptIn | kTopEffort},
    {"gpt-5.4", kOptIn | kTopEffort | kNoToolsWhileReasoning},
    {"gpt-5.4-*", kOptIn | kTopEffort | kNoToolsWhileReasoning},
    {"gpt-5.5", kReasonsByDefault | kNoMaxTokens | kNoStop | kTopEffort | kNoToolsWhileReasoning},
    {"gpt-5.5-*", kReasonsByDefault | kNoMaxTokens | kNoStop | kTopEffort | kNoToolsWhileReasoning},
    {"gpt-5.*", kGpt56},
    {"gpt-5*", kAlways},
    {"gpt-6-astra*", (kGpt56 & ~kReasonsByDefault) | kReasonsAlways},
    {"gpt-[6-9]*", kGpt56},
    {"gpt-1?*", kGpt56},
    {"gpt-*", kNoEffort},
    {"chatgpt-*", kNoEffort},
};
const std::span<const Model> kOpenAiModelTable = kOpenAiModels;

extern const Host kOpenAi;
const Host kOpenAi = {.prefix = "openai",
                      .bases = kBases,
                      .models = kOpenAiModels,
                      .rules = kOpenAiRules,
                      .error_body = common::error_body,
                      .authorize = authorize,
                      .unknown_model = unknown_model,
                      .overflow = overflow,
                      .responses_only = responses_only,
                      .failure = failure,
                      .policy = policy,
                      .headers = headers,
                      .style = {.named_finish = "stop", .fingerprint = "fp_sandbox"},
                      .responses = true,
                      .embeddings = true};

Emulator openai_row() { return emulator<kOpenAi>(); }

}  // namespace dragoman::sandbox::openai
