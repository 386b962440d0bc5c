// SHA-256, HMAC-SHA-256 and comparison of secrets, over OpenSSL's EVP interface. All functions are pure and
// thread-safe; they throw only if OpenSSL itself is broken (no provider, no memory).
#pragma once
#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace dragoman::net {

using Sha256 = std::array<std::uint8_t, 32>;

Sha256 sha256(std::string_view bytes);
Sha256 hmac_sha256(std::string_view key, std::string_view message);

// The digest's bytes as text, to be the key of the next HMAC. The view lives as long as `digest`.
inline std::string_view as_text(const Sha256& digest) {
  return {reinterpret_cast<const char*>(digest.data()), digest.size()};
}

std::string hex(std::span<const std::uint8_t> bytes);  // lower case

// Takes the same time wherever the two differ, so that a secret cannot be guessed byte by byte. Their lengths
// are not hidden.
bool equal_in_constant_time(std::string_view a, std::string_view b);

}  // namespace dragoman::net
