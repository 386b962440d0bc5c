#include "failure/pasted.h"

#include <re2/re2.h>

#include <algorithm>
#include <charconv>

#include "base/strings.h"
#include "failure/phrases.h"

namespace dragoman::failure {
namespace {

// Colours and cursor movements (ECMA-48), also those whose ESC was lost on the way ("[31m").
std::string without_colours(std::string text) {
  static const RE2 kEscapes(
      "\x1b\\[[0-9;?]*[A-Za-z]|\x1b\\][^\x07\x1b]*(?:\x07|\x1b\\\\)?|\\\\(?:x1b|u001b|033)\\[[0-9;]*m|"
      "\\[\\d{1,3}(?:;\\d{1,3})*m");
  RE2::GlobalReplace(&text, kEscapes, "");
  std::erase_if(text, [](char c) { return (c >= 0 && c < ' ' && c != '\n' && c != '\t') || c == 0x7f; });
  return text;
}

bool takes_off(std::string_view& line, std::string_view mark) {
  if (!line.starts_with(mark)) return false;
  line.remove_prefix(mark.size());
  return true;
}

// What terminals, mail and Markdown put around a line.
std::string_view bare(std::string_view line, bool quoted) {
  std::string_view inner = trim(line);
  for (bool again = true; again;) {
    again = false;
    for (const std::string_view mark : {"│", "┃", "║", "⎿", "╎"})
      if (takes_off(inner, mark)) again = true;
    if (quoted && takes_off(inner, ">")) again = true;
    if (again) inner = trim(inner);
    if (again) line = inner;
  }
  for (const std::string_view mark : {"│", "┃", "║"})
    if (inner.ends_with(mark)) line = trim(inner.substr(0, inner.size() - mark.size()));
  return line;
}

bool is_fence(std::string_view line) {
  line = trim(line);
  return (line.starts_with("```") || line.starts_with("~~~")) && line.find(' ') == std::string_view::npos;
}

struct Head {
  bool found = false;
  int status = 0;
  std::vector<std::pair<std::string, std::string>> headers;
  std::size_t begin = 0, body = 0;  // lines
};

bool is_status_line(std::string_view line, int& status) {
  static const RE2 kStatus(R"(^(?:< )?HTTP/\d(?:\.\d)? ([1-5]\d\d)\b)");
  return RE2::PartialMatch(line, kStatus, &status);
}

// The last head there is: before it are those of a proxy, a redirect, or 100 Continue.
Head find_head(const std::vector<std::string_view>& lines) {
  Head out;
  for (std::size_t i = 0; i < lines.size(); ++i) {
    int status = 0;
    if (!is_status_line(lines[i], status)) continue;
    out = {true, status, {}, i, lines.size()};
    for (std::size_t k = i + 1; k < lines.size(); ++k) {
      std::string_view line = lines[k];
      takes_off(line, "< ");
      if (is_blank(line) || line == "<") {
        out.body = k + 1;
        break;
      }
      const std::size_t colon = line.find(':');
      if (colon == std::string_view::npos ||
          line.substr(0, colon).find_first_of(" {\"'") != std::string_view::npos) {
        out.body = k;
        break;
      }
      out.headers.emplace_back(line.substr(0, colon), trim(line.substr(colon + 1)));
    }
  }
  return out;
}

// What curl -v says besides the answer.
bool is_curls_own(std::string_view line) {
  return line.starts_with("* ") || line.starts_with("> ") || line.starts_with("< ") || line == ">" ||
         line == "<" || line.starts_with("{ [") || line.starts_with("} [");
}

// Headers in an SDK's dump of its exception, as far as they say when to come back or what went wrong.
void headers_in(std::string_view text, std::vector<std::pair<std::string, std::string>>& out) {
  static const RE2 kHeader(
      R"((?i)['"](retry-after(?:-ms)?|x-should-retry|x-ratelimit-[a-z-]+|anthropic-ratelimit-[a-z-]+|x-amzn-errortype)['"]\s*(?:=>|[:,])\s*\[?\s*['"]?([^'",}\n\]]+))");
  std::string name, value;
  re2::StringPiece rest(text.data(), text.size());
  while (RE2::FindAndConsume(&rest, kHeader, &name, &value))
    out.emplace_back(lower_ascii(name), std::string(trim(value)));
}

}  // namespace

std::string_view Pasted::header(std::string_view name) const {
  for (const auto& [key, value] : headers)
    if (equals_ignoring_case(key, name)) return value;
  return {};
}

Pasted read_pasted(std::string_view text) {
  if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
  const std::string clean = without_colours(is_utf8(text) ? std::string(text) : to_utf8(text));
  std::vector<std::string_view> lines = split(clean, '\n');
  const bool verbose_curl =
      std::ranges::any_of(lines, [](std::string_view line) { return line.starts_with("< HTTP/"); });
  const auto marked =
      std::ranges::count_if(lines, [](std::string_view line) { return trim(line).starts_with('>'); });
  const auto said = std::ranges::count_if(lines, [](std::string_view line) { return !is_blank(line); });
  const bool quoted = !verbose_curl && marked * 2 > said;
  for (std::string_view& line : lines) line = bare(line, quoted);
  std::erase_if(lines, is_fence);

  Pasted out;
  for (const std::string_view line : lines) out.whole.append(line).append("\n");
  out.whole = std::string(trim(out.whole));
  const Head head = find_head(lines);
  out.status = head.status;
  out.headers = head.headers;
  for (std::size_t i = head.found ? head.body : 0; i < lines.size(); ++i)
    if (!verbose_curl || !is_curls_own(lines[i])) out.text.append(lines[i]).append("\n");
  out.text = std::string(trim(out.text));
  if (!head.found) headers_in(out.whole, out.headers);
  if (out.status == 0) out.status = status_in(out.text).value_or(0);
  return out;
}

}  // namespace dragoman::failure
