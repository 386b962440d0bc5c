// A small fixed hash for names and ids that must come out the same in every process and version.
// Not for secrets or signatures: those are net/digest.h.
#pragma once
#include <cstdint>
#include <string_view>

namespace dragoman {

// FNV-1a, 64 bits, then mixed so that short inputs differ in every bit.
constexpr std::uint64_t stable_hash(std::string_view text, std::uint64_t seed = 0) {
  std::uint64_t h = 14695981039346656037ULL ^ seed;
  for (const char c : text) h = (h ^ static_cast<unsigned char>(c)) * 1099511628211ULL;
  h ^= h >> 32;
  h *= 0xd6e8feb86659fd93ULL;
  h ^= h >> 32;
  return h;
}

}  // namespace dragoman
