// How Anthropic says no. Body, status and type of each class are those of the API's error page and of the
// SDK's shared.d.ts.
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "sandbox/emulator.h"

namespace dragoman::sandbox::anthropic {

struct Refusal {
  int status = 400;
  std::string type = "invalid_request_error";
  std::string message;
};

using Refused = std::optional<Refusal>;

inline Refused refuse(std::string message) { return Refusal{.message = std::move(message)}; }

// "invalid_request_error" for 400 and so on; "api_error" for statuses the API does not list.
std::string_view type_of(int status);

// The reply for a refusal. `request_id` goes into the body and the `request-id` header.
Reply refusal_reply(const Refusal& refusal, std::string_view request_id);

}  // namespace dragoman::sandbox::anthropic
