// Named client keys: who may use the gateway. Only hashes are held; the config may name either form.
//
// SHA-256 without salt or stretching is right here, unlike for passwords: a key is random and of at least 128
// bits, so there is no dictionary to try and nothing a slow hash would make harder, and a slow one would cost
// every request.
#pragma once
#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"

namespace dragoman::store {

using KeyHash = std::array<std::uint8_t, 32>;

struct ClientKey {
  std::string name;
  KeyHash hash{};
};

KeyHash hash_key(std::string_view plain);
std::string hash_text(const KeyHash& hash);  // "sha256:<64 hex digits>", the form for the config

// `configured` is "sha256:<hex>" or a key in plain text, which is hashed and then overwritten in place.
Result<ClientKey> parse_key(std::string name, std::string& configured);

struct NewKey {
  std::string plain;   // "dk-" and 40 characters of [0-9A-Za-z]: 238 bits. To be shown once.
  std::string hashed;  // hash_text() of it
};
Result<NewKey> generate_key();  // an error only if the system has no random numbers

// Immutable after construction, so any thread may use it.
class KeyRing {
 public:
  KeyRing() = default;
  // One name may have several keys, so that a key can be exchanged without an outage; the same key under two
  // names is an error.
  static Result<KeyRing> make(std::vector<ClientKey> keys);

  // The name of the key presented, which lives as long as the ring. Every key is compared in full whatever
  // comes: the time tells neither how near a guess was nor which key matched.
  std::optional<std::string_view> find(std::string_view presented) const;

  bool empty() const { return keys_.empty(); }
  std::size_t size() const { return keys_.size(); }

 private:
  std::vector<ClientKey> keys_;
};

}  // namespace dragoman::store
