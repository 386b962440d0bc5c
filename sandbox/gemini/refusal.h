// How Google's APIs say no: {"error":{"code","message","status","details"}}.
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "sandbox/emulator.h"

namespace dragoman::sandbox::gemini {

struct Refusal {
  int status = 400;
  std::string message;
  std::string details = {};  // a JSON array, "" for none
};

using Refused = std::optional<Refusal>;

inline Refused refuse(std::string message) { return Refusal{.message = std::move(message)}; }

std::string_view status_name(int status);  // INVALID_ARGUMENT, RESOURCE_EXHAUSTED, …

// `in_array`: as a stream without alt=sse begins, `[{"error":…}]`.
Reply refusal_reply(const Refusal& refusal, bool in_array = false);

}  // namespace dragoman::sandbox::gemini
