// Refusals that nobody but dragoman made, known again by their words in a journal or a log: what the config's
// `loss` forbids, and answers that broke the client's schema under `arguments: fail`. No provider's book
// explains them.
#pragma once
#include <optional>
#include <string_view>

#include "failure/failure.h"

namespace dragoman::failure {

// Nothing for anybody else's words. The rule is "loss_forbidden" or "broken_promise"; the pointer, where the
// words name one, is into the client's request.
std::optional<Failure> own_refusal(std::string_view message);

}  // namespace dragoman::failure
