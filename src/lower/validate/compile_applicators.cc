// What hands a value, or parts of it, to other schemas: items, members, combinations, what is left over; with
// the counts and names that arrays and objects have beside them.
#include <fmt/format.h>

#include <algorithm>

#include "lower/validate/compiler.h"

namespace dragoman::validate {

using json::Member;
using json::Value;

namespace {

bool all_strings(Value list) {
  return list.is_array() && std::ranges::all_of(list.items(), &Value::is_string);
}

}  // namespace

void Compiler::arrays() {
  add_count(Op::min_items, "minItems");
  add_count(Op::max_items, "maxItems");
  if (get("uniqueItems").boolean()) add(Op::unique_items, "uniqueItems", schema_["uniqueItems"]);

  // 2020-12 says prefixItems and items where the older drafts say items and additionalItems. A list under
  // `items` has no meaning in 2020-12, so that the old one can be taken.
  const Value items = get("items"), prefix = get("prefixItems", k2020);
  ItemRule rule;
  const Value list = prefix ? prefix : items.is_array() ? items : Value();
  const std::string_view list_keyword = prefix ? "prefixItems" : "items";
  if (prefix && !prefix.is_array()) leave_out("prefixItems", "is not an array");
  for (const Value item : list.items()) {
    if (!item.is_object() && !item.is_bool()) {
      leave_out(list_keyword, "holds something that is no schema");
      break;
    }
    rule.prefix.push_back(intern(item));
  }
  if (items && !items.is_array()) {
    rule.rest_keyword = "items";
    rule.rest = get_schema("items");
  } else if (items && !prefix) {
    rule.rest_keyword = "additionalItems";
    rule.rest = get_schema("additionalItems");
  }
  if (!rule.prefix.empty() || rule.rest != kNoSchema)
    add(Op::items, list_keyword, list, keep(program_.items, std::move(rule)));

  if (const SchemaId schema = get_schema("contains", k6); schema != kNoSchema) {
    const ContainsRule contains = {schema, count("minContains", k2019).value_or(1),
                                   count("maxContains", k2019).value_or(UINT64_MAX), draft_ >= k2020};
    add(Op::contains, "contains", schema_["contains"], keep(program_.contains, contains));
  }
}

void Compiler::objects() {
  add_count(Op::min_properties, "minProperties");
  add_count(Op::max_properties, "maxProperties");
  if (const Value value = get("required")) {
    // OpenAPI and draft 3 have a boolean here, which says something about the parent: nothing to check.
    if (all_strings(value)) {
      std::unordered_map<std::string_view, std::uint32_t> names;
      for (const Value name : value.items())
        names.emplace(name.text(), static_cast<std::uint32_t>(names.size()));
      add(Op::required, "required", value, keep(program_.names, std::move(names)));
    } else {
      leave_out("required", "is not an array of strings");
    }
  }
  ObjectRule rule;
  for (const std::string_view keyword : {"properties", "patternProperties"}) {
    const Value value = get(keyword);
    if (value && !value.is_object()) leave_out(keyword, "is not an object");
    for (const Member& member : value.members()) {
      if (!member.value.is_object() && !member.value.is_bool()) {
        leave_out(keyword, fmt::format("{} is no schema", json::dump(quote(member.key))));
      } else if (keyword == "properties") {
        rule.properties.emplace(member.key, intern(member.value));
      } else if (const auto id = pattern(keyword, member.key)) {
        rule.patterns.push_back({*id, member.key, intern(member.value)});
      }
    }
  }
  // Without all patterns nobody can say which members are additional.
  if (rule.patterns.size() == get("patternProperties").members().size())
    rule.additional = get_schema("additionalProperties");
  else if (get("additionalProperties"))
    leave_out("additionalProperties", "depends on a pattern that is not checked");
  if (!rule.properties.empty() || !rule.patterns.empty() || rule.additional != kNoSchema)
    add(Op::properties, "properties", {}, keep(program_.objects, std::move(rule)));
  if (const SchemaId names = get_schema("propertyNames", k6); names != kNoSchema)
    add(Op::property_names, "propertyNames", schema_["propertyNames"], 0, names);
  dependents("dependencies", k4, true, true);
  dependents("dependentRequired", k2019, true, false);
  dependents("dependentSchemas", k2019, false, true);
}

void Compiler::dependents(std::string_view keyword, SchemaDraft first, bool names, bool schemas) {
  const Value value = get(keyword, first);
  if (!value) return;
  DependentRule rule;
  for (const Member& member : value.members()) {
    if (schemas && (member.value.is_object() || member.value.is_bool()))
      rule.schemas.emplace_back(member.key, intern(member.value));
    else if (names && all_strings(member.value))
      rule.names.emplace_back(member.key, member.value);
    else
      leave_out(keyword, fmt::format("holds under {} what it may not", json::dump(quote(member.key))));
  }
  const bool has_names = !rule.names.empty(), has_schemas = !rule.schemas.empty();
  const std::uint64_t at = keep(program_.dependents, std::move(rule));
  if (has_names) add(Op::dependent_required, keyword, value, at);
  if (has_schemas) add(Op::dependent_schemas, keyword, value, at);
}

void Compiler::list(Op op, std::string_view keyword) {
  const Value value = get(keyword);
  if (!value) return;
  std::vector<SchemaId> schemas;
  for (const Value item : value.items())
    if (item.is_object() || item.is_bool()) schemas.push_back(intern(item));
  if (schemas.empty() || schemas.size() != value.items().size())
    return leave_out(keyword, "is not a list of schemas");
  add(op, keyword, value, keep(program_.lists, std::move(schemas)));
}

void Compiler::combinations() {
  list(Op::all_of, "allOf");
  list(Op::any_of, "anyOf");
  list(Op::one_of, "oneOf");
  if (const SchemaId schema = get_schema("not"); schema != kNoSchema)
    add(Op::negation, "not", schema_["not"], 0, schema);
  if (const SchemaId test = get_schema("if", k7); test != kNoSchema) {
    const ConditionRule rule = {test, get_schema("then", k7), get_schema("else", k7)};
    add(Op::condition, "if", schema_["if"], keep(program_.conditions, rule));
  }
}

void Compiler::unevaluated() {
  if (const SchemaId schema = get_schema("unevaluatedItems", k2019); schema != kNoSchema)
    add(Op::unevaluated_items, "unevaluatedItems", schema_["unevaluatedItems"], 0, schema);
  if (const SchemaId schema = get_schema("unevaluatedProperties", k2019); schema != kNoSchema)
    add(Op::unevaluated_properties, "unevaluatedProperties", schema_["unevaluatedProperties"], 0, schema);
  if (const auto& checks = program_.schemas[id_].checks; !checks.empty())
    program_.schemas[id_].tracks = checks.back().op >= Op::unevaluated_items;
}

}  // namespace dragoman::validate
