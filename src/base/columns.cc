#include "base/columns.h"

#include <unigbrk.h>
#include <unistr.h>
#include <uniwidth.h>

#include <algorithm>
#include <cstdint>

namespace dragoman {
namespace {

const std::uint8_t* bytes_of(std::string_view text) {
  return reinterpret_cast<const std::uint8_t*>(text.data());
}

// Bytes of the first letter of `text`, which is not empty: a cluster as Unicode defines it, or a byte that is
// no part of any character. Plain ASCII needs no table.
std::size_t letter_at(std::string_view text) {
  const auto ascii = [](char c) { return static_cast<unsigned char>(c) < 0x80; };
  if (ascii(text.front()) && (text.size() == 1 || ascii(text[1])) && text.front() != '\r') return 1;
  ucs4_t first = 0;
  if (u8_mbtouc(&first, bytes_of(text), text.size()) <= 0 || first == 0xFFFD)
    return first == 0xFFFD && text.starts_with("\xEF\xBF\xBD") ? 3 : 1;
  const std::uint8_t* end = u8_grapheme_next(bytes_of(text), bytes_of(text) + text.size());
  return static_cast<std::size_t>(end - bytes_of(text));
}

std::size_t columns_of_letter(std::string_view letter) {
  if (letter.size() == 1) return 1;
  const int width = u8_width(bytes_of(letter), letter.size(), "UTF-8");
  return static_cast<std::size_t>(std::max(width, 0));
}

}  // namespace

std::size_t columns_of(std::string_view text) {
  std::size_t columns = 0;
  while (!text.empty()) {
    const std::size_t size = letter_at(text);
    columns += columns_of_letter(text.substr(0, size));
    text.remove_prefix(size);
  }
  return columns;
}

std::string padded(std::string_view text, std::size_t width) {
  std::string out(text);
  const std::size_t used = columns_of(text);
  if (used < width) out.append(width - used, ' ');
  return out;
}

std::string_view take_columns(std::string_view& text, std::size_t width) {
  std::size_t at = 0;
  for (std::size_t columns = 0; at < text.size();) {
    const std::size_t size = letter_at(text.substr(at));
    columns += columns_of_letter(text.substr(at, size));
    if (columns > width && at > 0) break;
    at += size;
  }
  const std::string_view taken = text.substr(0, at);
  text.remove_prefix(at);
  return taken;
}

}  // namespace dragoman
