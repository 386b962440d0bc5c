// Types and null.
#include <algorithm>

#include "base/same_text.h"
#include "base/strings.h"
#include "lower/schema_rewriter.h"

namespace dragoman::lower {

using json::Member;
using json::Value;

namespace {

constexpr std::string_view kTypes[] = {"string", "number", "integer", "boolean", "object", "array", "null"};

// Names people and generators write for types (OAI-36). "" where any type is meant.
struct Alias {
  std::string_view name, type;
};
constexpr Alias kAliases[] = {
    {"any", ""},          {"mixed", ""},         {"unknown", ""},      {"str", "string"},
    {"text", "string"},   {"char", "string"},    {"date", "string"},   {"datetime", "string"},
    {"uuid", "string"},   {"file", "string"},    {"enum", "string"},   {"float", "number"},
    {"double", "number"}, {"decimal", "number"}, {"int", "integer"},   {"int32", "integer"},
    {"int64", "integer"}, {"long", "integer"},   {"bool", "boolean"},  {"dict", "object"},
    {"map", "object"},    {"struct", "object"},  {"record", "object"}, {"json", "object"},
    {"list", "array"},    {"tuple", "array"},    {"set", "array"},     {"none", "null"},
    {"nil", "null"},
};

// The type meant; nullopt for a name nobody knows.
std::optional<std::string_view> type_meant(std::string_view name) {
  if (is_type_name(name)) return name;
  const std::string lower = lower_ascii(name);
  for (const std::string_view type : kTypes)
    if (type == lower) return type;
  for (const Alias& alias : kAliases)
    if (alias.name == lower) return alias.type;
  return std::nullopt;
}

bool is_of(Value value, std::string_view type) {
  const std::string_view own = type_of_value(value);
  return own == type || (type == "number" && own == "integer");
}

}  // namespace

bool is_type_name(std::string_view name) {
  return std::ranges::any_of(kTypes, [&](std::string_view type) { return same_text(type, name); });
}

std::string_view type_of_keyword(std::string_view keyword) {
  const Keyword* known = find_keyword(keyword);
  return known ? known->type : std::string_view();
}

std::string_view type_of_keywords(const Draft& draft) {
  std::string_view type;
  for (const Member& member : draft.members()) {
    if (!member.value) continue;
    std::string_view own = type_of_keyword(member.key);
    if (member.key == "format") own = "string";
    if (own.empty()) continue;
    if (!type.empty() && own != type) return {};
    type = own;
  }
  return type;
}

std::string_view type_of_value(Value value) {
  if (value.is_number()) return value.integer() ? "integer" : "number";
  return json::name(value.kind());
}

bool names_type(Value type, std::string_view name) {
  if (type.is_string()) return same_text(type.text(), name);
  return std::ranges::any_of(type.items(),
                             [&](Value item) { return item.is_string() && same_text(item.text(), name); });
}

void Rewriter::type_names(Node& n) {
  Draft& d = n.draft;
  const Value type = d.get("type");
  if (!type || column_[Row::type_unknown] == Cell::ok) return;
  if (type.is_string() && is_type_name(type.text())) return;
  std::vector<Value> names;
  bool any = false, changed = type.is_array() && type.items().size() < 2, lost = false;
  const auto add = [&](Value name) {
    const auto meant = name.is_string() ? type_meant(name.text()) : std::nullopt;
    lost = lost || (!meant && name.is_string());
    changed = changed || !meant || *meant != name.text();
    if (!meant) return;
    any = any || meant->empty();
    const bool twice = std::ranges::any_of(names, [&](Value other) { return other.text() == *meant; });
    changed = changed || twice;
    if (!twice && !meant->empty()) names.push_back(*meant == name.text() ? name : text(*meant));
  };
  if (type.is_array())
    for (const Value name : type.items()) add(name);
  else
    add(type);
  if (!changed) return;
  Value made;
  if (!any && names.size() == 1) made = names.front();
  if (!any && names.size() > 1) made = build_.array(names);
  note(n, Row::type_unknown, "type", type, made, lost ? Loss::widened : Loss::none);
  if (made)
    d.set("type", made);
  else
    d.erase("type");
}

namespace {

bool takes_null_type(Value branch) {
  return names_type(branch["type"], "null") || branch["nullable"].boolean() ||
         (branch["const"] && branch["const"].is_null());
}

}  // namespace

// OpenAPI's `nullable: true` in the words of JSON Schema, where the target does not know it.
void Rewriter::nullables(Node& n) {
  Draft& d = n.draft;
  const Value flag = d.get("nullable");
  if (!flag.is_bool() || column_[Row::nullable] == Cell::ok) return;
  if (!flag.boolean()) {
    if (!column_.rejects(Row::nullable)) return;
    note(n, Row::nullable, "nullable", flag, {}, Loss::none);
    d.erase("nullable");
    return;
  }
  // What is referred to or joined has types of its own, which a choice beside them would have to stand over.
  const bool inner = (d.has("allOf") || d.has("$ref")) && !d.has("anyOf") && column_[Row::any_of] != Cell::ok;
  if (inner && !column_.rejects(Row::nullable)) return;
  const Value null_name = text("null");
  const Value null_type = object({{"type", null_name}});
  const Value type = d.get("type");
  d.erase("nullable");
  if (type.is_string() && type.text() != "null") {
    const Value both[] = {type, null_name};
    d.set("type", build_.array(both));
  } else if (type.is_array() && !names_type(type, "null")) {
    std::vector<Value> names(type.items().begin(), type.items().end());
    names.push_back(null_name);
    d.set("type", build_.array(names));
  }
  if (const Value list = d.get("enum"); list.is_array()) {
    std::vector<Value> values(list.items().begin(), list.items().end());
    if (std::ranges::none_of(values, [](Value v) { return v.is_null(); })) values.push_back(build_.null());
    d.set("enum", build_.array(values));
  }
  if (const Value only = d.get("const"); only && !only.is_null()) {
    const Value both[] = {only, build_.null()};
    d.rename("const", "enum");
    d.set("enum", build_.array(both));
  }
  for (const std::string_view choice : {"anyOf", "oneOf"}) {
    const Value branches = d.get(choice);
    if (!branches.is_array()) continue;
    std::vector<Value> all(branches.items().begin(), branches.items().end());
    if (std::ranges::none_of(all, takes_null_type)) all.push_back(null_type);
    d.set(choice, build_.array(all));
  }
  if (d.has("anyOf") || d.has("oneOf")) {
    // Said in the branches.
  } else if (const Value all = d.get("allOf"); all && column_[Row::any_of] == Cell::ok) {
    const Value both[] = {object({{"allOf", all}}), null_type};
    d.rename("allOf", "anyOf");
    d.set("anyOf", build_.array(both));
  } else if (const Value ref = d.get("$ref"); ref && column_[Row::any_of] == Cell::ok) {
    const Value branch = object({{"$ref", ref}});
    const Value both[] = {branch, null_type};
    d.erase("$ref");
    d.set("anyOf", build_.array(both));
  }
  note(n, Row::nullable, "nullable", flag, d.has("type") ? d.get("type") : null_name,
       inner ? Loss::narrowed : Loss::none);
}

void Rewriter::type_lists(Node& n) {
  Draft& d = n.draft;
  const Value type = d.get("type");
  if (!type.is_array()) return;
  std::vector<Value> rest;
  for (const Value name : type.items())
    if (name.text() != "null") rest.push_back(name);
  const bool has_null = rest.size() < type.items().size();
  const Row row = rest.size() < 2 ? Row::type_or_null : Row::type_list;
  const bool sayable = column_[Row::any_of] == Cell::ok || (has_null && column_[Row::nullable] == Cell::ok);
  const bool crowded =
      column_.traits().lone_types && std::ranges::any_of(d.members(), [](const Member& member) {
        return member.value && (member.key == "format" || !type_of_keyword(member.key).empty());
      });
  if (!column_.rejects(row) && !(column_[row] == Cell::unknown && sayable) && !crowded) return;
  const Value values = d.get("enum");
  const Value choice = d.get("anyOf");
  const bool null_fits =
      (!values || std::ranges::any_of(values.items(), &Value::is_null)) &&
      (!choice || std::ranges::any_of(choice.items(), [](Value branch) {
        return branch.is_bool() ? branch.boolean() : !branch["type"] || takes_null_type(branch);
      }));
  const bool by_flag = has_null && column_[Row::nullable] == Cell::ok;
  if (by_flag && null_fits) d.set("nullable", build_.boolean(true));
  if (by_flag && values) {
    std::vector<Value> others;
    for (const Value value : values.items())
      if (!value.is_null()) others.push_back(value);
    if (others.size() < values.items().size()) d.set("enum", build_.array(others));
  }
  if (rest.size() == 1 && (by_flag || !has_null)) {
    d.set("type", rest.front());
    note(n, Row::type_or_null, "type", type, rest.front(), Loss::none);
    return;
  }
  if (d.has("anyOf")) {  // each branch takes the types; then they are split there
    if (by_flag) d.set("type", build_.array(rest));
    distribute(n, true);
    return;
  }
  const bool some = split_types(n, by_flag ? std::span<const Value>(rest) : type.items());
  note(n, Row::type_list, "type", type, d.get("anyOf"), some ? Loss::none : Loss::widened);
}

// One branch a type, each with the keywords and enum values of its type; what is about all types stays
// outside. False when no value of an enum is of one of the types.
bool Rewriter::split_types(Node& n, std::span<const Value> types) {
  Draft& d = n.draft;
  std::vector<Value> branches;
  const Value values = d.get("enum");
  for (const Value type : types) {
    std::vector<Member> own = {{"type", type}};
    for (const Member& member : d.present()) {
      const std::string_view owner = type_of_keyword(member.key);
      if (owner == type.text() || (owner == "number" && type.text() == "integer")) own.push_back(member);
      if (member.key == "format" &&
          (type.text() == "string" || type.text() == "number" || type.text() == "integer"))
        own.push_back(member);
    }
    if (values) {
      std::vector<Value> fitting;
      for (const Value value : values.items())
        if (is_of(value, type.text())) fitting.push_back(value);
      if (fitting.empty()) continue;  // no value of this type is allowed
      if (!(fitting.size() == 1 && fitting.front().is_null())) own.push_back({"enum", build_.array(fitting)});
    }
    branches.push_back(build_.object(own));
  }
  for (const Member& member : d.present())
    if (member.key == "type" || member.key == "format" || member.key == "enum" ||
        !type_of_keyword(member.key).empty())
      d.erase(member.key);
  if (branches.size() > 1) {
    d.set("anyOf", build_.array(branches));
  } else if (branches.size() == 1) {
    for (const Member& member : branches.front().members()) d.set(member.key, member.value);
  }
  return !branches.empty();
}

Value Rewriter::any_branches(bool& complete) const {
  const bool objects = !column_.rejects(Row::empty_object) && !column_.traits().closed;
  const bool lists = !column_.rejects(Row::bare_array);
  std::vector<Value> branches;
  for (const std::string_view type : {"string", "number", "boolean", "object", "array", "null"}) {
    if ((type == "object" && !objects) || (type == "array" && !lists)) continue;
    branches.push_back(object({{"type", text(type)}}));
  }
  complete = objects && lists;
  return build_.array(branches);
}

namespace {

// Each type once, in order; whole numbers beside others are numbers.
std::vector<std::string_view> types_of(std::span<const Value> values) {
  std::vector<std::string_view> types;
  const bool whole = std::ranges::all_of(
      values, [](Value value) { return !value.is_number() || value.integer().has_value(); });
  for (const Value value : values) {
    const std::string_view type = value.is_number() && !whole ? "number" : type_of_value(value);
    if (std::ranges::find(types, type) == types.end()) types.push_back(type);
  }
  return types;
}

bool names_null(std::span<const std::string_view> types) {
  return std::ranges::find(types, "null") != types.end();
}

}  // namespace

void Rewriter::missing_type(Node& n) {
  Draft& d = n.draft;
  const bool unsure = column_[Row::type_missing] == Cell::unknown && !column_.passes_all();
  if (!(column_.traits().typed || unsure) || d.has("type") || d.has("$ref") || d.has("anyOf") ||
      d.has("oneOf") || d.has("allOf"))
    return;
  std::string_view type = type_of_keywords(d);
  bool null_too = false;
  if (const Value values = d.get("enum"); values.is_array() && !values.items().empty()) {
    const auto kinds = types_of(values.items());
    null_too = kinds.size() == 2 && names_null(kinds);
    type = kinds.front() == "null" && null_too ? kinds.back() : kinds.front();
    const bool mixed = kinds.size() > 1 && !(null_too && column_[Row::type_or_null] == Cell::ok);
    if (mixed && column_.traits().typed && column_[Row::any_of] == Cell::ok) return split_enum(n, true);
  } else if (const Value only = d.get("const")) {
    type = type_of_value(only);
  }
  // Values of an enum have their types; what keywords are about is a guess, if a good one.
  if (unsure && !column_.traits().typed) {
    const auto values = d.get("enum").items();
    const bool one_type =
        std::ranges::all_of(values, [&](Value value) { return type_of_value(value) == type; });
    const bool sure = d.has("enum") ? one_type : d.has("const");
    if (!sure || type.empty()) return;
  }
  if (!type.empty()) {
    const Value both[] = {text(type), text("null")};
    const Value made = null_too ? build_.array(both) : both[0];
    // Values have their types. What keywords are about is what is meant, if not what is said: to the letter
    // values of other types pass, which the target is told not to give; `not` of it lets others through.
    const bool guess = !d.has("enum") && !d.has("const");
    note(n, Row::type_missing, "type", {}, made,
         !guess           ? Loss::none
         : n.place.turned ? Loss::widened
                          : Loss::narrowed);
    d.put_first("type", made);
    return;
  }
  bool complete = false;
  const Value made = any_branches(complete);
  note(n, Row::type_missing, "type", {}, made, complete ? Loss::none : Loss::narrowed);
  d.set("anyOf", made);
}

}  // namespace dragoman::lower
