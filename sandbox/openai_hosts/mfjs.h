// Moonshot Flavored JSON Schema: what Kimi's tools and response formats take. Written from the MFJS
// specification and the error texts of its reference validator's test cases (docs/sources.md).
#pragma once
#include <string>

#include "json/value.h"

namespace dragoman::sandbox::openai {

enum class MfjsLevel {
  tools,  // as the service checks tools: places of type, anyOf and $ref; unknown keywords pass
  full,   // everything the specification says
};

// "At path 'properties.x': type is not defined" and the like; "" for a schema that passes.
std::string mfjs_fault(json::Value schema, MfjsLevel level);

}  // namespace dragoman::sandbox::openai
