// api.writer.com: MISC-09 of the contracts. Chat is at /v1/chat; errors come as a list.
#include <fmt/format.h>

#include "sandbox/openai_hosts/host_helpers.h"

namespace dragoman::sandbox::openai {
namespace {

bool route(const Call& call, Request&) { return call.path == "/v1/chat"; }

Verdict no_messages(const Request& r) {
  if (!r["messages"].items().empty()) return std::nullopt;
  return refuse("Invalid value for 'messages': must not be empty.");
}

Verdict choice_without_tools(const Request& r) {
  if (!r["tool_choice"].present() || !r["tools"].items().empty()) return std::nullopt;
  return refuse("Invalid value for 'tool_choice': 'tool_choice' is only allowed when 'tools' are specified.");
}

constexpr Rule kOwn[] = {{"MISC-09", Grade::issue, no_messages},
                         {"MISC-09", Grade::issue, choice_without_tools}};
const RuleSet kRules[] = {kOwn};
const Model kModels[] = {{"palmyra-x5"}, {"palmyra-*"}};

std::string error_body(const Refusal& r) {
  const std::string_view tpe = r.status >= 500   ? "fail.internal"
                               : r.status == 401 ? "fail.auth"
                                                 : "fail.input.generic";
  std::string out;
  json::Writer w(out);
  w.begin_object().field("tpe", tpe).key("errors").begin_array().begin_object();
  w.field("description", r.message).field("key", tpe).end_object().end_array().end_object();
  return out;
}

Verdict authorize(const Call& call) {
  if (!common::bad_key(common::bearer(call))) return std::nullopt;
  return with_status(401, "Unauthorized");
}

Refusal unknown_model(std::string_view model) {
  return with_status(404, fmt::format("Model '{}' not found.", model));
}

Refusal overflow(std::int64_t tokens, std::int64_t window) {
  return refuse(
      fmt::format("The request has {} tokens, the maximum context length is {} tokens.", tokens, window));
}

}  // namespace

extern const Host kWriter;
const Host kWriter = {.prefix = "writer",
                      .bases = {},
                      .models = kModels,
                      .rules = kRules,
                      .error_body = error_body,
                      .authorize = authorize,
                      .unknown_model = unknown_model,
                      .overflow = overflow,
                      .style = {.usage_on_finish = true, .calls_whole = true, .extended_usage = false},
                      .route = route};

Emulator writer_row() { return emulator<kWriter>(); }

}  // namespace dragoman::sandbox::openai
