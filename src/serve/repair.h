// What is said aloud when a deterministic refusal was papered over.
#pragma once
#include <string_view>

#include "serve/client_error.h"

namespace dragoman::serve {

// One warning: who refused, in whose words, what is done about it, and the lines for the config that end it.
void warn_of(std::string_view request_id, std::string_view target, const FailedAttempt& failed,
             std::string_view action);

}  // namespace dragoman::serve
