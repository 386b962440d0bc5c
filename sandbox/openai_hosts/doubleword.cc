// api.doubleword.ai: MISC-06 of the contracts.
#include <fmt/format.h>

#include "sandbox/openai_hosts/host_helpers.h"

namespace dragoman::sandbox::openai {
namespace {

Refusal validation(std::string what) {
  Refusal r = refuse("Validation: " + what);
  r.type = "Bad Request";
  return r;
}

Verdict no_messages(const Request& r) {
  if (!r["messages"].items().empty()) return std::nullopt;
  return validation("messages must not be empty");
}

Verdict temperature(const Request& r) {
  const json::Value t = r["temperature"];
  if (!t.is_number() || (t.number() >= 0 && t.number() <= 2)) return std::nullopt;
  return validation(fmt::format("Temperature must be between 0 and 2, got {}", t.number_text()));
}

constexpr Rule kOwn[] = {{"MISC-06", Grade::live, no_messages}, {"MISC-06", Grade::live, temperature}};
const RuleSet kRules[] = {kOwn};
const Model kModels[] = {{"Qwen/Qwen3-30B-A3B-FP8"}, {"*/*"}};

std::string error_body(const Refusal& r) {
  std::string out;
  json::Writer w(out);
  w.begin_object().field("code", r.status).field("message", r.message).field("type", r.type).end_object();
  return out;
}

Verdict authorize(const Call& call) {
  if (!common::bad_key(common::bearer(call))) return std::nullopt;
  return with_status(401, "Unauthorized", "", "Unauthorized");
}

Refusal unknown_model(std::string_view) { return with_status(404, "model_not_found", "", "Not Found"); }

Refusal overflow(std::int64_t tokens, std::int64_t window) {
  return validation(fmt::format("the prompt has {} tokens, the model takes {}", tokens, window));
}

}  // namespace

extern const Host kDoubleword;
const Host kDoubleword = {.prefix = "doubleword",
                          .bases = kV1,
                          .models = kModels,
                          .rules = kRules,
                          .error_body = error_body,
                          .authorize = authorize,
                          .unknown_model = unknown_model,
                          .overflow = overflow,
                          .style = {.reasoning_key = "reasoning_content", .extended_usage = false}};

Emulator doubleword_row() { return emulator<kDoubleword>(); }

}  // namespace dragoman::sandbox::openai
