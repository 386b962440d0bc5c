// A change of a request, as a step of a JSON Patch (RFC 6902).
#pragma once
#include <span>
#include <string>

#include "base/arena.h"
#include "json/value.h"

namespace dragoman::failure {

struct Change {
  std::string op;          // "add", "replace" or "remove"
  std::string pointer;     // RFC 6901
  std::string value = {};  // JSON text; "" of "remove"
  bool operator==(const Change&) const = default;
};

// The body with the changes made, one after another. A step that leads nowhere changes nothing; `add` puts a
// member into an object, not an element into an array. The values live in the arena.
json::Value changed(Arena& arena, json::Value body, std::span<const Change> changes);

}  // namespace dragoman::failure
