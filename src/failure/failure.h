// What a failed attempt means: the value that routing decides on and that the client is told about.
// Pure values; nothing here reads a socket or a clock.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace dragoman::failure {

// The cause, whatever the wording and the status say. In the order in which the questions are asked.
enum class FailureClass : std::uint8_t {
  network,             // no connection: DNS, refused, reset, TLS
  timeout,             // waited too long, here or at the provider (408, 504, 524)
  stream_interrupted,  // the body broke off without an error object
  quota_billing,       // money, spend caps, daily or zero quota: waiting a minute does not help
  rate_limit,          // the caller's own pace
  overloaded,          // the provider's capacity
  server_error,        // the provider broke
  auth,                // the credential is bad or expired
  permission,          // the credential is good, the action is refused
  content_policy,      // a filter judged the words
  context_length,      // more tokens than the window
  not_found,           // model, endpoint or inference profile wrong or retired
  schema_rejected,     // a tool definition or an output schema is refused
  state_missing,       // the history lacks what the provider itself issued
  message_rejected,    // the messages are there but their shape is wrong
  param_rejected,      // a top-level parameter, header or feature is refused
  generation_failed,   // the provider refused its own model's output (Groq tool_use_failed)
  local_fault,         // the client's request is malformed: no target can take it
  cancelled,           // the client went away
  other,               // nothing nameable
};
inline constexpr int kFailureClasses = static_cast<int>(FailureClass::other) + 1;

// The part of the request to change.
enum class Side : std::uint8_t {
  none,    // nothing in the request
  tools,   // tool definitions
  body,    // messages, contents, input
  params,  // everything else at the top level
};

enum class Source : std::uint8_t { upstream, network, us };

std::string_view name(FailureClass cls);  // "quota_billing"
std::string_view name(Side side);
std::optional<FailureClass> class_named(std::string_view name);

// One sentence for a person, without a final dot: "the account is out of credit or over a spending limit".
std::string_view describe(FailureClass cls);

// The same bytes sent again can only be refused again: the four rejections, context, policy, not found.
bool is_deterministic(FailureClass cls);

// The credential or the account is at fault: auth, permission, billing.
bool is_credential(FailureClass cls);

struct Failure {
  FailureClass cls = FailureClass::other;
  Side side = Side::none;
  bool retryable = false;                  // the same request, unchanged, on the same account, may pass soon
  std::optional<double> retry_after = {};  // seconds from the answer's arrival, as the provider asked
  Source source = Source::upstream;
  int status = 0;            // HTTP status; 0 when there was none
  std::string pointer = {};  // the provider's own path into what it was sent, unchanged; "" when it gave none
  std::string keyword =
      {};  // the parameter, field or schema keyword that is refused, when its words name one
  double confidence =
      0;  // 0 … 1: how much the row that decided knows (its own words, a label, a bare status)
  std::uint64_t likeness = 0;  // equal for two refusals that differ only in digits, ids and punctuation
  std::string_view rule = {};  // id of the row that decided (static storage)
  std::string why = {};        // one sentence for a person
};

// What went wrong before there was an HTTP answer, or after its head.
enum class NetKind : std::uint8_t {
  resolve,  // the name has no address
  connect,  // refused or unreachable
  tls,      // handshake or certificate
  connect_timeout,
  first_byte_timeout,
  idle_timeout,   // too long between two events
  total_timeout,  // the attempt's own time is up
  reset,          // closed before the head of an answer came
  cut,            // closed in the middle of the body
  protocol,       // what came is no HTTP
};

struct NetFailure {
  NetKind kind = NetKind::reset;
  std::string text = {};  // the system's or library's words
};

}  // namespace dragoman::failure
