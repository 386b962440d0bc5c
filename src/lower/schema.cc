#include "lower/schema.h"

#include <algorithm>

#include "lower/schema_hint.h"
#include "lower/schema_plain.h"
#include "lower/schema_resources.h"
#include "lower/schema_rewriter.h"

namespace dragoman::lower {

using json::Member;
using json::Value;

Rewriter::Rewriter(Value root, const SchemaTarget& target, const Column& column, Keep keep, bool settled,
                   Arena& arena, Reporter& reporter)
    : target_(target),
      column_(column),
      keep_(keep),
      settled_(settled),
      build_(arena),
      reporter_(reporter),
      refs_(root),
      root_(root) {
  const auto root_takes = [&](std::string_view key) {
    if (target.root_keys.empty()) return true;
    for (const std::string& taken : target.root_keys)
      if (taken == key) return true;
    return false;
  };
  const Cell ref = column[Row::ref];
  inline_all_ = keep == Keep::none || ref == Cell::reject || ref == Cell::ignore ||
                column.rejects(Row::defs) || !root_takes("$defs");
  // Without a word about references they are resolved here, where that comes to an end.
  if (!inline_all_ && (ref == Cell::unknown || column[Row::defs] == Cell::unknown))
    inline_all_ = !recursive();
  if (!inline_all_ && column.rejects(Row::recursion))
    inline_all_ = refs_.recursive(column.rejects(Row::dynamic_ref));
  const Value old = root["definitions"];
  if (!inline_all_ && old.is_object() && better(Row::definitions, Row::defs)) {
    rename_definitions_ = true;
    for (const Member& member : root["$defs"].members())
      if (old[member.key]) inline_all_ = true;  // two definitions of one name cannot share a keyword
  }
}

bool Rewriter::better(Row row, Row replacement) const {
  return column_[row] != Cell::ok && column_[replacement] == Cell::ok;
}

bool Rewriter::recursive() {
  if (!recursive_) recursive_ = refs_.recursive(true);
  return *recursive_;
}

bool Rewriter::budget(std::size_t more) {
  added_ += more;
  return added_ <= kInlineBudget;
}

bool Rewriter::afford(const Place& at, std::span<const Member> members) {
  steps_ += 1 + members.size();
  if (at.inlined)
    for (const Member& member : members) {
      const Keyword* keyword = find_keyword(member.key);
      if (!keyword || keyword->holds == Holds::data) steps_ += member.value.raw().size() / 16;
    }
  if (steps_ <= kSchemaSteps) return true;
  if (!too_costly_) too_costly_ = reporter_.locate(at);
  return false;
}

Value Rewriter::run() {
  if (!root_.present() || (target_.object_root && !root_.is_object() && !root_.is_bool())) {
    if (!target_.object_root && !root_.present()) return root_;
    if (target_.object_root) return empty_root(root_);
  }
  if (root_.is_bool() && target_.object_root) return empty_root(root_);
  if (!root_.is_object()) return walk(root_, nullptr, 0);
  Node n{Draft(root_), Place{root_, nullptr, false, false, {root_.node()}}, 0, true};
  on_path_[root_.node()] = 1;
  if (target_.object_root) shape_root(n);
  return finish(n);
}

Value Rewriter::walk_boolean(Value schema, Place& place, int depth) {
  const bool unsure = column_[Row::boolean_true] == Cell::unknown && schema.boolean() &&
                      column_[Row::type_missing] == Cell::ok;
  if (!column_.rejects(Row::boolean_true) && !unsure) return schema;
  Node n{Draft(build_.empty_object()), place, depth};
  if (!schema.boolean()) {
    note(n, Row::boolean_true, "false", schema, {}, Loss::widened);
    return {};
  }
  Value made = build_.empty_object();
  if (column_[Row::type_missing] != Cell::ok && !unsure) {
    bool complete = false;
    made = object({{"anyOf", any_branches(complete)}});
    note(n, Row::boolean_true, "true", schema, made, complete ? Loss::none : Loss::narrowed);
    return walk(made, &place, depth + 1);
  }
  note(n, Row::boolean_true, "true", schema, made, Loss::none);
  return made;
}

Value Rewriter::walk(Value schema, const Place* up, int depth) {
  if ((target_.lossless && reporter_.lost()) || reporter_.overflows()) return schema;  // of no use any more
  if (settled_ && !schema.raw().empty()) return schema;
  Place place{schema, up, up && up->inlined, up && up->turned};
  if (schema.is_bool()) return walk_boolean(schema, place, depth);
  if (!schema.is_object() && column_.passes_all()) return schema;
  if (!afford(place, schema.members())) return schema;
  if (place.inlined) ++added_;
  Node n{Draft(schema), std::move(place), depth};
  if (!schema.is_object()) {
    // Not a schema at all. A type's name alone is a frequent slip; the rest says nothing.
    n.draft.replace({});
    if (schema.is_string()) n.draft.set("type", schema);
    note(n, Row::type_unknown, "schema", schema, n.draft.build(build_), Loss::none);
  } else if (depth > kSchemaDepth) {
    n.draft.replace({});
    note(n, Row::extension, "depth", schema, n.draft.build(build_), Loss::widened);
  }
  return finish(n);
}

Value Rewriter::finish(Node& n) {
  using Plain = PlainJudge::Plain;
  const bool asks = !target_.every_step && !column_.passes_all() && !n.draft.changed();
  const Plain plain = asks ? PlainJudge(column_).judge(n.draft.members()) : Plain::no;
  if (plain == Plain::no && !column_.passes_all()) {
    do {
      n.again = false;
      references(n, n.root && target_.object_root);
      merge_all_of(n, n.root && target_.object_root && !target_.root_composition);
      valid_kinds(n);
      lift_required(n);
      split_dependencies(n);
      tuples(n);
      one_of(n);
      type_names(n);
      nullables(n);
      never(n);
      enums(n);
      type_lists(n);
      missing_type(n);
      if (!n.again) distribute(n, false);
    } while (n.again);
    exclusive_bound(n, true);
    exclusive_bound(n, false);
    refuse_keywords(n);
    own_keywords(n);
    bare_arrays(n);
    name_required(n);
    closed_objects(n);
    empty_objects(n);
    known_required(n);
  }
  if (n.root) rename_definitions(n);
  if (plain != Plain::leaf) children(n);
  guide(n);
  if (n.root) trim_root(n);
  for (const json::Node* definition : n.place.expanded) --on_path_[definition];
  return n.draft.build(build_);
}

void Rewriter::children(Node& n) {
  for (std::size_t i = 0; i < n.draft.members().size(); ++i) {
    const Member member = n.draft.members()[i];
    if (!member.value) continue;
    const Keyword* keyword = find_keyword(member.key);
    if (!keyword || keyword->holds == Holds::data) continue;
    const std::size_t losses = reporter_.losses();
    const Value was = member.value;
    const Value made = child(n, *keyword, was);
    n.draft.set_value(i, made);
    if (reporter_.losses() != losses) turned_around(n, *keyword, was);
  }
}

// What is widened inside `not` or `if` narrows what stands around it, a branch of oneOf that takes more can
// make two fit where one did, and fewer that `contains` counts are fewer too many.
void Rewriter::turned_around(Node& n, const Keyword& keyword, Value was) {
  Draft& d = n.draft;
  if (keyword.row == Row::negation && d.has("not")) {
    note(n, Row::negation, "not", was, {}, Loss::widened);
    guide_with(n, "not", was);
    d.erase("not");
  } else if (keyword.name == "if" && d.has("if")) {
    note(n, Row::conditional, "if", was, {}, Loss::widened);
    for (const std::string_view key : {"if", "then", "else"}) {
      if (const Value said = key == "if" ? was : d.get(key)) guide_with(n, key, said);
      d.erase(key);
    }
  } else if (keyword.row == Row::contains && d.has("maxContains")) {
    note(n, Row::max_contains, "maxContains", d.get("maxContains"), {}, Loss::widened);
    guide_with(n, "maxContains", d.get("maxContains"));
    d.erase("maxContains");
  } else if (keyword.row == Row::one_of && d.has("oneOf")) {
    const bool sayable = column_[Row::any_of] == Cell::ok && !d.has("anyOf");
    note(n, Row::one_of, "oneOf", was, sayable ? text("anyOf") : Value(), Loss::widened);
    if (sayable)
      d.rename("oneOf", "anyOf");
    else
      d.erase("oneOf");
  }
}

Value Rewriter::child(Node& n, const Keyword& keyword, Value value) {
  switch (keyword.holds) {
    case Holds::data:
      return value;
    case Holds::map:
    case Holds::dependencies:
      return value.is_object() ? child_map(n, keyword, value) : value;
    case Holds::list:
      return value.is_array() ? child_list(n, keyword, value) : value;
    case Holds::schema_or_list:
      if (value.is_array()) return child_list(n, keyword, value);
      break;
    case Holds::schema:
      break;
  }
  if (keyword.row == Row::negation || keyword.name == "if") {
    Place place = n.place;
    place.turned = true;
    return walk(value, &place, n.depth + 1);
  }
  // These have their own rows for true and false.
  const bool own_booleans = keyword.row == Row::additional_schema || keyword.row == Row::items ||
                            keyword.row == Row::additional_items || keyword.row == Row::unevaluated_items ||
                            keyword.row == Row::unevaluated_properties;
  if (value.is_bool() && own_booleans) return value;
  if (keyword.row == Row::additional_schema && value.is_object() && value.members().empty() &&
      column_.traits().typed && column_[Row::additional_true] == Cell::ok)
    return build_.boolean(true);  // {} would need a type, true says the same
  return walk(value, &n.place, n.depth + 1);
}

Value Rewriter::child_map(Node& n, const Keyword& keyword, Value map) {
  const std::span<const Member> members = map.members();
  std::vector<Member> out;  // from the first change on
  bool changed = false;
  for (std::size_t i = 0; i < members.size(); ++i) {
    Member member = members[i];
    if (keyword.holds != Holds::dependencies || !member.value.is_array())
      member.value = walk(member.value, &n.place, n.depth + 2);
    if (!changed && member.value.node() != members[i].value.node()) {
      changed = true;
      out.assign(members.begin(), members.begin() + static_cast<std::ptrdiff_t>(i));
    }
    if (changed && member.value) out.push_back(member);  // else a property that may not be there
  }
  return changed ? build_.object(out) : map;
}

Value Rewriter::child_list(Node& n, const Keyword& keyword, Value list) {
  std::vector<Value> out;
  bool changed = false;
  out.reserve(list.items().size());
  for (const Value item : list.items()) {
    Value made = walk(item, &n.place, n.depth + 2);
    // The places of a tuple count.
    if (!made && keyword.row == Row::prefix_items) made = walk(build_.empty_object(), &n.place, n.depth + 2);
    changed |= made.node() != item.node();
    if (made) out.push_back(made);
  }
  if (out.empty() && !list.items().empty()) return {};
  return changed ? build_.array(out) : list;
}

void Rewriter::guide_with(Node& n, std::string_view keyword, Value value) {
  if (std::string said = hint(keyword, value, refs_, build_); !said.empty())
    n.guidance.push_back(std::move(said));
}

// A constraint the target cannot be told is told to the model: " (minimum: 1, maximum: 10)" at the end of the
// description. It is a hint; what enforces it is the check of the answer.
void Rewriter::guide(Node& n) {
  if (n.guidance.empty() || column_[Row::description] != Cell::ok || n.draft.has("$ref")) return;
  if (n.root && !target_.root_keys.empty()) return;
  std::string hints;
  for (const std::string& hint : n.guidance) hints += (hints.empty() ? "" : ", ") + hint;
  n.draft.set("description", with_hints(n.draft.get("description").text(), hints, build_));
}

bool Rewriter::references_hold(Value result) const {
  References made(result);
  for (const std::string_view ref : kept_)
    if (!made.resolve(ref)) return false;
  return true;
}

namespace {

struct Look {
  Rewritten made;
  bool refers = false;  // there was a reference, or still is
};

// `settled`: see Rewriter.
Look look_at(Value schema, const SchemaTarget& target, bool settled, std::string_view pointer, Arena& arena) {
  const Column& column = keyword_table().column(target.column);
  Reporter reporter(schema, pointer, column, target.lossless, arena);
  Look look;
  Rewritten& out = look.made;
  const bool by_name =
      column.passes_all() || (column[Row::id] == Cell::ok && !column.rejects(Row::external_ref));
  // A reference by path can come to nothing when what stands on the path is rewritten; then fewer are kept.
  for (const Keep keep : {Keep::all, Keep::definitions_only, Keep::none}) {
    reporter.clear();
    const Value named = by_name ? schema : without_resources(schema, arena, reporter);
    Rewriter rewriter(named, target, column, keep, settled && named.node() == schema.node(), arena, reporter);
    out.schema = rewriter.run();
    out.wrapped = rewriter.wrapped();
    out.closed_maps = rewriter.closed_maps();
    out.steps = std::max(out.steps, rewriter.steps());
    out.too_costly = rewriter.too_costly();
    out.too_many_edits = reporter.overflows();
    if (out.too_many_edits) out.too_costly = std::string(reporter.last().pointer);
    look.refers = look.refers || rewriter.refers();
    if (out.too_costly || (target.lossless && reporter.lost())) break;
    if (keep == Keep::none || rewriter.references_hold(out.schema)) break;
  }
  out.edits = reporter.take();
  return look;
}

bool loses(const Edit& edit) { return edit.loss != Loss::none; }

}  // namespace

std::string_view nearest_written(Value schema, std::string_view pointer) {
  while (!pointer.empty() && !json::resolve(schema, pointer)) pointer = pointer.substr(0, pointer.rfind('/'));
  return pointer;
}

// What one rewriting leaves can be something a keyword of its own rule applies to (`additionalProperties`
// whose only member was an unknown key): it is looked at again until nothing is left to do, so that lowering
// what was lowered changes nothing.
Rewritten rewrite(Value schema, const SchemaTarget& target, std::string_view pointer, Arena& arena) {
  Look first = look_at(schema, target, false, pointer, arena);
  Rewritten out = std::move(first.made);
  bool changed = !out.edits.empty();
  for (int look = 1; changed && look < kSchemaLooks && !out.too_costly; ++look) {
    if (target.lossless && std::ranges::any_of(out.edits, loses)) break;  // of no use
    Rewritten again = look_at(out.schema, target, !first.refers, "", arena).made;
    changed = !again.edits.empty();
    for (Edit& edit : again.edits) {
      edit.pointer = arena.joined({pointer, nearest_written(schema, edit.pointer)});
      out.edits.push_back(edit);
    }
    if (!changed) break;
    out.schema = again.schema;
    out.steps = std::max(out.steps, again.steps);
    if (again.too_costly) out.too_costly = std::string(nearest_written(schema, *again.too_costly));
    out.too_many_edits = again.too_many_edits;
    out.wrapped = out.wrapped || again.wrapped;
    out.closed_maps = out.closed_maps || again.closed_maps;
  }
  return out;
}

std::optional<RewrittenPart> rewrite_part(Value schema, const SchemaTarget& target, bool again, int depth,
                                          std::string_view pointer, Arena& arena) {
  // A word that could be about the document: a reference, a name, definitions. Escaped ones might be.
  const std::string_view raw = schema.raw();
  const auto says = [&](std::string_view word) { return raw.find(word) != raw.npos; };
  if (target.lossless || (!again && (raw.empty() || says("$") || says("\\u") || says("definitions"))))
    return std::nullopt;
  const Column& column = keyword_table().column(target.column);
  Reporter reporter(schema, pointer, column, false, arena);
  Rewriter rewriter(schema, target, column, Keep::none, again, arena, reporter);
  RewrittenPart out{rewriter.run_below(depth)};
  // What is gone, or has come to nothing, is for the schema around it.
  if (rewriter.too_costly() || rewriter.closed_maps() || out.schema.members().empty()) return std::nullopt;
  out.edits = reporter.take();
  out.steps = rewriter.steps();
  out.added = rewriter.added();
  return out;
}

Value rewrite_schema(Value schema, const SchemaTarget& target, std::string_view pointer, Arena& arena,
                     const EditSink& edit) {
  Rewritten made = rewrite(schema, target, pointer, arena);
  if (edit)
    for (const Edit& one : made.edits) edit(one);
  return made.schema;
}

}  // namespace dragoman::lower
