// Takes secrets out of text before it is kept or shown: the ones we know, and what is shaped like one.
#pragma once
#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace dragoman::store {

inline constexpr std::string_view kRedacted = "[redacted]";

// Immutable after construction, so any thread may use it. Linear in the text for a given set of secrets.
//
// Known secrets are found as they are, percent-encoded, and with '/' escaped as in JSON. Those of 4 to 7
// characters count only as whole words, shorter ones not at all: they would blot out ordinary text, and a key
// that short protects nothing.
//
// By shape: credentials in headers, form fields, JSON members and URLs (by the name before them), keys with a
// vendor's prefix (sk-, AKIA, AIza, gsk_ …), JSON web tokens, PEM private keys, user:password@ in URLs.
// A value in a JSON text is replaced so that the text stays JSON.
class Redactor {
 public:
  Redactor() = default;
  explicit Redactor(std::span<const std::string> secrets);

  std::string operator()(std::string_view text) const;
  // In place, and only the secrets we know: for text that must otherwise stay as its author wrote it.
  void apply_known(std::string& text) const;
  void apply(std::string& text) const;  // in place; a text without a secret is not copied

 private:
  std::optional<std::string> known_secrets(std::string_view text) const;  // nothing if there is none

  std::vector<std::string> needles_;  // longest first
  // One bit for each possible pair of first bytes: nearly every position is passed over with one look-up.
  std::shared_ptr<const std::array<std::uint64_t, 1024>> first_pairs_;
};

// For one text; who has many keeps a Redactor.
std::string redact(std::string_view text, std::span<const std::string> secrets = {});

}  // namespace dragoman::store
