#include "sandbox/pattern.h"

#include <algorithm>
#include <bitset>
#include <charconv>

namespace dragoman::sandbox {
namespace {

constexpr std::size_t kMaxText = 4096;
constexpr int kMaxDepth = 64;

using Class = std::bitset<128>;  // ASCII is enough to find one matching character

Class range(char from, char to) {
  Class out;
  for (int c = from; c <= to; ++c) out.set(static_cast<std::size_t>(c));
  return out;
}

Class word_class() {
  Class out = range('a', 'z') | range('A', 'Z') | range('0', '9');
  out.set('_');
  return out;
}

Class space_class() {
  Class out;
  for (const char c : std::string_view(" \t\n\r\f\v")) out.set(static_cast<std::size_t>(c));
  return out;
}

// What a person would type first: a letter, then a digit, then any visible character.
std::optional<char> pick(const Class& from) {
  static constexpr std::string_view kOrder =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ1234567890-_. "
      "/:;,!?@#$%&*+=()[]{}<>|~^'\"`\\\t\n\r\f\v";
  for (const char c : kOrder) {
    if (from.test(static_cast<std::size_t>(c))) return c;
  }
  return std::nullopt;
}

class Maker {
 public:
  Maker(std::string_view pattern, int extra) : pattern_(pattern), extra_(extra) {}

  std::optional<std::string> run() {
    std::string out;
    if (!alternatives(out, 0) || at_ != pattern_.size()) return std::nullopt;
    return out;
  }

 private:
  bool more() const { return at_ < pattern_.size(); }
  char peek() const { return pattern_[at_]; }

  // The first alternative is written; the others are read over.
  bool alternatives(std::string& out, int depth) {
    if (depth > kMaxDepth || !sequence(out, depth)) return false;
    while (more() && peek() == '|') {
      ++at_;
      std::string unused;
      if (!sequence(unused, depth)) return false;
    }
    return true;
  }

  bool sequence(std::string& out, int depth) {
    while (more() && peek() != '|' && peek() != ')') {
      std::string atom_text;
      if (!atom(atom_text, depth)) return false;
      int times = 1;
      if (!quantifier(times)) return false;
      for (int i = 0; i < times && out.size() < kMaxText; ++i) out += atom_text;
    }
    return true;
  }

  bool quantifier(int& times) {
    if (!more()) return true;
    int least = 1;
    int most = 1;
    switch (peek()) {
      case '*':
        least = 0;
        most = 1 << 20;
        ++at_;
        break;
      case '+':
        most = 1 << 20;
        ++at_;
        break;
      case '?':
        least = 0;
        ++at_;
        break;
      case '{': {
        const std::size_t end = pattern_.find('}', at_);
        if (end == std::string_view::npos) return true;
        const std::string_view inside = pattern_.substr(at_ + 1, end - at_ - 1);
        const std::size_t comma = inside.find(',');
        const std::string_view first = inside.substr(0, comma);
        if (std::from_chars(first.data(), first.data() + first.size(), least).ec != std::errc{}) return true;
        most = least;
        if (comma != std::string_view::npos) {
          const std::string_view second = inside.substr(comma + 1);
          most = 1 << 20;
          if (!second.empty()) std::from_chars(second.data(), second.data() + second.size(), most);
        }
        at_ = end + 1;
        break;
      }
      default:
        return true;
    }
    if (more() && (peek() == '?' || peek() == '+')) ++at_;  // lazy, possessive
    times = std::min(most, most > least + 1 ? least + extra_ : least + std::min(extra_, most - least));
    return true;
  }

  bool atom(std::string& out, int depth) {
    const char c = pattern_[at_++];
    switch (c) {
      case '^':
      case '$':
        return true;
      case '.':
        out += 'a';
        return true;
      case '(':
        return group(out, depth);
      case '[':
        return bracket(out);
      case '\\':
        return escape(out);
      case '*':
      case '+':
      case '?':
        return false;
      default:
        out += c;
        return true;
    }
  }

  bool group(std::string& out, int depth) {
    bool silent = false;
    if (more() && peek() == '?') {
      ++at_;
      if (!more()) return false;
      const char kind = pattern_[at_++];
      if (kind == '=' || kind == '!') {
        silent = true;
      } else if (kind == '<' || kind == 'P') {
        if (kind == 'P' && more()) ++at_;
        if (more() && (peek() == '=' || peek() == '!')) {
          silent = true;
          ++at_;
        } else {
          const std::size_t end = pattern_.find('>', at_);
          if (end == std::string_view::npos) return false;
          at_ = end + 1;
        }
      } else if (kind != ':') {
        return false;
      }
    }
    std::string inside;
    if (!alternatives(inside, depth + 1) || !more() || peek() != ')') return false;
    ++at_;
    if (!silent) out += inside;
    return true;
  }

  // One escape outside or inside brackets, as a set of characters. Nothing for zero-width ones.
  bool escaped_class(Class& out, bool& zero_width) {
    if (!more()) return false;
    const char c = pattern_[at_++];
    const auto one = [&](char ch) { out.set(static_cast<std::size_t>(ch) & 127); };
    switch (c) {
      case 'd':
        out |= range('0', '9');
        break;
      case 'w':
        out |= word_class();
        break;
      case 's':
        out |= space_class();
        break;
      case 'D':
        out |= ~range('0', '9');
        break;
      case 'W':
        out |= ~word_class();
        break;
      case 'S':
        out |= ~space_class();
        break;
      case 'n':
        one('\n');
        break;
      case 't':
        one('\t');
        break;
      case 'r':
        one('\r');
        break;
      case 'b':
      case 'B':
        zero_width = true;
        break;
      case 'p':
      case 'P': {
        const std::size_t end = pattern_.find('}', at_);
        if (end == std::string_view::npos) return false;
        const std::string_view name = pattern_.substr(at_, end - at_);
        at_ = end + 1;
        out |= name.starts_with("{N")    ? range('0', '9')
               : name.starts_with("{Lu") ? range('A', 'Z')
                                         : range('a', 'z');
        break;
      }
      case 'x':
      case 'u': {
        const std::size_t digits = c == 'x' ? 2 : 4;
        unsigned code = 0;
        if (at_ + digits > pattern_.size()) return false;
        std::from_chars(pattern_.data() + at_, pattern_.data() + at_ + digits, code, 16);
        at_ += digits;
        if (code < 128) out.set(code);
        break;
      }
      default:
        one(c);
    }
    return true;
  }

  bool escape(std::string& out) {
    Class from;
    bool zero_width = false;
    if (!escaped_class(from, zero_width)) return false;
    if (zero_width) return true;
    const auto c = pick(from);
    if (c) out += *c;
    return c.has_value();
  }

  bool bracket(std::string& out) {
    Class from;
    const bool negated = more() && peek() == '^';
    if (negated) ++at_;
    std::string beyond_ascii;
    bool first = true;
    while (more() && (peek() != ']' || first)) {
      first = false;
      const char c = pattern_[at_++];
      if (c == '\\') {
        bool zero_width = false;
        if (!escaped_class(from, zero_width)) return false;
      } else if (static_cast<unsigned char>(c) >= 128) {
        beyond_ascii += c;
      } else if (at_ + 1 < pattern_.size() && peek() == '-' && pattern_[at_ + 1] != ']' &&
                 pattern_[at_ + 1] != '\\' && static_cast<unsigned char>(pattern_[at_ + 1]) < 128) {
        from |= range(c, pattern_[at_ + 1]);
        at_ += 2;
      } else {
        from.set(static_cast<std::size_t>(c));
      }
    }
    if (!more()) return false;
    ++at_;
    if (const auto c = pick(negated ? ~from : from)) {
      out += *c;
      return true;
    }
    out += beyond_ascii;  // a class of other scripts only: its members one after another, good enough for one
    return !beyond_ascii.empty();
  }

  std::string_view pattern_;
  int extra_;
  std::size_t at_ = 0;
};

}  // namespace

std::optional<std::string> match_text(std::string_view pattern, int extra) {
  return Maker(pattern, extra).run();
}

}  // namespace dragoman::sandbox
