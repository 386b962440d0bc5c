#include "dialect/error_words.h"

#include <algorithm>

#include "base/strings.h"

namespace dragoman::dialect {

std::pair<std::string_view, std::string_view> botocore(std::string_view text) {
  static constexpr std::string_view kHead = "An error occurred (", kCall = ") when calling the ",
                                    kOperation = " operation";
  const std::size_t head = text.find(kHead);
  if (head == std::string_view::npos) return {};
  text.remove_prefix(head + kHead.size());
  const std::size_t call = text.find(kCall);
  if (call == std::string_view::npos || call > 80) return {};
  const std::string_view rest = text.substr(call);
  const std::size_t operation = rest.find(kOperation);
  if (operation == std::string_view::npos || operation > 120) return {};
  // "(reached max retries: 4)" may stand between, with a colon of its own.
  std::string_view words = rest.substr(operation + kOperation.size());
  if (words.starts_with(" (")) words.remove_prefix(std::min(words.size(), words.find(')') + 1));
  if (!words.starts_with(": ")) return {};
  return {text.substr(0, call), trim(words.substr(2))};
}

std::string unwrapped(std::string_view json) {
  std::string out;
  bool quoted = false;
  for (std::size_t i = 0; i < json.size(); ++i) {
    const char c = json[i];
    if (c == '\\' && quoted && i + 1 < json.size() && json[i + 1] != '\n') {
      out += c;
      out += json[++i];
      continue;
    }
    if (c == '"') quoted = !quoted;
    if (!quoted || (c != '\n' && c != '\r')) {
      out += c;
      continue;
    }
    while (i + 1 < json.size() && (json[i + 1] == ' ' || json[i + 1] == '\n' || json[i + 1] == '\r')) ++i;
    while (out.ends_with(' ')) out.pop_back();
    out += ' ';
  }
  return out;
}

std::string_view balanced(std::string_view text) {
  int depth = 0;
  bool quoted = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (quoted) {
      if (c == '\\')
        ++i;
      else if (c == '"')
        quoted = false;
    } else if (c == '"') {
      quoted = true;
    } else if (c == '{' || c == '[') {
      ++depth;
    } else if ((c == '}' || c == ']') && --depth == 0) {
      return text.substr(0, i + 1);
    }
  }
  return {};
}

namespace {

// The string that is the value of the key that begins at `at`; a string without its end goes on to the end.
std::string value_after(std::string_view text, std::size_t at) {
  at = text.find_first_not_of(' ', at);
  if (at == std::string_view::npos || text[at] != ':') return {};
  at = text.find_first_not_of(' ', at + 1);
  if (at == std::string_view::npos || (text[at] != '"' && text[at] != '\'')) return {};
  const char quote = text[at];
  std::string said;
  for (std::size_t i = at + 1; i < text.size() && text[i] != quote; ++i) {
    if (text[i] == '\\' && i + 1 < text.size()) ++i;
    said += text[i];
  }
  return said;
}

}  // namespace

std::string salvage(std::string_view text) {
  for (const std::string_view key : {"\"message\"", "'message'"}) {
    const std::size_t at = text.rfind(key);
    if (at == std::string_view::npos) continue;
    // pydantic's faults, printed into the message: the first one's words say more than the bracket before
    // them.
    for (const std::string_view fault : {"\"msg\"", "'msg'"}) {
      const std::size_t inner = text.find(fault, at + key.size());
      if (inner == std::string_view::npos) continue;
      if (std::string said = value_after(text, inner + fault.size()); !is_blank(said)) return said;
    }
    return value_after(text, at + key.size());
  }
  return {};
}

}  // namespace dragoman::dialect
