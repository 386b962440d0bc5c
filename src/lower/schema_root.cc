// The root of a tool's parameters: always {"type":"object","properties":{…}} (GEN-07). A call's arguments are
// an object by construction, so what the root says about other types costs nothing to leave out.
#include <algorithm>
#include <ranges>
#include <unordered_set>

#include "json/write.h"
#include "lower/argument_plan.h"
#include "lower/schema_branches.h"
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

// A branch of branches: each of those counts as one, with what stands beside them.
bool Rewriter::open_branches(Value branch, int depth, std::vector<std::pair<Value, int>>& open) {
  constexpr int kMostDepth = 32;
  for (const std::string_view inner : {"anyOf", "oneOf"}) {
    const auto items = branch[inner].items();
    if (items.empty() || depth >= kMostDepth || !budget(items.size())) continue;
    const Value rest = build_.without(branch, inner);
    for (const Value item : std::views::reverse(items)) {
      if (rest.members().empty()) {
        open.emplace_back(item, depth + 1);
        continue;
      }
      const Value both[] = {item, rest};
      open.emplace_back(object({{"allOf", build_.array(both)}}), depth + 1);
    }
    return true;
  }
  return false;
}

RootBranches Rewriter::read_branches(Node& n, Value list) {
  RootBranches branches(build_);
  std::unordered_set<const json::Node*> seen;
  std::vector<std::pair<Value, int>> open;  // with how deep in branches they stand; the next one last
  for (const Value item : std::views::reverse(list.items())) open.emplace_back(item, 0);
  while (!open.empty()) {
    const auto [branch, depth] = open.back();
    open.pop_back();
    if (branch.is_object() && !seen.insert(branch.node()).second) continue;
    Conjunction all(build_);
    std::unordered_set<const json::Node*> expanded;
    expand(n, branch, all, expanded, depth);
    const Value joined = build_.object(all.finish());
    if (open_branches(joined, depth, open)) continue;
    if (branch.is_bool() && !branch.boolean()) continue;
    if ((branch.is_object() || branch.is_bool()) && !all.impossible() && may_be_object(joined))
      branches.add(joined, n.draft);
    else
      branches.add_other();
  }
  return branches;
}

// False when the root is no object at all.
bool Rewriter::join_root_branches(Node& n, std::string_view keyword) {
  Draft& d = n.draft;
  const Value list = d.get(keyword);
  if (!list) return true;
  d.erase(keyword);
  RootBranches branches = read_branches(n, list);
  if (!branches.any()) {
    // Nothing fits an object and one of these: either the root is no object, or nobody can call this at all.
    if (branches.others() && !names_type(d.get("type"), "object") && d.get("properties").members().empty()) {
      d.set(keyword, list);
      return false;
    }
    note(n, Row::root_any_of, keyword, list, {}, Loss::widened);
    return true;
  }
  branches.write(d);
  note(n, Row::root_any_of, keyword, list, d.get("properties"),
       branches.as_it_was() ? Loss::none : Loss::widened);
  if (branches.narrowed()) note(n, Row::root_any_of, "properties", list, d.get("properties"), Loss::narrowed);
  if (std::string words = branches.choice(); !words.empty()) n.guidance.push_back(std::move(words));
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
