// What the user is asking about now, as against what the conversation is left with.
#pragma once
#include <string_view>

#include "canon/request.h"

namespace dragoman::lower {

// Is the media at `pointer` a part of the user's last words? What stands in older turns, what tools returned
// and what a system turn shows is history: a conversation can go on without it, an answer to a question about
// it cannot. The last words may lie many turns of calls and results back.
bool asked_about(const canon::Request& original, std::string_view pointer);

}  // namespace dragoman::lower
