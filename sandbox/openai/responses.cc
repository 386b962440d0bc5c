#include "sandbox/openai/responses.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "json/write.h"
#include "sandbox/openai/engine.h"
#include "sandbox/openai/view.h"

namespace dragoman::sandbox::openai {
namespace {

// OAIR-15; other hosts keep their own words.
Refusal unknown_model(const Host& host, std::string_view model) {
  if (host.prefix != "openai") return host.unknown_model(model);
  return refuse(fmt::format("The requested model '{}' does not exist.", model), "model", "model_not_found");
}

bool reasons(const Request& r) {
  const std::string_view effort = r["reasoning"]["effort"].text();
  if (r.has(kReasonsAlways)) return true;
  if (r.has(kReasonsByDefault)) return effort != "none";
  if (r.has(kReasonsOptIn)) return !effort.empty() && effort != "none";
  return false;
}

// The members of the call (TokenCountsBody of the OpenAPI document).
constexpr std::array<std::string_view, 11> kCounted = {
    "model",        "input",       "previous_response_id", "tools",
    "text",         "reasoning",   "truncation",           "instructions",
    "conversation", "tool_choice", "parallel_tool_calls"};

}  // namespace

Reply handle_input_tokens(const Host& host, const Call& call, const Options& options) {
  Request request{.call = call, .host = host, .body = call.body, .paranoid = options.paranoid};
  request.model = call.body["model"].text();
  const Model* model = find_model(host, request.model);
  if (model == nullptr) return refusal_reply(host, unknown_model(host, request.model));
  request.traits = model->traits;
  request.reasoning = reasons(request);
  for (const json::Member& member : call.body.members())
    if (std::ranges::find(kCounted, member.key) == kCounted.end())
      return refusal_reply(host, refuse(fmt::format("Unknown parameter: '{}'.", member.key),
                                        std::string(member.key), "unknown_parameter"));
  if (auto fault = responses_fault(request)) return refusal_reply(host, *fault);
  Reply out;
  out.headers = {{"content-type", "application/json"}};
  json::Writer w(out.body);
  w.begin_object().field("object", "response.input_tokens");
  w.field("input_tokens", count_tokens(json::dump_compact(call.body["input"])) +
                              count_tokens(call.body["instructions"].text()) +
                              count_tokens(json::dump_compact(call.body["tools"])) + 3);
  w.end_object();
  return out;
}

Reply handle_responses(const Host& host, const Call& call, const Options& options) {
  Request request{.call = call, .host = host, .body = call.body, .paranoid = options.paranoid};
  request.model = call.body["model"].text();
  if (request.model.empty())
    return refusal_reply(
        host, refuse("Missing required parameter: 'model'.", "model", "missing_required_parameter"));
  const Model* model = find_model(host, request.model);
  if (model == nullptr) return refusal_reply(host, unknown_model(host, request.model));
  request.traits = model->traits;
  request.reasoning = reasons(request);
  if (host.responses_rules)
    if (auto fault = host.responses_rules(request)) return refusal_reply(host, *fault);
  if (auto fault = responses_fault(request)) return refusal_reply(host, *fault);
  const std::string input = json::dump(request["input"]);
  if (count_tokens(input) > context_window(request.model))  // OAIR-16
    return refusal_reply(host,
                         refuse("Your input exceeds the context window of this model. Please adjust your "
                                "input and try again.",
                                "input", "context_length_exceeded"));
  if (host.policy && input.find("[policy]") != std::string::npos) return refusal_reply(host, host.policy());
  return responses_answer(request);
}

}  // namespace dragoman::sandbox::openai
