// The answer in Gemini's words: one response, or the chunks of a stream.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "base/arena.h"
#include "json/value.h"
#include "sandbox/gemini/check.h"

namespace dragoman::sandbox::gemini {

std::string response_json(json::Value body, std::string_view body_text, const Target& target, Arena& arena);

// The JSON texts of a stream's chunks; how they are framed depends on the caller's `alt`.
std::vector<std::string> response_chunks(json::Value body, std::string_view body_text, const Target& target,
                                         Arena& arena);

}  // namespace dragoman::sandbox::gemini
