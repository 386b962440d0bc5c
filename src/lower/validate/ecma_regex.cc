#include "lower/validate/ecma_regex.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "base/strings.h"
#include "lower/validate/unicode_property.h"

namespace dragoman::validate {
namespace {

constexpr bool digit(char c) { return c >= '0' && c <= '9'; }
constexpr bool letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

// ECMA-262 WhiteSpace and LineTerminator, as the inside of a class; RE2's \s has five characters.
constexpr std::string_view kSpace =
    R"(\x09-\x0d\x20\x{a0}\x{1680}\x{2000}-\x{200a}\x{2028}\x{2029}\x{202f}\x{205f}\x{3000}\x{feff})";
constexpr std::string_view kNoSpace =
    R"(\x00-\x08\x0e-\x1f\x21-\x{9f}\x{a1}-\x{167f}\x{1681}-\x{1fff}\x{200b}-\x{2027}\x{202a}-\x{202e}\x{2030}-\x{205e}\x{2060}-\x{2fff}\x{3001}-\x{fefe}\x{ff00}-\x{10ffff})";
constexpr std::string_view kAnything = R"([\x00-\x{10ffff}])";
constexpr std::string_view kNothing = R"([^\x00-\x{10ffff}])";

// One pass over the pattern. What RE2 cannot do is noted in `beyond_` and passed over, so that the syntax of
// the rest is still looked at; what is no ECMA-262 ends it.
class Translator {
 public:
  explicit Translator(std::string_view pattern) : in_(pattern) {}

  bool run() {
    while (at_ < in_.size() && !wrong_)
      if (!term()) return false;
    if (open_ > 0) return refuse("a group is not closed");
    return !wrong_;
  }

  const std::string& out() const { return out_; }
  const char* wrong() const { return wrong_; }
  const char* beyond() const { return beyond_; }

 private:
  bool refuse(const char* why) {
    wrong_ = why;
    return false;
  }
  void note(const char* what) {
    if (!beyond_) beyond_ = what;
  }
  char peek(std::size_t ahead = 0) const { return at_ + ahead < in_.size() ? in_[at_ + ahead] : '\0'; }
  bool next_is(std::string_view text) const { return in_.substr(at_).starts_with(text); }
  bool take(std::string_view text) {
    if (!next_is(text)) return false;
    at_ += text.size();
    return true;
  }
  void emit(char32_t code) { out_ += fmt::format("\\x{{{:x}}}", static_cast<std::uint32_t>(code)); }

  bool term() {
    const char c = in_[at_];
    switch (c) {
      case '(':
        return group();
      case ')':
        ++at_;
        if (open_-- == 0) return refuse("a ) without its (");
        out_ += ')';
        return quantifier();
      case '[':
        return character_class() && quantifier();
      case '\\':
        return escape() && quantifier();
      case '.':
        ++at_;
        out_ += R"([^\n\r\x{2028}\x{2029}])";
        return quantifier();
      case '^':
        ++at_;
        out_ += R"(\A)";
        return true;
      case '$':
        ++at_;
        out_ += R"(\z)";
        return true;
      case '|':
        ++at_;
        out_ += '|';
        return true;
      case '*':
      case '+':
      case '?':
        return refuse("a quantifier with nothing before it");
      case '{':
      case '}':
        // Annex B.1.2: a brace that starts no quantifier is itself.
        ++at_;
        out_ += c == '{' ? R"(\{)" : R"(\})";
        return quantifier();
      default:
        literal();
        return quantifier();
    }
  }

  void literal() {
    out_ += in_[at_++];
    // The quantifier that may follow belongs to the whole character.
    while (at_ < in_.size() && (static_cast<unsigned char>(in_[at_]) & 0xC0) == 0x80) out_ += in_[at_++];
  }

  bool group() {
    ++at_;
    ++open_;
    if (take("?=") || take("?!") || take("?<=") || take("?<!")) {
      note("look-around");
      out_ += "(?:";
      return true;
    }
    if (take("?<")) {
      const auto end = in_.find('>', at_);
      if (end == std::string_view::npos || end == at_) return refuse("a group name without its >");
      at_ = end + 1;
    } else if (next_is("?")) {
      // (?: and, since ECMA-262 2025, (?ims-ims:
      std::size_t end = at_ + 1;
      while (end < in_.size() && std::string_view("ims-").find(in_[end]) != std::string_view::npos) ++end;
      if (end >= in_.size() || in_[end] != ':') return refuse("a group that ECMA-262 does not have");
      out_ += '(';
      out_ += in_.substr(at_, end + 1 - at_);
      at_ = end + 1;
      return true;
    }
    out_ += "(?:";
    return true;
  }

  // {n}, {n,} or {n,m} at the position, or nothing.
  std::optional<std::string_view> braces() const {
    std::size_t end = at_ + 1;
    const auto digits = [&] {
      const std::size_t start = end;
      while (end < in_.size() && digit(in_[end])) ++end;
      return end > start;
    };
    if (!digits()) return std::nullopt;
    if (end < in_.size() && in_[end] == ',') {
      ++end;
      digits();
    }
    if (end >= in_.size() || in_[end] != '}') return std::nullopt;
    return in_.substr(at_, end + 1 - at_);
  }

  bool quantifier() {
    const char c = peek();
    if (at_ >= in_.size()) return true;
    if (c == '*' || c == '+' || c == '?') {
      out_ += c;
      ++at_;
    } else if (const auto counted = c == '{' ? braces() : std::nullopt) {
      out_ += *counted;
      at_ += counted->size();
    } else {
      return true;
    }
    if (take("?")) out_ += '?';
    if (at_ < in_.size() && (peek() == '*' || peek() == '+' || peek() == '?' || (peek() == '{' && braces())))
      return refuse("a quantifier after a quantifier");
    return true;
  }

  // \uXXXX, \u{X…}, surrogate pairs as one, \xHH; at_ stands after the backslash.
  std::optional<char32_t> numeric() {
    const auto digits_at = [&](std::size_t from, std::size_t count) -> std::optional<char32_t> {
      char32_t code = 0;
      for (std::size_t i = 0; i < count; ++i) {
        const int d = from + i < in_.size() ? hex_value(in_[from + i]) : -1;
        if (d < 0) return std::nullopt;
        code = code * 16 + static_cast<char32_t>(d);
      }
      return code;
    };
    if (peek() == 'x') {
      const auto code = digits_at(at_ + 1, 2);
      if (code) at_ += 3;
      return code;
    }
    if (peek(1) == '{') {
      const auto end = in_.find('}', at_);
      if (end == std::string_view::npos || end - at_ < 3 || end - at_ > 10) return std::nullopt;
      const auto code = digits_at(at_ + 2, end - at_ - 2);
      if (!code || *code > 0x10FFFF) return std::nullopt;
      at_ = end + 1;
      return code;
    }
    auto code = digits_at(at_ + 1, 4);
    if (!code) return std::nullopt;
    at_ += 5;
    if (*code >= 0xD800 && *code <= 0xDBFF && next_is("\\u")) {
      const auto low = digits_at(at_ + 2, 4);
      if (low && *low >= 0xDC00 && *low <= 0xDFFF) {
        code = 0x10000 + ((*code - 0xD800) << 10) + (*low - 0xDC00);
        at_ += 6;
      }
    }
    return code;
  }

  // \p{…} or \P{…}; at_ stands on the p.
  bool property() {
    const char p = in_[at_];
    const auto end = in_.find('}', at_);
    if (peek(1) != '{' || end == std::string_view::npos) return refuse("\\p without {name}");
    const PropertyClass set = property_class(in_.substr(at_ + 2, end - at_ - 2), p == 'P', in_class_);
    at_ = end + 1;
    if (set.wrong) return refuse(set.wrong);
    if (set.beyond) note(set.beyond);
    out_ += set.text;
    return true;
  }

  bool escape() {
    ++at_;
    if (at_ >= in_.size()) return refuse("a backslash at the end");
    const char c = in_[at_];
    constexpr std::string_view kSame = "dDwWbBtnvfr";
    if (kSame.find(c) != std::string_view::npos) {
      if (in_class_ && c == 'b')
        out_ += R"(\x08)";
      else if (in_class_ && c == 'B')
        return refuse("\\B inside a class");
      else
        out_.append({'\\', c});
      ++at_;
      return true;
    }
    switch (c) {
      case 's':
      case 'S':
        ++at_;
        if (in_class_)
          out_ += c == 's' ? kSpace : kNoSpace;
        else
          out_ += fmt::format("[{}{}]", c == 's' ? "" : "^", kSpace);
        return true;
      case 'p':
      case 'P':
        return property();
      case 'c':
        if (!letter(peek(1))) return refuse("\\c without a letter");
        emit(static_cast<char32_t>(peek(1) % 32));
        at_ += 2;
        return true;
      case 'x':
      case 'u':
        if (const auto code = numeric()) {
          if (*code >= 0xD800 && *code <= 0xDFFF)
            note("half of a surrogate pair");
          else
            emit(*code);
          return true;
        }
        return refuse("\\x or \\u without its hexadecimal digits");
      case '0':
        if (digit(peek(1))) return refuse("an octal escape");
        ++at_;
        emit(0);
        return true;
      case 'k':
        if (const auto end = in_.find('>', at_); peek(1) == '<' && end != std::string_view::npos) {
          note("a back-reference");
          at_ = end + 1;
          return true;
        }
        return refuse("\\k without <name>");
      default:
        break;
    }
    if (digit(c)) {
      if (in_class_) return refuse("a back-reference inside a class");
      note("a back-reference");
      while (digit(peek())) ++at_;
      return true;
    }
    if (letter(c)) return refuse("an escaped letter that means nothing in ECMA-262");
    if (static_cast<unsigned char>(c) < 0x80) {
      emit(static_cast<char32_t>(c));
      ++at_;
    } else {
      literal();
    }
    return true;
  }

  bool character_class() {
    ++at_;
    const bool negated = take("^");
    if (take("]")) {
      out_ += negated ? kAnything : kNothing;
      return true;
    }
    out_ += negated ? "[^" : "[";
    in_class_ = true;
    bool after_set = false;  // \w, \p{…}: what follows is no range (Annex B.1.2), so a hyphen is itself
    while (at_ < in_.size() && in_[at_] != ']') {
      const char c = in_[at_];
      const bool set = c == '\\' && std::string_view("dDwWsSpP").find(peek(1)) != std::string_view::npos;
      if (c == '\\') {
        if (!escape()) return false;
      } else if (c == '[' || c == '^' || c == '&' || c == '~' || (c == '-' && after_set)) {
        emit(static_cast<char32_t>(c));  // "[:alpha:]" is five letters and two signs here
        ++at_;
      } else {
        literal();
      }
      after_set = set;
    }
    in_class_ = false;
    if (at_ >= in_.size()) return refuse("a [ without its ]");
    ++at_;
    out_ += ']';
    return true;
  }

  std::string_view in_;
  std::size_t at_ = 0;
  std::string out_;
  int open_ = 0;
  bool in_class_ = false;
  const char* wrong_ = nullptr;
  const char* beyond_ = nullptr;
};

}  // namespace

Result<std::string> ecma_to_re2(std::string_view pattern) {
  Translator translator(pattern);
  if (!translator.run()) return fail(fmt::format("is not a regular expression: {}", translator.wrong()));
  if (translator.beyond())
    return fail(fmt::format("uses {}, which cannot be matched in linear time", translator.beyond()));
  return translator.out();
}

bool is_ecma_regex(std::string_view pattern) { return Translator(pattern).run(); }

}  // namespace dragoman::validate
