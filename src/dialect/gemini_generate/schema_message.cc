// Which schemas Google reads as its own Schema message: a protobuf message knows no key but its fields. Rules
// GEM-31 to GEM-39; fields of google.ai.generativelanguage.v1beta.Schema.
#include <algorithm>
#include <array>

#include "base/strings.h"
#include "dialect/gemini_generate/gemini_generate.h"
#include "dialect/gemini_generate/spelling.h"

namespace dragoman::dialect::gemini {
namespace {

using json::Value;

constexpr std::array<std::string_view, 15> kPlain = {
    "title",         "description",   "nullable", "maxItems", "minItems",
    "minProperties", "maxProperties", "minimum",  "maximum",  "minLength",
    "maxLength",     "pattern",       "example",  "default",  "propertyOrdering"};
constexpr int kDepth = 32;  // GEM-40

bool texts(Value array) {
  return array.is_array() &&
         std::ranges::all_of(array.items(), [](Value v) { return v.is_string() && !v.text().empty(); });
}

// Required names are properties (GEM-39), and an object has properties (GEM-33).
bool object_taken(Value schema) {
  const Value properties = get(schema, "properties");
  if (!properties.is_object() || properties.members().empty()) return false;
  const Value required = get(schema, "required");
  return !required || (texts(required) && std::ranges::all_of(required.items(), [&](Value name) {
                         return properties[name.text()].present();
                       }));
}

bool taken(Value schema, int depth) {
  if (!schema.is_object() || depth > kDepth) return false;
  const std::string type = lower_ascii(get(schema, "type").text());
  if (type == "object" && !object_taken(schema)) return false;
  if (type == "array" && !get(schema, "items")) return false;  // GEM-34
  const auto each = [&](Value schemas) {
    return std::ranges::all_of(schemas.items(), [&](Value branch) { return taken(branch, depth + 1); });
  };
  return std::ranges::all_of(schema.members(), [&](const json::Member& member) {
    const Value value = member.value;
    const auto is = [&](std::string_view field) { return spells(member.key, field); };
    if (is("type")) return value.is_string();  // GEM-38
    if (is("format"))                          // GEM-36
      return type != "string" || value.text() == "enum" || value.text() == "date-time";
    if (is("enum")) return type == "string" && texts(value) && !value.items().empty();  // GEM-35
    if (is("items")) return type == "array" && taken(value, depth + 1);
    if (is("required")) return type == "object";
    if (is("properties"))
      return type == "object" && std::ranges::all_of(value.members(), [&](const json::Member& property) {
               return taken(property.value, depth + 1);
             });
    if (is("anyOf")) return value.is_array() && each(value);
    return std::ranges::any_of(kPlain, is);
  });
}

}  // namespace

bool is_schema_message(Value schema) { return taken(schema, 0); }

}  // namespace dragoman::dialect::gemini
