#include "sandbox/bedrock/refusal.h"

#include "json/write.h"

namespace dragoman::sandbox::bedrock {

std::string_view exception_of(int status) {
  switch (status) {
    case 400:
      return "ValidationException";
    case 403:
      return "AccessDeniedException";
    case 404:
      return "ResourceNotFoundException";
    case 408:
      return "ModelTimeoutException";
    case 424:
      return "ModelErrorException";
    case 429:
      return "ThrottlingException";
    case 503:
      return "ServiceUnavailableException";
    default:
      return "InternalServerException";
  }
}

Reply refusal_reply(const Refusal& refusal, std::string_view request_id) {
  Reply reply;
  reply.status = refusal.status;
  reply.headers = {
      {"content-type", "application/json"},
      {"x-amzn-RequestId", std::string(request_id)},
      // Clients must cut this at the first colon.
      {"x-amzn-ErrorType", refusal.exception + ":http://internal.amazon.com/coral/com.amazon.bedrock/"}};
  json::Writer(reply.body).begin_object().field("message", refusal.message).end_object();
  return reply;
}

}  // namespace dragoman::sandbox::bedrock
