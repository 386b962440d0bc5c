// A constraint as it is told to the model in words.
#pragma once
#include <string>
#include <string_view>

#include "json/value.h"
#include "lower/schema_refs.h"

namespace dragoman::lower {

inline constexpr std::size_t kGuidance = 200;  // bytes of one constraint in a description

// "minimum: 1", of a value without references; empty for what would fill the description.
std::string hint(std::string_view keyword, json::Value value);
// The same of any value: what its references name stands in their place, for the definitions need not be
// sent, and a model does not look them up. Empty too where that leads round in a circle or out of the
// document.
std::string hint(std::string_view keyword, json::Value value, References& refs, const json::Builder& build);

// A description with hints at its end: one or several, with ", " between them.
json::Value with_hints(std::string_view description, std::string_view hints, const json::Builder& build);

}  // namespace dragoman::lower
