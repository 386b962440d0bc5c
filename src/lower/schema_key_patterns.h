// What is said of property keys by their letters, where some have other letters on the wire: `propertyNames`
// and `patternProperties` are about the client's keys.
//
// A key that was declared and renamed is let through `propertyNames` by name, and a pattern that is about it
// goes with the property; both lose nothing. A pattern that fits only the new name, or one nobody here can
// run, is left out (`widened`: answers are held to the client's own schema).
#pragma once
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "json/value.h"
#include "lower/lower.h"
#include "lower/schema_keywords.h"

namespace dragoman::lower {

struct FittedPatterns {
  json::Value schema;  // the input itself when nothing had to change
  // Without a rule; pointers into the schema, by the client's keys; text in the arena.
  std::vector<Edit> edits = {};
};

// `schema` has its new keys; `client` are those, wire key → client key.
FittedPatterns fit_key_patterns(json::Value schema,
                                const std::unordered_map<std::string_view, std::string_view>& client,
                                const Column& column, Arena& arena);

}  // namespace dragoman::lower
