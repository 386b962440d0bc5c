#include "lower/strict.h"

#include <fmt/format.h>

#include <algorithm>
#include <unordered_map>
#include <unordered_set>

#include "lower/argument_plan.h"
#include "lower/schema_keywords.h"
#include "lower/schema_refs.h"
#include "lower/strict_null.h"
#include "lower/validate/text.h"

namespace dragoman::lower {
namespace {

using json::Member;
using json::Value;
using profile::Setting;

bool says(Value type, std::string_view name) {
  return type.text() == name ||
         std::ranges::any_of(type.items(), [&](Value one) { return one.text() == name; });
}

bool is_object_schema(Value schema) { return says(schema["type"], "object") || schema["properties"]; }

// The names an object requires; a set, since ten thousand of them may meet ten thousand properties.
std::unordered_set<std::string_view> required_of(Value schema) {
  std::unordered_set<std::string_view> names;
  for (const Value name : schema["required"].items())
    if (name.is_string()) names.insert(name.text());
  return names;
}

// Rebuilds every schema from the inside out; `change` sees each object once its subschemas are done.
template <class F>
Value rebuilt(Value schema, const json::Builder& build, F&& change) {
  if (!schema.is_object()) return schema;
  std::vector<Member> out;
  bool changed = false;
  const auto below = [&](Value sub) { return rebuilt(sub, build, change); };
  for (Member member : schema.members()) {
    const Keyword* keyword = find_keyword(member.key);
    const Value was = member.value;
    if (keyword && keyword->holds != Holds::data) {
      const bool map = keyword->holds == Holds::map || keyword->holds == Holds::dependencies;
      if (map && was.is_object()) {
        std::vector<Member> inner(was.members().begin(), was.members().end());
        bool other = false;
        for (Member& one : inner) {
          const Value made = below(one.value);
          other |= made.node() != one.value.node();
          one.value = made;
        }
        if (other) member.value = build.object(inner);
      } else if (was.is_array()) {
        std::vector<Value> items(was.items().begin(), was.items().end());
        bool other = false;
        for (Value& item : items) {
          const Value made = below(item);
          other |= made.node() != item.node();
          item = made;
        }
        if (other) member.value = build.array(items);
      } else if (!map) {
        member.value = below(was);
      }
    }
    changed |= member.value.node() != was.node();
    out.push_back(member);
  }
  return change(changed ? build.object(out) : schema);
}

Value or_null(Value schema, const json::Builder& build) {
  const Value type = schema["type"];
  std::pmr::vector<Member> members(schema.members().begin(), schema.members().end());
  add_null(members, 0,
           {.type = type,
            .values = schema["enum"],
            .only = schema["const"],
            .branches = schema["anyOf"],
            .composite = schema["$ref"] || says(type, "object") || says(type, "array")},
           build);
  return build.object(members);
}

}  // namespace

AllRequired require_all(Value schema, Arena& arena) {
  const json::Builder build(arena);
  AllRequired out;
  References refs(schema);
  out.schema = rebuilt(schema, build, [&](Value object) {
    const auto properties = object["properties"].members();
    if (properties.empty()) return object;
    std::vector<Member> all(properties.begin(), properties.end());
    std::vector<Value> required;
    std::unordered_map<std::string_view, Value> named;
    for (const Value name : object["required"].items())
      if (name.is_string()) named.emplace(name.text(), name);
    bool changed = false, nulled = false;
    for (Member& property : all) {
      if (const auto said = named.find(property.key); said != named.end()) {
        required.push_back(said->second);
        continue;
      }
      changed = true;
      required.push_back(build.string(property.key));
      if (out.names.size() < 120) out.names += (out.names.empty() ? "" : ", ") + std::string(property.key);
      if (takes_null(property.value, refs)) continue;
      property.value = or_null(property.value, build);
      nulled = true;
      out.nulled.push_back(property.value.node());
    }
    if (!changed) return object;
    if (nulled) object = build.with(object, "properties", build.object(all));
    return build.with(object, "required", build.array(required));
  });
  return out;
}

Value close_objects(Value schema, Arena& arena) {
  const json::Builder build(arena);
  return rebuilt(schema, build, [&](Value object) {
    if (!object["properties"].is_object() || object["additionalProperties"]) return object;
    return build.with(object, "additionalProperties", build.boolean(false));
  });
}

Value part_first_keys(Value schema, Arena& arena) {
  const json::Builder build(arena);
  return rebuilt(schema, build, [&](Value object) {
    const Value list = object["anyOf"];
    std::unordered_set<std::string_view> first;
    std::vector<Value> branches(list.items().begin(), list.items().end());
    bool changed = false;
    for (Value& branch : branches) {
      const auto properties = branch["properties"].members();
      if (properties.empty() || first.insert(properties.front().key).second) continue;
      for (std::size_t i = 1; i < properties.size(); ++i) {
        if (!first.insert(properties[i].key).second) continue;
        std::vector<Member> order(properties.begin(), properties.end());
        std::rotate(order.begin(), order.begin() + static_cast<std::ptrdiff_t>(i),
                    order.begin() + static_cast<std::ptrdiff_t>(i) + 1);
        branch = build.with(branch, "properties", build.object(order));
        changed = true;
        break;
      }
    }
    return changed ? build.with(object, "anyOf", build.array(branches)) : object;
  });
}

namespace {

std::int64_t characters(std::string_view text) {
  return static_cast<std::int64_t>(validate::code_points(text));
}

}  // namespace

StrictCost strict_cost(Value schema) {
  StrictCost cost;
  std::vector<std::pair<Value, std::int64_t>> open = {{schema, 1}};
  std::vector<Value> below;
  while (!open.empty()) {
    const auto [s, depth] = open.back();
    open.pop_back();
    if (!s.is_object()) continue;
    const bool nests = s["properties"] || s["items"] || s["prefixItems"];
    if (nests) cost.depth = std::max(cost.depth, depth);
    const auto required = required_of(s);
    for (const Member& property : s["properties"].members()) {
      ++cost.properties;
      cost.characters += characters(property.key);
      if (!required.contains(property.key)) ++cost.optional;
      if (property.value["type"].is_array() || property.value["anyOf"]) ++cost.unions;
    }
    for (const std::string_view key : {"$defs", "definitions"})
      for (const Member& member : s[key].members()) cost.characters += characters(member.key);
    const auto values = s["enum"].items();
    std::int64_t text = 0;
    for (const Value value : values) text += characters(value.text());
    cost.enum_values += static_cast<std::int64_t>(values.size());
    cost.characters += text + characters(s["const"].text());
    if (values.size() > 250) cost.enum_characters = std::max(cost.enum_characters, text);
    below.clear();
    append_subschemas(s, below);
    for (const Value sub : below) open.emplace_back(sub, depth + (nests ? 1 : 0));
  }
  return cost;
}

std::string strict_fault(Value schema, const StrictRules& rules) {
  std::vector<Value> open = {schema};
  while (!open.empty()) {
    const Value s = open.back();
    open.pop_back();
    if (!s.is_object()) {
      if (rules.typed) return "a schema that is true or false";
      continue;
    }
    if (rules.typed && !s["type"] && !s["$ref"] && !s["anyOf"] && !s["enum"] && !s["const"])
      return "a schema without a type";
    if (rules.typed && says(s["type"], "array") && !s["items"] && !s["prefixItems"])
      return "an array that says nothing of its items";
    if (is_object_schema(s)) {
      const Value more = s["additionalProperties"];
      if (!more.is_bool() || more.boolean()) return "an object that is not closed";
      const auto required = required_of(s);
      if (rules.all_required)
        for (const Member& property : s["properties"].members())
          if (!required.contains(property.key))
            return fmt::format("the optional property '{}'", property.key);
    }
    std::unordered_set<std::string_view> first;
    for (const Value branch : s["anyOf"].items()) {
      if (rules.plain_unions && branch["$ref"]) return "a reference inside anyOf";
      const auto properties = branch["properties"].members();
      if (rules.first_keys && !properties.empty() && !first.insert(properties.front().key).second)
        return fmt::format("branches of anyOf that all begin with '{}'", properties.front().key);
    }
    if (rules.plain_unions && s["type"].is_array() && (says(s["type"], "object") || says(s["type"], "array")))
      return "a list of types with object or array";
    append_subschemas(s, open);
  }
  return {};
}

namespace {

struct Limit {
  Setting setting;
  std::int64_t is;
  std::string_view what;
};

NotStrict first_passed(std::span<const Limit> limits, const profile::Profile& profile) {
  for (const Limit& limit : limits)
    if (const std::int64_t most = profile.integer(limit.setting); most && limit.is > most)
      return {limit.setting, fmt::format("{} {}, the limit is {}", limit.is, limit.what, most)};
  return {};
}

}  // namespace

NotStrict over_budget(const StrictCost& cost, const profile::Profile& profile) {
  const Limit limits[] = {
      {Setting::strict_depth_max, cost.depth, "levels of nesting"},
      {Setting::strict_properties_max, cost.properties, "properties"},
      {Setting::strict_characters_max, cost.characters, "characters of names and enum values"},
      {Setting::strict_enum_max, cost.enum_values, "enum values"},
      {Setting::strict_enum_characters_max, cost.enum_characters, "characters in one large enum"},
      {Setting::strict_schema_max, cost.optional + cost.unions,
       "optional and union parameters in one schema"},
  };
  return first_passed(limits, profile);
}

NotStrict over_totals(const StrictCost& cost, const profile::Profile& profile) {
  const Limit limits[] = {
      {Setting::strict_optional_max, cost.optional, "optional parameters"},
      {Setting::strict_unions_max, cost.unions, "parameters with unions"},
  };
  return first_passed(limits, profile);
}

}  // namespace dragoman::lower
