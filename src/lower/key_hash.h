// Tells keys of small tables apart at once, most of them; made for the keywords of JSON Schema.
#pragma once
#include <string_view>

namespace dragoman::lower {

constexpr unsigned key_hash(std::string_view key) {
  if (key.empty()) return 0;
  const auto size = static_cast<unsigned>(key.size());
  return size + 11u * static_cast<unsigned char>(key.front()) + 13u * static_cast<unsigned char>(key.back());
}

}  // namespace dragoman::lower
