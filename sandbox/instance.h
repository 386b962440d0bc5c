// A JSON value that satisfies a given JSON Schema: what an emulated model puts into a tool call's arguments
// or into structured output. Deterministic; plausible where a property's name suggests something ("city" is
// "Paris").
//
// Understood (2020-12 and the older spellings still in use): type, enum, const, $ref within the document with
// a bound on recursion, allOf, anyOf, oneOf, not and if/then/else by trying, properties, required,
// additionalProperties, patternProperties, min/maxProperties, items, prefixItems, contains, uniqueItems,
// min/maxItems, min/maxLength, pattern (a common subset), format, minimum … multipleOf, nullable.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/arena.h"
#include "json/value.h"

namespace dragoman::sandbox {

// Compact JSON text valid under `schema`, or nothing if none was found (the schema may be unsatisfiable).
// Absent, null and `true` schemas give "{}". Another `seed` gives another value where the schema leaves room.
std::optional<std::string> make_instance(json::Value schema, std::uint64_t seed = 0);

// The same for a tool's parameters, where a call must carry an object whatever happens: "{}" if none was
// found.
std::string make_arguments(json::Value schema, std::uint64_t seed = 0);

// What is wrong with `instance` under `schema`: "" when nothing is, else the first fault found, such as
// "/location: missing". Formats are not checked. `root` is where $ref looks; absent means `schema` itself.
std::string schema_fault(json::Value schema, json::Value instance, json::Value root = {});

}  // namespace dragoman::sandbox
