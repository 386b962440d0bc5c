// The vault's key and what is done with it: sealing rows, making addresses. AES-256-GCM with a random nonce
// for each row, which is bound to its address; HMAC-SHA256 for addresses, so that a file tells nobody what
// was said.
#pragma once
#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/error.h"

namespace dragoman::store {

// Of a row: 128 bits of a keyed digest.
using VaultAddress = std::array<std::uint8_t, 16>;

inline std::string_view bytes_of(const VaultAddress& address) {
  return {reinterpret_cast<const char*>(address.data()), address.size()};
}

struct VaultAddressHash {
  std::size_t operator()(const VaultAddress& address) const {
    return std::hash<std::string_view>{}(bytes_of(address));  // uniform already
  }
};

// Thread-safe once made.
class VaultSeal {
 public:
  static constexpr std::size_t kShortestKey = 32;  // characters

  // From the operator's text: at least 32 characters, which must be random (`openssl rand -base64 32`).
  static Result<VaultSeal> from_text(std::string_view key);
  // From a file, made with a new random key and mode 0600 if it is missing. The error says what to do.
  static Result<VaultSeal> from_file(const std::string& path);
  // A key nobody keeps: for a vault in memory.
  static Result<VaultSeal> random();

  VaultAddress address(std::string_view scope, std::string_view material) const;
  // nonce, ciphertext, tag.
  std::string seal(const VaultAddress& address, std::string_view plain) const;
  // Nothing for a row that was altered, moved to another address, or sealed with another key.
  std::optional<std::string> open(const VaultAddress& address, std::string_view sealed) const;

 private:
  using Key = std::array<std::uint8_t, 32>;
  explicit VaultSeal(std::string_view secret);
  Key seal_key_{}, address_key_{};
};

}  // namespace dragoman::store
