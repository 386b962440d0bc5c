// chatgpt.com/backend-api/codex, which Codex calls with a ChatGPT login: OAIR-21 and MISC-03 of the
// contracts. Responses alone; every refusal is {"detail": …}.
#include <fmt/format.h>

#include "sandbox/openai_hosts/host_helpers.h"

namespace dragoman::sandbox::openai {
namespace {

using json::Value;

constexpr std::string_view kBases[] = {"/backend-api/codex"};

// Before OpenAI's own rules of Responses: they hold here as well, but nobody gets as far with these.
Verdict own_rules(const Request& r) {
  for (const std::string_view key :
       {"temperature", "top_p", "max_output_tokens", "metadata", "user", "prompt_cache_retention"}) {
    if (r[key].present()) return refuse(fmt::format("Unsupported parameter: {}", key));
  }
  const Value tier = r["service_tier"];
  if (tier.present() && tier.text() != "default" && tier.text() != "priority")
    return refuse(fmt::format("Unsupported service_tier: {}", tier.text()));
  if (r["instructions"].text().empty()) return refuse("Instructions are required");
  if (!r["store"].is_bool() || r["store"].boolean()) return refuse("Store must be set to false");
  if (!r["stream"].boolean()) return refuse("Stream must be set to true");
  for (const Value item : r["input"].items())
    if (item["role"].text() == "system") return refuse("System messages are not allowed");
  return std::nullopt;
}

const Model kModels[] = {{"gpt-5.5", kReasonsByDefault | kTopEffort},
                         {"gpt-5.4", kReasonsOptIn | kTopEffort},
                         {"gpt-5.*-codex*", kReasonsOptIn | kTopEffort},
                         {"gpt-5.*", kReasonsByDefault | kTopEffort}};

std::string error_body(const Refusal& r) {
  std::string out;
  json::Writer(out).begin_object().field("detail", r.message).end_object();
  return out;
}

Verdict authorize(const Call& call) {
  if (!common::bad_key(common::bearer(call))) return std::nullopt;
  return with_status(401, "Could not parse your authentication token. Please try signing in again.");
}

Refusal unknown_model(std::string_view model) {
  return refuse(
      fmt::format("The '{}' model is not supported when using Codex with a ChatGPT account.", model));
}

Refusal overflow(std::int64_t, std::int64_t) {
  return refuse(
      "Your input exceeds the context window of this model. Please adjust your input and try again.");
}

Refusal failure(int status) {
  if (status != 429) return {};
  Refusal r;
  r.status = 429;
  r.body =
      R"({"error":{"type":"usage_limit_reached","message":"The usage limit has been reached","plan_type":"plus","resets_in_seconds":3600}})";
  return r;
}

}  // namespace

extern const Host kChatgpt;
const Host kChatgpt = {.prefix = "chatgpt",
                       .bases = kBases,
                       .models = kModels,
                       .rules = {},
                       .error_body = error_body,
                       .authorize = authorize,
                       .unknown_model = unknown_model,
                       .overflow = overflow,
                       .failure = failure,
                       .style = {.extended_usage = true},
                       .responses = true,
                       .responses_rules = own_rules,
                       .chat = false};

Emulator chatgpt_row() { return emulator<kChatgpt>(); }

}  // namespace dragoman::sandbox::openai
