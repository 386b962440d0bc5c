// How Bedrock says no: `{"message": …}` and the exception's name in a header (BRW-10).
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "sandbox/emulator.h"

namespace dragoman::sandbox::bedrock {

struct Refusal {
  int status = 400;
  std::string exception = "ValidationException";
  std::string message;
};

using Refused = std::optional<Refusal>;

inline Refused refuse(std::string message) { return Refusal{.message = std::move(message)}; }

// What the model behind the service says.
inline Refused model_says(std::string_view message) {
  return refuse("The model returned the following errors: " + std::string(message));
}

std::string_view exception_of(int status);

Reply refusal_reply(const Refusal& refusal, std::string_view request_id);

}  // namespace dragoman::sandbox::bedrock
