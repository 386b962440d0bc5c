// Gemini's Schema message (a subset of OpenAPI 3.0's) as ordinary JSON Schema. Source: Schema in
// google/ai/generativelanguage/v1beta/content.proto and google/cloud/aiplatform/v1/openapi.proto.
#include <algorithm>
#include <vector>

#include "base/strings.h"
#include "dialect/gemini_generate/gemini_generate.h"
#include "dialect/gemini_generate/spelling.h"
#include "json/parse.h"

namespace dragoman::dialect::gemini {
namespace {

using json::Member;
using json::Value;

// Written by their JSON name whatever the client wrote, so that they mean the same elsewhere.
constexpr std::string_view kRenamed[] = {
    "minItems", "maxItems",    "minLength", "maxLength", "minProperties",    "maxProperties",
    "anyOf",    "prefixItems", "minimum",   "maximum",   "propertyOrdering", "additionalProperties"};
// int64 fields are strings in ProtoJSON.
constexpr std::string_view kNumbers[] = {"minItems",      "maxItems",      "minLength", "maxLength",
                                         "minProperties", "maxProperties", "minimum",   "maximum"};

bool one_of(std::string_view key, std::span<const std::string_view> list) {
  return std::find(list.begin(), list.end(), key) != list.end();
}

class Converter {
 public:
  explicit Converter(Arena& arena) : arena_(arena), build_(arena) {}

  Value schema(Value source, int depth) {
    if (!source.is_object() || depth > kDeepest) return source;
    std::vector<Member> out;
    bool changed = false, nullable = false;
    Value ordering;
    for (Member member : source.members()) {
      const Value before = member.value;
      for (const std::string_view name : kRenamed)
        if (member.key != name && spells(member.key, name)) {
          member = {name, member.value, {}};
          changed = true;
        }
      if (member.key == "nullable" && before.is_bool()) {
        nullable = before.boolean();
        changed = true;
        continue;
      }
      if (member.key == "propertyOrdering" && before.is_array()) {
        ordering = before;
        changed = true;
        continue;
      }
      if (member.key == "format" && before.text() == "enum") {  // says no more than `enum` does
        changed = true;
        continue;
      }
      if (member.key == "type") {
        member.value = type(before);
        if (!member.value) {
          changed = true;
          continue;
        }
      } else if (member.key == "example") {
        member = {"examples", build_.array({&before, 1}), {}};
      } else if (member.key == "defs" && before.is_object()) {
        member = {"$defs", each(before, depth), {}};
      } else if (member.key == "ref" && before.is_string()) {
        member = {"$ref", reference(before), {}};
      } else if (one_of(member.key, kNumbers)) {
        member.value = number(before);
      } else if (member.key == "properties" || member.key == "$defs") {
        member.value = each(before, depth);
      } else if (member.key == "items" || member.key == "additionalProperties") {
        member.value = schema(before, depth + 1);
      } else if (member.key == "anyOf" || member.key == "prefixItems" || member.key == "oneOf" ||
                 member.key == "allOf") {
        member.value = list(before, depth);
      }
      changed = changed || member.value.node() != before.node();
      out.push_back(member);
    }
    if (!changed) return source;
    if (nullable) allow_null(out);
    if (ordering) order(out, ordering);
    return build_.object(out);
  }

 private:
  static constexpr int kDeepest = 200;

  // "STRING" to "string"; absent for TYPE_UNSPECIFIED, which says nothing.
  Value type(Value value) const {
    if (value.is_array()) {
      std::vector<Value> words;
      bool changed = false;
      for (const Value item : value.items()) {
        const Value word = type(item);
        changed = changed || word.node() != item.node();
        if (word) words.push_back(word);
      }
      return changed ? build_.array(words) : value;
    }
    if (!value.is_string()) return value;
    if (value.text() == "TYPE_UNSPECIFIED") return {};
    const std::string lower = lower_ascii(value.text());
    return lower == value.text() ? value : build_.string_copy(lower);
  }

  Value number(Value value) const {
    if (!value.is_string()) return value;
    const auto parsed = json::parse(arena_, value.text());
    return parsed && parsed->is_number() ? *parsed : value;
  }

  Value reference(Value value) const {
    constexpr std::string_view kTheirs = "#/defs/";
    if (!value.text().starts_with(kTheirs)) return value;
    return build_.string_copy("#/$defs/" + std::string(value.text().substr(kTheirs.size())));
  }

  Value each(Value object, int depth) {
    if (!object.is_object()) return object;
    std::vector<Member> members(object.members().begin(), object.members().end());
    bool changed = false;
    for (Member& member : members) {
      const Value after = schema(member.value, depth + 1);
      changed = changed || after.node() != member.value.node();
      member.value = after;
    }
    return changed ? build_.object(members) : object;
  }

  Value list(Value array, int depth) {
    if (!array.is_array()) return array;
    std::vector<Value> items(array.items().begin(), array.items().end());
    bool changed = false;
    for (Value& item : items) {
      const Value after = schema(item, depth + 1);
      changed = changed || after.node() != item.node();
      item = after;
    }
    return changed ? build_.array(items) : array;
  }

  // `nullable` in JSON Schema's words: null joins the types, the enum and the alternatives there are.
  void allow_null(std::vector<Member>& members) const {
    for (Member& member : members) {
      if (member.key == "type" && member.value.is_string()) {
        if (member.value.text() == "null") continue;
        const Value types[] = {member.value, build_.string("null")};
        member.value = build_.array(types);
      } else if (member.key == "enum" && member.value.is_array()) {
        member.value = with(member.value, build_.null(), [](Value v) { return v.is_null(); });
      } else if (member.key == "anyOf" && member.value.is_array()) {
        const Member null{"type", build_.string("null"), {}};
        member.value =
            with(member.value, build_.object({&null, 1}), [](Value v) { return v["type"].text() == "null"; });
      }
    }
  }

  template <class Same>
  Value with(Value array, Value item, const Same& same) const {
    std::vector<Value> items(array.items().begin(), array.items().end());
    if (std::any_of(items.begin(), items.end(), same)) return array;
    items.push_back(item);
    return build_.array(items);
  }

  // Models write properties in the order they are listed; that is all `propertyOrdering` is for.
  void order(std::vector<Member>& members, Value ordering) const {
    for (Member& member : members) {
      if (member.key != "properties" || !member.value.is_object()) continue;
      const auto names = ordering.items();
      std::vector<Member> properties;
      for (std::size_t i = 0; i < names.size(); ++i) {
        const auto same = [&](Value name) { return name.text() == names[i].text(); };
        if (std::any_of(names.begin(), names.begin() + static_cast<std::ptrdiff_t>(i), same)) continue;
        for (const Member& property : member.value.members())
          if (property.key == names[i].text()) properties.push_back(property);
      }
      for (const Member& property : member.value.members()) {
        const auto listed = [&](Value name) { return name.text() == property.key; };
        if (std::none_of(names.begin(), names.end(), listed)) properties.push_back(property);
      }
      member.value = build_.object(properties);
    }
  }

  Arena& arena_;
  json::Builder build_;
};

}  // namespace

Value json_schema_of(Arena& arena, Value schema) { return Converter(arena).schema(schema, 0); }

}  // namespace dragoman::dialect::gemini
