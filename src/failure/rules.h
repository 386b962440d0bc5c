// The rules by which an upstream's refusal is recognised: ordered rows of data, the first that fits decides.
//
// Order is meaning. Texts and codes that name a cause come first, in the order the causes are asked for
// (money, pace, identity, policy, context, existence, shape); the labels that providers put on everything
// ("invalid_request_error") come after them; the bare status comes last. Each row carries one answer that it,
// and no row before it, recognises: the tests run every example, so a row that can no longer be reached fails
// them.
#pragma once
#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "failure/failure.h"

namespace dragoman::failure {

// What of the answer a row looks at.
enum class Where : std::uint8_t {
  label,   // the provider's error type or code, whole, without case
  text,    // the innermost message (with the body, when the message says nothing); a pattern of
           // failure/pattern.h
  body,    // the raw body; a pattern
  status,  // nothing but the status
  empty,   // nothing but the status, of an answer without a body
};

// HTTP statuses a row accepts: one of these, or one exact status.
inline constexpr int kAnyStatus = 0;
inline constexpr int kBusy = 1;       // none, 200 (an error inside a stream), 408, 425, 429 and 5xx
inline constexpr int kRefusal = 2;    // any other 4xx
inline constexpr int kBroken = 3;     // as kBusy, but there was a status
inline constexpr int kElsewhere = 4;  // any but 400, 404, 413, 415, 422: those are of the request's own shape

struct Example {
  int status = 400;
  std::string_view type = {};
  std::string_view code = {};
  std::string_view message = {};
  std::string_view body = {};
};

inline constexpr std::optional<FailureClass> kByPointer = std::nullopt;

struct Rule {
  std::string_view id;
  std::optional<FailureClass>
      cls;  // kByPointer: the part of the request that the refusal points into decides
  Side side = Side::none;
  bool retryable = false;
  std::string_view provider = {};  // "" any, else a glob over the provider's name
  int status = kAnyStatus;
  Where where = Where::text;
  std::string_view pattern = {};
  Example example = {};
};

// The parts, in order: rules_account.cc, rules_request.cc, rules_hosts.cc, rules_wording.cc,
// rules_shape.cc, rules_plain.cc, rules_general.cc.
std::span<const Rule> account_rules();  // money, pace, capacity, identity
std::span<const Rule> request_rules();  // policy, context, existence, and the shape of the request
std::span<const Rule> host_rules();     // the sentences of single hosts and relays
std::span<const Rule> wording_rules();  // what validators say of messages, in shared wordings
std::span<const Rule> shape_rules();    // what they say of tools, schemas and parameters
std::span<const Rule> plain_rules();    // what anybody might say: word pairs, for providers nobody knows
std::span<const Rule> general_rules();  // labels that say little, then statuses

// All of them, in that order.
std::array<std::span<const Rule>, 7> rule_parts();

bool accepts_status(int wanted, int status);

}  // namespace dragoman::failure
