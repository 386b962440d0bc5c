#include "dialect/python_literal.h"

#include <cstdint>

#include "json/write.h"

namespace dragoman::dialect {
namespace {

constexpr int kMaxDepth = 32;

bool is_space(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }
bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == '$'; }

void append_utf8(std::string& out, std::uint32_t c) {
  if (c >= 0xD800 && c <= 0xDFFF) c = 0xFFFD;  // half a pair is no character
  if (c < 0x80) {
    out += static_cast<char>(c);
  } else if (c < 0x800) {
    out += static_cast<char>(0xC0 | (c >> 6));
    out += static_cast<char>(0x80 | (c & 0x3F));
  } else if (c < 0x10000) {
    out += static_cast<char>(0xE0 | (c >> 12));
    out += static_cast<char>(0x80 | ((c >> 6) & 0x3F));
    out += static_cast<char>(0x80 | (c & 0x3F));
  } else {
    out += static_cast<char>(0xF0 | (c >> 18));
    out += static_cast<char>(0x80 | ((c >> 12) & 0x3F));
    out += static_cast<char>(0x80 | ((c >> 6) & 0x3F));
    out += static_cast<char>(0x80 | (c & 0x3F));
  }
}

class Reader {
 public:
  explicit Reader(std::string_view text, bool node = false) : text_(text), node_(node) {}

  bool value(std::string& out, int depth) {
    if (depth > kMaxDepth) return false;
    skip_space();
    if (done()) return false;
    const char c = peek();
    if (c == '{') return dict(out, depth);
    if (node_ && c == '[' && bracketed(out)) return true;
    if (node_ && is_letter(c)) return named(out, depth);
    if (c == '[') return list(out, depth, ']');
    if (c == '(') return list(out, depth, ')');
    if (starts_string()) return string(out);
    if (is_digit(c) || c == '-') return number(out);
    for (const auto& [word, json] : {std::pair<std::string_view, std::string_view>{"True", "true"},
                                     {"False", "false"},
                                     {"None", "null"},
                                     {"true", "true"},
                                     {"false", "false"},
                                     {"null", "null"}}) {
      if (!text_.substr(at_).starts_with(word)) continue;
      at_ += word.size();
      out += json;
      return true;
    }
    return false;
  }

  std::size_t at() const { return at_; }

 private:
  bool done() const { return at_ >= text_.size(); }
  char peek() const { return text_[at_]; }
  void skip_space() {
    while (!done() && is_space(peek())) ++at_;
  }
  bool take(char c) {
    skip_space();
    if (done() || peek() != c) return false;
    ++at_;
    return true;
  }

  std::string_view name() {
    const std::size_t start = at_;
    while (!done() && (is_letter(peek()) || is_digit(peek()))) ++at_;
    return text_.substr(start, at_ - start);
  }

  // true, undefined; Headers { … }, Map(2) { … }.
  bool named(std::string& out, int depth) {
    const std::string_view word = name();
    if (word == "true" || word == "false" || word == "null") {
      out += word;
      return true;
    }
    if (word == "undefined" || word == "NaN" || word == "Infinity") {
      out += "null";
      return true;
    }
    if (!done() && peek() == '(')
      while (!done() && peek() != ')' && peek() != '\n') ++at_;
    take(')');
    skip_space();
    if (done() || (peek() != '{' && peek() != '[')) return false;
    return value(out, depth + 1);
  }

  // [Object], [Function: x], [Circular *1], [Symbol(x)]: a word in brackets is no list.
  bool bracketed(std::string& out) {
    const std::size_t end = text_.find_first_of("],'\"\n{", at_);
    if (at_ + 1 >= text_.size() || !is_letter(text_[at_ + 1]) || end == std::string_view::npos ||
        text_[end] != ']')
      return false;
    json::write_string(out, text_.substr(at_, end + 1 - at_));
    at_ = end + 1;
    return true;
  }

  bool starts_string() const {
    if (node_) return !done() && (peek() == '\'' || peek() == '"' || peek() == '`');
    std::size_t i = at_;
    while (i < text_.size() && i - at_ < 2 &&
           std::string_view("bBuUrRfF").find(text_[i]) != std::string_view::npos)
      ++i;
    return i < text_.size() && (text_[i] == '\'' || text_[i] == '"');
  }

  bool dict(std::string& out, int depth) {
    ++at_;
    out += '{';
    for (bool first = true;; first = false) {
      if (take('}')) break;
      if (!first) out += ',';
      skip_space();
      if (done()) return false;
      if (starts_string()) {
        if (!string(out)) return false;
      } else if (node_ && (is_letter(peek()) || peek() == '[')) {
        if (peek() == '[' ? !bracketed(out) : (json::write_string(out, name()), false)) return false;
      } else {  // a number, True or None as a key
        std::string key;
        if (!value(key, depth + 1) || key.empty() || key.front() == '{' || key.front() == '[') return false;
        out += '"' + key + '"';
      }
      if (node_ && take('=')) {  // of a Map: 'key' => value
        if (!take('>')) return false;
      } else if (!take(':')) {
        return false;
      }
      out += ':';
      if (!value(out, depth + 1)) return false;
      if (take(',')) continue;
      if (!take('}')) return false;
      break;
    }
    out += '}';
    return true;
  }

  bool list(std::string& out, int depth, char close) {
    ++at_;
    out += '[';
    for (bool first = true;; first = false) {
      if (take(close)) break;
      if (node_ && text_.substr(at_).starts_with("...")) {  // "... 3 more items"
        at_ = std::min(text_.size(), text_.find(close, at_));
        if (take(close)) break;
        return false;
      }
      if (!first) out += ',';
      if (!value(out, depth + 1)) return false;
      if (take(',')) continue;
      if (!take(close)) return false;
      break;
    }
    out += ']';
    return true;
  }

  bool number(std::string& out) {
    const std::size_t start = at_;
    if (peek() == '-') ++at_;
    const std::size_t digits = at_;
    while (!done() && (is_digit(peek()) || peek() == '.' || peek() == 'e' || peek() == 'E' || peek() == '+' ||
                       (peek() == '-' && at_ > digits)))
      ++at_;
    if (at_ == digits || !is_digit(text_[digits])) return false;
    out += text_.substr(start, at_ - start);
    return true;
  }

  // One string, or several beside each other, which Python joins.
  bool string(std::string& out) {
    std::string text;
    do {
      bool raw = false;
      while (peek() != '\'' && peek() != '"' && peek() != '`') {
        raw = raw || peek() == 'r' || peek() == 'R';
        ++at_;
      }
      if (!one_string(text, raw)) return false;
      if (node_) take('+');  // long ones are printed in pieces
      skip_space();
    } while (!done() && starts_string());
    json::write_string(out, text);
    return true;
  }

  bool one_string(std::string& text, bool raw) {
    const char quote = peek();
    ++at_;
    while (!done() && peek() != quote) {
      if (peek() != '\\' || at_ + 1 >= text_.size()) {
        text += peek();
        ++at_;
        continue;
      }
      const char c = text_[at_ + 1];
      at_ += 2;
      if (raw) {
        text += '\\';
        text += c;
      } else {
        escape(c, text);
      }
    }
    if (done()) return false;
    ++at_;
    return true;
  }

  void escape(char c, std::string& text) {
    switch (c) {
      case 'n':
        text += '\n';
        return;
      case 't':
        text += '\t';
        return;
      case 'r':
        text += '\r';
        return;
      case '\n':  // a line that goes on
        return;
      case 'x':
        return code(2, text);
      case 'u':
        return code(4, text);
      case 'U':
        return code(8, text);
      case '\\':
      case '\'':
      case '"':
      case '/':
        text += c;
        return;
      default:
        text += '\\';
        text += c;
    }
  }

  void code(std::size_t digits, std::string& text) {
    std::uint32_t c = 0;
    for (std::size_t i = 0; i < digits && !done(); ++i, ++at_) {
      const char d = peek();
      if (is_digit(d))
        c = c * 16 + static_cast<std::uint32_t>(d - '0');
      else if (d >= 'a' && d <= 'f')
        c = c * 16 + static_cast<std::uint32_t>(d - 'a' + 10);
      else if (d >= 'A' && d <= 'F')
        c = c * 16 + static_cast<std::uint32_t>(d - 'A' + 10);
      else
        break;
    }
    append_utf8(text, c <= 0x10FFFF ? c : 0xFFFD);
  }

  std::string_view text_;
  bool node_;
  std::size_t at_ = 0;
};

std::optional<PythonLiteral> read(std::string_view text, bool node) {
  PythonLiteral out;
  Reader reader(text, node);
  if (!reader.value(out.json, 0)) return std::nullopt;
  out.size = reader.at();
  return out;
}

}  // namespace

std::optional<PythonLiteral> read_python_literal(std::string_view text) { return read(text, false); }
std::optional<PythonLiteral> read_node_literal(std::string_view text) { return read(text, true); }

}  // namespace dragoman::dialect
