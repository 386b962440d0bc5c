#include "failure/failure.h"

#include <array>
#include <cstddef>

namespace dragoman::failure {
namespace {

struct ClassRow {
  FailureClass cls;
  std::string_view name;
  std::string_view description;
};

constexpr std::array<ClassRow, kFailureClasses> kClasses{{
    {FailureClass::network, "network", "no connection to the provider"},
    {FailureClass::timeout, "timeout", "the provider took too long"},
    {FailureClass::stream_interrupted, "stream_interrupted", "the answer broke off in the middle"},
    {FailureClass::quota_billing, "quota_billing",
     "the account is out of credit or over a spending or daily limit"},
    {FailureClass::rate_limit, "rate_limit", "more requests or tokens than this account may send per minute"},
    {FailureClass::overloaded, "overloaded", "the provider has no capacity at the moment"},
    {FailureClass::server_error, "server_error", "the provider had an internal error"},
    {FailureClass::auth, "auth", "the provider does not accept the credential"},
    {FailureClass::permission, "permission", "the credential is good but may not do this"},
    {FailureClass::content_policy, "content_policy", "a content filter refused the text"},
    {FailureClass::context_length, "context_length", "the request is longer than the model's context window"},
    {FailureClass::not_found, "not_found", "the model or endpoint does not exist or is retired"},
    {FailureClass::schema_rejected, "schema_rejected", "a tool definition or output schema was refused"},
    {FailureClass::state_missing, "state_missing",
     "the history lacks, or carries a damaged copy of, something the provider issued"},
    {FailureClass::message_rejected, "message_rejected", "the shape of a message was refused"},
    {FailureClass::param_rejected, "param_rejected", "a parameter or feature was refused"},
    {FailureClass::generation_failed, "generation_failed", "the provider refused its own model's output"},
    {FailureClass::local_fault, "local_fault", "the request itself is malformed"},
    {FailureClass::cancelled, "cancelled", "the client went away"},
    {FailureClass::other, "other", "the provider refused without a reason it could be recognised by"},
}};

consteval bool rows_in_order() {
  for (std::size_t i = 0; i < kClasses.size(); ++i) {
    if (static_cast<std::size_t>(kClasses[i].cls) != i) return false;
  }
  return true;
}
static_assert(rows_in_order());

}  // namespace

std::string_view name(FailureClass cls) { return kClasses[static_cast<std::size_t>(cls)].name; }
std::string_view describe(FailureClass cls) { return kClasses[static_cast<std::size_t>(cls)].description; }

std::string_view name(Side side) {
  constexpr std::array<std::string_view, 4> kNames{"none", "tools", "body", "params"};
  return kNames[static_cast<std::size_t>(side)];
}

std::optional<FailureClass> class_named(std::string_view name) {
  for (const ClassRow& row : kClasses) {
    if (row.name == name) return row.cls;
  }
  return std::nullopt;
}

bool is_deterministic(FailureClass cls) {
  switch (cls) {
    case FailureClass::content_policy:
    case FailureClass::context_length:
    case FailureClass::not_found:
    case FailureClass::schema_rejected:
    case FailureClass::state_missing:
    case FailureClass::message_rejected:
    case FailureClass::param_rejected:
      return true;
    default:
      return false;
  }
}

bool is_credential(FailureClass cls) {
  return cls == FailureClass::auth || cls == FailureClass::permission || cls == FailureClass::quota_billing;
}

}  // namespace dragoman::failure
