// Whether there are simply too many of something: any of them, as long as they are no more than so many.
#pragma once
#include <cstddef>
#include <optional>
#include <span>

#include "failure/delta.h"

namespace dragoman::failure {

// With all of 0 … count-1 it is known to fail. How many pass, where one more fails whichever they are: the
// first so many and the last so many are both tried. Nothing when it is particular ones that are to blame, or
// the search was stopped. `hints`: numbers the refusal names; with the right one among them it takes six
// questions, else 2 log2(count) or so.
std::optional<std::size_t> most_that_pass(std::size_t count, const FailsWith& fails,
                                          std::span<const std::size_t> hints);

}  // namespace dragoman::failure
