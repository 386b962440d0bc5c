#include "lower/locate_schema.h"

#include <algorithm>
#include <array>

namespace dragoman::lower {
namespace {

// A local $ref, for schemas whose lowered form had it written out.
json::Value referred(json::Value root, json::Value schema) {
  const json::Value ref = schema["$ref"];
  if (!ref.is_string() || !ref.text().starts_with("#/")) return {};
  return json::resolve(root, ref.text().substr(1));
}

}  // namespace

Reached walk_schema(json::Value original, json::Value lowered, Steps steps, std::string pointer) {
  const std::string root_pointer = pointer;
  json::Value at = original;
  json::Value twin = lowered;
  for (const json::PathStep& step : steps) {
    std::string name = step.name;
    if (step.ordinal || (step.index >= 0 && twin.is_object())) {
      const auto members = twin.members();
      if (static_cast<std::size_t>(step.index) >= members.size()) break;
      name = std::string(members[static_cast<std::size_t>(step.index)].key);
    }
    if (step.index >= 0 && twin.is_array()) {
      twin = twin.at(static_cast<std::size_t>(step.index));
      const json::Value next = at.is_array() ? at.at(static_cast<std::size_t>(step.index)) : json::Value();
      if (!next) break;
      at = next;
      pointer = json::pointer_join(pointer, std::to_string(step.index));
      continue;
    }
    twin = twin[name];
    json::Value next = at[name];
    if (!next) {
      if (const json::Value target = referred(original, at); target && target[name]) {
        // The client wrote it behind a reference: the pointer goes there.
        pointer = root_pointer + std::string(at["$ref"].text().substr(1));
        at = target[name];
        pointer = json::pointer_join(pointer, name);
        continue;
      }
      break;
    }
    at = next;
    pointer = json::pointer_join(pointer, name);
  }
  return {at, pointer};
}

bool is_wrapping(const json::PathStep& step) {
  static constexpr std::array<std::string_view, 9> kWords = {
      "custom", "function",     "toolSpec",   "inputSchema",
      "json",   "input_schema", "parameters", "parametersJsonSchema",
      "schema"};
  return std::any_of(kWords.begin(), kWords.end(), [&](std::string_view word) { return step.is(word); });
}

}  // namespace dragoman::lower
