// References and the keywords that combine schemas.
#include <algorithm>

#include "lower/schema_rewriter.h"

namespace dragoman::lower {

using json::Kind;
using json::Member;
using json::Value;

// A definition stands at most kUnroll times inside itself, and inlining adds at most kInlineBudget schemas.
bool Rewriter::cut_recursion(const Node& n, Value target) const {
  const auto times = on_path_.find(target.node());
  return added_ > kInlineBudget || n.depth >= kSchemaDepth / 2 ||
         (times != on_path_.end() && times->second >= kUnroll);
}

void Rewriter::enter(Node& n, Value target) {
  n.place.expanded.push_back(target.node());
  n.place.inlined = true;
  ++on_path_[target.node()];
  ++added_;
}

bool Rewriter::keep_reference(Node& n, Value ref) {
  Draft& d = n.draft;
  const std::string_view name = ref.text();
  const RefKind kind = refs_.kind(name);
  if (inline_all_) return false;
  if (column_.traits().plain_refs && name.find_first_of("%~") != name.npos) return false;
  const bool by_path = kind == RefKind::deep || kind == RefKind::anchor;
  if (by_path && (keep_ != Keep::all || column_.traits().root_defs || wrapped_)) return false;
  if (kind == RefKind::anchor && column_[Row::anchor] != Cell::ok) return false;
  if (kind == RefKind::root && column_.traits().root_defs) return false;
  if (column_[Row::ref_siblings] == Cell::unknown && d.size() > 1 && !column_.passes_all() && !recursive() &&
      !cut_recursion(n, refs_.resolve(name)))
    return false;
  if (column_.rejects(Row::ref_siblings) && d.size() > 1) {
    bool notes_only = true;
    for (const Member& member : d.present()) {
      const Keyword* keyword = find_keyword(member.key);
      notes_only = notes_only && (member.key == "$ref" || !keyword || keyword->note);
    }
    // Constraints beside it: the two are joined in place, unless that would never end.
    const Value target = refs_.resolve(name);
    if (!notes_only && !cut_recursion(n, target)) return false;
    // Words beside it are kept, if the reference may stand in an anyOf of its own.
    if (notes_only && d.get("description").is_string() && !n.root && column_[Row::any_of] == Cell::ok) {
      note(n, Row::ref_siblings, "$ref", ref, text("anyOf"), Loss::none);
      const Value branch = object({{"$ref", ref}});
      d.rename("$ref", "anyOf");
      d.set("anyOf", build_.array({&branch, 1}));
      return true;
    }
    for (std::size_t i = 0; i < d.members().size(); ++i) {
      const Member member = d.members()[i];
      if (member.key == "$ref" || !member.value) continue;
      note(n, Row::ref_siblings, member.key, member.value, {}, notes_only ? Loss::none : Loss::widened);
      d.set_value(i, {});
    }
  }
  if (kind == RefKind::definitions && rename_definitions_) {
    const std::string moved = "#/$defs/" + std::string(name.substr(name.find("#/definitions/") + 14));
    const Value made = build_.string_copy(moved);
    note(n, Row::definitions, "$ref", ref, made, Loss::none);
    d.set("$ref", made);
  } else if (kind == RefKind::root && wrapped_) {
    d.set("$ref", text("#/properties/value"));
  }
  kept_.push_back(d.get("$ref").text());
  return true;
}

// Keeps `$ref`, or puts what it names in its place. `must_inline` at the root, where no reference may stay.
void Rewriter::references(Node& n, bool must_inline) {
  Draft& d = n.draft;
  // Without other documents to extend this one these are plain references.
  const auto plain = [&](std::string_view keyword, Row row) {
    if (!d.get(keyword).is_string() || !column_.rejects(row) || d.has("$ref")) return;
    note(n, row, keyword, d.get(keyword), text("$ref"), Loss::none);
    d.rename(keyword, "$ref");
  };
  refers_ = refers_ || d.has("$ref") || d.has("$dynamicRef") || d.has("$recursiveRef");
  std::vector<const json::Node*> here;
  while (true) {
    plain("$recursiveRef", Row::recursive_ref);
    plain("$dynamicRef", Row::dynamic_ref);
    if (!d.get("$ref").is_string()) return;
    const Value ref = d.get("$ref");
    const bool external = refs_.kind(ref.text()) == RefKind::external;
    const Value target = external ? Value() : refs_.resolve(ref.text());
    if (external && !must_inline && !column_.rejects(Row::external_ref) && column_[Row::ref] != Cell::reject)
      return;
    const bool twice = target && std::ranges::find(here, target.node()) != here.end();
    if (!target || twice) {
      if (column_.passes_all() && !must_inline) return;
      note(n, external ? Row::external_ref : Row::ref, "$ref", ref, {}, Loss::widened);
      if (external) guide_with(n, "$ref", ref);
      d.erase("$ref");
      continue;
    }
    if (!must_inline && keep_reference(n, ref)) return;
    const bool alone = d.size() == 1;
    if (cut_recursion(n, target)) {
      // Only the type stays: the deepest level of an endless structure, or one too many of a huge one.
      const Value type = target["type"];
      d.erase("$ref");
      if (type.is_string() && !d.has("type")) d.set("type", type);
      note(n, Row::recursion, "$ref", ref,
           type.is_string() ? object({{"type", type}}) : build_.empty_object(), Loss::widened);
      continue;
    }
    here.push_back(target.node());
    enter(n, target);
    if (!afford(n.place, target.members())) return d.erase("$ref");
    d.erase("$ref");
    note(n, n.root ? Row::root_ref : Row::ref, "$ref", ref, text("inlined"), Loss::none);
    if (target.is_bool()) {
      if (!target.boolean()) d.set("not", build_.empty_object());
      return;
    }
    Conjunction all(build_);
    all.add(d.members(), Take::all);
    all.add(target.members(), Take::content);
    d.replace(all.finish());
    for (const std::string_view keyword : all.conflicts())
      note(n, Row::ref_siblings, keyword, target[keyword], d.get(keyword), Loss::widened);
    if (alone) n.place.source = target;  // edits below are about the definition
  }
}

// Adds what `branch` says to `all`, references and inner allOf included. Each schema counts once: saying a
// thing twice is saying it, which also keeps a chain of doubled references from growing.
void Rewriter::expand(Node& n, Value branch, Conjunction& all, std::unordered_set<const json::Node*>& seen,
                      int depth) {
  if (branch.is_bool() && !branch.boolean()) {  // nothing fits
    const Member none{"not", build_.empty_object()};
    all.add({&none, 1}, Take::branch);
  }
  if (!branch.is_object() || !seen.insert(branch.node()).second || depth > kSchemaDepth) return;
  if (!afford(n.place, branch.members())) return;
  all.add(branch.members(), Take::branch);
  if (const Value ref = branch["$ref"]; ref.is_string()) {
    refers_ = true;
    const Value target = refs_.resolve(ref.text());
    if (!target || cut_recursion(n, target)) {
      note(n, Row::recursion, "$ref", ref, {}, Loss::widened);
      if (const Value type = target["type"]; type.is_string()) {
        const Member only{"type", type};
        all.add({&only, 1}, Take::branch);
      }
    } else {
      enter(n, target);
      expand(n, target, all, seen, depth + 1);
    }
  }
  for (const Value inner : branch["allOf"].items()) expand(n, inner, all, seen, depth + 1);
}

void Rewriter::merge_all_of(Node& n, bool force) {
  Draft& d = n.draft;
  const Value list = d.get("allOf");
  if (!list.is_array()) return;
  // Where every object is closed, each branch would refuse what the others name: nothing would fit them all.
  const bool closes = column_.traits().closed && (list.items().size() > 1 || d.size() > 1);
  if (!force && !closes && column_.judge("allOf", list) == Cell::ok) return;
  Conjunction all(build_);
  std::unordered_set<const json::Node*> seen;
  std::vector<Member> own = d.present();
  std::erase_if(own, [](const Member& member) { return member.key == "allOf"; });
  all.add(own, Take::all);
  for (const Value branch : list.items()) expand(n, branch, all, seen, 0);
  std::vector<Member> merged = all.finish();
  // Where nobody knows whether allOf is taken, it stays when merging would cost something.
  if (!force && column_.judge("allOf", list) == Cell::unknown && !all.conflicts().empty()) return;
  d.replace(std::move(merged));
  const Row row = n.root && force ? Row::root_all_of : Row::all_of;
  note(n, row, "allOf", list, text("merged"), Loss::none);
  for (const std::string_view keyword : all.conflicts())
    note(n, row, keyword, list, d.get(keyword), Loss::widened);
}

namespace {

// No value fits two of the branches, so that anyOf says what oneOf said: by type, or by the values of one
// property that all require.
bool disjoint(std::span<const Value> branches) {
  std::unordered_set<std::string_view> types;
  bool by_type = true;
  int null = 0;  // branches that take it
  for (const Value branch : branches) {
    const bool takes_null =
        branch["nullable"].boolean() || branch["type"].text() == "null" || branch["const"].is_null() ||
        std::ranges::any_of(branch["enum"].items(), [](Value value) { return value.is_null(); });
    null += takes_null ? 1 : 0;
    const std::string_view type = branch["type"].text();
    by_type = by_type && !type.empty() && types.insert(type).second;
  }
  if (by_type && null < 2 && !(types.contains("integer") && types.contains("number"))) return true;
  std::vector<Value> fixed;
  for (const Value branch : branches) {
    const auto some = branch["const"]
                          ? std::vector<Value>{branch["const"]}
                          : std::vector<Value>(branch["enum"].items().begin(), branch["enum"].items().end());
    if (some.empty()) fixed.clear();
    if (some.empty()) break;
    fixed.insert(fixed.end(), some.begin(), some.end());
  }
  if (!fixed.empty()) return null < 2 && distinct(fixed).size() == fixed.size();
  if (branches.empty()) return false;
  int candidates = 32;  // what tells branches apart stands at their beginning
  for (const Member& candidate : branches.front()["properties"].members()) {
    if (candidates-- == 0) break;
    std::vector<Value> values;
    bool all = true;
    for (const Value branch : branches) {
      const Value only = branch["properties"][candidate.key]["const"];
      const auto one = branch["properties"][candidate.key]["enum"].items();
      const Value value = only ? only : one.size() == 1 ? one.front() : Value();
      const auto required = branch["required"].items();
      const bool needed = std::ranges::any_of(
          required, [&](Value name) { return name.is_string() && name.text() == candidate.key; });
      all = all && value && needed && branch["type"].text() == "object";
      if (!all) break;
      values.push_back(value);
    }
    if (all && distinct(values).size() == values.size()) return true;
  }
  return false;
}

}  // namespace

void Rewriter::one_of(Node& n) {
  Draft& d = n.draft;
  const Value list = d.get("oneOf");
  const Cell cell = column_[Row::one_of];
  if (!list || cell == Cell::ok || column_[Row::any_of] != Cell::ok) return;
  const bool apart = disjoint(list.items());
  if (cell == Cell::unknown && !apart) return;
  if (d.has("anyOf")) {
    if (cell != Cell::reject) return;
    note(n, Row::one_of, "oneOf", list, {}, Loss::widened);
    guide_with(n, "oneOf", list);
    d.erase("oneOf");
    return;
  }
  note(n, Row::one_of, "oneOf", text("oneOf"), text("anyOf"), apart ? Loss::none : Loss::widened);
  d.rename("oneOf", "anyOf");
}

namespace {

bool stays_beside_any_of(std::string_view key) {
  const Keyword* keyword = find_keyword(key);
  return key == "anyOf" || key == "nullable" || key == "$ref" || !keyword || keyword->note;
}

std::size_t count_schemas(Value schema) {
  std::size_t n = 0;
  std::vector<Value> open = {schema};
  while (!open.empty() && n <= kInlineBudget) {
    const Value next = open.back();
    open.pop_back();
    ++n;
    append_subschemas(next, open);
  }
  return n;
}

}  // namespace

// {type, …, anyOf:[A,B]} → {anyOf:[{type,…,A},{type,…,B}]}, where a type may not stand beside anyOf (KIMI-21)
// or a node has nothing but its type's own keywords (GEM-32).
void Rewriter::distribute(Node& n, bool force) {
  Draft& d = n.draft;
  const Value list = d.get("anyOf");
  if (!list.is_array()) return;
  std::vector<Member> moved;
  for (const Member& member : d.present())
    if (!stays_beside_any_of(member.key)) moved.push_back(member);
  const bool type_moves = doubtful(Row::type_beside_any_of) && d.has("type");
  // Where nobody knows, the type alone goes into the branches, which costs nothing.
  if (type_moves && !column_.rejects(Row::type_beside_any_of) && !force && !column_.traits().own_keywords)
    std::erase_if(moved, [](const Member& member) { return member.key != "type"; });
  if (moved.empty() || !(force || type_moves || column_.traits().own_keywords)) return;
  const auto branches = list.items();
  const Value shared = build_.object(moved);
  const bool type_only = moved.size() == 1 && moved.front().key == "type";
  if (!type_only && (!budget(0) || !budget((branches.size() - 1) * count_schemas(shared)))) {
    note(n, Row::type_beside_any_of, "anyOf", list, {}, Loss::widened);
    d.erase("anyOf");
    return;
  }
  std::vector<Value> made;
  std::vector<std::string_view> conflicts;
  for (const Value branch : branches) {
    if (branch.is_bool() && !branch.boolean()) continue;
    const Value said = branch["$ref"].is_string() ? refs_.resolve(branch["$ref"].text()) : branch;
    const Value type = said["type"];
    if (type_only && type.is_string() && json::equal(type, moved.front().value) &&
        !said["nullable"].boolean()) {
      made.push_back(branch);
      continue;
    }
    Conjunction all(build_);
    std::unordered_set<const json::Node*> seen;
    all.add(moved, Take::all);
    expand(n, branch, all, seen, 0);
    const Value joined = build_.object(all.finish());
    if (all.impossible()) continue;
    made.push_back(joined);
    conflicts.insert(conflicts.end(), all.conflicts().begin(), all.conflicts().end());
  }
  for (const Member& member : moved) d.erase(member.key);
  if (made.size() > 1) {
    d.set("anyOf", build_.array(made));
  } else {
    // One branch is left, or none: no choice is needed.
    d.erase("anyOf");
    Conjunction all(build_);
    all.add(d.members(), Take::all);
    all.add(made.empty() ? std::span<const Member>(moved) : made.front().members(),
            made.empty() ? Take::all : Take::content);
    d.replace(all.finish());
    conflicts.insert(conflicts.end(), all.conflicts().begin(), all.conflicts().end());
    n.again = true;  // what the branch brought has to go through the steps before this one
  }
  note(n, Row::type_beside_any_of, "anyOf", shared, text("in each branch"),
       conflicts.empty() && !made.empty() ? Loss::none : Loss::widened);
}

}  // namespace dragoman::lower
