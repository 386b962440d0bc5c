// The root of a tool's parameters: always {"type":"object","properties":{…}} (GEN-07). A call's arguments are
// an object by construction, so what the root says about other types costs nothing to leave out.
#include <algorithm>
#include <ranges>
#include <unordered_set>

#include "json/write.h"
#include "lower/argument_plan.h"
#include "lower/schema_hint.h"
#include "lower/schema_leave.h"
#include "lower/schema_rewriter.h"
#include "lower/schema_signs.h"

namespace dragoman::lower {

using json::Member;
using json::Value;

namespace {

// Some object may fit: by the types it names, by the values it fixes, or by what its keywords are about.
bool may_be_object(Value schema) {
  const auto fixed = schema["enum"].items();
  if (schema["const"] && !schema["const"].is_object()) return false;
  if (!fixed.empty() && std::ranges::none_of(fixed, [](Value v) { return v.is_object(); })) return false;
  const Value type = schema["type"];
  return !type || names_type(type, "object") || type_of_keywords(Draft(schema)) == "object";
}

}  // namespace

Value Rewriter::empty_root(Value was) {
  const Value made = object({{"type", text("object")}, {"properties", build_.empty_object()}});
  Node n{Draft(made), Place{root_}, 0, true};
  const bool never = was.is_bool() && !was.boolean();
  note(n, Row::root_type, "schema", was, made, never ? Loss::widened : Loss::none);
  return column_.passes_all() ? made : finish(n);
}

void Rewriter::shape_root(Node& n) {
  Draft& d = n.draft;
  // What is merged in can bring a reference with it; each definition comes in a bounded number of times.
  const auto refers = [&] {
    return d.get("$ref").is_string() ||
           (d.get("$recursiveRef").is_string() && column_.rejects(Row::recursive_ref)) ||
           (d.get("$dynamicRef").is_string() && column_.rejects(Row::dynamic_ref));
  };
  do {
    references(n, true);
    if (target_.root_composition) continue;
    if (d.has("allOf")) merge_all_of(n, true);
    if (target_.wrap_choices && !refers()) {
      const std::string_view own = type_of_keywords(d);
      const bool object =
          names_type(d.get("type"), "object") || (!d.has("type") && (own == "object" || d.size() == 0));
      if (d.has("anyOf") || d.has("oneOf") || d.has("not") || d.get("type").is_array() || !object)
        return wrap_root(n);
    }
    for (const std::string_view keyword : {"anyOf", "oneOf"})
      if (!join_root_branches(n, keyword)) return wrap_root(n);
    if (!d.has("type") && d.get("properties").members().empty() && !may_be_object(d.build(build_)))
      return wrap_root(n);
    for (const std::string_view keyword : {"allOf", "enum", "const", "not"}) {
      const Value was = d.get(keyword);
      if (!was) continue;
      note(n, Row::root_value, keyword, was, {}, Loss::widened);
      guide_with(n, keyword, was);
      d.erase(keyword);
    }
  } while (refers());
  type_names(n);
  const Value type = d.get("type");
  const bool composed = d.has("anyOf") || d.has("oneOf") || d.has("allOf");
  if (!names_type(type, "object") && type && d.get("properties").members().empty()) return wrap_root(n);
  if (!type.is_string() || type.text() != "object") {
    // With properties beside it, another type is a slip; to the letter nothing would fit.
    const bool slip = type && !names_type(type, "object");
    // An answer may be anything but for what its schema says; arguments are an object whatever theirs says.
    const bool named = !type && refs_.any();
    const RootNamed how = named ? how_root_is_named(root_, refs_) : RootNamed();
    const bool guess = !type && (target_.wrap_choices || how.as_it_is);
    note(n, Row::root_type, "type", type, text("object"),
         slip || (how.turned && !guess) ? Loss::widened
         : guess                        ? Loss::narrowed
                                        : Loss::none);
    if (how.turned && guess) note(n, Row::root_type, "type", type, text("object"), Loss::widened);
    if (type)
      d.set("type", text("object"));
    else
      d.put_first("type", text("object"));
  }
  if (d.get("nullable").boolean()) {
    note(n, Row::root_type, "nullable", d.get("nullable"), {}, Loss::none);
    d.erase("nullable");
  }
  const Value properties = d.get("properties");
  if (!properties.is_object() && !composed) {
    note(n, Row::root_properties, "properties", properties, build_.empty_object(), Loss::none);
    d.set("properties", build_.empty_object());
  }
  const Value required = d.get("required");
  if (required && !required.is_array()) {
    note(n, Row::required_invalid, "required", required, {}, Loss::none);
    d.erase("required");
  }
}

// {"anyOf":[A,B]} → one object with the properties of all branches; required is what every branch requires.
// Wider: the choice between the branches is lost, and said in the description. False when the root is no
// object at all.
bool Rewriter::join_root_branches(Node& n, std::string_view keyword) {
  Draft& d = n.draft;
  const Value list = d.get(keyword);
  if (!list) return true;
  d.erase(keyword);
  std::vector<Member> names;
  std::vector<std::vector<Value>> schemas;
  std::unordered_map<std::string_view, std::size_t> at;
  std::unordered_map<std::string_view, std::size_t> required;
  std::vector<Value> required_order;
  std::unordered_map<std::string_view, std::size_t> described;  // in how many branches
  std::size_t objects = 0, others = 0, open_objects = 0;
  bool whole = true;  // of a single branch, everything it says will be said
  bool all_closed = true, says_more = false, narrowed = false;
  std::string sets;
  std::unordered_set<const json::Node*> seen;
  std::vector<std::pair<Value, int>> open;
  for (const Value item : std::views::reverse(list.items())) open.emplace_back(item, 0);
  while (!open.empty()) {
    const auto [branch, depth] = open.back();
    open.pop_back();
    if (branch.is_object() && !seen.insert(branch.node()).second) continue;
    Conjunction all(build_);
    std::unordered_set<const json::Node*> expanded;
    expand(n, branch, all, expanded, depth);
    const Value joined = build_.object(all.finish());
    bool nested = false;
    for (const std::string_view inner : {"anyOf", "oneOf"}) {
      const auto items = joined[inner].items();
      // A branch of branches: each counts as one, with what stands beside them.
      if (items.empty() || depth >= 32 || !budget(items.size())) continue;
      nested = true;
      const Value rest = build_.without(joined, inner);
      for (const Value item : std::views::reverse(items)) {
        if (rest.members().empty()) {
          open.emplace_back(item, depth + 1);
          continue;
        }
        const Value both[] = {item, rest};
        open.emplace_back(object({{"allOf", build_.array(both)}}), depth + 1);
      }
      break;
    }
    if (nested) continue;
    if (branch.is_bool() && !branch.boolean()) continue;
    const bool fits = (branch.is_object() || branch.is_bool()) && !all.impossible() && may_be_object(joined);
    if (!fits) {
      ++others;
      continue;
    }
    ++objects;
    const Value more = joined["additionalProperties"];
    const bool closed = more.is_bool() && !more.boolean();
    open_objects += closed ? 0 : 1;
    for (const Member& member : joined.members()) {
      const Keyword* known = find_keyword(member.key);
      const bool same = d.has(member.key) && json::equal(d.get(member.key), member.value);
      whole &= !known || known->note || known->row == Row::type || known->row == Row::properties ||
               known->row == Row::required || known->row == Row::additional_schema || same;
    }
    for (const Member& member : joined["properties"].members()) {
      const auto [found, made] = at.emplace(member.key, names.size());
      if (made) {
        names.push_back(member);
        schemas.emplace_back();
      }
      schemas[found->second].push_back(member.value);
      if (!closed) ++described[member.key];
    }
    std::vector<Value> needed;
    for (const Value name : distinct(joined["required"].items())) {
      if (!name.is_string()) continue;
      needed.push_back(name);
      if (required[name.text()]++ == 0) required_order.push_back(name);
    }
    all_closed = all_closed && closed;
    says_more |= more && !(more.is_bool() && more.boolean());
    if (!needed.empty() && sets.size() <= kGuidance)
      sets += (sets.empty() ? "" : " or ") + json::dump_compact(build_.array(needed));
  }
  if (objects == 0) {
    // Nothing fits an object and one of these: either the root is no object, or nobody can call this at all.
    if (others > 0 && !names_type(d.get("type"), "object") && d.get("properties").members().empty()) {
      d.set(keyword, list);
      return false;
    }
    note(n, Row::root_any_of, keyword, list, {}, Loss::widened);
    return true;
  }
  std::vector<Member> properties;
  for (const Member& member : d.get("properties").members()) {
    properties.push_back(member);
    at.emplace(member.key, names.size());
  }
  std::unordered_map<std::string_view, Value> own;
  for (const Member& member : d.get("properties").members()) own.emplace(member.key, member.value);
  for (std::size_t i = 0; i < names.size(); ++i) {
    // Said for all branches already; theirs are refinements of it.
    if (const auto found = own.find(names[i].key); found != own.end()) {
      const Value said = found->second;
      for (const Value other : schemas[i]) whole &= json::equal(said, other);
      continue;
    }
    // To the letter a root that is closed refuses it.
    whole &= !d.has("additionalProperties") || d.get("additionalProperties").boolean();
    // What another branch leaves free is now as this one says.
    narrowed |= described[names[i].key] < open_objects;
    const auto options = distinct(schemas[i]);
    std::vector<Value> values;
    bool literal = true;
    for (const Value option : options) {
      const auto some = literals(option);
      literal = literal && !some.empty();
      values.insert(values.end(), some.begin(), some.end());
    }
    Member made = names[i];
    if (options.size() > 1 && literal) {
      // What told the branches apart: one enum of all their values.
      std::vector<Member> parts;
      const Value type = options.front()["type"];
      bool same = static_cast<bool>(type);
      for (const Value option : options) same = same && json::equal(type, option["type"]);
      if (same) parts.push_back({"type", type});
      parts.push_back({"enum", build_.array(distinct(values))});
      made.value = build_.object(parts);
    } else if (options.size() > 1) {
      made.value = object({{"anyOf", build_.array(options)}});
    }
    properties.push_back(made);
  }
  if (!properties.empty() || d.has("properties")) d.set("properties", build_.object(properties));
  const auto before = d.get("required").items();
  std::vector<Value> needed(before.begin(), before.end());
  for (const Value name : required_order)
    if (required[name.text()] == objects) needed.push_back(name);
  if (!needed.empty()) d.set("required", build_.array(distinct(needed)));
  if (all_closed && !d.has("additionalProperties"))
    d.set("additionalProperties", build_.boolean(false));
  else
    whole &= !says_more;
  note(n, Row::root_any_of, keyword, list, d.get("properties"),
       objects == 1 && whole ? Loss::none : Loss::widened);
  if (narrowed) note(n, Row::root_any_of, "properties", list, d.get("properties"), Loss::narrowed);
  if (objects > 1 && !sets.empty() && sets.size() <= kGuidance) n.guidance.push_back("give " + sets);
  return true;
}

// A root that is no object cannot be the arguments of a call. It becomes the property "value"; putting an
// answer back means taking the arguments' "value" (ArgumentPlan::wrapped). Definitions stay at the root,
// where references look for them.
void Rewriter::wrap_root(Node& n) {
  if (wrapped_) return;
  wrapped_ = true;
  std::vector<Member> inner, outer;
  for (const Member& member : n.draft.present())
    (member.key == "$defs" || member.key == "definitions" || member.key == "$schema" ? outer : inner)
        .push_back(member);
  const Value name = text(kWrapped);
  const Member property{kWrapped, build_.object(inner)};
  std::vector<Member> members = {{"type", text("object")},
                                 {"properties", build_.object({&property, 1})},
                                 {"required", build_.array({&name, 1})}};
  members.insert(members.end(), outer.begin(), outer.end());
  note(n, Row::root_type, "type", n.draft.get("type"), build_.object(members), Loss::none);
  n.draft.replace(std::move(members));
}

void Rewriter::rename_definitions(Node& n) {
  Draft& d = n.draft;
  if (!rename_definitions_ || !d.has("definitions")) return;
  std::vector<Member> all;
  for (const std::string_view key : {"$defs", "definitions"})
    for (const Member& member : d.get(key).members()) all.push_back(member);
  note(n, Row::definitions, "definitions", text("definitions"), text("$defs"), Loss::none);
  d.rename("definitions", "$defs");
  d.set("$defs", build_.object(all));
}

void Rewriter::trim_root(Node& n) {
  for (std::size_t i = 0; i < n.draft.members().size(); ++i) {
    const Member member = n.draft.members()[i];
    if (!member.value) continue;
    const auto left = left_at_root(target_, column_, member);
    if (!left) continue;
    note(n, left->row, member.key, member.value, {}, left->loss);
    n.draft.set_value(i, {});
    // Which had looked at all of them.
    if (member.key == "additionalProperties") n.draft.erase("unevaluatedProperties");
  }
}

}  // namespace dragoman::lower
