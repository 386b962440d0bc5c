// api.githubcopilot.com: MISC-02 of the contracts. What is refused beside the common shape follows the model.
#include <fmt/format.h>

#include "sandbox/openai_hosts/host_helpers.h"

namespace dragoman::sandbox::openai {
namespace {

constexpr std::string_view kBases[] = {""};

Verdict no_messages(const Request& r) {
  if (!r["messages"].items().empty()) return std::nullopt;
  return refuse("messages: at least one message is required", "", "invalid_request_body");
}

Verdict gemini_end(const Request& r) {
  if (r.model.find("gemini") == std::string_view::npos) return std::nullopt;
  if (r["messages"].items().back()["role"].text() != "assistant") return std::nullopt;
  return refuse("The last message in a Gemini request must not be from the assistant.", "",
                "invalid_message_role");
}

Verdict output_cap(const Request& r) {
  const std::int64_t most = r.model.find("claude") != std::string_view::npos ? 16000 : 64000;
  const auto wanted = r["max_tokens"].integer().value_or(r["max_completion_tokens"].integer().value_or(0));
  if (wanted <= most) return std::nullopt;
  return refuse(
      fmt::format("max_tokens: {} > {}, which is the maximum allowed number of output tokens for {}", wanted,
                  most, r.model),
      "", "invalid_request_body");
}

constexpr Rule kOwn[] = {
    {"MISC-02", Grade::issue, no_messages},
    {"MISC-02", Grade::issue, gemini_end},
    {"MISC-02", Grade::issue, output_cap},
};
const RuleSet kRules[] = {kOwn};

const Model kModels[] = {{"gpt-4o"}, {"gpt-*"}, {"claude-*"}, {"gemini-*"}, {"o3*"}, {"o4*"}, {"grok-*"}};

Verdict authorize(const Call& call) {
  if (!common::bad_key(common::bearer(call))) return std::nullopt;
  Refusal r = with_status(401, "");
  r.body = "unauthorized: token expired\n";
  r.headers = {{"content-type", "text/plain; charset=utf-8"}};
  return r;
}

Refusal unknown_model(std::string_view) {
  return refuse("The requested model is not supported.", "model", "model_not_supported");
}

Refusal overflow(std::int64_t tokens, std::int64_t window) {
  return refuse(fmt::format("prompt token count of {} exceeds the limit of {}", tokens, window), "",
                "model_max_prompt_tokens_exceeded");
}

}  // namespace

extern const Host kCopilot;
const Host kCopilot = {.prefix = "copilot",
                       .bases = kBases,
                       .models = kModels,
                       .rules = kRules,
                       .error_body = common::error_body,
                       .authorize = authorize,
                       .unknown_model = unknown_model,
                       .overflow = overflow,
                       .style = {.extended_usage = false}};

Emulator copilot_row() { return emulator<kCopilot>(); }

}  // namespace dragoman::sandbox::openai
