#include "sandbox/openai/engine.h"

#include <algorithm>

#include "base/strings.h"
#include "sandbox/openai/embeddings.h"
#include "sandbox/openai/reply.h"
#include "sandbox/openai/responses.h"
#include "sandbox/openai/view.h"

namespace dragoman::sandbox::openai {
namespace {

using json::Value;

// Model names that exist nowhere, whatever a host's globs say.
bool is_made_up(std::string_view model) {
  for (const std::string_view word : {"nonexistent", "does-not-exist", "no-such-model"}) {
    if (model.find(word) != std::string_view::npos) return true;
  }
  return false;
}

// Whether a call thinks under OpenAI's table of models.
bool openai_reasons(const Request& r) {
  const std::string_view effort = r["reasoning_effort"].text();
  if (r.has(kReasonsAlways)) return true;
  if (r.has(kReasonsByDefault)) return effort != "none";
  if (r.has(kReasonsOptIn)) return !effort.empty() && effort != "none";
  return false;
}

Reply models_reply(const Host& host, const Call& call) {
  Reply out;
  out.headers = {{"content-type", "application/json"}};
  json::Writer w(out.body);
  w.begin_object().field("object", "list").key("data").begin_array();
  for (const Model& m : host.models) {
    if (m.glob.find('*') != std::string_view::npos) continue;
    w.begin_object().field("id", m.glob).field("object", "model").field("created", call.now_unix);
    w.field("owned_by", host.prefix).end_object();
  }
  w.end_array().end_object();
  return out;
}

enum class Route { none, chat, models, responses, input_tokens, embeddings, own };

Route route_of(const Host& host, const Call& call) {
  if (host.own != nullptr && call.path == host.own_path) return Route::own;
  for (const std::string_view base : host.bases) {
    if (!call.path.starts_with(base)) continue;
    const std::string_view rest = call.path.substr(base.size());
    if (rest == "/chat/completions" && host.chat) return Route::chat;
    if (rest == "/models") return Route::models;
    if (rest == "/embeddings" && host.embeddings) return Route::embeddings;
    if (rest == "/responses" && host.responses) return Route::responses;
    if (rest == "/responses/input_tokens" && host.responses) return Route::input_tokens;
  }
  return Route::none;
}

Refusal not_json() {
  return refuse(
      "We could not parse the JSON body of your request. (HINT: This likely means you aren't using your HTTP "
      "library correctly. The OpenAI API expects a JSON payload, but what was sent was not valid JSON. If "
      "you have trouble figuring out how to fix this, please contact us through our help center at "
      "help.openai.com.)");
}

}  // namespace

const Model* find_model(const Host& host, std::string_view name) {
  if (name.empty() || is_made_up(name)) return nullptr;
  for (const Model& m : host.models) {
    if (glob_match(m.glob, name)) return &m;
  }
  return nullptr;
}

Reply refusal_reply(const Host& host, const Refusal& refusal) {
  Reply out;
  out.status = refusal.status;
  out.headers = refusal.headers;
  out.headers.emplace_back("content-type", "application/json");
  out.body = refusal.body.empty() ? host.error_body(refusal) : refusal.body;
  return out;
}

Reply failure_reply(const Host& host, int status) {
  if (host.failure != nullptr) {
    Refusal own = host.failure(status);
    if (!own.message.empty() || !own.body.empty()) {
      if (own.status == 400 && status != 402) own.status = status;
      return refusal_reply(host, own);
    }
  }
  Refusal r;
  r.status = status;
  r.type = status >= 500 ? "server_error" : status == 429 ? "rate_limit_error" : r.type;
  r.message = status == 429   ? "Rate limit reached. Please try again later."
              : status == 503 ? "The server is overloaded or not ready yet. Please try again later."
              : status >= 500 ? "The server had an error while processing your request. Sorry about that!"
              : status == 402 ? "Insufficient credits"
                              : "Bad request";
  return refusal_reply(host, r);
}

std::string_view model_of(const Host& host, const Call& call) {
  Request request{.call = call, .host = host, .body = call.body};
  if (host.route && host.route(call, request) && !request.model.empty()) return request.model;
  return call.body["model"].text();
}

Reply handle(const Host& host, const Call& call, const Options& options) {
  Request request{.call = call, .host = host, .body = call.body, .paranoid = options.paranoid};
  request.model = call.body["model"].text();
  Route route = route_of(host, call);
  if (route == Route::none && host.route && host.route(call, request))
    route = call.path.ends_with("/embeddings") ? Route::embeddings : Route::chat;
  if (route == Route::none) {
    Reply out;  // OAI-61
    out.status = 404;
    return out;
  }
  if (auto refused = host.authorize(call)) return refusal_reply(host, *refused);
  if (route == Route::own) return host.own(call);
  if (route == Route::models) return models_reply(host, call);
  if (call.method != "POST") {  // MISC-03
    Refusal r = refuse("Method Not Allowed");
    r.status = 405;
    return refusal_reply(host, r);
  }
  if (!request.body.is_object()) return refusal_reply(host, not_json());
  if (route == Route::responses) return handle_responses(host, call, options);
  if (route == Route::input_tokens) return handle_input_tokens(host, call, options);
  if (route == Route::embeddings) return handle_embeddings(host, request);
  if (request.model.empty() && !host.no_model.empty()) {
    return refusal_reply(host, refuse(std::string(host.no_model)));
  }
  if (request.model.empty()) request.model = host.models.front().glob;
  const Model* model = find_model(host, request.model);
  if (model == nullptr) return refusal_reply(host, host.unknown_model(request.model));
  request.traits = model->traits;
  if (request.has(kResponsesOnly)) return refusal_reply(host, host.responses_only(request.model));  // OAI-64
  request.reasoning = host.reasons ? host.reasons(request) : openai_reasons(request);
  for (const RuleSet& set : host.rules) {
    for (const Rule& rule : set) {
      const bool strict = rule.grade == Grade::client_code || rule.grade == Grade::anecdote;
      if (strict && !options.paranoid) continue;
      if (auto refused = rule.check(request)) return refusal_reply(host, *refused);
    }
  }
  const std::int64_t tokens = prompt_tokens(request.body);
  const std::int64_t window = context_window(request.model);
  if (tokens > window) return refusal_reply(host, host.overflow(tokens, window));
  if (host.policy && messages_mention(request["messages"], "[policy]"))
    return refusal_reply(host, host.policy());
  return answer(request);
}

namespace common {

std::string error_body(const Refusal& r) {
  std::string out;
  json::Writer w(out);
  w.begin_object().key("error").begin_object().field("message", r.message).field("type", r.type).key("param");
  r.param.empty() ? w.null() : w.string(r.param);
  w.key("code");
  r.code.empty() ? w.null() : w.string(r.code);
  w.end_object().end_object();
  return out;
}

std::string_view bearer(const Call& call) {
  const std::string_view value = call.header("authorization");
  return value.size() > 7 && equals_ignoring_case(value.substr(0, 7), "Bearer ") ? trim(value.substr(7)) : "";
}

bool bad_key(std::string_view key) { return key.empty() || key.starts_with("bad"); }

std::string mask_key(std::string_view key) {
  if (key.size() <= 8) return std::string(key.size(), '*');
  return std::string(key.substr(0, 4)) + std::string(key.size() - 8, '*') +
         std::string(key.substr(key.size() - 4));
}

}  // namespace common

}  // namespace dragoman::sandbox::openai
