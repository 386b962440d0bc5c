// What is left when neither text nor code named a cause: labels that providers put on many things, then
// statuses.
#include <array>

#include "failure/rules.h"

namespace dragoman::failure {
namespace {

constexpr auto kServer = FailureClass::server_error;
constexpr auto kTime = FailureClass::timeout;
constexpr auto kNone = Side::none;
constexpr auto kLabel = Where::label;

// clang-format off
constexpr auto kRules = std::to_array<Rule>({
    {"label_authentication", FailureClass::auth, kNone, false, "", kAnyStatus, kLabel, "authentication_error",
     {403, "authentication_error", "", "no"}},
    {"label_unauthenticated", FailureClass::auth, kNone, false, "", kAnyStatus, kLabel, "unauthenticated",
     {403, "UNAUTHENTICATED", "", "no"}},
    {"label_permission", FailureClass::permission, kNone, false, "", kAnyStatus, kLabel, "permission_error",
     {400, "permission_error", "", "no"}},
    {"label_permission_denied", FailureClass::permission, kNone, false, "", kAnyStatus, kLabel, "permission_denied",
     {400, "PERMISSION_DENIED", "", "no"}},
    {"label_permission_dash", FailureClass::permission, kNone, false, "", kAnyStatus, kLabel, "permission-denied",
     {400, "", "permission-denied", "Access to the chat endpoint is denied."}},
    {"label_invalid_model", FailureClass::not_found, Side::params, false, "", kAnyStatus, kLabel, "invalid_model",
     {400, "invalid_model", "", "llama"}},
    {"label_access_denied", FailureClass::permission, kNone, false, "", kAnyStatus, kLabel, "accessdeniedexception",
     {200, "AccessDeniedException", "", "no"}},
    {"label_not_found", FailureClass::not_found, Side::params, false, "", kAnyStatus, kLabel, "not_found_error",
     {400, "not_found_error", "", "model: claude-none"}},
    {"label_resource_not_found", FailureClass::not_found, Side::params, false, "", kAnyStatus, kLabel, "resourcenotfoundexception",
     {400, "ResourceNotFoundException", "", "no"}},
    {"label_timeout", kTime, kNone, true, "", kAnyStatus, kLabel, "timeout_error",
     {200, "timeout_error", "", "slow"}},
    {"label_model_timeout", kTime, kNone, true, "", kAnyStatus, kLabel, "modeltimeoutexception",
     {200, "ModelTimeoutException", "", "slow"}},
    {"label_deadline", kTime, kNone, true, "", kAnyStatus, kLabel, "deadline_exceeded",
     {500, "DEADLINE_EXCEEDED", "", "slow"}},
    {"label_unavailable", FailureClass::overloaded, kNone, true, "", kAnyStatus, kLabel, "unavailable",
     {200, "UNAVAILABLE", "", "later"}},
    {"label_internal_server", kServer, kNone, true, "", kAnyStatus, kLabel, "internalserverexception",
     {200, "internalServerException", "", "sorry"}},
    {"label_model_stream", kServer, kNone, true, "", kAnyStatus, kLabel, "modelstreamerrorexception",
     {200, "modelStreamErrorException", "", "sorry"}},
    {"label_model_error", kServer, kNone, true, "", kAnyStatus, kLabel, "modelerrorexception",
     {424, "ModelErrorException", "", "sorry"}},
    // A status that means one thing outranks the labels that providers put on everything.
    {"status_401", FailureClass::auth, kNone, false, "", 401, Where::status, "", {401}},
    {"status_403", FailureClass::permission, kNone, false, "", 403, Where::status, "", {403}},
    {"status_404", FailureClass::not_found, Side::params, false, "", 404, Where::status, "", {404}},
    {"status_410", FailureClass::not_found, Side::params, false, "", 410, Where::status, "", {410}},
    // A relay's own client, not ours, is said to have hung up: the way between them broke.
    {"status_499", FailureClass::network, kNone, true, "", 499, Where::status, "", {499}},
    {"status_501", kServer, kNone, false, "", 501, Where::status, "", {501}},
    {"status_408", kTime, kNone, true, "", 408, Where::status, "", {408}},
    {"status_413", FailureClass::context_length, Side::body, false, "", 413, Where::status, "", {413}},
    {"status_424", kServer, kNone, true, "", 424, Where::status, "", {424}},
    {"status_425", kServer, kNone, true, "", 425, Where::status, "", {425}},
    {"status_429", FailureClass::rate_limit, kNone, true, "", 429, Where::status, "", {429}},
    {"status_503", FailureClass::overloaded, kNone, true, "", 503, Where::status, "", {503}},
    {"status_504", kTime, kNone, true, "", 504, Where::status, "", {504}},
    {"status_524", kTime, kNone, true, "", 524, Where::status, "", {524}},
    {"label_api_error", kServer, kNone, true, "", kBusy, kLabel, "api_error",
     {200, "api_error", "", "Internal server error"}},
    {"label_server_error", kServer, kNone, true, "", kBusy, kLabel, "server_error",
     {200, "server_error", "", "The server had an error"}},
    {"text_internal", kServer, kNone, true, "", kBusy, Where::text, "internal server error",
     {200, "", "", "Internal Server Error"}},
    // What SDKs and agents say when no answer came: there is no status then.
    {"text_interrupted", FailureClass::stream_interrupted, kNone, true, "", kBusy, Where::text, "disconnected before completion",
     {0, "", "", "stream disconnected before completion"}},
    {"text_premature", FailureClass::stream_interrupted, kNone, true, "", kBusy, Where::text, "premature close",
     {0, "", "", "Invalid response body: Premature close"}},
    {"text_incomplete", FailureClass::stream_interrupted, kNone, true, "", kBusy, Where::text, "incomplete chunked read",
     {0, "", "", "peer closed connection without sending complete message body (incomplete chunked read)"}},
    {"text_ended", FailureClass::stream_interrupted, kNone, true, "", kBusy, Where::text, "stream ended unexpectedly",
     {502, "", "", "Upstream stream ended unexpectedly without a terminal event"}},
    {"text_timed_out", kTime, kNone, true, "", kBusy, Where::text, "timed out",
     {0, "", "", "Request timed out."}},
    {"text_timeout", kTime, kNone, true, "", kBusy, Where::text, "etimedout",
     {0, "", "", "connect ETIMEDOUT 203.0.113.7:443"}},
    {"text_request_timeout", kTime, kNone, true, "", kBusy, Where::text, "request timeout",
     {0, "", "", "upstream request timeout"}},
    {"text_connection", FailureClass::network, kNone, true, "", kBusy, Where::text, "connection error",
     {0, "", "", "Connection error."}},
    {"text_fetch_failed", FailureClass::network, kNone, true, "", kBusy, Where::text, "fetch failed",
     {0, "", "", "TypeError: fetch failed"}},
    {"text_connection_refused", FailureClass::network, kNone, true, "", kBusy, Where::text, "econnrefused",
     {0, "", "", "connect ECONNREFUSED 127.0.0.1:4000"}},
    {"text_connection_reset", FailureClass::network, kNone, true, "", kBusy, Where::text, "econnreset",
     {0, "", "", "read ECONNRESET"}},
    {"text_hang_up", FailureClass::network, kNone, true, "", kBusy, Where::text, "socket hang up",
     {0, "", "", "Error: socket hang up"}},
    {"text_no_response", FailureClass::network, kNone, true, "", kBusy, Where::text, "did not get a response",
     {0, "", "", "http2 request did not get a response"}},
    // What SDKs call the status, when nothing else says it.
    {"sdk_rate_limit", FailureClass::rate_limit, kNone, true, "", kBusy, Where::text, "ratelimiterror",
     {0, "", "", "openai.RateLimitError: no"}},
    {"sdk_authentication", FailureClass::auth, kNone, false, "", kBusy, Where::text, "authenticationerror",
     {0, "", "", "openai.AuthenticationError: no"}},
    {"text_no_address", FailureClass::network, kNone, true, "", kBusy, Where::text, "enotfound",
     {0, "", "", "getaddrinfo ENOTFOUND api.example.com"}},
    {"label_invalid_request", kByPointer, kNone, false, "", kAnyStatus, kLabel, "invalid_request_error",
     {200, "invalid_request_error", "", "no"}},
    {"label_validation", kByPointer, kNone, false, "", kAnyStatus, kLabel, "validationexception",
     {200, "validationException", "", "no"}},

    {"status_refusal", kByPointer, kNone, false, "", kRefusal, Where::status, "", {422}},
    {"status_busy", kServer, kNone, true, "", kBroken, Where::status, "", {502, "", "", "", "<html>Bad Gateway</html>"}},
});
// clang-format on

}  // namespace

std::span<const Rule> general_rules() { return kRules; }

std::array<std::span<const Rule>, 7> rule_parts() {
  return {account_rules(), request_rules(), host_rules(),   wording_rules(),
          shape_rules(),   plain_rules(),   general_rules()};
}

bool accepts_status(int wanted, int status) {
  if (wanted == kAnyStatus) return true;
  const bool busy =
      status < 300 || status == 408 || status == 425 || status == 429 || (status >= 500 && status <= 599);
  if (wanted == kBusy) return busy;
  if (wanted == kElsewhere)
    return status != 400 && status != 404 && status != 413 && status != 415 && status != 422;
  if (wanted == kBroken) return busy && status != 0;
  if (wanted == kRefusal) return status >= 400 && status < 500 && !busy;
  return wanted == status;
}

}  // namespace dragoman::failure
