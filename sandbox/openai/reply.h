// Answers in the Chat Completions dialect, whole and streamed.
#pragma once
#include "sandbox/openai/host.h"

namespace dragoman::sandbox::openai {

// Frames are one SSE event each, ending with "data: [DONE]".
Reply answer(const Request& request);

}  // namespace dragoman::sandbox::openai
