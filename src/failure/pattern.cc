#include "failure/pattern.h"

#include <algorithm>
#include <cstddef>

namespace dragoman::failure {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_word(char c) { return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }

// Reads "{N}" at the pattern's start. `rest` is what follows.
bool read_gap(std::string_view pattern, std::size_t& size, std::string_view& rest) {
  const std::size_t close = pattern.find('}');
  if (close == std::string_view::npos || close < 2 || close > 4) return false;
  size = 0;
  for (const char c : pattern.substr(1, close - 1)) {
    if (!is_digit(c)) return false;
    size = size * 10 + static_cast<std::size_t>(c - '0');
  }
  rest = pattern.substr(close + 1);
  return true;
}

// A full stop inside a number or a name ("gpt-4.1", "toolConfig.tools") ends no sentence.
bool ends_sentence(std::string_view text, std::size_t at) {
  if (text[at] == '\n') return true;
  return text[at] == '.' && (at + 1 == text.size() || text[at + 1] == ' ' || text[at + 1] == '\n');
}

// Recursion is as deep as the pattern has gaps.
bool matches_at(std::string_view pattern, std::string_view text, std::size_t at) {
  while (!pattern.empty()) {
    const char p = pattern.front();
    if (p == '{') {
      std::size_t gap = 0;
      std::string_view rest;
      if (!read_gap(pattern, gap, rest)) return false;
      for (std::size_t skipped = 0;; ++skipped) {
        if (matches_at(rest, text, at + skipped)) return true;
        if (skipped == gap || at + skipped >= text.size() || ends_sentence(text, at + skipped)) return false;
      }
    }
    if (p == '~') {
      const bool before = at > 0 && is_word(text[at - 1]);
      const bool after = at < text.size() && is_word(text[at]);
      if (before && after) return false;
    } else {
      if (at >= text.size()) return false;
      if (p == '#' ? !is_digit(text[at]) : p != text[at]) return false;
      ++at;
    }
    pattern.remove_prefix(1);
  }
  return true;
}

}  // namespace

bool occurs(std::string_view pattern, std::string_view text) {
  if (pattern.empty()) return false;
  // The literal head is looked for with the library's fast search; only its hits are tried in full.
  const std::size_t literal = std::min(pattern.find_first_of("{#~"), pattern.size());
  const std::string_view head = pattern.substr(0, literal);
  if (head.empty()) {
    for (std::size_t at = 0; at <= text.size(); ++at) {
      if (matches_at(pattern, text, at)) return true;
    }
    return false;
  }
  for (std::size_t at = text.find(head); at != std::string_view::npos; at = text.find(head, at + 1)) {
    if (matches_at(pattern.substr(literal), text, at + literal)) return true;
  }
  return false;
}

bool is_well_formed(std::string_view pattern) {
  if (pattern.empty() || pattern.front() == '{' || pattern.back() == '}') return false;
  int gaps = 0;
  for (std::size_t i = 0; i < pattern.size(); ++i) {
    if ((pattern[i] >= 'A' && pattern[i] <= 'Z') || pattern[i] == '`') return false;
    if (pattern[i] != '{') continue;
    std::size_t gap = 0;
    std::string_view rest;
    if (!read_gap(pattern.substr(i), gap, rest) || gap > 200 || ++gaps > 2) return false;
  }
  return true;
}

}  // namespace dragoman::failure
