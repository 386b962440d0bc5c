#include "sandbox/cohere/emulator.h"

#include <fmt/format.h>

#include "base/strings.h"
#include "json/parse.h"
#include "json/write.h"
#include "sandbox/cohere/answer.h"
#include "sandbox/cohere/embed.h"

namespace dragoman::sandbox::cohere {
namespace {

Reply refusal_reply(const Refusal& refusal) {
  Reply reply;
  reply.status = refusal.status;
  reply.headers = {{"content-type", "application/json"}};
  json::Writer w(reply.body);
  w.begin_object();
  if (!refusal.error_type.empty()) w.field("error_type", refusal.error_type);
  w.field("id", stable_id("", refusal.message, 0, 32)).field("message", refusal.message).end_object();
  return reply;
}

// COH-15.
Refused check_key(const Call& call) {
  const std::string_view value = call.header("authorization");
  const std::string_view key =
      value.size() > 7 && equals_ignoring_case(value.substr(0, 7), "Bearer ") ? trim(value.substr(7)) : "";
  if (key.empty()) return Refusal{401, "no api key supplied"};
  if (!key.starts_with("bad")) return std::nullopt;
  return Refusal{401,
                 "Incorrect API key provided: ***********. You can find your API key at "
                 "https://dashboard.cohere.com/api-keys."};
}

Reply list_models() {
  Reply reply;
  reply.headers = {{"content-type", "application/json"}};
  json::Writer w(reply.body);
  w.begin_object().key("models").begin_array();
  for (const std::string_view name :
       {"command-a-plus-05-2026", "command-a-03-2025", "command-a-vision-07-2025",
        "command-a-reasoning-08-2025", "command-r7b-12-2024"}) {
    w.begin_object()
        .field("name", name)
        .key("endpoints")
        .begin_array()
        .string("chat")
        .end_array()
        .end_object();
  }
  w.end_array().end_object();
  return reply;
}

Reply handle(const Call& call, const Options&) {
  if (Refused no = check_key(call)) return refusal_reply(*no);
  if (call.method == "GET" && call.path == "/v1/models") return list_models();
  const bool embeds = call.path == "/v2/embed";
  if (call.path != "/v2/chat" && !embeds) return refusal_reply({404, "404 page not found"});
  if (call.method != "POST") return refusal_reply({405, "method not allowed"});
  if (!call.body.is_object()) {
    const Result<json::Value> parsed = json::parse(call.arena, call.body_text);
    return refusal_reply({400, "invalid json syntax: " +
                                   (parsed ? std::string("the body is no object") : parsed.error().message)});
  }
  if (embeds) return embed(call, refusal_reply);
  const std::string_view name = call.body["model"].text();
  const std::optional<Model> model = find_model(name);
  if (!model && !name.empty()) {  // COH-13
    return refusal_reply(
        {404, fmt::format("model '{}' not found, make sure the correct model ID was used and that you "
                          "have access to the model.",
                          name)});
  }
  const Model asked = model.value_or(Model{.name = name});
  if (Refused no = check_request(call.body, asked)) return refusal_reply(*no);
  const Out out = compose(call.body, call.body_text, asked, call.say);
  Reply reply;
  reply.streaming = call.body["stream"].boolean();
  reply.headers = {{"content-type", reply.streaming ? "text/event-stream" : "application/json"},
                   {"x-debug-trace-id", stable_id("", call.body_text, 9, 32)},
                   {"x-endpoint-monthly-call-limit", "1000"},
                   {"x-trial-endpoint-call-limit", "40"},
                   {"x-trial-endpoint-call-remaining", "39"}};
  if (reply.streaming)
    reply.frames = response_frames(out);
  else
    reply.body = response_json(out);
  return reply;
}

Reply error(int status, std::string_view, std::string_view message) {
  return refusal_reply({status, std::string(message)});
}

// COH-16.
Reply failure(int status) {
  switch (status) {
    case 402:
      return refusal_reply({402,
                            "Please add or update your payment method at "
                            "https://dashboard.cohere.com/billing?tab=payment to continue"});
    case 429:
      return refusal_reply(
          {429, "You are past the per minute request limit, please wait and try again later."});
    case 503:
      return refusal_reply({503, "The service is currently unavailable. Please try again later."});
    default:
      return refusal_reply({status, "internal server error, please try again later"});
  }
}

std::string_view model_of(const Call& call) { return call.body["model"].text(); }

}  // namespace

Emulator emulator() {
  return {.prefix = "cohere", .handle = handle, .error = error, .model_of = model_of, .failure = failure};
}

}  // namespace dragoman::sandbox::cohere
