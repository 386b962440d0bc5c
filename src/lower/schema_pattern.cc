// Which dialect of regular expressions a pattern needs. A scan, not a reader: it knows the marks that
// providers refuse and whether brackets close.
#include <utility>

#include "lower/schema_keywords.h"

namespace dragoman::lower {
namespace {

struct Marks {
  bool closes = true;  // every bracket, and nothing is repeated that is not there
  bool python = true;  // nothing that Python's re has no word for
  bool lookaround = false;
  bool special = false;         // back-references, boundaries, Unicode classes, named and flagged groups
  bool grouping = false;        // (?:…)
  bool anchors = false;         // ^ or $ anywhere
  bool choice_outside = false;  // a | outside of all groups
  bool inner_anchors = false;   // ^ or $ but at the ends
};

constexpr std::string_view kLetters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";

// Python refuses a backslash before a letter it has no meaning for; \p, \k<…>, \c and \u{…} are others'
// words.
bool python_escape(std::string_view after, bool in_class) {
  if (after.empty() || kLetters.find(after.front()) == std::string_view::npos) return !after.empty();
  if (after.front() == 'u' || after.front() == 'x') return after.size() > 1 && after[1] != '{';
  return std::string_view(in_class ? "abfnrtvdDsSwW" : "abfnrtvdDsSwWABZ").find(after.front()) !=
         std::string_view::npos;
}

// `rest` is what follows "(?". Flags may stand for the whole pattern, at its beginning, or for a group.
bool python_group(std::string_view rest, bool at_start) {
  for (const std::string_view begins : {":", "=", "!", "<=", "<!", "P<", "P=", "#"})
    if (rest.starts_with(begins)) return true;
  const std::size_t end = rest.find_first_not_of("aiLmsux-");
  return end != 0 && end != std::string_view::npos && (rest[end] == ':' || (rest[end] == ')' && at_start));
}

Marks scan(std::string_view p) {
  Marks m;
  int depth = 0;
  bool in_class = false, atom = false, repeated = false, lazy = false;
  for (std::size_t i = 0; i < p.size(); ++i) {
    const char c = p[i];
    const bool again = std::exchange(repeated, false);
    if (c == '\\') {
      m.python &= python_escape(p.substr(i + 1), in_class);
      if (++i == p.size()) {
        m.closes = false;
        break;
      }
      const char e = p[i];
      m.special |= (e >= '1' && e <= '9') || e == 'k' || e == 'b' || e == 'B' || e == 'p' || e == 'P' ||
                   e == 'A' || e == 'Z' || e == 'z' || e == 'G';
      atom = true;
    } else if (in_class) {
      if (c == ']' && i > 0 && p[i - 1] != '[' && !(p[i - 1] == '^' && i > 1 && p[i - 2] == '[')) {
        in_class = false;
        atom = true;
      }
    } else if (c == '[') {
      in_class = true;
    } else if (c == '(') {
      ++depth;
      atom = false;
      if (p.substr(i).starts_with("(?")) {
        const std::string_view rest = p.substr(i + 2);
        const bool look = rest.starts_with("=") || rest.starts_with("!") || rest.starts_with("<=") ||
                          rest.starts_with("<!");
        m.lookaround |= look;
        m.grouping |= rest.starts_with(":");
        m.special |= !look && !rest.starts_with(":");
        m.python &= python_group(rest, i == 0);
        i += look && rest.front() == '<' ? 3 : 2;
      }
    } else if (c == ')') {
      if (--depth < 0) m.closes = false;
      atom = true;
    } else if (c == '*' || c == '+' || c == '?') {
      m.closes &= atom;
      m.python &= !again || (c == '?' && !lazy);  // a?? and a+? are lazy, more is "multiple repeat"
      lazy = again;
      repeated = true;
    } else if (c == '|') {
      m.choice_outside |= depth == 0;
      atom = false;
    } else if (c == '^' || c == '$') {
      m.anchors = true;
      m.inner_anchors |= (c == '^' && i != 0) || (c == '$' && i + 1 != p.size());
      atom = false;
    } else {
      atom = true;
    }
  }
  m.closes &= depth == 0 && !in_class;
  return m;
}

}  // namespace

bool pattern_fits(Patterns rule, std::string_view pattern) {
  const Marks m = scan(pattern);
  if (!m.closes) return false;
  switch (rule) {
    case Patterns::any:
      return true;
    case Patterns::python:
      return m.python;
    case Patterns::no_lookaround:
      return m.python && !m.lookaround;
    case Patterns::simple:
      return !m.lookaround && !m.special;
    case Patterns::whole:
      return pattern.size() > 1 && pattern.front() == '^' && pattern.back() == '$' && !m.inner_anchors &&
             !m.choice_outside && !m.lookaround && !m.special && !m.grouping && !pattern.ends_with("\\$");
    case Patterns::unanchored:
      return !m.anchors && !m.lookaround;
  }
  return true;
}

}  // namespace dragoman::lower
