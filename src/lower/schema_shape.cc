// What the meta-schema of 2020-12 forbids, and the spellings of older drafts (ANT-34, OAI-33, XAI-06).
#include <algorithm>
#include <cmath>

#include "lower/schema_rewriter.h"

namespace dragoman::lower {

using json::Member;
using json::Value;

bool is_wanted(Wants wants, Value value) {
  switch (wants) {
    case Wants::anything:
      return true;
    case Wants::text:
      return value.is_string();
    case Wants::number:
      return value.is_number();
    case Wants::flag:
      return value.is_bool();
    case Wants::list:
      return value.is_array();
    case Wants::object:
      return value.is_object();
    case Wants::schema:
      return value.is_object() || value.is_bool();
  }
  return true;
}

// A keyword whose value is of the wrong kind says nothing, but the whole request is refused for it:
// `required: null`, `properties: []`, `description: null` as generators write them.
void Rewriter::valid_kinds(Node& n) {
  Draft& d = n.draft;
  for (std::size_t i = 0; i < d.members().size(); ++i) {
    const Member member = d.members()[i];
    if (!member.value) continue;
    const Keyword* keyword = find_keyword(member.key);
    if (!keyword) continue;
    const Value was = member.value;
    Row row = keyword->row;
    bool ok = is_wanted(keyword->wants, was);
    switch (keyword->row) {
      case Row::all_of:
      case Row::any_of:
      case Row::one_of:
        ok = ok && !was.items().empty();
        break;
      case Row::required:
        // The root's own `required: true` means nothing; a property's is lifted by the schema around it.
        if (!ok) row = Row::required_invalid;
        ok = ok && std::ranges::all_of(was.items(), [](Value name) { return name.is_string(); });
        break;
      case Row::enumeration:
        ok = ok && !(was.items().empty() && column_.rejects(Row::enum_empty));
        break;
      case Row::items:
        ok = was.is_object() || was.is_bool() || was.is_array();
        break;
      case Row::type:
        ok = was.is_string() || was.is_array();
        break;
      case Row::exclusive_minimum:
      case Row::exclusive_maximum:
        ok = was.is_number() || was.is_bool();
        break;
      default:
        break;
    }
    if (ok) continue;
    Value made;
    if (member.key == "required" && was.is_array()) {
      std::vector<Value> names;
      for (const Value name : was.items())
        if (name.is_string()) names.push_back(name);
      made = build_.array(names);
    } else if (n.root && member.key == "properties") {
      made = build_.empty_object();
    }
    const bool constrains = member.key == "enum" && was.is_array();
    note(n, row, member.key, was, made, constrains ? Loss::widened : Loss::none);
    d.set_value(i, made);
  }
}

// `false` as a branch adds nothing to a choice, and as a property says that it may not be there.
void Rewriter::never(Node& n) {
  Draft& d = n.draft;
  if (!column_.rejects(Row::boolean_true)) return;
  const auto is_never = [](Value schema) { return schema.is_bool() && !schema.boolean(); };
  for (const std::string_view keyword : {"anyOf", "oneOf"}) {
    const Value list = d.get(keyword);
    if (std::ranges::none_of(list.items(), is_never)) continue;
    std::vector<Value> left;
    for (const Value branch : list.items())
      if (!is_never(branch)) left.push_back(branch);
    const Value made = left.empty() ? Value() : build_.array(left);
    note(n, Row::boolean_true, keyword, list, made, left.empty() ? Loss::widened : Loss::none);
    if (made)
      d.set(keyword, made);
    else
      d.erase(keyword);
    n.again = n.again || !made;  // an anyOf that is gone makes room for a oneOf
  }
  const Value properties = d.get("properties");
  if (std::ranges::none_of(properties.members(), is_never, &Member::value)) return;
  std::vector<Member> left;
  for (const Member& member : properties.members()) {
    if (!is_never(member.value)) {
      left.push_back(member);
      continue;
    }
    const Place at{member.value, &n.place};
    reporter_.edit(at, Row::boolean_true, "false", member.value, {}, Loss::widened);
  }
  std::vector<Value> required;
  for (const Value name : d.get("required").items())
    if (!is_never(properties[name.text()])) required.push_back(name);
  d.set("properties", build_.object(left));
  if (required.size() < d.get("required").items().size()) d.set("required", build_.array(required));
}

// Draft-03 and OpenAPI 2 say `required: true` inside a property.
void Rewriter::lift_required(Node& n) {
  Draft& d = n.draft;
  if (column_[Row::required_invalid] == Cell::ok) return;
  const auto flagged = [](const Member& property) { return property.value["required"].is_bool(); };
  if (std::ranges::none_of(d.get("properties").members(), flagged)) return;
  std::vector<Value> names;
  std::vector<Member> properties;
  for (const Member& member : d.get("properties").members()) {
    properties.push_back(member);
    const Value flag = member.value["required"];
    if (!flag.is_bool()) continue;
    properties.back().value = build_.without(member.value, "required");
    reporter_.stands_for(properties.back().value, member.value);
    if (flag.boolean()) names.push_back(build_.string(member.key));
    const Place at{member.value, &n.place};
    reporter_.edit(at, Row::required_invalid, "required", flag, {}, Loss::none);
  }
  d.set("properties", build_.object(properties));
  if (names.empty()) return;
  const auto before = d.get("required").items();
  names.insert(names.begin(), before.begin(), before.end());
  d.set("required", build_.array(distinct(names)));
}

// `dependencies` of draft-07 is two keywords since 2019-09.
void Rewriter::split_dependencies(Node& n) {
  Draft& d = n.draft;
  const Value all = d.get("dependencies");
  if (!all.is_object() || !better(Row::dependencies, Row::dependent_required)) return;
  if (column_[Row::dependent_schemas] != Cell::ok || d.has("dependentRequired") || d.has("dependentSchemas"))
    return;
  std::vector<Member> names, schemas;
  for (const Member& member : all.members()) (member.value.is_array() ? names : schemas).push_back(member);
  d.erase("dependencies");
  if (!names.empty()) d.set("dependentRequired", build_.object(names));
  if (!schemas.empty()) d.set("dependentSchemas", build_.object(schemas));
  note(n, Row::dependencies, "dependencies", all, text("dependentRequired, dependentSchemas"), Loss::none);
}

// Tuples: `items: [A,B]` is `prefixItems: [A,B]` since 2020-12, and `additionalItems` became `items`.
void Rewriter::tuples(Node& n) {
  Draft& d = n.draft;
  if (d.get("items").is_array() && column_[Row::items_array] != Cell::ok) {
    const Value list = d.get("items");
    const Value rest = d.get("additionalItems");
    const Loss loss = d.has("prefixItems") ? Loss::widened : Loss::none;  // of two drafts, the older's
    d.rename("items", "prefixItems");
    if (list.items().empty()) d.erase("prefixItems");
    d.erase("additionalItems");
    if (rest.is_object() || (rest.is_bool() && (!rest.boolean() || d.has("unevaluatedItems"))))
      d.set("items", rest);
    note(n, Row::items_array, "items", list, text("prefixItems"), loss);
  }
  // A strict mode compiles what it is given: what nobody has tried there is not tried on a request.
  const auto untried = [&](Row row) { return column_[row] == Cell::unknown && column_.traits().closed; };
  if (d.get("prefixItems").is_array() && (column_.rejects(Row::prefix_items) || untried(Row::prefix_items))) {
    const Value list = d.get("prefixItems");
    std::vector<Value> options(list.items().begin(), list.items().end());
    const Value rest = d.get("items");
    if (rest.is_object()) options.push_back(rest);
    options = distinct(options);
    const Value items = options.size() == 1 ? options.front() : object({{"anyOf", build_.array(options)}});
    d.rename("prefixItems", "items");
    d.set("items", items);
    if (rest.is_bool() && !rest.boolean() && !d.has("maxItems"))
      d.set("maxItems", build_.integer(static_cast<std::int64_t>(list.items().size())));
    note(n, Row::prefix_items, "prefixItems", list, items, Loss::widened);
    // What follows the places was free.
    const bool open = !rest || (rest.is_bool() && rest.boolean());
    const auto places = static_cast<std::int64_t>(list.items().size());
    if (open && d.get("maxItems").integer().value_or(INT64_MAX) > places)
      note(n, Row::prefix_items, "items", rest, items, Loss::narrowed);
    guide_with(n, "prefixItems", list);
  }
  const Value items = d.get("items");
  const bool sayable = items.boolean() || column_[Row::max_items] == Cell::ok;
  if (items.is_bool() && (column_.judge("items", items) == Cell::reject || untried(Row::items_boolean) ||
                          (column_[Row::items_boolean] == Cell::unknown && sayable))) {
    const auto most = static_cast<std::int64_t>(d.get("prefixItems").items().size());
    note(n, Row::items_boolean, "items", items, {}, Loss::none);
    d.erase("items");
    if (items.boolean()) d.erase("unevaluatedItems");  // they all have been looked at
    if (!items.boolean() && !(d.get("maxItems").integer().value_or(INT64_MAX) <= most))
      d.set("maxItems", build_.integer(most));
  }
}

// Draft-04 has a boolean beside the bound; newer drafts the bound itself. Where there is no exclusive bound
// an integer's moves by one, and a number's becomes inclusive.
void Rewriter::exclusive_bound(Node& n, bool minimum) {
  Draft& d = n.draft;
  const std::string_view exclusive = minimum ? "exclusiveMinimum" : "exclusiveMaximum";
  const std::string_view inclusive = minimum ? "minimum" : "maximum";
  const Row row = minimum ? Row::exclusive_minimum : Row::exclusive_maximum;
  const Row plain = minimum ? Row::minimum : Row::maximum;
  if (const Value flag = d.get(exclusive); flag.is_bool() && column_[Row::exclusive_boolean] != Cell::ok) {
    const Value bound = d.get(inclusive);
    d.erase(exclusive);
    if (flag.boolean() && bound.is_number()) d.rename(inclusive, exclusive);
    note(n, Row::exclusive_boolean, exclusive, flag, d.get(exclusive), Loss::none);
  }
  const Value bound = d.get(exclusive);
  if (!bound.is_number() || column_[row] == Cell::ok || column_[plain] != Cell::ok) return;
  const bool integer = d.get("type").text() == "integer";
  if (!integer && column_[row] == Cell::unknown) return;
  const auto whole = bound.integer();
  Value made = bound;
  bool exact = false;
  if (integer && whole && *whole != (minimum ? INT64_MAX : INT64_MIN)) {
    made = build_.integer(minimum ? *whole + 1 : *whole - 1);
    exact = true;
  } else if (integer && std::abs(bound.number()) < 9.0e15) {
    made = build_.integer(
        static_cast<std::int64_t>(minimum ? std::ceil(bound.number()) : std::floor(bound.number())));
    exact = true;
  }
  const Value other = d.get(inclusive);
  const bool tighter =
      other.is_number() && (minimum ? other.number() >= made.number() : other.number() <= made.number());
  if (tighter) exact = exact || (minimum ? other.number() > made.number() : other.number() < made.number());
  if (tighter)
    d.erase(exclusive);
  else
    d.rename(exclusive, inclusive);
  if (!tighter) d.set(inclusive, made);
  note(n, row, exclusive, bound, d.get(inclusive), exact ? Loss::none : Loss::widened);
  if (!exact) guide_with(n, exclusive, bound);
}

}  // namespace dragoman::lower
