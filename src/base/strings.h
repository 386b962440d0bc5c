// Text helpers the standard library lacks.
#pragma once
#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace dragoman {

bool is_blank(std::string_view text);            // empty or ASCII white space only
std::string_view trim(std::string_view text);    // ASCII white space off both ends
std::string lower_ascii(std::string_view text);  // A-Z to a-z, the rest untouched
bool equals_ignoring_case(std::string_view a, std::string_view b);
std::vector<std::string_view> split(std::string_view text, char separator);

// Shell-like match of a whole text: '*' any run, '?' any one character, '[6-9]' one of a range (several may
// stand in the brackets; one without an end stands for itself). ASCII case is ignored, as that of model names
// is.
bool glob_match(std::string_view pattern, std::string_view text);

// The candidate nearest to `word` by edit distance, if it is near enough to be a slip of the fingers.
std::optional<std::string_view> nearest(std::string_view word, std::span<const std::string_view> candidates);

// The value of a hexadecimal digit, -1 for any other character.
constexpr int hex_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

// %41 → A; a % without two hexadecimal digits stays.
std::string percent_decoded(std::string_view text);

bool is_utf8(std::string_view text);
// With U+FFFD for every byte that belongs to no character.
std::string to_utf8(std::string_view text);

}  // namespace dragoman
