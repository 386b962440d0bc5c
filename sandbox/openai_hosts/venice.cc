// api.venice.ai: MISC-07 of the contracts. Grok keeps its own rules here (XAI-01, XAI-02).
#include <fmt/format.h>

#include "sandbox/openai_hosts/host_helpers.h"

namespace dragoman::sandbox::openai {
namespace {

constexpr std::string_view kBases[] = {"/api/v1"};

Verdict no_messages(const Request& r) {
  if (!r["messages"].items().empty()) return std::nullopt;
  return refuse("messages: Array must contain at least 1 element(s)");
}

Verdict grok(const Request& r) {
  if (r.model.find("grok-4") == std::string_view::npos) return std::nullopt;
  for (const std::string_view key : {"presence_penalty", "frequency_penalty", "stop"}) {
    if (r[key].present()) return refuse(fmt::format("Model {} does not support parameter {}.", r.model, key));
  }
  return std::nullopt;
}

constexpr Rule kOwn[] = {{"MISC-07", Grade::live, no_messages}, {"XAI-01", Grade::issue, grok}};
const RuleSet kRules[] = {kOwn};
const Model kModels[] = {{"llama-3.3-70b"}, {"*"}};

std::string error_body(const Refusal& r) {
  std::string out;
  json::Writer(out).begin_object().field("error", r.message).end_object();
  return out;
}

Verdict authorize(const Call& call) {
  if (!common::bad_key(common::bearer(call))) return std::nullopt;
  return with_status(401, "Authentication failed");
}

Refusal unknown_model(std::string_view model) {
  return with_status(404, fmt::format("Specified model not found: {}. Did you mean: llama-3.3-70b?", model));
}

Refusal overflow(std::int64_t tokens, std::int64_t window) {
  return refuse(
      fmt::format("The request has {} tokens, more than the model's maximum context length of {} tokens.",
                  tokens, window));
}

}  // namespace

extern const Host kVenice;
const Host kVenice = {
    .prefix = "venice",
    .bases = kBases,
    .models = kModels,
    .rules = kRules,
    .error_body = error_body,
    .authorize = authorize,
    .unknown_model = unknown_model,
    .overflow = overflow,
    .style = {.reasoning_key = "reasoning_content", .usage_on_finish = true, .extended_usage = false}};

Emulator venice_row() { return emulator<kVenice>(); }

}  // namespace dragoman::sandbox::openai
