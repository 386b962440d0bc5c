#include "net/digest.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <stdexcept>

namespace dragoman::net {
namespace {

const std::uint8_t* bytes_of(std::string_view text) {
  return reinterpret_cast<const std::uint8_t*>(text.data());
}

}  // namespace

Sha256 sha256(std::string_view bytes) {
  Sha256 out;
  unsigned int size = 0;
  if (EVP_Digest(bytes.data(), bytes.size(), out.data(), &size, EVP_sha256(), nullptr) != 1 ||
      size != out.size()) {
    throw std::runtime_error("OpenSSL cannot compute SHA-256");
  }
  return out;
}

// The one-shot HMAC() is the one function of openssl/hmac.h that OpenSSL 3 has not deprecated.
Sha256 hmac_sha256(std::string_view key, std::string_view message) {
  Sha256 out;
  unsigned int size = 0;
  const char* key_data = key.empty() ? "" : key.data();  // a null key would mean "the last one"
  if (HMAC(EVP_sha256(), key_data, static_cast<int>(key.size()), bytes_of(message), message.size(),
           out.data(), &size) == nullptr ||
      size != out.size()) {
    throw std::runtime_error("OpenSSL cannot compute HMAC-SHA-256");
  }
  return out;
}

std::string hex(std::span<const std::uint8_t> bytes) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string out;
  out.reserve(bytes.size() * 2);
  for (const std::uint8_t byte : bytes) {
    out += digits[byte >> 4];
    out += digits[byte & 15];
  }
  return out;
}

bool equal_in_constant_time(std::string_view a, std::string_view b) {
  return a.size() == b.size() && (a.empty() || CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0);
}

}  // namespace dragoman::net
