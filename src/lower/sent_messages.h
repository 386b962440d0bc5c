// Which message of the request a position in the upstream's list of messages is.
#pragma once
#include <cstddef>

#include "canon/request.h"
#include "lower/locate.h"

namespace dragoman::lower {

// The wire's message `index` as the draft has it: the message, or one block of it where the dialect makes a
// message (or an item) of that block alone. Null beyond the last.
struct Sent {
  const canon::Message* message = nullptr;
  const canon::Block* block = nullptr;
};

// `spoken`: the dialect the position was counted in, where that is not the wire's (a text pasted from
// elsewhere).
Sent sent_message(const Inside& inside, std::size_t index, canon::DialectName spoken);

}  // namespace dragoman::lower
