#include "sandbox/anthropic/emulator.h"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <ctime>

#include "base/strings.h"
#include "json/parse.h"
#include "json/write.h"
#include "net/sse.h"
#include "sandbox/anthropic/answer.h"

namespace dragoman::sandbox::anthropic {
namespace {

constexpr std::size_t kMaxBody = std::size_t{32} << 20;

std::string request_id(const Call& call) { return stable_id("req_01", call.body_text, 99, 22); }

std::string rfc3339(std::int64_t unix_seconds) {
  return fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", fmt::gmtime(static_cast<std::time_t>(unix_seconds)));
}

// HDR: what a 200 carries.
void add_limits(const Call& call, Reply& reply) {
  const struct {
    std::string_view what;
    std::int64_t limit;
  } rows[] = {{"requests", 4000}, {"tokens", 480000}, {"input-tokens", 400000}, {"output-tokens", 80000}};
  for (const auto& [what, limit] : rows) {
    reply.headers.emplace_back(fmt::format("anthropic-ratelimit-{}-limit", what), fmt::to_string(limit));
    reply.headers.emplace_back(fmt::format("anthropic-ratelimit-{}-remaining", what),
                               fmt::to_string(limit - 1));
    reply.headers.emplace_back(fmt::format("anthropic-ratelimit-{}-reset", what), rfc3339(call.now_unix + 1));
  }
  reply.headers.emplace_back("anthropic-organization-id", "00000000-0000-4000-8000-000000000000");
}

Refused check_key(const Call& call) {
  std::string_view key = call.header("x-api-key");
  bool bearer = false;
  if (key.empty()) {
    const std::string_view given = call.header("authorization");
    if (given.size() > 7 && equals_ignoring_case(given.substr(0, 7), "bearer ")) {
      key = given.substr(7);
      bearer = true;
    }
  }
  const auto unauthorized = [](std::string_view message) {
    return Refusal{401, "authentication_error", std::string(message)};
  };
  if (key.empty()) return unauthorized("x-api-key header is required");
  if (key.starts_with("bad")) return unauthorized(bearer ? "Invalid bearer token" : "invalid x-api-key");
  if (key.starts_with("broke")) {
    return refuse(
        "Your credit balance is too low to access the Anthropic API. Please go to Plans & Billing to upgrade "
        "or "
        "purchase credits.");
  }
  return std::nullopt;
}

Refused check_body(const Call& call) {
  if (call.body_text.size() > kMaxBody) {
    return Refusal{413, "request_too_large", "Request exceeds the maximum size"};
  }
  if (!call.body) {
    const Result<json::Value> parsed = json::parse(call.arena, call.body_text);
    const std::string why = parsed ? "empty body" : parsed.error().message;
    return refuse("The request body is not valid JSON: " + why);
  }
  if (!call.body.is_object())
    return refuse("Input should be a valid dictionary or object to extract fields from");
  return std::nullopt;
}

Reply json_reply(const Call& call, std::string body) {
  Reply reply;
  reply.headers = {{"content-type", "application/json"}, {"request-id", request_id(call)}};
  add_limits(call, reply);
  reply.body = std::move(body);
  return reply;
}

void write_support(json::Writer& w, std::string_view name, bool supported) {
  w.key(name).begin_object().field("supported", supported).end_object();
}

void write_model(json::Writer& w, const Model& model) {
  w.begin_object().field("type", "model").field("id", model.name).field("display_name", model.display_name);
  w.field("created_at", "2026-01-01T00:00:00Z").field("lifecycle", "active").field("line", model.line);
  w.field("max_input_tokens", model.window).field("max_tokens", model.max_output);
  w.key("deprecated_at").null().key("retires_at").null().key("capabilities").begin_object();
  for (const std::string_view name : {"batch", "citations", "image_input", "pdf_input"})
    write_support(w, name, true);
  write_support(w, "structured_outputs", model.structured_output);
  w.key("effort").begin_object().field("supported", !model.efforts.empty());
  for (const std::string_view effort : {"low", "medium", "high", "xhigh", "max"}) {
    write_support(w, effort, lists(model.efforts, effort));
  }
  w.end_object().key("thinking").begin_object().field("supported", !model.thinking.empty());
  w.key("types").begin_object();
  for (const std::string_view type : {"adaptive", "between_tools", "disabled", "enabled"}) {
    write_support(w, type, lists(model.thinking, type));
  }
  w.end_object().end_object().end_object().end_object();
}

Reply list_models(const Call& call) {
  std::string body;
  json::Writer w(body);
  w.begin_object().key("data").begin_array();
  for (const Model& model : models()) write_model(w, model);
  w.end_array().field("has_more", false).field("first_id", models().front().name);
  w.field("last_id", models().back().name).end_object();
  return json_reply(call, std::move(body));
}

Reply one_model(const Call& call, std::string_view name) {
  const Model* model = find_model(name);
  if (model == nullptr) {
    return refusal_reply({404, "not_found_error", fmt::format("model: {}", name)}, request_id(call));
  }
  std::string body;
  json::Writer w(body);
  write_model(w, *model);
  return json_reply(call, std::move(body));
}

Reply handle(const Call& call, const Options& options) {
  if (Refused no = check_key(call)) return refusal_reply(*no, request_id(call));
  if (call.header("anthropic-version").empty()) {
    return refusal_reply(*refuse("anthropic-version: header is required"), request_id(call));
  }
  const bool post = call.method == "POST";
  const bool get = call.method == "GET";
  const bool messages = call.path == "/v1/messages";
  const bool counting = call.path == "/v1/messages/count_tokens";
  const bool models = call.path == "/v1/models" || call.path.starts_with("/v1/models/");
  if (!messages && !counting && !models)
    return refusal_reply({404, "not_found_error", "Not Found"}, request_id(call));
  if (models ? !get : !post) {
    return refusal_reply({405, "invalid_request_error", "Method Not Allowed"}, request_id(call));
  }
  if (call.path == "/v1/models") return list_models(call);
  if (models) return one_model(call, call.path.substr(sizeof("/v1/models/") - 1));

  if (Refused no = check_body(call)) return refusal_reply(*no, request_id(call));
  const json::Value model = call.body["model"];
  if (!model.is_string()) {
    return refusal_reply(*refuse(model ? "model: Input should be a valid string" : "model: Field required"),
                         request_id(call));
  }
  const bool streaming = messages && call.body["stream"].boolean();
  return answer_messages(call, model.text(), {options.paranoid, "", counting}, streaming, request_id(call),
                         "msg_01");
}

Reply error(int status, std::string_view code, std::string_view message) {
  return refusal_reply({status, std::string(code.empty() ? type_of(status) : code), std::string(message)},
                       stable_id("req_01", message, 99, 22));
}

std::string_view model_of(const Call& call) { return call.body["model"].text(); }

// ANT-53: an error after the 200 is an event of its own.
std::string stream_error(int status, std::string_view code, std::string_view message) {
  std::string data;
  json::Writer w(data);
  w.begin_object().field("type", "error").key("error").begin_object();
  w.field("type", code.empty() ? type_of(status) : code).field("message", message).end_object().end_object();
  std::string frame;
  net::append_sse(frame, "error", data);
  return frame;
}

Reply failure(int status) {
  switch (status) {
    case 429:
      return error(
          status, "",
          "This request would exceed your organization's rate limit of 400,000 input tokens per minute.");
    case 529:
    case 503:
      return error(status, "overloaded_error", "Overloaded");
    default:
      return error(status, "", "Internal server error");
  }
}

}  // namespace

Reply answer_messages(const Call& call, std::string_view model_name, const Surface& surface, bool streaming,
                      std::string_view request, std::string_view id_prefix) {
  if (Refused no = check_body(call)) return refusal_reply(*no, request);
  const Model* model = find_model(model_name);
  if (model == nullptr) {
    return refusal_reply({404, "not_found_error", fmt::format("model: {}", model_name)}, request);
  }
  if (Refused no = check_request(call.body, *model, surface)) return refusal_reply(*no, request);
  Reply reply;
  reply.headers = {{"content-type", "application/json"}, {"request-id", std::string(request)}};
  if (!surface.hosted()) add_limits(call, reply);
  if (surface.counting) {
    json::Writer(reply.body).begin_object().field("input_tokens", request_tokens(call.body)).end_object();
    return reply;
  }
  const std::vector<Turn> turns = read_turns(call.body["messages"]);
  const OutMessage message =
      compose(call.body, call.body_text, model_name, *model, turns, id_prefix, call.say);
  if (!streaming) {
    reply.body = message_json(message);
    return reply;
  }
  reply.headers.front().second = "text/event-stream; charset=utf-8";
  reply.headers.emplace_back("cache-control", "no-cache");
  reply.streaming = true;
  reply.frames = message_frames(message);
  return reply;
}

Emulator emulator() { return {"anthropic", handle, error, model_of, stream_error, failure}; }

}  // namespace dragoman::sandbox::anthropic
