#include "config/json5.h"

#include <algorithm>
#include <charconv>
#include <cstdint>

#include "base/strings.h"
#include "json/write.h"

namespace dragoman::config {
namespace {

constexpr int kDepth = 64;

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_name(char c) {
  return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == '$' ||
         static_cast<unsigned char>(c) >= 0x80;
}

class Converter {
 public:
  explicit Converter(std::string_view text) : text_(text) {}

  std::optional<std::string> run() {
    if (text_.starts_with("\xEF\xBB\xBF")) text_.remove_prefix(3);
    blanks();
    if (!at('{') && !at('[')) return {};
    if (!value(0)) return {};
    blanks();
    fault_ = at_;
    if (at_ != text_.size()) return {};
    return std::move(out_);
  }

  // After run() has given nothing; npos for a text that is not one of JSON5's at all.
  std::size_t fault() const {
    return out_.find_first_of("{[") == std::string::npos ? std::string::npos : fault_;
  }

 private:
  bool at(char c) const { return at_ < text_.size() && text_[at_] == c; }
  bool more() const { return at_ < text_.size(); }

  void blanks() {
    while (more()) {
      const char c = text_[at_];
      const std::string_view rest = text_.substr(at_);
      if (c == ' ' || c == '\t' || c == '\r' || c == '\n') {
        out_ += c == '\n' ? '\n' : ' ';
        ++at_;
      } else if (rest.starts_with("//")) {
        while (more() && text_[at_] != '\n') {
          out_ += ' ';
          ++at_;
        }
      } else if (rest.starts_with("/*")) {
        const std::size_t end = text_.find("*/", at_ + 2);
        const std::size_t stop = end == std::string_view::npos ? text_.size() : end + 2;
        for (; at_ < stop; ++at_) out_ += text_[at_] == '\n' ? '\n' : ' ';
      } else {
        return;
      }
    }
  }

  bool value(int depth) {
    blanks();
    fault_ = at_;
    if (!more() || depth > kDepth) return false;
    const char c = text_[at_];
    if (c == '{') return members('}', depth);
    if (c == '[') return members(']', depth);
    if (c == '"' || c == '\'') return string();
    return word();
  }

  bool members(char close, int depth) {
    out_ += text_[at_++];
    for (;;) {
      blanks();
      if (at(close)) break;
      fault_ = at_;
      if (close == '}' && !key()) return false;
      if (!value(depth + 1)) return false;
      blanks();
      if (at(',')) {
        ++at_;
        const std::size_t comma = out_.size();
        out_ += ',';
        blanks();
        if (at(close)) out_[comma] = ' ';  // a trailing one
        continue;
      }
      fault_ = at_;
      if (!at(close)) return false;
    }
    out_ += close;
    ++at_;
    return true;
  }

  bool key() {
    if (at('"') || at('\'')) {
      if (!string()) return false;
    } else {
      const std::size_t begin = at_;
      while (more() && is_name(text_[at_])) ++at_;
      if (at_ == begin || is_digit(text_[begin])) return false;
      json::write_string(out_, text_.substr(begin, at_ - begin));
    }
    blanks();
    fault_ = at_;
    if (!at(':')) return false;
    ++at_;
    out_ += ": ";
    return true;
  }

  // A number or one of JSON's three words; anything else is YAML's business.
  bool word() {
    const std::size_t begin = at_;
    while (more() && (is_name(text_[at_]) || text_[at_] == '+' || text_[at_] == '-' || text_[at_] == '.'))
      ++at_;
    std::string_view token = text_.substr(begin, at_ - begin);
    if (token == "true" || token == "false" || token == "null") {
      out_ += token;
      return true;
    }
    if (token.starts_with('+')) token.remove_prefix(1);
    const bool minus = token.starts_with('-');
    std::string_view digits = minus ? token.substr(1) : token;
    if (digits.starts_with("0x") || digits.starts_with("0X")) {
      std::uint64_t number = 0;
      const auto [end, error] = std::from_chars(digits.data() + 2, digits.data() + digits.size(), number, 16);
      if (error != std::errc{} || end != digits.data() + digits.size()) return false;
      out_ += (minus ? "-" : "") + std::to_string(number);
      return true;
    }
    std::string plain(digits);
    if (plain.starts_with('.')) plain.insert(0, "0");
    if (plain.ends_with('.')) plain.pop_back();
    double number = 0;
    const auto [end, error] = std::from_chars(plain.data(), plain.data() + plain.size(), number);
    if (plain.empty() || !is_digit(plain.front()) || error == std::errc::invalid_argument ||
        end != plain.data() + plain.size())
      return false;
    out_ += (minus ? "-" : "") + plain;
    return true;
  }

  bool string() {
    const char quote = text_[at_++];
    std::string read;
    std::string lines;  // of continued strings: kept after it
    while (more() && text_[at_] != quote) {
      const char c = text_[at_++];
      if (c == '\n') return false;
      if (c != '\\') {
        read += c;
        continue;
      }
      if (!more()) return false;
      const char escape = text_[at_++];
      switch (escape) {
        case '\r':
          if (at('\n')) ++at_;
          [[fallthrough]];
        case '\n':
          lines += '\n';
          break;
        case 'b':
          read += '\b';
          break;
        case 'f':
          read += '\f';
          break;
        case 'n':
          read += '\n';
          break;
        case 'r':
          read += '\r';
          break;
        case 't':
          read += '\t';
          break;
        case 'v':
          read += '\v';
          break;
        case '0':
          return false;
        case 'x':
        case 'u':
          if (!code(escape == 'x' ? 2 : 4, read)) return false;
          break;
        default:
          read += escape;
      }
    }
    if (!more()) return false;
    ++at_;
    json::write_string(out_, read);
    out_ += lines;
    return true;
  }

  std::optional<std::uint32_t> hex(std::size_t digits) {
    if (text_.size() - at_ < digits) return {};
    std::uint32_t number = 0;
    const char* begin = text_.data() + at_;
    const auto [end, error] = std::from_chars(begin, begin + digits, number, 16);
    if (error != std::errc{} || end != begin + digits) return {};
    at_ += digits;
    return number;
  }

  bool code(std::size_t digits, std::string& out) {
    auto c = hex(digits);
    if (!c) return false;
    if (*c >= 0xD800 && *c < 0xDC00 && text_.substr(at_).starts_with("\\u")) {
      at_ += 2;
      const auto low = hex(4);
      if (!low || *low < 0xDC00 || *low > 0xDFFF) return false;
      c = 0x10000 + ((*c - 0xD800) << 10) + (*low - 0xDC00);
    }
    if (*c == 0 || (*c >= 0xD800 && *c <= 0xDFFF)) return false;
    const auto put = [&](std::uint32_t byte) { out += static_cast<char>(byte); };
    if (*c < 0x80) {
      put(*c);
    } else if (*c < 0x800) {
      put(0xC0 | (*c >> 6));
      put(0x80 | (*c & 0x3F));
    } else {
      if (*c >= 0x10000) {
        put(0xF0 | (*c >> 18));
        put(0x80 | ((*c >> 12) & 0x3F));
      } else {
        put(0xE0 | (*c >> 12));
      }
      put(0x80 | ((*c >> 6) & 0x3F));
      put(0x80 | (*c & 0x3F));
    }
    return true;
  }

  std::string_view text_;
  std::size_t at_ = 0;
  std::size_t fault_ = 0;  // where what was read last begins
  std::string out_;
};

}  // namespace

std::optional<std::string> json5_to_yaml(std::string_view text) { return Converter(text).run(); }

std::optional<Json5Fault> json5_fault(std::string_view text) {
  constexpr std::size_t kShown = 20;
  if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
  Converter converter(text);
  if (converter.run() || converter.fault() == std::string::npos) return {};
  const std::string_view before = text.substr(0, converter.fault());
  Json5Fault out;
  out.line += static_cast<int>(std::ranges::count(before, '\n'));
  out.column += static_cast<int>(before.size() - (before.rfind('\n') + 1));
  std::string_view found = text.substr(converter.fault());
  found = found.substr(0, std::min(found.find_first_of(" \t\r\n"), kShown));
  while (!found.empty() && !is_utf8(found)) found.remove_suffix(1);
  out.found = found;
  return out;
}

}  // namespace dragoman::config
