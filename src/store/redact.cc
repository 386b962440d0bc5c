#include "store/redact.h"

#include <algorithm>

#include "store/redact_shapes.h"

namespace dragoman::store {
namespace {

constexpr std::size_t kShortest = 4;   // shorter secrets are left alone
constexpr std::size_t kWholeWord = 8;  // shorter ones must stand alone

std::string percent_encoded(std::string_view text, std::string_view hex) {
  std::string out;
  for (const char c : text) {
    if (is_word(c) || c == '.' || c == '~') {
      out += c;
      continue;
    }
    const auto byte = static_cast<unsigned char>(c);
    out += '%';
    out += hex[byte >> 4];
    out += hex[byte & 15];
  }
  return out;
}

std::string json_escaped(std::string_view text, bool slash) {
  std::string out;
  for (const char c : text) {
    if (c == '"' || c == '\\' || (slash && c == '/')) out += '\\';
    out += c;
  }
  return out;
}

std::size_t pair_at(std::string_view text, std::size_t at) {
  return static_cast<std::size_t>(static_cast<unsigned char>(text[at])) << 8 |
         static_cast<unsigned char>(text[at + 1]);
}

}  // namespace

Redactor::Redactor(std::span<const std::string> secrets) {
  for (const std::string& secret : secrets) {
    if (secret.size() < kShortest) continue;
    needles_.push_back(secret);
    needles_.push_back(percent_encoded(secret, "0123456789ABCDEF"));
    needles_.push_back(percent_encoded(secret, "0123456789abcdef"));
    needles_.push_back(json_escaped(secret, false));
    needles_.push_back(json_escaped(secret, true));
  }
  if (needles_.empty()) return;
  std::ranges::sort(needles_, [](const std::string& a, const std::string& b) {
    return a.size() != b.size() ? a.size() > b.size() : a < b;
  });
  const auto duplicates = std::ranges::unique(needles_);
  needles_.erase(duplicates.begin(), duplicates.end());
  auto pairs = std::make_shared<std::array<std::uint64_t, 1024>>();
  for (const std::string& needle : needles_)
    (*pairs)[pair_at(needle, 0) >> 6] |= 1ULL << (pair_at(needle, 0) & 63);
  first_pairs_ = std::move(pairs);
}

std::optional<std::string> Redactor::known_secrets(std::string_view text) const {
  std::string out;
  std::size_t copied = 0, at = 0;
  while (at + 1 < text.size()) {
    const std::size_t pair = pair_at(text, at);
    std::size_t found = 0;
    if ((*first_pairs_)[pair >> 6] >> (pair & 63) & 1) {
      for (const std::string& needle : needles_) {
        if (!text.substr(at).starts_with(needle)) continue;
        const std::size_t end = at + needle.size();
        const bool alone = (at == 0 || !is_word(text[at - 1])) && (end == text.size() || !is_word(text[end]));
        if (needle.size() < kWholeWord && !alone) continue;
        found = needle.size();
        break;
      }
    }
    if (!found) {
      ++at;
      continue;
    }
    out.append(text.substr(copied, at - copied)).append(kRedacted);
    at = copied = at + found;
  }
  if (copied == 0) return std::nullopt;
  out.append(text.substr(copied));
  return out;
}

void Redactor::apply_known(std::string& text) const {
  if (needles_.empty()) return;
  if (auto without = known_secrets(text)) text = *std::move(without);
}

void Redactor::apply(std::string& text) const {
  apply_known(text);
  if (auto without = redact_shapes(text)) text = *std::move(without);
}

std::string Redactor::operator()(std::string_view text) const {
  std::string out(text);
  apply(out);
  return out;
}

std::string redact(std::string_view text, std::span<const std::string> secrets) {
  return Redactor(secrets)(text);
}

}  // namespace dragoman::store
