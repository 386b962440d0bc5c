// Numbers and strings that satisfy several schemas at once; a part of instance.h.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "json/value.h"

namespace dragoman::sandbox {

// Which of the values that fit is wanted.
struct Wish {
  bool odd = false;  // an unusual one, for schemas that exclude the usual ones
  std::uint64_t seed = 0;
  int distinct = 0;  // makes items of an array with uniqueItems differ
};

// nullopt: none was found between the bounds.
std::optional<json::Value> make_number(const json::Builder& build, std::span<const json::Value> all,
                                       bool integer, Wish wish);

// `name` of the member it is for: a city gets a city's name.
std::optional<json::Value> make_string(const json::Builder& build, std::span<const json::Value> all,
                                       std::string_view name, Wish wish);

}  // namespace dragoman::sandbox
