#include "sandbox/openai/python_regex.h"

#include <cctype>

namespace dragoman::sandbox::openai {
namespace {

constexpr int kMaxDepth = 200;

class Reader {
 public:
  explicit Reader(std::string_view pattern) : left_(pattern) {}

  bool run() {
    global_flags();
    return alternatives(0) && left_.empty();
  }

 private:
  bool take(std::string_view what) {
    if (!left_.starts_with(what)) return false;
    left_.remove_prefix(what.size());
    return true;
  }

  // "(?i)" at the very beginning; anything else that begins with "(?" is left to atom().
  void global_flags() {
    if (!left_.starts_with("(?")) return;
    std::size_t n = 2;
    while (n < left_.size() && std::string_view("aiLmsux").find(left_[n]) != std::string_view::npos) ++n;
    if (n > 2 && n < left_.size() && left_[n] == ')') left_.remove_prefix(n + 1);
  }

  bool alternatives(int depth) {
    if (depth > kMaxDepth) return false;
    do {
      while (!left_.empty() && left_.front() != '|' && left_.front() != ')')
        if (!atom(depth) || !quantifier()) return false;
    } while (take("|"));
    return true;
  }

  bool atom(int depth) {
    if (take("(")) {
      if (take("?#")) {
        const std::size_t end = left_.find(')');
        if (end == std::string_view::npos) return false;
        left_.remove_prefix(end + 1);
        return true;
      }
      if (take("?") && !extension()) return false;
      return alternatives(depth + 1) && take(")");
    }
    if (take("[")) return character_class();
    if (take("\\")) return escape(false);
    if (std::string_view("*+?").find(left_.front()) != std::string_view::npos)
      return false;  // nothing to repeat
    left_.remove_prefix(1);
    return true;
  }

  // Behind "(?".
  bool extension() {
    for (const std::string_view kind : {":", "=", "!", "<=", "<!", ">"})
      if (take(kind)) return true;
    if (take("P<")) return name('>');
    if (take("P=")) return name(')', false);
    if (take("(")) return name(')');
    std::size_t n = 0;
    while (n < left_.size() && (std::string_view("aiLmsux-").find(left_[n]) != std::string_view::npos)) ++n;
    left_.remove_prefix(n);
    return n > 0 && take(":");
  }

  bool name(char end, bool past = true) {
    std::size_t n = 0;
    while (n < left_.size() && (std::isalnum(static_cast<unsigned char>(left_[n])) != 0 || left_[n] == '_'))
      ++n;
    if (n == 0 || n == left_.size() || left_[n] != end) return false;
    left_.remove_prefix(past ? n + 1 : n);
    return true;
  }

  bool quantifier() {
    if (left_.empty()) return true;
    if (std::string_view("*+?").find(left_.front()) != std::string_view::npos) {
      left_.remove_prefix(1);
    } else if (!braces()) {
      return true;
    }
    if (!take("?")) take("+");
    return left_.empty() ||
           (std::string_view("*+?").find(left_.front()) == std::string_view::npos && !is_braces());
  }

  // "{2}", "{2,}", "{,3}", "{2,3}"; any other brace is a brace.
  std::size_t braces_length() const {
    if (!left_.starts_with("{")) return 0;
    const std::size_t end = left_.find('}');
    if (end == std::string_view::npos) return 0;
    const std::string_view inside = left_.substr(1, end - 1);
    const bool numbers = !inside.empty() &&
                         inside.find_first_not_of("0123456789,") == std::string_view::npos &&
                         inside.find(',') == inside.rfind(',');
    return numbers && inside != "," ? end + 1 : 0;
  }
  bool is_braces() const { return braces_length() > 0; }
  bool braces() {
    const std::size_t length = braces_length();
    left_.remove_prefix(length);
    return length > 0;
  }

  bool character_class() {
    take("^");
    bool first = true;
    while (!left_.empty() && (first || left_.front() != ']')) {
      first = false;
      if (take("\\")) {
        if (!escape(true)) return false;
      } else {
        left_.remove_prefix(1);
      }
    }
    return take("]");
  }

  // Behind a backslash. A letter that means nothing there is "bad escape".
  bool escape(bool in_class) {
    if (left_.empty()) return false;
    const char c = left_.front();
    left_.remove_prefix(1);
    if (c == 'x') return hex(2);
    if (c == 'u') return hex(4);
    if (c == 'U') return hex(8);
    if (std::isalpha(static_cast<unsigned char>(c)) == 0) return true;
    return std::string_view("abdDfnrsStvwW").find(c) != std::string_view::npos ||
           (!in_class && std::string_view("ABZ").find(c) != std::string_view::npos);
  }

  bool hex(std::size_t digits) {
    if (left_.size() < digits) return false;
    for (std::size_t i = 0; i < digits; ++i)
      if (std::isxdigit(static_cast<unsigned char>(left_[i])) == 0) return false;
    left_.remove_prefix(digits);
    return true;
  }

  std::string_view left_;
};

}  // namespace

bool is_python_regex(std::string_view pattern) { return Reader(pattern).run(); }

}  // namespace dragoman::sandbox::openai
