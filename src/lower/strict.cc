#include "lower/strict.h"

#include <algorithm>

namespace dragoman::lower {
namespace {

bool closed(json::Value object, bool all_required) {
  const json::Value open = object["additionalProperties"];
  if (!open.is_bool() || open.boolean()) return false;
  if (!all_required) return true;
  const auto required = object["required"].items();
  return std::all_of(object["properties"].members().begin(), object["properties"].members().end(),
                     [&](const json::Member& property) {
                       return std::any_of(required.begin(), required.end(),
                                          [&](json::Value name) { return name.text() == property.key; });
                     });
}

bool says_object(json::Value type) {
  if (type.text() == "object") return true;
  return std::any_of(type.items().begin(), type.items().end(),
                     [](json::Value one) { return one.text() == "object"; });
}

}  // namespace

bool strict_ready(json::Value schema, bool all_required) {
  if (!schema.is_object()) return false;
  if ((says_object(schema["type"]) || schema["properties"]) && !closed(schema, all_required)) return false;
  const auto ready = [&](json::Value sub) { return strict_ready(sub, all_required); };
  for (const char* key : {"properties", "$defs", "definitions"})
    for (const json::Member& member : schema[key].members())
      if (!ready(member.value)) return false;
  for (const char* key : {"anyOf", "oneOf", "allOf", "prefixItems"})
    for (const json::Value item : schema[key].items())
      if (!ready(item)) return false;
  return !schema["items"] || ready(schema["items"]);
}

}  // namespace dragoman::lower
