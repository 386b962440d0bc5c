#include "failure/change.h"

#include <vector>

#include "base/strings.h"
#include "json/parse.h"

namespace dragoman::failure {
namespace {

json::Value step(const json::Builder& builder, json::Value at, std::span<const std::string_view> way,
                 const Change& change, json::Value value) {
  const std::string key = json::unescape_pointer_token(way.front());
  const bool last = way.size() == 1;
  if (at.is_object()) {
    if (last && change.op == "remove") return builder.without(at, key);
    if (!last && !at[key]) return at;
    return builder.with(at, builder.string_copy(key).text(),
                        last ? value : step(builder, at[key], way.subspan(1), change, value));
  }
  std::vector<json::Value> items;
  for (std::size_t i = 0; i < at.items().size(); ++i) {
    if (std::to_string(i) != key)
      items.push_back(at.at(i));
    else if (!last)
      items.push_back(step(builder, at.at(i), way.subspan(1), change, value));
    else if (change.op != "remove")
      items.push_back(value);
  }
  return at.is_array() ? builder.array(items) : at;
}

}  // namespace

json::Value changed(Arena& arena, json::Value body, std::span<const Change> changes) {
  const json::Builder builder(arena);
  for (const Change& change : changes) {
    if (!change.pointer.starts_with("/")) continue;
    json::Value value;
    if (change.op != "remove") {
      const auto parsed = json::parse(arena, change.value);
      if (!parsed) continue;
      value = *parsed;
    }
    const std::vector<std::string_view> way = split(std::string_view(change.pointer).substr(1), '/');
    body = step(builder, body, way, change, value);
  }
  return body;
}

}  // namespace dragoman::failure
