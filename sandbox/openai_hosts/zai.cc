// api.z.ai: the ZAI section of the contracts. Error codes are strings of digits.
#include <fmt/format.h>

#include "sandbox/openai_hosts/host_helpers.h"
#include "sandbox/output_cap.h"

namespace dragoman::sandbox::openai {
namespace {

using json::Value;

constexpr std::string_view kBases[] = {"/api/paas/v4", "/api/coding/paas/v4", "/v1"};

bool reasons(const Request& r) { return thinking_switch(r.body).value_or(r.has(kReasonsByDefault)); }

Refusal illegal_messages() {
  return refuse("The messages parameter is illegal. Please check the documentation.", "", "1214");
}

Verdict messages(const Request& r) {
  bool user = false;
  for (const Value m : r["messages"].items()) {
    user = user || m["role"].text() == "user";
    if (is_blank_content(m["content"]) && m["tool_calls"].items().empty()) return illegal_messages();
  }
  return user ? Verdict() : illegal_messages();
}

Verdict tool_choice(const Request& r) {
  const Value choice = r["tool_choice"];
  if (!choice.present() || choice.text() == "auto") return std::nullopt;
  return refuse("Invalid tool_choice parameter", "", "1214");
}

Verdict stop(const Request& r) {
  if (r["stop"].items().size() <= 1) return std::nullopt;
  return refuse("Invalid stop parameter", "", "1214");
}

Verdict foreign_parameters(const Request& r) {
  for (const std::string_view key : {"store", "max_completion_tokens"}) {
    if (r[key].present()) return refuse("Invalid API parameter, please check the documentation.", "", "1210");
  }
  for (const Value m : r["messages"].items()) {
    if (m["role"].text() == "developer") return illegal_messages();
    if (m["content"].is_array() && r.has(kNoVision)) return illegal_messages();
  }
  return std::nullopt;
}

Verdict output_limit(const Request& r) {
  static constexpr OutputCap kCaps[] = {{"glm-4.5*", 98304}, {"glm-*", 131072}};
  const auto most = output_cap(kCaps, r.model);
  const auto wanted = r["max_tokens"].integer();
  if (!most || !wanted || (*wanted >= 1 && *wanted <= *most)) return std::nullopt;
  return refuse("The max_tokens parameter is illegal. Please check the documentation.", "", "1210");
}

constexpr Rule kOwn[] = {
    {"ZAI-01", Grade::issue, messages},
    {"ZAI-03", Grade::documented, tool_choice},
    {"ZAI-11", Grade::documented, stop},
    {"CAP-04", Grade::documented, output_limit},
    {"ZAI-09", Grade::client_code, foreign_parameters},
};
const RuleSet kRules[] = {kOwn};

const Model kModels[] = {{"glm-4.6", kReasonsByDefault | kNoVision},
                         {"glm-4.5-air", kReasonsByDefault | kNoVision},
                         {"glm-4.?v*", kReasonsByDefault},
                         {"glm-4-*", kNoVision},
                         {"glm-*", kReasonsByDefault | kNoVision}};

std::string error_body(const Refusal& r) {
  std::string out;
  json::Writer(out)
      .begin_object()
      .key("error")
      .begin_object()
      .field("code", r.code.empty() ? std::string(r.status >= 500 ? "500" : "1210") : r.code)
      .field("message", r.message)
      .end_object()
      .end_object();
  return out;
}

Verdict authorize(const Call& call) {
  const std::string_view key = common::bearer(call);
  if (!common::bad_key(key)) return std::nullopt;
  if (key.empty()) return with_status(401, "Authentication parameter not received in Header", "1001");
  return with_status(401, "Authentication Failed", "1000");
}

Refusal unknown_model(std::string_view) {
  return refuse("Model does not exist, please check the model code", "", "1211");
}

Refusal overflow(std::int64_t, std::int64_t) { return refuse("Prompt exceeds max length", "", "1261"); }

Refusal failure(int status) {
  if (status == 429)
    return with_status(429, "High frequency usage of this API, please reduce the frequency", "1303");
  if (status == 402) {
    return with_status(429, "Your account is in arrears, please recharge and try again", "1113");
  }
  if (status == 503)
    return with_status(429, "The service may be temporarily overloaded, please try again later", "1305");
  return {};
}

Refusal policy() {
  Refusal r;
  r.body =
      R"({"error":{"code":"1301","message":"System detected potentially unsafe or sensitive content in input or )"
      R"(generation. Please avoid using prompts that may generate sensitive content. Thank you for your cooperation."},)"
      R"("contentFilter":[{"level":1,"role":"user"}]})";
  return r;
}

}  // namespace

extern const Host kZai;
const Host kZai = {.prefix = "zai",
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
                   .style = {.reasoning_key = "reasoning_content",
                             .usage_on_finish = true,
                             .usage_unasked = true,
                             .calls_whole = true,
                             .empty_content_with_calls = true}};

Emulator zai_row() { return emulator<kZai>(); }

}  // namespace dragoman::sandbox::openai
