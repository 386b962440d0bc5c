// Whether two refusals are one: see same_refusal in reduce.h.
#include <algorithm>
#include <set>

#include "base/strings.h"
#include "failure/classify.h"
#include "failure/reduce.h"

namespace dragoman::failure {
namespace {

// Providers like to quote the schema they refuse, which changes as it shrinks.
std::string without_quotes_of_json(std::string_view text) {
  std::string out;
  int depth = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    // A bracket in a path (tools[3], ['properties']) is no quotation; a brace is.
    if (c == '{') ++depth;
    if (depth == 0) out += c;
    if (c == '}' && depth > 0) --depth;
  }
  return depth == 0 ? out : std::string(text);
}

// Some providers list all that is wrong, a line each: what is left of the list is still the same refusal.
std::set<std::uint64_t> complaints(std::string_view message) {
  std::set<std::uint64_t> out;
  const std::string text = without_quotes_of_json(message);
  for (const std::string_view line : split(text, '\n'))
    if (const std::uint64_t one = likeness(line); one != 0) out.insert(one);
  return out;
}

}  // namespace

bool same_refusal(const Reply& reply, const Reply& refusal) {
  if (reply.kind != Reply::Kind::refused || refusal.kind != Reply::Kind::refused || reply.cls != refusal.cls)
    return false;
  const std::set<std::uint64_t> said = complaints(reply.message), before = complaints(refusal.message);
  return std::ranges::includes(before, said);
}

}  // namespace dragoman::failure
