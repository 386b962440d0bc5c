// A path into the schema that was sent, followed in the client's own: for locate.h.
#pragma once
#include <span>
#include <string>

#include "json/path.h"
#include "json/value.h"

namespace dragoman::lower {

using Steps = std::span<const json::PathStep>;

// The value a JSON pointer leads to, and how far it could be followed.
struct Reached {
  json::Value value;
  std::string pointer;
};

// Walks the client's schema along a path into the lowered one. Names and positions that the rewriting brought
// in end the walk: what is reached then is the nearest place the client wrote.
Reached walk_schema(json::Value original, json::Value lowered, Steps steps, std::string pointer);

// Members of a wire tool between the tool and its schema, in every dialect.
bool is_wrapping(const json::PathStep& step);

}  // namespace dragoman::lower
