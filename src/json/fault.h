// Where a text stops being JSON, for people who wrote it by hand. The parser of parse.h only knows that it
// does.
#pragma once
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace dragoman::json {

struct TextFault {
  std::size_t line = 1, column = 1;  // from 1; columns are bytes
  std::string what;                  // "expected ',' or '}', found 'x'"
};

// Nothing when brackets, commas, strings and words are where JSON has them. Duplicate keys, depth and escapes
// are not looked at. Linear.
std::optional<TextFault> find_fault(std::string_view text);

// How deep the objects and lists of a JSON text stand inside each other: 0 for a scalar. Linear.
std::size_t nesting(std::string_view text);

}  // namespace dragoman::json
