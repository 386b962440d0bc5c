#include "serve/kept_bytes.h"

#include <fmt/format.h>

#include <algorithm>

namespace dragoman::serve {
namespace {

constexpr std::size_t kLongestWord = 512;  // longer keys than this are not looked for

bool is_word(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
         std::string_view("_-./+=%\\").find(c) != std::string_view::npos;
}

std::string_view without_last_word(std::string_view text) {
  std::size_t end = text.size();
  while (end > 0 && text.size() - end < kLongestWord && is_word(text[end - 1])) --end;
  return text.substr(0, end);
}

std::string_view without_first_word(std::string_view text) {
  std::size_t begin = 0;
  while (begin < text.size() && begin < kLongestWord && is_word(text[begin])) ++begin;
  // Nor half a character.
  while (begin < text.size() && (static_cast<unsigned char>(text[begin]) & 0xC0) == 0x80) ++begin;
  return text.substr(begin);
}

}  // namespace

void KeptBytes::add(std::string_view bytes) {
  size_ += bytes.size();
  if (limit_ == 0) return;
  if (head_.size() < limit_) {
    const std::string_view first = bytes.substr(0, limit_ - head_.size());
    head_ += first;
    bytes.remove_prefix(first.size());
  }
  if (bytes.empty()) return;
  tail_ += bytes.substr(bytes.size() - std::min(bytes.size(), limit_));
  if (tail_.size() > 2 * limit_) tail_.erase(0, tail_.size() - limit_);
}

std::string KeptBytes::text() const {
  if (size_ <= limit_) return head_;
  if (limit_ == 0) return "";
  // The end is in the tail, or in what was still taken for the head.
  const std::size_t half = limit_ / 2;
  std::string end = head_ + tail_;
  end.erase(0, end.size() - std::min(end.size(), half));
  const std::string_view first = without_last_word(std::string_view(head_).substr(0, half));
  const std::string_view last = without_first_word(end);
  return fmt::format("{}\n[{} bytes are left out here: journal.max_answer is {}]\n{}", first,
                     size_ - first.size() - last.size(), limit_, last);
}

std::string kept(std::string_view bytes, std::size_t limit) {
  KeptBytes all(limit);
  all.add(bytes);
  return all.text();
}

}  // namespace dragoman::serve
