#include "serve/client_error.h"

#include "base/strings.h"
#include "json/write.h"

namespace dragoman::serve {
namespace {

using failure::FailureClass;

// A refusal we have no name for is still a refusal.
bool nameless_refusal(const FailedAttempt& attempt) {
  return attempt.failure.cls == FailureClass::other && attempt.error.status >= 400 &&
         attempt.error.status < 500;
}

// Causes a person can act on, as against weather.
bool says_why(const FailedAttempt& attempt) {
  return failure::is_deterministic(attempt.failure.cls) || failure::is_credential(attempt.failure.cls) ||
         attempt.failure.cls == FailureClass::quota_billing ||
         attempt.failure.cls == FailureClass::generation_failed || nameless_refusal(attempt);
}

}  // namespace

const FailedAttempt& most_useful(const std::vector<FailedAttempt>& attempts) {
  for (const FailedAttempt& attempt : attempts)
    if (says_why(attempt) && attempt.failure.source == failure::Source::upstream) return attempt;
  for (const FailedAttempt& attempt : attempts)
    if (!attempt.error.message.empty()) return attempt;
  for (const FailedAttempt& attempt : attempts)
    if (says_why(attempt)) return attempt;
  return attempts.front();
}

std::string_view client_param(const FailedAttempt& attempt, canon::DialectName client) {
  if (!attempt.place.empty()) return attempt.place;
  if (attempt.failure.source == failure::Source::us) return attempt.failure.pointer;
  return attempt.dialect == client ? std::string_view(attempt.error.param) : std::string_view();
}

int client_status(const FailedAttempt& attempt) {
  if (attempt.error.status >= 400 && attempt.error.status < 600) return attempt.error.status;
  switch (attempt.failure.cls) {
    case FailureClass::timeout:
      return 504;
    case FailureClass::rate_limit:
      return 429;
    case FailureClass::quota_billing:
      return 402;
    case FailureClass::overloaded:
      return 503;
    case FailureClass::auth:
      return 401;
    case FailureClass::permission:
      return 403;
    case FailureClass::not_found:
      return 404;
    case FailureClass::content_policy:
    case FailureClass::context_length:
    case FailureClass::schema_rejected:
    case FailureClass::state_missing:
    case FailureClass::message_rejected:
    case FailureClass::param_rejected:
    case FailureClass::local_fault:
      return 400;
    case FailureClass::cancelled:
      return 499;
    case FailureClass::network:
    case FailureClass::stream_interrupted:
    case FailureClass::server_error:
    case FailureClass::generation_failed:
    case FailureClass::other:
      return 502;
  }
  return 502;
}

std::string_view client_kind(const FailedAttempt& attempt) {
  switch (attempt.failure.cls) {
    case FailureClass::timeout:
      return "timeout";
    case FailureClass::rate_limit:
      return "rate_limit";
    case FailureClass::quota_billing:
      return "billing";
    case FailureClass::overloaded:
      return "overloaded";
    case FailureClass::auth:
      return "auth";
    case FailureClass::permission:
      return "permission";
    case FailureClass::not_found:
      return "not_found";
    case FailureClass::content_policy:
    case FailureClass::context_length:
    case FailureClass::schema_rejected:
    case FailureClass::state_missing:
    case FailureClass::message_rejected:
    case FailureClass::param_rejected:
    case FailureClass::local_fault:
      return "invalid_request";
    default:
      return nameless_refusal(attempt) ? "invalid_request" : "upstream";
  }
}

std::string attempts_json(const std::vector<FailedAttempt>& attempts) {
  std::string out;
  json::Writer w(out);
  w.begin_object().key("attempts").begin_array();
  for (const FailedAttempt& attempt : attempts) {
    w.begin_object().field("target", attempt.target).field("status", attempt.error.status);
    w.field("class", failure::name(attempt.failure.cls));
    if (!attempt.error.code.empty()) w.field("code", attempt.error.code);
    w.field("message", attempt.error.message.empty() ? attempt.failure.why : attempt.error.message);
    if (!attempt.failure.pointer.empty()) w.field("pointer", attempt.failure.pointer);
    if (!attempt.place.empty()) w.field("param", attempt.place);
    if (!attempt.tool.empty()) w.field("tool", attempt.tool);
    // Bodies are bytes; JSON holds text only.
    if (!attempt.error.body.empty() && is_utf8(attempt.error.body)) w.field("body", attempt.error.body);
    w.end_object();
  }
  w.end_array().end_object();
  return out;
}

}  // namespace dragoman::serve
