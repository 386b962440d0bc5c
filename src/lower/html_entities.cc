#include "lower/html_entities.h"

#include <fmt/format.h>

#include <charconv>
#include <optional>
#include <utility>

namespace dragoman::lower {
namespace {

constexpr std::pair<std::string_view, char32_t> kNames[] = {
    {"amp", U'&'}, {"lt", U'<'}, {"gt", U'>'}, {"quot", U'"'}, {"apos", U'\''}, {"nbsp", U'\u00A0'}};

// The character of "name", "#39" or "#x27".
std::optional<char32_t> entity(std::string_view inside) {
  for (const auto& [name, c] : kNames)
    if (name == inside) return c;
  if (inside.size() < 2 || inside[0] != '#') return {};
  const bool hex = inside[1] == 'x' || inside[1] == 'X';
  const std::string_view digits = inside.substr(hex ? 2 : 1);
  std::uint32_t value = 0;
  const auto [end, error] =
      std::from_chars(digits.data(), digits.data() + digits.size(), value, hex ? 16 : 10);
  if (digits.empty() || error != std::errc{} || end != digits.data() + digits.size()) return {};
  if (value == 0 || value > 0x10FFFF || (value >= 0xD800 && value <= 0xDFFF)) return {};
  return static_cast<char32_t>(value);
}

void utf8(char32_t c, std::string& out) {
  const auto put = [&](unsigned byte) { out += static_cast<char>(byte); };
  if (c < 0x80) {
    put(c);
  } else if (c < 0x800) {
    put(0xC0 | (c >> 6));
    put(0x80 | (c & 0x3F));
  } else if (c < 0x10000) {
    put(0xE0 | (c >> 12));
    put(0x80 | ((c >> 6) & 0x3F));
    put(0x80 | (c & 0x3F));
  } else {
    put(0xF0 | (c >> 18));
    put(0x80 | ((c >> 12) & 0x3F));
    put(0x80 | ((c >> 6) & 0x3F));
    put(0x80 | (c & 0x3F));
  }
}

}  // namespace

void HtmlArguments::plain(char c, std::string& out) {
  if (in_ == In::none) {
    if (c == '"') in_ = In::string;
    out += c;
    return;
  }
  if (escaped_) {
    escaped_ = false;
    out += c;
    return;
  }
  if (c == '\\') escaped_ = true;
  if (c == '"') {
    if (in_ == In::entity_string)
      out += '\\';  // a bare quote in a string that entities enclose
    else
      in_ = In::none;
  }
  out += c;
}

void HtmlArguments::character(char32_t c, std::string& out) {
  if (in_ == In::none) {
    if (c == U'"') in_ = In::entity_string;
    return utf8(c, out);
  }
  if (escaped_) {
    escaped_ = false;
    return utf8(c, out);
  }
  if (c == U'"' && in_ == In::entity_string) {
    in_ = In::none;
    out += '"';
  } else if (c == U'\\' && in_ == In::entity_string) {
    escaped_ = true;
    out += '\\';
  } else if (c == U'"' || c == U'\\') {
    out += '\\';
    utf8(c, out);
  } else if (c < 0x20) {
    out += fmt::format("\\u{:04x}", static_cast<unsigned>(c));
  } else {
    utf8(c, out);
  }
}

void HtmlArguments::feed(std::string_view piece, std::string& out) {
  for (const char c : piece) {
    if (held_.empty()) {
      if (c == '&')
        held_ = "&";
      else
        plain(c, out);
      continue;
    }
    const bool inside = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                        (c == '#' && held_.size() == 1);
    if (inside && held_.size() < kLongest) {
      held_ += c;
      continue;
    }
    if (c == ';') {
      if (const auto found = entity(std::string_view(held_).substr(1))) {
        held_.clear();
        character(*found, out);
        continue;
      }
    }
    const std::string text = std::exchange(held_, {});
    for (const char h : text) plain(h, out);
    if (c == '&')
      held_ = "&";
    else
      plain(c, out);
  }
}

void HtmlArguments::finish(std::string& out) {
  const std::string text = std::exchange(held_, {});
  for (const char h : text) plain(h, out);
  in_ = In::none;
  escaped_ = false;
}

std::string html_arguments(std::string_view text) {
  HtmlArguments decoder;
  std::string out;
  decoder.feed(text, out);
  decoder.finish(out);
  return out;
}

}  // namespace dragoman::lower
