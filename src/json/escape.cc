#include "json/escape.h"

#include <algorithm>
#include <cstdint>
#include <cstring>

#include "base/strings.h"

namespace dragoman::json {
namespace {

int hex4(std::string_view t) {
  if (t.size() < 4) return -1;
  int value = 0;
  for (std::size_t i = 0; i < 4; ++i) {
    const int d = hex_value(t[i]);
    if (d < 0) return -1;
    value = value * 16 + d;
  }
  return value;
}

// Inline: text full of quoted code has an escape every few bytes, and a call for each would outweigh the
// rest.
constexpr bool short_escape(char c) {
  switch (c) {
    case '"':
    case '\\':
    case '/':
    case 'b':
    case 'f':
    case 'n':
    case 'r':
    case 't':
      return true;
    default:
      return false;
  }
}

std::size_t next_backslash(std::string_view t, std::size_t from) {
  return from < t.size() && t[from] == '\\' ? from : t.find('\\', from);
}

}  // namespace

const char* check_escapes(std::string_view t) {
  for (std::size_t i = t.find('\\'); i != std::string_view::npos; i = next_backslash(t, i)) {
    if (i + 1 >= t.size()) return "a string that ends in a backslash";
    const char c = t[i + 1];
    if (c != 'u') {
      if (!short_escape(c)) return "an unknown escape in a string";
      i += 2;
      continue;
    }
    const int code = hex4(t.substr(i + 2));
    if (code < 0) return "a \\u escape without four hex digits";
    if (code >= 0xDC00 && code <= 0xDFFF)
      return "a lone low surrogate (\\uDC00-\\uDFFF without its first half)";
    i += 6;
    if (code >= 0xD800 && code <= 0xDBFF) {
      const int low = t.substr(i).starts_with("\\u") ? hex4(t.substr(i + 2)) : -1;
      if (low < 0xDC00 || low > 0xDFFF)
        return "a lone high surrogate (\\uD800-\\uDBFF without its second half)";
      i += 6;
    }
  }
  return nullptr;
}

std::size_t unescape(std::string_view t, char* out) {
  char* o = out;
  for (std::size_t i = 0; i < t.size();) {
    if (t[i] != '\\') {
      const std::size_t run = std::min(t.find('\\', i), t.size());
      std::memcpy(o, t.data() + i, run - i);
      o += run - i;
      i = run;
      continue;
    }
    const char c = t[i + 1];
    i += 2;
    switch (c) {
      case 'b':
        *o++ = '\b';
        break;
      case 'f':
        *o++ = '\f';
        break;
      case 'n':
        *o++ = '\n';
        break;
      case 'r':
        *o++ = '\r';
        break;
      case 't':
        *o++ = '\t';
        break;
      case 'u': {
        auto code = static_cast<std::uint32_t>(hex4(t.substr(i)));
        i += 4;
        if (code >= 0xD800 && code <= 0xDBFF) {
          code = 0x10000 + ((code - 0xD800) << 10) +
                 (static_cast<std::uint32_t>(hex4(t.substr(i + 2))) - 0xDC00);
          i += 6;
        }
        if (code < 0x80) {
          *o++ = static_cast<char>(code);
        } else if (code < 0x800) {
          *o++ = static_cast<char>(0xC0 | (code >> 6));
          *o++ = static_cast<char>(0x80 | (code & 0x3F));
        } else if (code < 0x10000) {
          *o++ = static_cast<char>(0xE0 | (code >> 12));
          *o++ = static_cast<char>(0x80 | ((code >> 6) & 0x3F));
          *o++ = static_cast<char>(0x80 | (code & 0x3F));
        } else {
          *o++ = static_cast<char>(0xF0 | (code >> 18));
          *o++ = static_cast<char>(0x80 | ((code >> 12) & 0x3F));
          *o++ = static_cast<char>(0x80 | ((code >> 6) & 0x3F));
          *o++ = static_cast<char>(0x80 | (code & 0x3F));
        }
        break;
      }
      default:
        *o++ = c;
    }
  }
  return static_cast<std::size_t>(o - out);
}

}  // namespace dragoman::json
