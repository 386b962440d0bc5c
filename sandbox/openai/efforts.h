// How much each of OpenAI's models can be asked to reason, on either of its endpoints.
#pragma once
#include <string_view>
#include <vector>

#include "sandbox/openai/host.h"

namespace dragoman::sandbox::openai {

// The efforts the request's model takes, rising. `responses`: asked for at the Responses endpoint, which
// knows `max` (OAI-46).
std::vector<std::string_view> efforts_of(const Request& r, bool responses);

}  // namespace dragoman::sandbox::openai
