// The half of the redactor that knows no secrets, only what they look like: tables of names and prefixes.
#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "store/redact.h"

namespace dragoman::store {

// A character of a key or an identifier: what stands next to one makes it part of a longer word.
constexpr bool is_word(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == '-';
}

// The text with everything that is shaped like a secret replaced by kRedacted; nothing if there is none.
// Linear in the text.
std::optional<std::string> redact_shapes(std::string_view text);

}  // namespace dragoman::store
