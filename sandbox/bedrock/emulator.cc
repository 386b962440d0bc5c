#include "sandbox/bedrock/emulator.h"

#include <fmt/format.h>

#include "base/hash.h"
#include "json/write.h"
#include "net/url.h"
#include "sandbox/anthropic/models.h"
#include "sandbox/bedrock/answer.h"
#include "sandbox/bedrock/auth.h"
#include "sandbox/bedrock/invoke.h"
#include "sandbox/bedrock/shapes.h"

namespace dragoman::sandbox::bedrock {
namespace {

// Looks like the service's UUIDs, and is the same for the same request.
std::string request_id(std::string_view seed) {
  const std::string hex = fmt::format("{:016x}{:016x}", stable_hash(seed, 1), stable_hash(seed, 2));
  return fmt::format("{}-{}-{}-{}-{}", hex.substr(0, 8), hex.substr(8, 4), hex.substr(12, 4),
                     hex.substr(16, 4), hex.substr(20, 12));
}

struct Route {
  std::string_view model;  // still percent-encoded
  std::string_view operation;
};

std::optional<Route> read_path(std::string_view path) {
  constexpr std::string_view kPrefix = "/model/";
  if (!path.starts_with(kPrefix)) return std::nullopt;
  path.remove_prefix(kPrefix.size());
  const std::size_t slash = path.find('/');
  if (slash == std::string_view::npos || slash == 0) return std::nullopt;
  return Route{path.substr(0, slash), path.substr(slash + 1)};
}

std::string_view model_of(const Call& call) {
  const std::optional<Route> route = read_path(call.path);
  if (!route) return "";
  const std::optional<std::string> decoded = net::percent_decode(route->model);
  return decoded ? call.arena.copy(std::string_view(*decoded)) : std::string_view();
}

Refused find_model(std::string_view id, Target& target) {
  const ModelName name = read_model_name(id);
  target.bare = name.bare;
  target.family = find_family(name.bare);
  if (is_retired(name.bare)) {
    return Refusal{
        404, "ResourceNotFoundException",
        "This model version has reached the end of its life. Please refer to the AWS documentation for more "
        "details."};
  }
  const bool unknown_claude =
      is_claude(name.bare) &&
      anthropic::find_model(name.bare.substr(std::string_view("anthropic.").size())) == nullptr;
  if (target.family == nullptr || unknown_claude || !profile_fits_region(name.profile, target.region)) {
    return refuse("The provided model identifier is invalid.");
  }
  if (target.family->profile_only && name.profile.empty()) {
    return refuse(fmt::format(
        "Invocation of model ID {} with on-demand throughput isn\u2019t supported. Retry your request with "
        "the ID or ARN of an inference profile that contains this model.",
        name.bare));
  }
  return std::nullopt;
}

Reply count_tokens_reply(const Call& call, const Target& target, Reply reply) {
  if (Refused no = check_shape(call.body, count_tokens_request()))
    return refusal_reply(*no, request_id(call.body_text));
  if (!is_claude(target.bare)) {  // BRM-16
    return refusal_reply(*refuse("The provided model doesn't support counting tokens."),
                         request_id(call.body_text));
  }
  json::Writer(reply.body)
      .begin_object()
      .field("inputTokens", request_tokens(call.body["input"]["converse"]))
      .end_object();
  return reply;
}

Reply handle(const Call& call, const Options& options) {
  const std::string id = request_id(call.body_text);
  const std::optional<Route> route = read_path(call.path);
  const bool streaming = route && route->operation == "converse-stream";
  const bool counting = route && route->operation == "count-tokens";
  const bool invoking = route && route->operation == "invoke";
  if (!route || !(streaming || counting || invoking || route->operation == "converse") ||
      call.method != "POST") {
    return refusal_reply(
        {404, "UnknownOperationException", "The requested operation is not recognized by the service."}, id);
  }
  const Caller caller = authenticate(call);
  if (caller.refused) return refusal_reply(*caller.refused, id);
  if (!call.body) {
    return refusal_reply({400, "SerializationException", "Could not parse the request body as JSON."}, id);
  }
  if (invoking) {
    auto made = invoke(call, model_of(call),
                       {.headers = {{"content-type", "application/json"}, {"x-amzn-RequestId", id}}});
    return made ? *std::move(made) : refusal_reply(made.error(), id);
  }
  Target target{
      .region = caller.region, .streaming = streaming, .paranoid = options.paranoid, .say = call.say};
  if (Refused no = find_model(model_of(call), target)) return refusal_reply(*no, id);
  Reply reply;
  reply.headers = {{"content-type", "application/json"}, {"x-amzn-RequestId", id}};
  if (counting) return count_tokens_reply(call, target, std::move(reply));
  if (Refused no = check_shape(call.body, converse_request())) return refusal_reply(*no, id);
  if (Refused no = check_request(call.body, target, call.arena)) return refusal_reply(*no, id);

  const OutMessage message = compose(call.body, call.body_text, target, call.arena);
  if (streaming) {
    reply.headers.front().second = "application/vnd.amazon.eventstream";
    reply.streaming = true;
    reply.frames = message_frames(message);
    return reply;
  }
  // BRW-13.
  reply.headers.emplace_back("x-amzn-Bedrock-Invocation-Latency", "412");
  reply.headers.emplace_back("x-amzn-Bedrock-Input-Token-Count",
                             fmt::to_string(message.usage.prompt - message.usage.cached));
  reply.headers.emplace_back("x-amzn-Bedrock-Output-Token-Count", fmt::to_string(message.usage.completion));
  reply.body = message_json(message);
  return reply;
}

Reply error(int status, std::string_view code, std::string_view message) {
  return refusal_reply(
      {status, std::string(code.empty() ? exception_of(status) : code), std::string(message)},
      request_id(message));
}

// BRW-07: an error after the 200 is a message of type exception.
std::string stream_error(int status, std::string_view code, std::string_view message) {
  if (!code.empty()) return exception_frame(code, message);
  switch (status) {
    case 400:
      return exception_frame("validationException", message);
    case 424:
      return exception_frame("modelStreamErrorException", message);
    case 429:
      return exception_frame("throttlingException", message);
    case 503:
    case 529:
      return exception_frame("serviceUnavailableException", message);
    default:
      return exception_frame("internalServerException", message);
  }
}

Reply failure(int status) {
  switch (status) {
    case 408:
      return error(status, "", "Model has timed out in processing the request. Try your request again.");
    case 424:  // BR-49
      return error(
          status, "",
          "The model produced an invalid sequence as part of ToolUse. Please refer to the model tool use "
          "troubleshooting guide.");
    case 429:
      return error(status, "", "Too many requests, please wait before trying again.");
    case 503:
    case 529:
      return error(503, "", "The service is temporarily unable to handle the request.");
    default:
      return error(status, "",
                   "The system encountered an unexpected error during processing. Try your request again.");
  }
}

}  // namespace

Emulator emulator() { return {"bedrock", handle, error, model_of, stream_error, failure}; }

}  // namespace dragoman::sandbox::bedrock
