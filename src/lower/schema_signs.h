// In which sense a schema refers to its root: as it is, or inside of something that turns what it says
// around.
#pragma once
#include "json/value.h"
#include "lower/schema_refs.h"

namespace dragoman::lower {

// What is added to the root narrows the schema where it is named as it is, and widens it where it stands in a
// `not` (not in two), or in an `if`; in a oneOf or a counted `contains` it may do either.
struct RootNamed {
  bool as_it_is = false;
  bool turned = false;
};
RootNamed how_root_is_named(json::Value root, References& refs);

}  // namespace dragoman::lower
