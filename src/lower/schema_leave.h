// Members of a schema that a target does not take, each left out by itself: why, what that loses, and whether
// the model is told in the description. The steps (schema_limits.cc, schema_root.cc) and the quick walk
// (schema_trim.h) both ask here, so that they come to the same.
#pragma once
#include <optional>
#include <span>
#include <string_view>

#include "json/value.h"
#include "lower/schema.h"
#include "lower/schema_keywords.h"

namespace dragoman::lower {

struct LeftOut {
  Row row = Row::extension;  // the cell that says so
  Loss loss = Loss::none;
  bool hint = false;  // what it says goes into the description
};

// Leaving it out changes nothing about which values are valid. `keyword` is find_keyword() of the member's,
// here and below. `siblings`: all members of its schema; those
// without a value are gone.
bool says_nothing(const Keyword* keyword, const json::Member& member, std::span<const json::Member> siblings);

// Nobody has tried the keyword here: it goes where without it the schema means the same. nullopt: it stays.
std::optional<LeftOut> left_untried(const Column& column, const Keyword* keyword, const json::Member& member,
                                    std::span<const json::Member> siblings);
// The column refuses it.
LeftOut left_refused(const Keyword* keyword, const json::Member& member,
                     std::span<const json::Member> siblings);
// BRM-07, BR-33: keys that some targets refuse at the root only. nullopt: the root takes it.
std::optional<LeftOut> left_at_root(const SchemaTarget& target, const Column& column,
                                    const json::Member& member);

}  // namespace dragoman::lower
