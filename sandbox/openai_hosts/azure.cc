// Azure OpenAI: deployments with an api-version, the /openai/v1 surface, and the Foundry models API. The
// rules of OpenAI apply with the older service's words for unknown arguments; the rest is the AZ section of
// the contracts.
#include <fmt/format.h>

#include "sandbox/openai_hosts/host_helpers.h"

namespace dragoman::sandbox::openai {
namespace {

constexpr std::string_view kBases[] = {"/openai/v1"};

constexpr std::string_view kFilter =
    R"({"hate":{"filtered":false,"severity":"safe"},"self_harm":{"filtered":false,"severity":"safe"},)"
    R"("sexual":{"filtered":false,"severity":"safe"},"violence":{"filtered":false,"severity":"safe"}})";

// The filter reports on the prompt before anything else, in a chunk without choices (AZ-06).
constexpr std::string_view kFirstFrame =
    R"(data: {"choices":[],"created":0,"id":"","model":"","object":"","prompt_filter_results":[{"prompt_index":0,)"
    R"("content_filter_results":{"hate":{"filtered":false,"severity":"safe"},"jailbreak":{"filtered":false,)"
    R"("detected":false},"self_harm":{"filtered":false,"severity":"safe"},"sexual":{"filtered":false,)"
    R"("severity":"safe"},"violence":{"filtered":false,"severity":"safe"}}}]})"
    "\n\n";

Refusal infra(int status, std::string_view code, std::string_view message) {
  Refusal r;
  r.status = status;
  json::Writer(r.body)
      .begin_object()
      .key("error")
      .begin_object()
      .field("code", code)
      .field("message", message)
      .end_object()
      .end_object();
  return r;
}

Verdict authorize(const Call& call) {
  const std::string_view api_key = call.header("api-key");
  const std::string_view key = api_key.empty() ? common::bearer(call) : api_key;
  if (!common::bad_key(key)) return std::nullopt;
  return infra(
      401, "401",
      "Access denied due to invalid subscription key or wrong API endpoint. Make sure to provide a valid key "
      "for an active subscription and use a correct regional API endpoint for your resource.");
}

std::string_view query_value(std::string_view query, std::string_view name) {
  while (!query.empty()) {
    const std::size_t end = query.find('&');
    const std::string_view pair = query.substr(0, end);
    if (pair.starts_with(name) && pair.substr(name.size()).starts_with('='))
      return pair.substr(name.size() + 1);
    query = end == std::string_view::npos ? "" : query.substr(end + 1);
  }
  return "";
}

bool route(const Call& call, Request& request) {
  request.version = query_value(call.query, "api-version");
  constexpr std::string_view kStart = "/openai/deployments/";
  const std::string_view kEnd = call.path.ends_with("/embeddings") ? "/embeddings" : "/chat/completions";
  if (call.path == "/models/chat/completions") return !request.version.empty();  // AZ-03
  if (!call.path.starts_with(kStart) || !call.path.ends_with(kEnd)) return false;
  const std::string_view name = call.path.substr(kStart.size());
  if (name.size() <= kEnd.size() || request.version.empty()) return false;
  request.model = name.substr(0, name.size() - kEnd.size());  // the body's model is ignored (AZ-01)
  return request.model.find('/') == std::string_view::npos;
}

Refusal unknown_model(std::string_view) {
  return infra(
      404, "DeploymentNotFound",
      "The API deployment for this resource does not exist. If you created the deployment within the last 5 "
      "minutes, please wait a moment and try again.");
}

Refusal overflow(std::int64_t tokens, std::int64_t window) {
  return refuse(
      fmt::format("This model's maximum context length is {} tokens. However, your messages resulted in {} "
                  "tokens. Please reduce the length of the messages.",
                  window, tokens),
      "messages", "context_length_exceeded");
}

// OAI-64, as Azure says it (vanna-ai/vanna#967).
Refusal responses_only(std::string_view model) {
  return infra(
      400, "OperationNotSupported",
      fmt::format("The chatCompletion operation does not work with the specified model, {}. Please "
                  "choose different model and try again. You can learn more about which models can "
                  "be used with each operation here: https://go.microsoft.com/fwlink/?linkid=2197993.",
                  model));
}

Refusal failure(int status) {
  if (status != 429) return {};
  Refusal r =
      infra(429, "429",
            "Requests to the ChatCompletions_Create Operation under Azure OpenAI API version 2024-10-21 have "
            "exceeded token rate limit of your current OpenAI S0 pricing tier. Please retry after 1 seconds. "
            "Please go here: https://aka.ms/oai/quotaincrease if you would like to further increase the "
            "default rate limit.");
  r.headers = {{"retry-after", "1"}, {"retry-after-ms", "1000"}};
  return r;
}

Refusal policy() {
  Refusal r;
  r.body =
      R"({"error":{"message":"The response was filtered due to the prompt triggering Azure OpenAI's content management )"
      R"(policy. Please modify your prompt and retry. To learn more about our content filtering policies please read )"
      R"(our documentation: https://go.microsoft.com/fwlink/?linkid=2198766","type":null,"param":"prompt",)"
      R"("code":"content_filter","status":400,"innererror":{"code":"ResponsibleAIPolicyViolation",)"
      R"("content_filter_result":{"hate":{"filtered":false,"severity":"safe"},"jailbreak":{"filtered":true,)"
      R"("detected":true},"self_harm":{"filtered":false,"severity":"safe"},"sexual":{"filtered":false,)"
      R"("severity":"safe"},"violence":{"filtered":false,"severity":"safe"}}}}})";
  return r;
}

HeaderList headers(const Call& call) {
  const std::string id = stable_id("", call.body_text, 2, 32);
  return {{"apim-request-id", id},
          {"x-request-id", id},
          {"x-ratelimit-limit-requests", "1000"},
          {"x-ratelimit-limit-tokens", "100000"},
          {"x-ratelimit-remaining-requests", "999"},
          {"x-ratelimit-remaining-tokens", "99900"}};
}

// AZ-04: features newer than the api-version. Dates compare as text.
Verdict old_version(const Request& r) {
  if (r.version.empty() || r.version == "v1" || r.version == "preview") return std::nullopt;
  if (r["response_format"]["type"].text() == "json_schema" && r.version < "2024-08-01") {
    return infra(
        400, "BadRequest",
        "response_format value as json_schema is enabled only for api versions 2024-08-01-preview and later");
  }
  if (choice_word(r["tool_choice"]) == "required" && r.version < "2024-06-01") {
    return infra(400, "BadRequest",
                 "tool_choice value as required is enabled only for api versions 2024-06-01 and later");
  }
  if (r.model.starts_with("o4-mini") && r.version < "2024-12-01") {
    return infra(400, "BadRequest",
                 "Model o4-mini is enabled only for api versions 2024-12-01-preview and later");
  }
  return std::nullopt;
}

Verdict old_max_tokens(const Request& r) {
  if (r.model != "gpt-4o-2024-05-13" || !r["max_completion_tokens"].present()) return std::nullopt;
  return refuse("Unrecognized request argument supplied: max_completion_tokens");
}

Verdict file_parts(const Request& r) {
  for (const json::Value m : r["messages"].items()) {
    if (count_parts(m["content"], "file") > 0) {
      return refuse("Invalid value: 'file'. Supported values are: 'text', 'image_url', and 'input_audio'.",
                    "messages", "invalid_value");
    }
  }
  return std::nullopt;
}

constexpr Rule kOwn[] = {
    {"AZ-04", Grade::issue, old_version},
    {"AZ-09", Grade::issue, old_max_tokens},
    {"AZ-11", Grade::client_code, file_parts},
};

// AZ-07, AZ-08 and AZ-10 are OpenAI's rules under other words (parameter_rules.cc).
const RuleSet kRules[] = {kOwn, kMessageRules, kParameterRules, kToolRules, kSchemaRules};

const Model kModels[] = {
    {"gpt-4o-mini", kNoEffort}, {"gpt-4o", kNoEffort},    {"DeepSeek-*", 0},        {"grok-*", 0},
    {"Llama-*", kNoEffort},     {"Mistral-*", kNoEffort}, {"mistral-*", kNoEffort},
};

std::vector<Model> all_models() {
  std::vector<Model> out(std::begin(kModels), std::end(kModels));
  out.insert(out.end(), kOpenAiModelTable.begin(), kOpenAiModelTable.end());
  return out;
}

void extra(json::Writer& w, const Request&, bool first, bool last) {
  if (first && last) {
    w.key("prompt_filter_results")
        .begin_array()
        .begin_object()
        .field("prompt_index", 0)
        .key("content_filter_results");
    w.raw(kFilter).end_object().end_array();
  }
}

void choice_extra(json::Writer& w) { w.key("content_filter_results").raw(kFilter); }

const std::vector<Model> kAllModels = all_models();

}  // namespace

extern const Host kAzure;
const Host kAzure = {.prefix = "azure",
                     .bases = kBases,
                     .models = kAllModels,
                     .rules = kRules,
                     .error_body = common::error_body,
                     .authorize = authorize,
                     .unknown_model = unknown_model,
                     .overflow = overflow,
                     .responses_only = responses_only,
                     .failure = failure,
                     .policy = policy,
                     .headers = headers,
                     .style = {.named_finish = "stop",
                               .fingerprint = "fp_sandbox",
                               .first_frame = kFirstFrame,
                               .extra = extra,
                               .choice_extra = choice_extra},
                     .route = route,
                     .responses = true,
                     .embeddings = true};

Emulator azure_row() { return emulator<kAzure>(); }

}  // namespace dragoman::sandbox::openai
