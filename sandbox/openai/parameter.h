// A top-level parameter as the OpenAPI document has it: its kind and, for a number, its range.
#pragma once
#include <algorithm>
#include <cstdint>
#include <span>
#include <string_view>

#include "json/value.h"

namespace dragoman::sandbox::openai {

enum class Want : std::uint8_t { any, integer, decimal, boolean, string, array, object };

struct Parameter {
  std::string_view name;
  Want want = Want::any;
  double least = 0;
  double most = 0;  // no range when least == most
};

inline const Parameter* find_parameter(std::span<const Parameter> all, std::string_view name) {
  const auto at = std::ranges::find(all, name, &Parameter::name);
  return at == all.end() ? nullptr : &*at;
}

inline bool fits(Want want, json::Value value) {
  switch (want) {
    case Want::any:
      return true;
    case Want::integer:
      return value.integer().has_value();
    case Want::decimal:
      return value.is_number();
    case Want::boolean:
      return value.is_bool();
    case Want::string:
      return value.is_string();
    case Want::array:
      return value.is_array();
    case Want::object:
      return value.is_object();
  }
  return false;
}

inline std::string_view phrase(Want want) {
  constexpr std::string_view kPhrases[] = {"",         "an integer", "a decimal", "a boolean",
                                           "a string", "an array",   "an object"};
  return kPhrases[static_cast<int>(want)];
}

}  // namespace dragoman::sandbox::openai
