#include "sandbox/gemini/refusal.h"

#include "json/write.h"

namespace dragoman::sandbox::gemini {

std::string_view status_name(int status) {
  switch (status) {
    case 400:
      return "INVALID_ARGUMENT";
    case 401:
      return "UNAUTHENTICATED";
    case 402:
      return "FAILED_PRECONDITION";
    case 403:
      return "PERMISSION_DENIED";
    case 404:
      return "NOT_FOUND";
    case 429:
      return "RESOURCE_EXHAUSTED";
    case 503:
      return "UNAVAILABLE";
    case 504:
      return "DEADLINE_EXCEEDED";
    default:
      return "INTERNAL";
  }
}

Reply refusal_reply(const Refusal& refusal, bool in_array) {
  Reply reply;
  reply.status = refusal.status;
  reply.headers = {{"content-type", "application/json; charset=UTF-8"}};
  json::Writer w(reply.body);
  if (in_array) w.begin_array();
  w.begin_object().key("error").begin_object();
  w.field("code", refusal.status)
      .field("message", refusal.message)
      .field("status", status_name(refusal.status));
  if (!refusal.details.empty()) w.key("details").raw(refusal.details);
  w.end_object().end_object();
  if (in_array) w.end_array();
  return reply;
}

}  // namespace dragoman::sandbox::gemini
