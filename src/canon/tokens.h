// How long a prompt is, without a tokenizer.
#pragma once
#include <cstdint>

#include "canon/request.h"

namespace dragoman::canon {

// Tokens of the prompt, by rule of thumb: four bytes of text a token, a fixed sum a picture and a page, a few
// for each turn and tool. Real tokenizers differ by tens of percent; good enough to decide when to compact,
// and by how much an output cap is too large for a window.
std::int64_t estimate_tokens(const Request& request);

}  // namespace dragoman::canon
