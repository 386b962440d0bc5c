#include "base/id.h"

#include <sys/random.h>

#include <array>
#include <random>

#include "base/hash.h"

namespace dragoman {

std::string random_id(std::string_view prefix, std::size_t length) {
  static constexpr std::string_view kAlphabet =
      "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
  // One seeded generator a thread: a system call per id would cost more than the rest of the request's
  // set-up.
  thread_local std::mt19937_64 engine = [] {
    std::array<std::uint32_t, 8> seed{};
    if (getrandom(seed.data(), sizeof(seed), 0) != static_cast<ssize_t>(sizeof(seed))) {
      std::random_device device;
      for (auto& word : seed) word = device();
    }
    std::seed_seq sequence(seed.begin(), seed.end());
    return std::mt19937_64(sequence);
  }();
  std::string id(prefix);
  id.reserve(prefix.size() + length);
  for (std::size_t i = 0; i < length; ++i) id += kAlphabet[engine() % kAlphabet.size()];
  return id;
}

std::string stable_id(std::string_view text, std::uint64_t salt, std::size_t length) {
  static constexpr std::string_view kDigits =
      "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
  std::string out;
  for (std::uint64_t round = 0; out.size() < length; ++round) {
    std::uint64_t h = stable_hash(text, salt * 1000003 + round + 1);
    for (int i = 0; i < 10 && out.size() < length; ++i) {
      out += kDigits[h % kDigits.size()];
      h /= kDigits.size();
    }
  }
  return out;
}

}  // namespace dragoman
