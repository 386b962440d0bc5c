// Enums a target takes for some kinds of values only.
#include <algorithm>

#include "lower/schema_rewriter.h"

namespace dragoman::lower {

using json::Kind;
using json::Member;
using json::Value;

namespace {

// Whole numbers without a gap, which a least and a greatest one say as well.
bool is_range(Value list) {
  if (!std::ranges::all_of(list.items(), [](Value v) { return v.integer().has_value(); })) return false;
  const auto values = distinct(list.items());
  if (values.empty()) return false;
  const auto [low, high] = std::ranges::minmax(values, {}, [](Value v) { return *v.integer(); });
  return high.number() - low.number() + 1 == static_cast<double>(values.size());
}

}  // namespace

void Rewriter::enums(Node& n) {
  Draft& d = n.draft;
  if (const Value only = d.get("const"); only && better(Row::constant, Row::enumeration)) {
    const Value made = build_.array({&only, 1});
    // Beside an enum that lacks it nothing would fit.
    const auto beside = d.get("enum").items();
    const bool fits =
        beside.empty() || std::ranges::any_of(beside, [&](Value v) { return json::equal(v, only); });
    d.rename("const", "enum");
    d.set("enum", made);
    note(n, Row::constant, "const", only, made, fits ? Loss::none : Loss::widened);
  }
  Value values = d.get("enum");
  if (!values.is_array()) return;
  if (column_.rejects(Row::enum_blank)) {
    blank_values(n);
    values = d.get("enum");
    if (!values.is_array()) return;
  }
  bool strings = true, one_kind = true;
  const auto kind = [](Value v) { return v.is_number() ? std::string_view("number") : type_of_value(v); };
  for (const Value value : values.items()) {
    strings = strings && value.is_string();
    const bool null_beside = value.is_null() && column_[Row::type_or_null] == Cell::ok;
    one_kind = one_kind && (null_beside || kind(value) == kind(values.items().front()));
  }
  if (column_.rejects(Row::enum_values)) {
    const Value type = d.get("type");
    const bool other_type = type && !names_type(type, "string");
    if (!strings || other_type) split_enum(n, false);
    return;
  }
  if (column_[Row::enum_values] == Cell::unknown && is_range(values) && !d.has("minimum") &&
      !d.has("maximum") && column_[Row::minimum] == Cell::ok && column_[Row::maximum] == Cell::ok)
    return split_enum(n, false);
  const bool unsure = column_[Row::enum_mixed] == Cell::unknown && column_[Row::any_of] == Cell::ok;
  if (!one_kind && !d.has("anyOf") && (column_.rejects(Row::enum_mixed) || unsure)) split_enum(n, true);
}

// GEM-35: "" is no value of an enum. It is the string of no letters, beside the others.
void Rewriter::blank_values(Node& n) {
  Draft& d = n.draft;
  const Value values = d.get("enum"), type = d.get("type");
  bool null = false, blank_too = false;
  std::vector<Value> said;  // the others
  for (const Value value : values.items()) {
    if (value.is_null())
      null = true;
    else if (value.is_string() && value.text().empty())
      blank_too = true;
    else
      said.push_back(value);
  }
  if (!blank_too) return;
  const bool may_blank = !type || names_type(type, "string");
  const bool may_null = null && (!type || names_type(type, "null") || d.get("nullable").boolean());
  const bool flagged = column_[Row::nullable] == Cell::ok;
  if (!may_blank) {  // of another type, "" was never a value
    if (null) said.push_back(build_.null());
    const Value made = said.empty() ? Value() : build_.array(said);
    note(n, Row::enum_blank, "enum", values, made, said.empty() ? Loss::widened : Loss::none);
    if (said.empty())
      d.erase("enum");
    else
      d.set("enum", made);
    return;
  }
  const std::vector<Member> blank = {{"type", text("string")}, {"maxLength", build_.integer(0)}};
  const bool countable = column_[Row::max_length] == Cell::ok;
  if (said.empty() && (!may_null || flagged)) {
    d.erase("enum");
    d.set("type", text("string"));
    if (countable) d.set("maxLength", build_.integer(0));
    if (may_null) d.set("nullable", build_.boolean(true));
    note(n, Row::enum_blank, "enum", values, countable ? build_.object(blank) : d.get("type"),
         countable ? Loss::none : Loss::widened);
    if (!countable) guide_with(n, "enum", values);
    return;
  }
  if (may_null) said.push_back(build_.null());
  if (!countable || column_[Row::any_of] != Cell::ok || d.has("anyOf")) {
    note(n, Row::enum_blank, "enum", values, build_.array(said), Loss::narrowed);
    d.set("enum", build_.array(said));
    return;
  }
  std::vector<Member> rest;
  if (type) rest.push_back({"type", type});
  rest.push_back({"enum", build_.array(said)});
  const Value branches[] = {build_.object(rest), build_.object(blank)};
  d.erase("type");
  d.rename("enum", "anyOf");
  d.set("anyOf", build_.array(branches));
  note(n, Row::enum_blank, "enum", values, d.get("anyOf"), Loss::none);
}

// An enum the target takes for strings only, or for values of one type only. Other values keep their type:
// numbers become a range, so that what the model answers is still a number.
void Rewriter::split_enum(Node& n, bool keep_values) {
  Draft& d = n.draft;
  const Value list = d.get("enum");
  const Value declared = d.get("type");
  std::vector<Value> strings, numbers, flags, nulls, lists, objects;
  for (const Value value : list.items()) {
    if (declared && !names_type(declared, type_of_value(value)) &&
        !(value.is_number() && names_type(declared, "number")))
      continue;  // can never be valid
    switch (value.kind()) {
      case Kind::string:
        strings.push_back(value);
        break;
      case Kind::number:
        numbers.push_back(value);
        break;
      case Kind::boolean:
        flags.push_back(value);
        break;
      case Kind::array:
        lists.push_back(value);
        break;
      case Kind::object:
        objects.push_back(value);
        break;
      default:
        nulls.push_back(value);
    }
  }
  bool exact = true;
  std::vector<Value> branches;
  const auto typed = [&](std::string_view type, std::vector<Value>& values) {
    if (values.empty()) return;
    std::vector<Member> made = {{"type", text(type)}};
    if (keep_values || type == "string") {
      if (type != "null") made.push_back({"enum", build_.array(distinct(values))});
    } else if (type == "integer" || type == "number") {
      const auto [low, high] = std::ranges::minmax(values, {}, [](Value v) { return v.number(); });
      made.push_back({"minimum", low});
      made.push_back({"maximum", high});
      exact = exact && type == "integer" &&
              high.number() - low.number() + 1 == static_cast<double>(distinct(values).size());
    } else {
      exact = exact && (type == "null" || (type == "boolean" && distinct(values).size() == 2));
    }
    branches.push_back(build_.object(made));
  };
  typed("string", strings);
  typed(std::ranges::all_of(numbers, [](Value v) { return v.integer().has_value(); }) ? "integer" : "number",
        numbers);
  typed("boolean", flags);
  typed("object", objects);
  typed("array", lists);
  const bool by_flag = !nulls.empty() && column_[Row::nullable] == Cell::ok && !branches.empty();
  if (by_flag)
    d.set("nullable", build_.boolean(true));
  else
    typed("null", nulls);
  exact = exact && !branches.empty();
  d.erase("enum");
  if (branches.size() == 1) {
    for (const Member& member : branches.front().members()) {
      const bool said = member.key != "type" && member.key != "enum" && d.has(member.key);
      if (!said) d.set(member.key, member.value);
      exact = exact && (!said || json::equal(d.get(member.key), member.value));
    }
  } else if (branches.size() > 1 && !d.has("anyOf")) {
    d.erase("type");
    d.set("anyOf", build_.array(branches));
  } else {
    exact = false;
  }
  note(n, keep_values ? Row::enum_mixed : Row::enum_values, "enum", list, d.build(build_),
       exact ? Loss::none : Loss::widened);
  if (!exact) guide_with(n, "enum", list);
}

}  // namespace dragoman::lower
