// Paths that name the model: Gemini's /v1beta/models/MODEL:generateContent and Bedrock's
// /model/MODEL/converse. Plain functions.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "canon/dialect_name.h"

namespace dragoman::serve {

struct ModelCall {
  enum class Action : std::uint8_t { generate, count_tokens };
  canon::DialectName dialect = canon::DialectName::gemini_generate;
  Action action = Action::generate;
  std::string model;  // decoded; slashes and colons are part of it
  bool stream = false;
  bool json_array = false;  // Gemini: a stream without alt=sse is one JSON array
};

// What a POST to `path` (percent-encoded, as sent) asks for; nothing if it is no such path. Gemini's version
// and whatever stands before /models/ (Vertex's projects/…/publishers/google) may be anything.
std::optional<ModelCall> model_call(std::string_view path, std::string_view query);

// The dialect in whose words a path is answered, also where there is nothing at it.
canon::DialectName dialect_of_path(std::string_view path);

}  // namespace dragoman::serve
