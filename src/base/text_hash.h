// A fast hash of long texts, for tables in memory: XXH3 of 64 bits. Not for what is written down, which
// base/hash.h is for, and not for secrets.
#pragma once
#include <cstdint>
#include <string_view>

namespace dragoman {

std::uint64_t text_hash(std::string_view text, std::uint64_t seed = 0);

}  // namespace dragoman
