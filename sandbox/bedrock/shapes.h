// The request's shapes as tables, and the checks AWS's framework makes before any service code runs: types,
// required members, lengths, ranges, patterns, enumerations, unions. Source: bedrock-runtime's service-2.json
// of botocore.
#pragma once
#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <string_view>

#include "json/value.h"
#include "sandbox/bedrock/refusal.h"

namespace dragoman::sandbox::bedrock {

enum class Kind : std::uint8_t {
  text,
  blob,
  integer,
  number,
  boolean,
  structure,
  list,
  texts,
  map,
  document
};

struct Shape;

inline constexpr double kNone = std::numeric_limits<double>::quiet_NaN();

struct Member {
  std::string_view name;
  Kind kind;
  const Shape* of = nullptr;  // of a structure, or of a list's items
  bool required = false;
  double min = kNone;  // a number's range; else the length's
  double max = kNone;
  std::string_view one_of = {};      // '|' between them
  std::string_view characters = {};  // a pattern such as "[a-zA-Z0-9_-]+", matched by its class
};

struct Shape {
  std::string_view name;
  std::span<const Member> members;
  bool is_union = false;
};

const Shape& converse_request();
const Shape& count_tokens_request();

// The first kind of fault found: a wrong type, then all broken constraints together, then unions and members
// nobody knows. The real service ignores some unknown members; here they are refused, so that none is ever
// sent.
Refused check_shape(json::Value body, const Shape& shape);

}  // namespace dragoman::sandbox::bedrock
