// What a model meant where it got only the form wrong: "3" for an integer, a lone value for an array, JSON in
// a string, a null for a property that may be absent. Nothing is guessed: a change is made only when the
// schema accepts exactly one of the values that what was sent can stand for.
#pragma once
#include <string>
#include <vector>

#include "base/arena.h"
#include "json/value.h"
#include "lower/validate/validators.h"

namespace dragoman::lower {

using validate::CompiledSchema;
using validate::Violation;

struct Coercion {
  std::string pointer;        // into the instance
  std::string keyword;        // that was broken there
  std::string before, after;  // JSON text, cut to a readable length; after "" : taken out
};

struct Coerced {
  json::Value value;  // the instance itself when nothing could be done
  std::vector<Coercion> made;
  std::vector<Violation> left;
};

// Needs schema.validator. `found` is what its check of `instance` found, not empty. New nodes live in
// `arena`. At most some fifty checks are made, whatever the instance holds.
Coerced coerce(json::Value instance, const CompiledSchema& schema, std::vector<Violation> found,
               Arena& arena);

}  // namespace dragoman::lower
