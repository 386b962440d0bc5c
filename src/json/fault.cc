#include "json/fault.h"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "base/strings.h"

namespace dragoman::json {
namespace {

bool is_space(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }
bool is_word(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '$' ||
         c == '+' || c == '-' || c == '.';
}

// A pushdown automaton: what may come next depends on the innermost bracket and on what came last.
class Scanner {
 public:
  explicit Scanner(std::string_view text) : text_(text) {}

  std::optional<TextFault> scan() {
    bool done = false;
    while (true) {
      while (at_ < text_.size() && is_space(text_[at_])) ++at_;
      if (done && open_.empty()) return at_ < text_.size() ? fault("the end of the text") : std::nullopt;
      if (done) {  // behind a value
        const char close = open_.back() == '{' ? '}' : ']';
        if (at_ >= text_.size() || (text_[at_] != ',' && text_[at_] != close))
          return fault(fmt::format("',' or '{}'", close));
        if (text_[at_++] == close) {
          open_.pop_back();
          continue;
        }
        done = false;
        if (close == '}') {
          if (auto wrong = key()) return wrong;
        }
        continue;
      }
      if (at_ >= text_.size()) return fault("a value");
      const char c = text_[at_];
      if (c == '{' || c == '[') {
        open_.push_back(c);
        ++at_;
        while (at_ < text_.size() && is_space(text_[at_])) ++at_;
        if (at_ < text_.size() && text_[at_] == (c == '{' ? '}' : ']')) {
          ++at_;
          open_.pop_back();
          done = true;
        } else if (c == '{') {
          if (auto wrong = key()) return wrong;
        }
        continue;
      }
      if (auto wrong = c == '"' ? string() : word()) return wrong;
      done = true;
    }
  }

 private:
  std::optional<TextFault> key() {
    while (at_ < text_.size() && is_space(text_[at_])) ++at_;
    if (at_ >= text_.size() || text_[at_] != '"') return fault("a name in double quotes");
    if (auto wrong = string()) return wrong;
    while (at_ < text_.size() && is_space(text_[at_])) ++at_;
    if (at_ >= text_.size() || text_[at_] != ':') return fault("':'");
    ++at_;
    return std::nullopt;
  }

  std::optional<TextFault> string() {
    const std::size_t start = at_++;
    while (at_ < text_.size() && text_[at_] != '"') {
      if (static_cast<unsigned char>(text_[at_]) < 0x20)
        return fault("'\"' before the end of the line, or a line break written as \\n");
      at_ += text_[at_] == '\\' ? 2 : 1;
    }
    if (at_ < text_.size()) return ++at_, std::nullopt;
    at_ = start;
    return TextFault{line(), column(), "a string begins here and never ends"};
  }

  std::optional<TextFault> word() {
    const std::size_t start = at_;
    while (at_ < text_.size() && is_word(text_[at_])) ++at_;
    const std::string_view found = text_.substr(start, at_ - start);
    const bool number = !found.empty() && (found[0] == '-' || (found[0] >= '0' && found[0] <= '9'));
    if (number || found == "true" || found == "false" || found == "null") return std::nullopt;
    at_ = start;
    return fault("a value");
  }

  std::size_t line() const {
    return 1 +
           static_cast<std::size_t>(std::ranges::count(text_.substr(0, std::min(at_, text_.size())), '\n'));
  }
  std::size_t column() const {
    const std::size_t at = std::min(at_, text_.size());
    const std::size_t start = at == 0 ? std::string_view::npos : text_.rfind('\n', at - 1);
    return at - (start == std::string_view::npos ? 0 : start + 1) + 1;
  }

  std::optional<TextFault> fault(std::string_view expected) const {
    std::string found = "the end of the text";
    if (at_ < text_.size()) {
      std::size_t end = at_;
      while (end < text_.size() && end - at_ < 20 && is_word(text_[end])) ++end;
      found = end > at_ ? fmt::format("'{}'", text_.substr(at_, end - at_)) : character();
    }
    return TextFault{line(), column(), fmt::format("expected {}, found {}", expected, found)};
  }

  // The one at hand, whole: half of one in a message would make the message no text.
  std::string character() const {
    std::size_t size = 1;
    while (size < 4 && at_ + size < text_.size() &&
           (static_cast<unsigned char>(text_[at_ + size]) & 0xC0) == 0x80)
      ++size;
    const std::string_view found = text_.substr(at_, size);
    const auto first = static_cast<unsigned char>(text_[at_]);
    if (!is_utf8(found) && first >= 0x80) return fmt::format("the byte 0x{:02x}", first);
    return fmt::format("'{}'", first < 0x80 ? found.substr(0, 1) : found);
  }

  std::string_view text_;
  std::size_t at_ = 0;
  std::vector<char> open_;
};

}  // namespace

std::optional<TextFault> find_fault(std::string_view text) { return Scanner(text).scan(); }

std::size_t nesting(std::string_view text) {
  std::size_t depth = 0, most = 0;
  bool quoted = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (quoted && c == '\\')
      ++i;
    else if (c == '"')
      quoted = !quoted;
    else if (!quoted && (c == '{' || c == '['))
      most = std::max(most, ++depth);
    else if (!quoted && (c == '}' || c == ']') && depth > 0)
      --depth;
  }
  return most;
}

}  // namespace dragoman::json
