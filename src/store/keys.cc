#include "store/keys.h"

#include <fmt/format.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/rand.h>

#include <cstdlib>

#include "base/strings.h"

namespace dragoman::store {
namespace {

constexpr std::string_view kHashPrefix = "sha256:";
constexpr std::size_t kKeyCharacters = 40;

std::optional<KeyHash> parse_hex(std::string_view hex) {
  KeyHash hash{};
  if (hex.size() != hash.size() * 2) return std::nullopt;
  for (std::size_t i = 0; i < hash.size(); ++i) {
    const int high = hex_value(hex[2 * i]), low = hex_value(hex[2 * i + 1]);
    if (high < 0 || low < 0) return std::nullopt;
    hash[i] = static_cast<std::uint8_t>(high * 16 + low);
  }
  return hash;
}

}  // namespace

KeyHash hash_key(std::string_view plain) {
  // Fetched once: looking the algorithm up costs more than hashing a key does.
  static const EVP_MD* const sha256 = EVP_MD_fetch(nullptr, "SHA256", nullptr);
  KeyHash hash{};
  // Cannot fail for a one-shot digest in memory; were it to, nothing may pass for a match.
  if (EVP_Digest(plain.data(), plain.size(), hash.data(), nullptr, sha256, nullptr) != 1) std::abort();
  return hash;
}

std::string hash_text(const KeyHash& hash) {
  std::string text(kHashPrefix);
  for (const std::uint8_t byte : hash) text += fmt::format("{:02x}", byte);
  return text;
}

Result<ClientKey> parse_key(std::string name, std::string& configured) {
  if (is_blank(name)) return fail("a client key needs a name");
  if (trim(configured).empty())
    return fail(fmt::format("client key '{}': empty; expected \"sha256:<hex>\" or the key itself", name));
  if (configured.starts_with(kHashPrefix)) {
    const auto hash = parse_hex(std::string_view(configured).substr(kHashPrefix.size()));
    if (!hash) return fail(fmt::format("client key '{}': expected 64 hex digits after \"sha256:\"", name));
    return ClientKey{std::move(name), *hash};
  }
  // No header can carry these, so such a key could never be presented.
  for (const char c : configured)
    if (static_cast<unsigned char>(c) <= 0x20 || c == 0x7f)
      return fail(fmt::format("client key '{}': holds a space or control character", name));
  ClientKey key{std::move(name), hash_key(configured)};
  OPENSSL_cleanse(configured.data(), configured.size());
  configured.clear();
  return key;
}

Result<NewKey> generate_key() {
  static constexpr std::string_view kAlphabet =
      "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
  // random_id() of base is for ids: its generator can be predicted from its output.
  NewKey key{"dk-", {}};
  while (key.plain.size() < 3 + kKeyCharacters) {
    std::array<unsigned char, 64> bytes{};
    if (RAND_bytes(bytes.data(), static_cast<int>(bytes.size())) != 1)
      return fail("no random numbers from the system; a key cannot be made");
    for (const unsigned char byte : bytes) {
      // 248 = 4 × 62: beyond it the first characters of the alphabet would come more often.
      if (byte < 248 && key.plain.size() < 3 + kKeyCharacters) key.plain += kAlphabet[byte % 62];
    }
  }
  key.hashed = hash_text(hash_key(key.plain));
  return key;
}

Result<KeyRing> KeyRing::make(std::vector<ClientKey> keys) {
  for (std::size_t i = 0; i < keys.size(); ++i)
    for (std::size_t j = 0; j < i; ++j)
      if (keys[i].hash == keys[j].hash && keys[i].name != keys[j].name)
        return fail(fmt::format("client keys '{}' and '{}' are the same key", keys[j].name, keys[i].name));
  KeyRing ring;
  ring.keys_ = std::move(keys);
  return ring;
}

std::optional<std::string_view> KeyRing::find(std::string_view presented) const {
  const KeyHash hash = hash_key(presented);
  std::size_t found = 0;  // index + 1
  for (std::size_t i = 0; i < keys_.size(); ++i) {
    const int differ = CRYPTO_memcmp(hash.data(), keys_[i].hash.data(), hash.size());
    // All ones when equal, without a branch: differ is 0 to 255, and only 0 wraps around.
    const std::size_t all =
        std::size_t{0} - ((static_cast<std::size_t>(differ) - 1) >> (sizeof(std::size_t) * 8 - 1));
    found = (all & (i + 1)) | (~all & found);
  }
  if (found == 0) return std::nullopt;
  return keys_[found - 1].name;
}

}  // namespace dragoman::store
