#include "failure/remedy_blank.h"

#include <algorithm>
#include <array>
#include <string>

#include "base/strings.h"

namespace dragoman::failure {
namespace {

using json::pointer_join;
using json::Value;

constexpr std::array<std::string_view, 3> kContent = {"content", "parts", "text"};

// Collects blank texts and empty lists of blocks. False where something is said, of whatever kind.
bool blank(Value value, const std::string& pointer, std::vector<Change>& out) {
  if (value.is_string()) {
    if (!is_blank(value.text())) return false;
    out.push_back({"replace", pointer, "\".\""});
    return true;
  }
  if (value.is_array()) {
    if (value.items().empty()) out.push_back({"replace", pointer, R"([{"text":"."}])"});
    for (std::size_t i = 0; i < value.items().size(); ++i)
      if (!blank(value.at(i), pointer_join(pointer, i), out)) return false;
    return true;
  }
  if (!value.is_object()) return false;
  bool any = false;
  for (const json::Member& m : value.members()) {
    if (m.key == "role" || m.key == "type") continue;
    if (std::ranges::find(kContent, m.key) == kContent.end()) return false;
    if (!blank(m.value, pointer_join(pointer, m.key), out)) return false;
    any = true;
  }
  return any;
}

}  // namespace

std::vector<Change> words_for_blanks(const RequestParts& parts) {
  std::vector<Change> out;
  const Value messages = json::resolve(parts.body(), parts.messages_at());
  if (parts.messages_at().empty() || !messages || (messages.is_array() && messages.items().empty()))
    return {};
  if (!blank(messages, parts.messages_at(), out)) return {};
  // Chat's and Anthropic's blocks of text say that they are.
  for (Change& change : out)
    if (change.pointer.ends_with("/content") && change.value.starts_with('[')) change.value = "\".\"";
  return out;
}

}  // namespace dragoman::failure
