// Google's Schema message in JSON Schema's words, for the generator of instances.
#pragma once
#include "base/arena.h"
#include "json/value.h"

namespace dragoman::sandbox::gemini {

// Types in small letters, both spellings of a key as JSON Schema spells it, Vertex's `ref` and `defs` with
// their dollar, numbers that came as strings as numbers.
json::Value as_json_schema(Arena& arena, json::Value schema);

}  // namespace dragoman::sandbox::gemini
