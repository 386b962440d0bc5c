// api.xiaomimimo.com: MISC-08 of the contracts. Thinking unless told otherwise.
#include <fmt/format.h>

#include "sandbox/openai_hosts/host_helpers.h"

namespace dragoman::sandbox::openai {
namespace {

using json::Value;

bool reasons(const Request& r) { return thinking_switch(r.body).value_or(true); }

Verdict no_messages(const Request& r) {
  if (!r["messages"].items().empty()) return std::nullopt;
  return refuse("Param Incorrect", "", "400");
}

Verdict lost_reasoning(const Request& r) {
  if (!r.reasoning) return std::nullopt;
  for (const Value m : r["messages"].items()) {
    if (m["tool_calls"].items().empty() || m["reasoning_content"].is_string()) continue;
    return refuse("Param Incorrect",
                  "The reasoning_content in the thinking mode must be passed back to the API.", "400");
  }
  return std::nullopt;
}

// openclaw_compat: `items: {}` is refused.
bool empty_items(Value s) {
  if (s["items"].is_object() && s["items"].members().empty()) return true;
  for (const json::Member& m : s["properties"].members()) {
    if (empty_items(m.value)) return true;
  }
  return s["items"].is_object() && empty_items(s["items"]);
}

Verdict schemas(const Request& r) {
  for (const Value t : r["tools"].items()) {
    if (empty_items(t["function"]["parameters"])) return refuse("Param Incorrect", "", "400");
  }
  return std::nullopt;
}

constexpr Rule kOwn[] = {
    {"MISC-08", Grade::documented, no_messages},
    {"MISC-08", Grade::documented, lost_reasoning},
    {"MISC-08", Grade::client_code, schemas},
};
const RuleSet kRules[] = {kOwn};
const Model kModels[] = {{"mimo-v2-flash"}, {"mimo-*"}};

Verdict authorize(const Call& call) {
  if (!common::bad_key(common::bearer(call))) return std::nullopt;
  return with_status(401, "Invalid API Key", "401", "invalid_key");
}

Refusal unknown_model(std::string_view model) {
  return refuse(fmt::format("Not supported model {}", model), "", "400");
}

Refusal overflow(std::int64_t tokens, std::int64_t window) {
  return refuse(fmt::format("Param Incorrect: {} input tokens, the model takes {}", tokens, window), "",
                "400");
}

Refusal failure(int status) {
  if (status == 402) return with_status(402, "Insufficient balance", "402");
  return {};
}

Refusal policy() {
  return with_status(421, "The request was rejected because it was considered high risk", "421");
}

}  // namespace

extern const Host kMimo;
const Host kMimo = {
    .prefix = "mimo",
    .bases = kV1,
    .models = kModels,
    .rules = kRules,
    .error_body = common::error_body,
    .authorize = authorize,
    .unknown_model = unknown_model,
    .overflow = overflow,
    .failure = failure,
    .policy = policy,
    .reasons = reasons,
    .style = {.reasoning_key = "reasoning_content", .usage_on_finish = true, .calls_whole = true}};

Emulator mimo_row() { return emulator<kMimo>(); }

}  // namespace dragoman::sandbox::openai
