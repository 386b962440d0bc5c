// A type or null, as most tools say what may be left open, for targets that want null said apart: in a branch
// of its own, or by OpenAPI's flag. What the steps come to (enums() and type_lists(), schema_rewriter.h) for
// its plain forms, made at once by the quick walk (schema_trim.h); all others are for the steps.
#pragma once
#include <optional>
#include <span>
#include <string_view>

#include "json/value.h"
#include "lower/schema_plain.h"

namespace dragoman::lower {

struct NullApart {
  json::Value schema;
  // The one edit, of no loss.
  Row row;
  std::string_view keyword;
  json::Value before, after;
};
// Of the schema that has `members` and was looked at; nullopt where it is not one of the forms, or the target
// may take it as it is.
std::optional<NullApart> null_apart(const Column& column, std::span<const json::Member> members,
                                    const PlainJudge::Told& told, const json::Builder& build);

}  // namespace dragoman::lower
