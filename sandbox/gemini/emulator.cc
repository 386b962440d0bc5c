#include "sandbox/gemini/emulator.h"

#include <fmt/format.h>

#include "base/strings.h"
#include "json/parse.h"
#include "json/write.h"
#include "net/url.h"
#include "sandbox/gemini/answer.h"
#include "sandbox/gemini/embed.h"
#include "sandbox/gemini/proto.h"

namespace dragoman::sandbox::gemini {
namespace {

std::string query_value(std::string_view query, std::string_view name) {
  for (const std::string_view pair : split(query, '&')) {
    const std::size_t equals = pair.find('=');
    if (pair.substr(0, equals) != name || equals == std::string_view::npos) continue;
    return net::percent_decode(pair.substr(equals + 1)).value_or("");
  }
  return "";
}

Refused check_key(const Call& call) {
  std::string key(call.header("x-goog-api-key"));
  if (key.empty()) key = query_value(call.query, "key");
  if (key.empty()) {
    return Refusal{
        403,
        "Method doesn't allow unregistered callers (callers without established identity). Please use API "
        "Key or other form of API consumer identity to call this API."};
  }
  if (key.starts_with("bad")) {
    return Refusal{
        400, "API key not valid. Please pass a valid API key.",
        R"([{"@type":"type.googleapis.com/google.rpc.ErrorInfo","reason":"API_KEY_INVALID",)"
        R"("domain":"googleapis.com","metadata":{"service":"generativelanguage.googleapis.com"}}])"};
  }
  if (key.starts_with("broke")) {
    return Refusal{
        402,
        "Your prepayment credits are depleted. Please go to AI Studio to manage your project and billing."};
  }
  return std::nullopt;
}

void write_model(json::Writer& w, const Model& model) {
  w.begin_object().field("name", fmt::format("models/{}", model.name)).field("version", "001");
  w.field("displayName", model.name)
      .field("inputTokenLimit", model.window)
      .field("outputTokenLimit", model.max_output);
  w.key("supportedGenerationMethods")
      .begin_array()
      .string("generateContent")
      .string("countTokens")
      .end_array();
  if (model.thinks) w.field("thinking", true);
  w.end_object();
}

Refusal not_found(std::string_view model) {
  return {404,
          fmt::format(
              "models/{} is not found for API version v1beta, or is not supported for generateContent. Call "
              "ModelService.ListModels to see the list of available models and their supported methods.",
              model)};
}

Reply list_models(std::string_view path) {
  Reply reply;
  reply.headers = {{"content-type", "application/json; charset=UTF-8"}};
  json::Writer w(reply.body);
  if (path.ends_with("/models")) {
    w.begin_object().key("models").begin_array();
    for (const Model& model : models()) write_model(w, model);
    w.end_array().end_object();
    return reply;
  }
  const std::string_view name = path.substr(path.rfind('/') + 1);
  const Model* model = find_model(name);
  if (model == nullptr) return refusal_reply(not_found(name));
  write_model(w, *model);
  return reply;
}

std::optional<Route> route_of(std::string_view path) {
  for (const std::string_view version : {"/v1beta/models/", "/v1/models/"}) {
    if (path.starts_with(version)) return read_route(path, version);
  }
  return std::nullopt;
}

std::string_view model_of(const Call& call) {
  const std::optional<Route> route = route_of(call.path);
  return route ? route->model : std::string_view();
}

Reply handle(const Call& call, const Options& options) {
  if (Refused no = check_key(call)) return refusal_reply(*no);
  const bool models_path = call.path.starts_with("/v1beta/models") || call.path.starts_with("/v1/models");
  if (call.method == "GET" && models_path) return list_models(call.path);
  const std::optional<Route> route = route_of(call.path);
  if (!route || call.method != "POST") {
    return {.status = 404,
            .headers = {{"content-type", "text/html; charset=UTF-8"}},
            .body = "<!DOCTYPE html>\n"};
  }
  if (is_embed(route->method)) return embed(call, *route);
  const Model* model = find_model(route->model);
  const bool in_array = route->method == "streamGenerateContent" && query_value(call.query, "alt") != "sse";
  if (model == nullptr) return refusal_reply(not_found(route->model), in_array);
  return generate(call, *route, {route->model, model, false, options.paranoid});
}

Reply error(int status, std::string_view, std::string_view message) {
  return refusal_reply({status, std::string(message)});
}

std::string stream_error(int status, std::string_view, std::string_view message) {
  return "data: " + refusal_reply({status, std::string(message)}).body + "\r\n\r\n";
}

Reply failure(int status) {
  if (status == 429) {  // GEM-56
    return refusal_reply(
        {429,
         "You exceeded your current quota, please check your plan and billing details. For more information "
         "on this "
         "error, head to: https://ai.google.dev/gemini-api/docs/rate-limits. Please retry in 2.5s.",
         R"([{"@type":"type.googleapis.com/google.rpc.Help","links":[{"description":"Learn more about Gemini API quotas",)"
         R"("url":"https://ai.google.dev/gemini-api/docs/rate-limits"}]},)"
         R"({"@type":"type.googleapis.com/google.rpc.QuotaFailure","violations":[{"quotaMetric":)"
         R"("generativelanguage.googleapis.com/generate_content_free_tier_requests","quotaId":)"
         R"("GenerateRequestsPerMinutePerProjectPerModel-FreeTier","quotaValue":"10"}]},)"
         R"({"@type":"type.googleapis.com/google.rpc.RetryInfo","retryDelay":"2s"}])"});
  }
  if (status == 503 || status == 529) {
    return refusal_reply({503, "The model is overloaded. Please try again later."});
  }
  return refusal_reply({status,
                        "An internal error has occurred. Please retry or report in "
                        "https://developers.generativeai.google/guide/troubleshooting"});
}

}  // namespace

std::optional<Route> read_route(std::string_view path, std::string_view before_model) {
  if (!path.starts_with(before_model)) return std::nullopt;
  path.remove_prefix(before_model.size());
  const std::size_t colon = path.rfind(':');
  if (colon == std::string_view::npos || path.find('/') != std::string_view::npos) return std::nullopt;
  return Route{path.substr(0, colon), path.substr(colon + 1)};
}

Reply generate(const Call& call, const Route& route, Target target) {
  target.say = call.say;
  const bool streaming = route.method == "streamGenerateContent";
  const bool counting = route.method == "countTokens";
  const bool sse = query_value(call.query, "alt") == "sse";
  const bool in_array = streaming && !sse;
  if (!streaming && !counting && route.method != "generateContent") {
    return refusal_reply({404, fmt::format("Method not found: {}", route.method)});
  }
  if (!call.body) {
    const Result<json::Value> parsed = json::parse(call.arena, call.body_text);
    const std::string why = parsed ? "Unexpected end of string." : parsed.error().message;
    return refusal_reply(*refuse("Invalid JSON payload received. " + why), in_array);
  }
  const Message& generate_message = target.vertex ? vertex_request() : gemini_request();
  const bool gemini_count = counting && !target.vertex;
  if (Refused no = check_proto(call.body, gemini_count ? gemini_count_request() : generate_message)) {
    return refusal_reply(*no, in_array);
  }
  Reply reply;
  reply.headers = {{"content-type", "application/json; charset=UTF-8"}};
  if (counting) {
    const json::Value inner = get(call.body, "generate_content_request");
    const std::int64_t tokens = request_tokens(inner.present() ? inner : call.body);
    json::Writer w(reply.body);
    w.begin_object().field("totalTokens", tokens).key("promptTokensDetails").begin_array().begin_object();
    w.field("modality", "TEXT").field("tokenCount", tokens).end_object().end_array().end_object();
    return reply;
  }
  if (Refused no = check_request(call.body, target)) return refusal_reply(*no, in_array);
  if (!streaming) {
    reply.body = response_json(call.body, call.body_text, target, call.arena);
    return reply;
  }
  reply.streaming = true;
  if (sse) reply.headers.front().second = "text/event-stream";
  const std::vector<std::string> chunks = response_chunks(call.body, call.body_text, target, call.arena);
  for (std::size_t i = 0; i < chunks.size(); ++i) {
    // Google ends lines with CR LF, and puts the array's comma before the next element.
    reply.frames.push_back(sse ? "data: " + chunks[i] + "\r\n\r\n" : (i == 0 ? "[" : ",\r\n") + chunks[i]);
  }
  if (!sse) reply.frames.push_back("\n]");
  return reply;
}

Emulator emulator() { return {"gemini", handle, error, model_of, stream_error, failure}; }

}  // namespace dragoman::sandbox::gemini
