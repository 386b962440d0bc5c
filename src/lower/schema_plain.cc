#include "lower/schema_plain.h"

#include <algorithm>

#include "lower/argument_plan.h"
#include "lower/schema_rewriter.h"

namespace dragoman::lower {

using json::Member;
using json::Value;

namespace {

constexpr int kPlainDepth = 64;  // deeper ones are for the steps to count

bool is_taken(Cell cell) { return cell == Cell::ok || cell == Cell::ignore; }

// Constrains values whatever its own value is, so that leaving it out would change what the schema means.
bool constrains(Row row) {
  switch (row) {
    case Row::type:
    case Row::enumeration:
    case Row::constant:
    case Row::properties:
    case Row::required:
    case Row::items:
    case Row::any_of:
    case Row::minimum:
    case Row::maximum:
    case Row::exclusive_minimum:
    case Row::exclusive_maximum:
    case Row::max_length:
    case Row::max_items:
    case Row::max_properties:
    case Row::pattern:
    case Row::format:
      return true;
    default:
      return false;
  }
}

}  // namespace

// A list of one type and null, both by their names.
bool PlainJudge::types(std::span<const Member> members, Value list) const {
  const auto names = list.items();
  if (names.size() != 2 || !names[0].is_string() || !names[1].is_string()) return false;
  const std::string_view a = names[0].text(), b = names[1].text();
  if (!is_type_name(a) || !is_type_name(b) || (a == "null") == (b == "null")) return false;
  const Cell cell = column_[Row::type_or_null];
  const bool sayable = column_[Row::any_of] == Cell::ok || column_[Row::nullable] == Cell::ok;
  if (cell == Cell::reject || (cell == Cell::unknown && sayable)) return false;
  return !traits_.lone_types || std::ranges::none_of(members, [](const Member& member) {
    return member.key == "format" || !type_of_keyword(member.key).empty();
  });
}

// An enum of strings, and null where that may stand beside them.
bool PlainJudge::values(const Told& told) const {
  const auto all = told.values.items();
  if (all.empty() || !all.front().is_string()) return false;
  const bool strings_only = column_.rejects(Row::enum_values);
  if (strings_only && told.type && !names_type(told.type, "string")) return false;
  const bool null_too = !strings_only && column_[Row::type_or_null] == Cell::ok;
  const bool blank_too = !column_.rejects(Row::enum_blank);
  return std::ranges::all_of(all, [&](Value value) {
    return value.is_string() ? blank_too || !value.text().empty() : null_too && value.is_null();
  });
}

// None of them is for the object around them to see to.
bool PlainJudge::properties(std::span<const Member> properties) const {
  const bool lifts = column_[Row::required_invalid] != Cell::ok;
  const bool drops = column_.rejects(Row::boolean_true);
  if (!lifts && !drops) return true;
  return std::ranges::none_of(properties, [&](const Member& property) {
    return (drops && property.value.is_bool()) || (lifts && property.value["required"].is_bool());
  });
}

// GEM-32, GEM-34, GEM-35.
bool PlainJudge::only_own(std::span<const Member> members, std::string_view type) const {
  return std::ranges::all_of(members, [&](const Member& member) {
    const std::string_view owner = member.key == "enum" ? "string" : type_of_keyword(member.key);
    return owner.empty() || owner == type || (owner == "number" && type == "integer");
  });
}

bool PlainJudge::keyword(const Keyword& keyword, Value value, Told& told) const {
  const Row row = keyword.row;
  switch (row) {
    case Row::type:
      told.type = value;
      break;
    case Row::enumeration:
      told.values = value;
      if (!value.is_array()) return false;
      break;
    case Row::constant:
      told.only = value;
      if (column_[row] != Cell::ok && column_[Row::enumeration] == Cell::ok) return false;
      break;
    case Row::description:
      if (!value.is_string()) return false;
      if (column_[row] == Cell::unknown) return true;  // it is never left out
      break;
    case Row::properties:
      told.properties = value;
      if (!value.is_object() || !properties(value.members())) return false;
      break;
    case Row::required:
      told.required = value;
      if (!value.is_array() || !std::ranges::all_of(value.items(), &Value::is_string)) return false;
      break;
    case Row::additional_schema:
      told.more = value;
      if (!value.is_object() && !value.is_bool()) return false;
      if (value.is_bool() && !value.boolean() &&
          (traits_.closed || column_[Row::additional_false] == Cell::unknown))
        return true;
      break;
    case Row::items:
      told.items = value;
      if (!value.is_object()) return false;
      break;
    case Row::any_of:
      told.branches = value;
      if (value.items().empty() || std::ranges::any_of(value.items(), &Value::is_bool)) return false;
      break;
    case Row::exclusive_minimum:
    case Row::exclusive_maximum: {
      const Row plain = row == Row::exclusive_minimum ? Row::minimum : Row::maximum;
      if (!value.is_number()) return false;
      if (column_[row] != Cell::ok && column_[plain] == Cell::ok) return false;
      break;
    }
    case Row::pattern:
    case Row::format:
      if (!value.is_string() || traits_.lone_patterns) return false;
      break;
    case Row::ref:
    case Row::dynamic_ref:
    case Row::recursive_ref:
    case Row::nullable:
      return false;
    default:
      // Those that are looked into have a case of their own.
      if (keyword.holds != Holds::data || keyword.wants == Wants::list || keyword.wants == Wants::schema ||
          !is_wanted(keyword.wants, value))
        return false;
  }
  const Cell cell = column_.judge(keyword, value);
  if (cell != Cell::unknown) return is_taken(cell);
  return constrains(row) || ((row == Row::min_items || row == Row::min_length) && value.number() > 0);
}

// What is about several keywords at once.
bool PlainJudge::together(std::span<const Member> members, const Told& told) const {
  const auto of_type = [&](std::string_view name) { return told.type && names_type(told.type, name); };
  if (told.branches && (told.type || traits_.own_keywords)) return false;
  if (told.type.is_string()) {
    if (column_[Row::type_unknown] != Cell::ok && !is_type_name(told.type.text())) return false;
    if (traits_.own_keywords && !only_own(members, told.type.text())) return false;
  } else if (told.type) {
    if (!types(members, told.type)) return false;
  } else if (!told.branches && (traits_.typed || column_[Row::type_missing] == Cell::unknown)) {
    return false;
  }
  if (told.values && !values(told)) return false;
  const Cell bare = column_[Row::bare_array];
  if (!told.items && of_type("array") &&
      (bare == Cell::reject || (bare == Cell::unknown && column_[Row::type_missing] == Cell::ok)))
    return false;
  const bool empty = told.properties.members().empty();
  const bool object = of_type("object") || (!told.type && (told.properties || told.more));
  const bool shut = told.more.is_bool() && !told.more.boolean();
  if (traits_.closed && (object ? !shut : static_cast<bool>(told.more))) return false;
  if (empty && !told.root && object && traits_.explicit_maps && !told.more) return false;
  if (empty && !told.root && of_type("object") && column_.rejects(Row::empty_object)) return false;
  if (!told.required || is_taken(column_[Row::required_unknown])) return true;
  const auto names = told.required.items();
  return names.size() < 16 &&
         std::ranges::all_of(
             names, [&](Value name) { return static_cast<bool>(told.properties[name.text()]); });
}

bool PlainJudge::look(std::span<const Member> members, Told& told) const {
  for (const Member& member : members) {
    const Keyword* known = find_keyword(member.key);
    if (known ? !keyword(*known, member.value, told) : !is_taken(column_[Row::extension])) return false;
  }
  return together(members, told);
}

PlainJudge::Plain PlainJudge::judge(std::span<const Member> members) const {
  Told told;
  if (!look(members, told)) return Plain::no;
  return told.properties || told.items || told.branches || told.more.is_object() ? Plain::branch
                                                                                 : Plain::leaf;
}

bool PlainJudge::below(const Told& told, const NameJudge* keys, int depth, std::size_t& steps) const {
  for (const Member& member : told.properties.members()) {
    if ((keys && !keys->fits(member.key)) || member.key == kFillerKey) return false;
    if (!tree(member.value, keys, depth, steps)) return false;
  }
  if (told.items && !tree(told.items, keys, depth, steps)) return false;
  for (const Value branch : told.branches.items())
    if (!tree(branch, keys, depth, steps)) return false;
  if (!told.more.is_object()) return true;
  const bool becomes_true =
      told.more.members().empty() && traits_.typed && column_[Row::additional_true] == Cell::ok;
  return !becomes_true && tree(told.more, keys, depth, steps);
}

bool PlainJudge::tree(Value schema, const NameJudge* keys, int depth, std::size_t& steps) const {
  if (!schema.is_object() || depth > kPlainDepth) return false;
  const auto members = schema.members();
  steps += 1 + members.size();
  Told told;
  return look(members, told) && below(told, keys, depth + 1, steps);
}

// What shape_root() and trim_root() would leave as it is.
bool PlainJudge::as_root(std::span<const Member> members, const Told& told,
                         const SchemaTarget& target) const {
  if (told.type.text() != "object" || !told.properties || told.branches || told.values || told.only)
    return false;
  const bool no_notes = column_.rejects(Row::root_notes), no_more = column_.rejects(Row::root_additional);
  if (target.root_keys.empty() && !no_notes && !no_more) return true;
  return std::ranges::all_of(members, [&](const Member& member) {
    const std::string_view key = member.key;
    if (no_notes && (key == "$schema" || key == "title" || key == "description")) return false;
    if (no_more && key == "additionalProperties") return false;
    return target.root_keys.empty() || std::ranges::find(target.root_keys, key) != target.root_keys.end();
  });
}

bool PlainJudge::loses(Value root) const {
  constexpr std::string_view kElsewhere[] = {"$ref",  "$dynamicRef", "$recursiveRef", "allOf",
                                             "anyOf", "oneOf",       "nullable"};
  const auto simple = [&](Value schema) {
    return schema["type"].is_string() &&
           std::ranges::none_of(kElsewhere, [&](std::string_view key) { return bool(schema[key]); });
  };
  if (column_.passes_all() || root["type"].text() != "object" || !simple(root)) return false;
  return std::ranges::any_of(root["properties"].members(), [&](const Member& property) {
    const Value schema = property.value;
    const auto refused = [&](std::string_view bound, bool lower) {
      const Value value = schema[bound];
      return value.is_number() && (!lower || value.number() > 0) &&
             column_.judge(bound, value) == Cell::reject;
    };
    const std::string_view type = schema["type"].text();
    if (type == "string")
      return (refused("minLength", true) || refused("maxLength", false)) && simple(schema);
    if (type != "integer" && type != "number") return false;
    return (refused("minimum", false) || refused("maximum", false)) && simple(schema);
  });
}

std::optional<std::size_t> PlainJudge::whole(Value root, const SchemaTarget& target,
                                             const NameJudge* keys) const {
  if (target.every_step || !target.object_root || column_.passes_all() || !root.is_object())
    return std::nullopt;
  Told told{.root = true};
  std::size_t steps = 0;
  const bool plain =
      look(root.members(), told) && as_root(root.members(), told, target) && below(told, keys, 1, steps);
  return plain && steps <= kSchemaSteps ? std::optional(steps) : std::nullopt;
}

}  // namespace dragoman::lower
