// Property keys in a target's alphabet (ANT-35, BR-34, VTX-10): each key that does not fit gets another name,
// the same one wherever it stands, and the way back is part of the argument plan.
#pragma once
#include <string_view>
#include <unordered_map>

#include "json/value.h"
#include "lower/names.h"

namespace dragoman::lower {

struct RenamedKeys {
  json::Value schema;                                                  // the input itself when every key fits
  std::unordered_map<std::string_view, std::string_view> client = {};  // wire key → client key
};

// Renames in `properties`, `required`, `dependentRequired`, `dependentSchemas`, `dependencies` and
// `propertyOrdering`, and in references that go through `properties`. Keys of definitions and of data stay.
// `judge` is of the alphabet; nullptr where any key will do.
// Of the names of all properties, at any depth. `judge`: nullptr where any will do.
struct KeysSeen {
  bool fit = true;
  bool filler = false;  // one is the filler's (argument_plan.h)
};
KeysSeen keys_of(json::Value schema, const NameJudge* judge);

RenamedKeys rename_keys(json::Value schema, const Alphabet& alphabet, const NameJudge* judge, Arena& arena);

}  // namespace dragoman::lower
