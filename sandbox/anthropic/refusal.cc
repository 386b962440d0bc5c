#include "sandbox/anthropic/refusal.h"

#include "json/write.h"

namespace dragoman::sandbox::anthropic {

std::string_view type_of(int status) {
  switch (status) {
    case 400:
      return "invalid_request_error";
    case 401:
      return "authentication_error";
    case 402:
      return "billing_error";
    case 403:
      return "permission_error";
    case 404:
      return "not_found_error";
    case 413:
      return "request_too_large";
    case 429:
      return "rate_limit_error";
    case 504:
      return "timeout_error";
    case 529:
      return "overloaded_error";
    default:
      return "api_error";
  }
}

Reply refusal_reply(const Refusal& refusal, std::string_view request_id) {
  Reply reply;
  reply.status = refusal.status;
  reply.headers = {{"content-type", "application/json"}, {"request-id", std::string(request_id)}};
  // Seen in recordings: false where a repeat cannot pass, true where it can, absent on 401 and 405.
  if (refusal.status == 429 || refusal.status >= 500) reply.headers.emplace_back("x-should-retry", "true");
  if (refusal.status == 400 || refusal.status == 404) reply.headers.emplace_back("x-should-retry", "false");
  json::Writer out(reply.body);
  out.begin_object().field("type", "error").key("error").begin_object();
  out.field("type", refusal.type).field("message", refusal.message).end_object();
  out.field("request_id", request_id).end_object();
  return reply;
}

}  // namespace dragoman::sandbox::anthropic
