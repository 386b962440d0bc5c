#include "store/vault_seal.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <memory>

#include "base/base64.h"
#include "base/strings.h"

namespace dragoman::store {
namespace {

constexpr std::size_t kNonce = 12, kTag = 16;

struct FreeCipher {
  void operator()(EVP_CIPHER_CTX* context) const { EVP_CIPHER_CTX_free(context); }
};
using Cipher = std::unique_ptr<EVP_CIPHER_CTX, FreeCipher>;

std::array<std::uint8_t, 32> hmac(std::string_view key, std::string_view text) {
  std::array<std::uint8_t, 32> out{};
  unsigned size = 0;
  // Cannot fail for a digest in memory; were it to, nothing may be sealed with what came of it.
  if (!HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()),
            reinterpret_cast<const unsigned char*>(text.data()), text.size(), out.data(), &size))
    std::abort();
  return out;
}

std::string_view view(const std::array<std::uint8_t, 32>& key) {
  return {reinterpret_cast<const char*>(key.data()), key.size()};
}

const unsigned char* raw(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

Result<std::string> random_secret() {
  std::array<unsigned char, 32> bytes{};
  if (RAND_bytes(bytes.data(), static_cast<int>(bytes.size())) != 1)
    return fail("vault: the system has no random numbers for a key");
  return base64_encode({reinterpret_cast<const char*>(bytes.data()), bytes.size()});
}

}  // namespace

VaultSeal::VaultSeal(std::string_view secret)
    : seal_key_(hmac(secret, "dragoman vault seal 1")),
      address_key_(hmac(secret, "dragoman vault address 1")) {}

Result<VaultSeal> VaultSeal::from_text(std::string_view key) {
  if (trim(key).size() < kShortestKey)
    return fail(
        fmt::format("vault.key has {} characters; expected at least {} random ones, like those of "
                    "`openssl rand -base64 32`",
                    trim(key).size(), kShortestKey));
  return VaultSeal(trim(key));
}

Result<VaultSeal> VaultSeal::random() {
  const auto secret = random_secret();
  if (!secret) return std::unexpected(secret.error());
  return VaultSeal(*secret);
}

Result<VaultSeal> VaultSeal::from_file(const std::string& path) {
  const auto problem = [&](std::string_view what, std::string_view remedy) {
    return fail(fmt::format("vault key {}: {}; {}", path, what, remedy));
  };
  // O_EXCL: of two processes that start at once one makes the key and both read it.
  if (const int made = ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600); made >= 0) {
    auto secret = random_secret();
    if (!secret) {
      ::close(made);
      ::unlink(path.c_str());
      return std::unexpected(secret.error());
    }
    *secret += '\n';
    const bool written =
        ::write(made, secret->data(), secret->size()) == static_cast<ssize_t>(secret->size()) &&
        ::fsync(made) == 0;
    ::close(made);
    if (!written) {
      ::unlink(path.c_str());
      return problem("cannot be written", "free some space, or set vault.key");
    }
  } else if (errno != EEXIST) {
    return problem(std::strerror(errno), "let this user write there, or set vault.key or vault.path");
  }
  const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) return problem(std::strerror(errno), "let this user read it, or set vault.key");
  struct stat about{};
  char text[512];
  const bool safe = ::fstat(fd, &about) == 0 && (about.st_mode & 077) == 0;
  const ssize_t size = ::read(fd, text, sizeof text);
  ::close(fd);
  if (!safe) return problem("others may read it", "chmod 600 it");
  const std::string_view key = trim({text, static_cast<std::size_t>(std::max<ssize_t>(size, 0))});
  if (key.size() < kShortestKey)
    return problem("holds no key", "delete it (what the vault holds is lost), or put the key back");
  return VaultSeal(key);
}

VaultAddress VaultSeal::address(std::string_view scope, std::string_view material) const {
  const std::string text = fmt::format("{}:{}\n{}", scope.size(), scope, material);
  const auto digest = hmac(view(address_key_), text);
  VaultAddress out;
  std::copy_n(digest.begin(), out.size(), out.begin());
  return out;
}

std::string VaultSeal::seal(const VaultAddress& address, std::string_view plain) const {
  std::string out(kNonce + plain.size() + kTag, '\0');
  auto* at = reinterpret_cast<unsigned char*>(out.data());
  const Cipher cipher(EVP_CIPHER_CTX_new());
  int size = 0;
  const bool done =
      RAND_bytes(at, kNonce) == 1 &&
      EVP_EncryptInit_ex(cipher.get(), EVP_aes_256_gcm(), nullptr, seal_key_.data(), at) == 1 &&
      EVP_EncryptUpdate(cipher.get(), nullptr, &size, address.data(), static_cast<int>(address.size())) ==
          1 &&
      EVP_EncryptUpdate(cipher.get(), at + kNonce, &size, raw(plain), static_cast<int>(plain.size())) == 1 &&
      EVP_EncryptFinal_ex(cipher.get(), at + kNonce + plain.size(), &size) == 1 &&
      EVP_CIPHER_CTX_ctrl(cipher.get(), EVP_CTRL_GCM_GET_TAG, kTag, at + kNonce + plain.size()) == 1;
  if (!done) std::abort();  // only without random numbers or memory; nothing may go out half sealed
  return out;
}

std::optional<std::string> VaultSeal::open(const VaultAddress& address, std::string_view sealed) const {
  if (sealed.size() < kNonce + kTag) return std::nullopt;
  const std::string_view nonce = sealed.substr(0, kNonce);
  const std::string_view body = sealed.substr(kNonce, sealed.size() - kNonce - kTag);
  std::string tag(sealed.substr(sealed.size() - kTag));
  std::string out(body.size(), '\0');
  auto* at = reinterpret_cast<unsigned char*>(out.data());
  const Cipher cipher(EVP_CIPHER_CTX_new());
  int size = 0;
  const bool done =
      EVP_DecryptInit_ex(cipher.get(), EVP_aes_256_gcm(), nullptr, seal_key_.data(), raw(nonce)) == 1 &&
      EVP_DecryptUpdate(cipher.get(), nullptr, &size, address.data(), static_cast<int>(address.size())) ==
          1 &&
      EVP_DecryptUpdate(cipher.get(), at, &size, raw(body), static_cast<int>(body.size())) == 1 &&
      EVP_CIPHER_CTX_ctrl(cipher.get(), EVP_CTRL_GCM_SET_TAG, kTag, tag.data()) == 1 &&
      EVP_DecryptFinal_ex(cipher.get(), at + body.size(), &size) == 1;
  if (!done) return std::nullopt;
  return out;
}

}  // namespace dragoman::store
