#include "dialect/relayed_calls.h"

#include <algorithm>
#include <array>
#include <vector>

#include "base/strings.h"
#include "json/parse.h"
#include "json/write.h"

namespace dragoman::dialect {

using canon::DialectName;
using json::Value;

namespace {

// How the pieces of a stream that are about one call name it.
enum class Numbered : std::uint8_t {
  once,      // one piece alone has the id
  by_index,  // the call's own `index`
  by_item,   // `output_index` beside it; its position in the list of all
};

}  // namespace

struct RelayedCalls::Row {
  DialectName dialect;
  bool stream;
  std::string_view sign;        // without it there is no new call in a frame
  std::string_view path;        // to the call; '*': to each item of the list
  std::string_view id;          // the member
  std::string_view types = {};  // of a call, by blanks; "" where calls have none
  Numbered numbered = Numbered::once;
  bool may_lack_id = false;  // its clients know calls without
};

namespace {

using D = DialectName;
constexpr std::string_view kTypes = "function_call custom_tool_call";
constexpr RelayedCalls::Row kRows[] = {
    {D::openai_chat, false, "", "choices*.message.tool_calls*", "id"},
    {D::openai_chat, true, "\"name\"", "choices*.delta.tool_calls*", "id", "", Numbered::by_index},
    {D::anthropic_messages, false, "", "content*", "id", "tool_use"},
    {D::anthropic_messages, true, "\"tool_use\"", "content_block", "id", "tool_use"},
    {D::openai_responses, false, "", "output*", "call_id", kTypes},
    {D::openai_responses, true, "_call\"", "item", "call_id", kTypes, Numbered::by_item},
    {D::openai_responses, true, "_call\"", "response.output*", "call_id", kTypes, Numbered::by_item},
    {D::gemini_generate, false, "", "candidates*.content.parts*.functionCall", "id", "", Numbered::once,
     true},
    {D::gemini_generate, true, "\"functionCall\"", "candidates*.content.parts*.functionCall", "id", "",
     Numbered::once, true},
    {D::bedrock_converse, false, "", "output.message.content*.toolUse", "toolUseId"},
    {D::bedrock_converse, true, "\"toolUse\"", "start.toolUse", "toolUseId"},
};

}  // namespace

std::optional<std::string> RelayedCalls::frame(const Frame& frame) {
  const bool telling = std::ranges::any_of(kRows, [&](const Row& row) {
    return row.dialect == dialect_ && row.stream && frame.data.find(row.sign) != std::string_view::npos;
  });
  if (!telling && !changed_) return std::nullopt;
  arena_.reset();
  const auto parsed = json::parse(arena_, frame.data);
  return parsed ? rename(*parsed, true) : std::nullopt;
}

std::optional<std::string> RelayedCalls::whole(Value body) { return rename(body, false); }

std::optional<std::string> RelayedCalls::rename(Value value, bool stream) {
  Value made = value;
  for (const Row& row : kRows) {
    if (row.dialect != dialect_ || row.stream != stream) continue;
    made = inside(made, row.path, row, {0, value["output_index"].integer().value_or(0)}, true);
  }
  if (made.node() == value.node()) return std::nullopt;
  changed_ = true;
  return json::dump(made);
}

// `value` with the calls at `path` as they are to be; itself when nothing changes.
Value RelayedCalls::inside(Value value, std::string_view path, const Row& row, Place at, bool top) {
  if (path.empty()) return call(value, row, at);
  const std::size_t dot = std::min(path.find('.'), path.size());
  const std::string_view rest = path.substr(std::min(dot + 1, path.size()));
  std::string_view step = path.substr(0, dot);
  const bool each = step.ends_with('*');
  if (each) step.remove_suffix(1);
  const Value child = value[step];
  Value made = child;
  const json::Builder build(arena_);
  if (!each) {
    if (child.is_object()) made = inside(child, rest, row, at, false);
  } else {
    std::vector<Value> items(child.items().begin(), child.items().end());
    bool changed = false;
    for (std::size_t i = 0; i < items.size(); ++i) {
      const auto position = static_cast<std::int64_t>(i);
      if (rest.empty()) at.second = position;
      if (top && !rest.empty()) at.first = static_cast<int>(items[i]["index"].integer().value_or(position));
      const Value item = inside(items[i], rest, row, at, false);
      changed |= item.node() != items[i].node();
      items[i] = item;
    }
    if (changed) made = build.array(items);
  }
  return made.node() == child.node() ? value : build.with(value, step, made);
}

Value RelayedCalls::call(Value value, const Row& row, Place at) {
  if (!value.is_object()) return value;
  const auto types = split(row.types, ' ');
  if (!row.types.empty() && std::ranges::find(types, value["type"].text()) == types.end()) return value;
  const std::string_view id = value[row.id].text();
  const json::Builder build(arena_);
  if (row.numbered == Numbered::by_index) at.second = value["index"].integer().value_or(0);
  if (row.numbered != Numbered::once) {
    const auto known = known_.find(at);
    if (known != known_.end()) {
      const auto& [given, shown] = known->second;
      const bool piece = id.empty() && row.numbered == Numbered::by_index;
      if (piece || (id == given && id == shown)) return value;
      if (id == given) return build.with(value, row.id, build.string_copy(shown));
      // It comes late; clients put the pieces of an id together.
      if (given.empty()) return build.without(value, row.id);
      // Another call under the same number, which some hosts give all of them.
    }
  }
  if (id.empty() && row.may_lack_id) return value;
  const std::string shown = ids_.next(at.first, id);
  if (row.numbered != Numbered::once) known_[at] = {std::string(id), shown};
  return shown == id ? value : build.with(value, row.id, build.string_copy(shown));
}

}  // namespace dragoman::dialect
