// What the journal keeps of one client request: plain values, filled by the exchange that served it.
// Times of day are unix milliseconds, durations milliseconds. A count that nobody told us is absent, not
// zero.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace dragoman::store {

struct TokenUsage {
  std::optional<std::int64_t> input, output, cached, cache_write, reasoning;
  bool operator==(const TokenUsage&) const = default;
};

// One call of one upstream target.
struct AttemptRecord {
  int number = 1;               // from 1, in the order they were made
  std::string target;           // as the config and the response header name it
  std::string provider;         // row of the provider table
  std::string model;            // the model name sent upstream
  int status = 0;               // upstream HTTP status; 0: none came
  std::string outcome;          // "ok" or the class of the failure
  std::string error_body;       // the provider's bytes, whatever they are; may be no UTF-8
  std::string error_headers;    // those of use, "name: value" a line
  std::string edits;            // JSON text: the edits of this lowering
  std::string violations;       // JSON text: where its tool calls broke the client's schemas; "" nowhere
  std::string decision;         // what the router did next, and why
  std::int64_t started_ms = 0;  // time of day
  std::optional<std::int64_t> connect_ms, first_byte_ms;
  std::int64_t total_ms = 0;
  std::string upstream_request_id;
  TokenUsage usage;
  std::optional<std::string> request_body, response_body;  // wire bytes, if the config keeps bodies

  bool operator==(const AttemptRecord&) const = default;
};

struct RequestRecord {
  std::int64_t seq = 0;  // given by the journal, grows by one a row; 0 before it is written
  std::string id;
  std::int64_t started_ms = 0;  // time of day
  std::string key_name;         // name of the client key, never the key
  std::string dialect;          // the client's
  std::string endpoint;         // path of the request
  std::string model;            // as the client wrote it
  bool stream = false;
  int status = 0;            // what the client got; 0: it went away before
  std::string served_by;     // target whose answer the client got; "" if none
  int attempt_count = 0;     // for readers; the writer takes attempts.size()
  int edit_count = 0;        // of the attempt that served
  std::string loss_classes;  // comma separated: "widened,semantic"
  std::string fallback_reason;
  std::int64_t total_ms = 0;
  std::optional<std::int64_t> first_token_ms;
  TokenUsage usage;
  std::string error;                                       // the error text the client got
  std::optional<std::string> request_body, response_body;  // if the config keeps bodies
  std::vector<AttemptRecord> attempts;

  bool operator==(const RequestRecord&) const = default;
};

// Calls `change` with every text of the record, so that what must happen to all of them (redaction, counting)
// cannot miss one. A new text field must be added here; journal_test.cc counts them.
template <class Change>
void for_each_text(AttemptRecord& a, const Change& change) {
  for (std::string* text : {&a.target, &a.provider, &a.model, &a.outcome, &a.error_body, &a.error_headers,
                            &a.edits, &a.violations, &a.decision, &a.upstream_request_id})
    change(*text);
  if (a.request_body) change(*a.request_body);
  if (a.response_body) change(*a.response_body);
}

template <class Change>
void for_each_text(RequestRecord& r, const Change& change) {
  for (std::string* text : {&r.id, &r.key_name, &r.dialect, &r.endpoint, &r.model, &r.served_by,
                            &r.loss_classes, &r.fallback_reason, &r.error})
    change(*text);
  if (r.request_body) change(*r.request_body);
  if (r.response_body) change(*r.response_body);
  for (AttemptRecord& a : r.attempts) for_each_text(a, change);
}

}  // namespace dragoman::store
