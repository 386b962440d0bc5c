// Vertex AI: Gemini with Google Cloud's own checks (VTX-01 … VTX-12), and Claude as a guest (VTX-13).
#include <fmt/format.h>

#include "base/strings.h"
#include "net/url.h"
#include "sandbox/answer.h"
#include "sandbox/anthropic/emulator.h"
#include "sandbox/gemini/embed.h"
#include "sandbox/gemini/emulator.h"

namespace dragoman::sandbox::gemini {
namespace {

constexpr std::string_view kClaudeVersion = "vertex-2023-10-16";

struct VertexRoute {
  std::string_view project, location, publisher;
  Route route;
};

// /v1/projects/{p}/locations/{l}/publishers/{x}/models/{m}:{method}
// Clients encode the '@' of a model's version or do not.
std::optional<VertexRoute> read_path(const Call& call) {
  const std::optional<std::string> decoded = net::percent_decode(call.path);
  if (!decoded) return std::nullopt;
  const std::vector<std::string_view> parts = split(call.arena.copy(std::string_view(*decoded)), '/');
  if (parts.size() != 10 || (parts[1] != "v1" && parts[1] != "v1beta1")) return std::nullopt;
  if (parts[2] != "projects" || parts[4] != "locations" || parts[6] != "publishers" || parts[8] != "models") {
    return std::nullopt;
  }
  const std::optional<Route> route = read_route(parts[9], "");
  if (!route) return std::nullopt;
  return VertexRoute{parts[3], parts[5], parts[7], *route};
}

Refused check_token(const Call& call) {
  const std::string_view given = call.header("authorization");
  const bool bearer = given.size() > 7 && equals_ignoring_case(given.substr(0, 7), "bearer ");
  const std::string_view token = bearer ? given.substr(7) : call.header("x-goog-api-key");
  if (!token.empty() && !token.starts_with("bad")) return std::nullopt;
  return Refusal{
      401,
      "Request had invalid authentication credentials. Expected OAuth 2 access token, login cookie or other "
      "valid authentication credential. See "
      "https://developers.google.com/identity/sign-in/web/devconsole-project.",
      R"([{"@type":"type.googleapis.com/google.rpc.ErrorInfo","reason":"ACCESS_TOKEN_TYPE_UNSUPPORTED",)"
      R"("domain":"googleapis.com"}])"};
}

Refusal not_found(const VertexRoute& path) {
  return {404,
          fmt::format(
              "Publisher Model `projects/{}/locations/{}/publishers/{}/models/{}` was not found or your "
              "project does not have access to it. Please ensure you are using a valid model version. For "
              "more information, see: "
              "https://cloud.google.com/vertex-ai/generative-ai/docs/learn/model-versions",
              path.project, path.location, path.publisher, path.route.model)};
}

Reply answer_claude(const Call& call, const VertexRoute& path, const Options& options) {
  const bool streaming = path.route.method == "streamRawPredict";
  if (!streaming && path.route.method != "rawPredict") return refusal_reply(not_found(path));
  const std::string request = stable_id("req_vrtx_01", call.body_text, 99, 22);
  // Counting has a model name of its own and names the real one in the body.
  if (path.route.model == "count-tokens") {
    return anthropic::answer_messages(call, call.body["model"].text(),
                                      {.paranoid = options.paranoid, .counting = true}, false, request, "");
  }
  const anthropic::Surface surface{.paranoid = options.paranoid, .version = kClaudeVersion};
  if (anthropic::find_model(path.route.model) == nullptr) return refusal_reply(not_found(path));
  const bool wants_stream = streaming || call.body["stream"].boolean();
  return anthropic::answer_messages(call, path.route.model, surface, wants_stream, request, "msg_vrtx_01");
}

Reply handle(const Call& call, const Options& options) {
  const std::optional<VertexRoute> path = read_path(call);
  if (!path || call.method != "POST") {
    return {.status = 404,
            .headers = {{"content-type", "text/html; charset=UTF-8"}},
            .body = "<!DOCTYPE html>\n"};
  }
  if (Refused no = check_token(call)) return refusal_reply(*no);
  if (path->publisher == "anthropic") return answer_claude(call, *path, options);
  if (path->publisher == "google" && path->route.method == "predict") return predict(call, path->route);
  const Model* model = find_model(path->route.model);
  if (path->publisher != "google" || model == nullptr) return refusal_reply(not_found(*path));
  return generate(call, path->route, {path->route.model, model, true, options.paranoid});
}

std::string_view model_of(const Call& call) {
  const std::optional<VertexRoute> path = read_path(call);
  return path ? path->route.model : std::string_view();
}

Reply error(int status, std::string_view, std::string_view message) {
  return refusal_reply({status, std::string(message)});
}

std::string stream_error(int status, std::string_view, std::string_view message) {
  return "data: " + refusal_reply({status, std::string(message)}).body + "\r\n\r\n";
}

Reply failure(int status) {
  switch (status) {
    case 429:  // VTX-12
      return refusal_reply({429, "Resource exhausted. Please try again later."});
    case 503:
    case 529:
      return refusal_reply({503, "The service is currently unavailable."});
    default:
      return refusal_reply({status, "Internal error encountered."});
  }
}

}  // namespace

Emulator vertex_emulator() { return {"vertex", handle, error, model_of, stream_error, failure}; }

}  // namespace dragoman::sandbox::gemini
