// Whether two short texts are the same, without a call: keys are compared more often than anything else.
#pragma once
#include <cstdint>
#include <cstring>
#include <string_view>

namespace dragoman {

inline bool same_text(std::string_view a, std::string_view b) {
  const std::size_t size = a.size();
  if (size != b.size()) return false;
  // The first bytes and the last, which overlap where there are fewer than both.
  const auto both_ends = [&]<class Word>(Word) {
    Word x, y, u, v;
    std::memcpy(&x, a.data(), sizeof x);
    std::memcpy(&y, b.data(), sizeof y);
    std::memcpy(&u, a.data() + size - sizeof u, sizeof u);
    std::memcpy(&v, b.data() + size - sizeof v, sizeof v);
    return ((x ^ y) | (u ^ v)) == 0;
  };
  if (size > 32) return std::memcmp(a.data(), b.data(), size) == 0;
  if (size > 16) {  // "additionalProperties"
    const auto half = [&](std::size_t from) { return same_text(a.substr(from, 16), b.substr(from, 16)); };
    return half(0) && half(size - 16);
  }
  if (size >= 8) return both_ends(std::uint64_t{});
  if (size >= 4) return both_ends(std::uint32_t{});
  for (std::size_t i = 0; i < size; ++i)
    if (a[i] != b[i]) return false;
  return true;
}

}  // namespace dragoman
