#include "lower/tool_schema.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>

#include "lower/schema_key_patterns.h"
#include "lower/schema_keys.h"
#include "lower/schema_trim.h"

namespace dragoman::lower {

using json::Value;
using profile::Profile;
using profile::Setting;

namespace {

bool is_lossless(std::span<const Edit> edits) {
  return std::ranges::all_of(edits, [](const Edit& edit) { return edit.loss == Loss::none; });
}

std::optional<StrictWalk> strict_walk(const SchemaOptions& options, Arena& arena) {
  if (!options.strict) return std::nullopt;
  return std::optional<StrictWalk>(std::in_place, options.rules, options.close, arena);
}

std::string too_many_steps() {
  return fmt::format(
      "this schema becomes too large for the target: putting definitions in the place of references and "
      "merging branches takes more than {} steps. Use fewer nested references, or smaller enums in what they "
      "name",
      kSchemaSteps);
}

// One schema on its way: by the quick walk, or by all steps and what follows them.
class Lowering {
 public:
  // Into `out`, which is as it was made, and `edits`, which is empty.
  Lowering(Value schema, const SchemaOptions& options, const NameJudge* keys, const Column& column,
           Arena& arena, LoweredSchema& out, std::vector<Edit>& edits)
      : schema_(schema),
        options_(options),
        keys_(keys),
        column_(column),
        arena_(arena),
        out_(out),
        edits_(edits) {}

  // `strict`: the trimmer's; nullptr where it has none.
  void run(Trimmer& trimmer, const StrictWalk* strict) {
    if (by_walk(trimmer, strict)) return;
    edits_.clear();
    if (!by_steps()) return;
    if (!out_.schema.is_object() || !fit_keys()) return;
    if (options_.strict) make_strict();
    out_.back = way_back(out_.schema, std::move(changes_), arena_);
  }

 private:
  bool by_walk(Trimmer& trimmer, const StrictWalk* strict);
  bool by_steps();     // false: nobody will send it
  bool fit_keys();     // the same
  void make_strict();  // as far as it can be

  std::span<const json::Node* const> kept(std::span<const json::Node* const> nodes) const {
    return arena_.copy(nodes);
  }
  // All text but the rule's, which is the configuration's, lives as long as the arena.
  void edit(std::string_view rule, std::string_view keyword, std::string_view before, std::string_view after,
            Loss loss = Loss::none) {
    edits_.push_back({arena_.copy(rule), "", keyword, before, after, loss});
  }
  void edit_closed() { edit(options_.close_rule, "additionalProperties", "", "false", Loss::narrowed); }
  void edit_required(std::string_view names) {
    if (!names.empty())
      edit(options_.strict_rule, "required", arena_.joined({names, ": optional"}),
           "required, null for left out");
  }

  Value schema_;
  const SchemaOptions& options_;
  const NameJudge* keys_;
  const Column& column_;
  Arena& arena_;
  LoweredSchema& out_;
  std::vector<Edit>& edits_;
  WireChanges changes_;
};

bool Lowering::by_walk(Trimmer& trimmer, const StrictWalk* strict) {
  const auto plain = trimmer.run(schema_, edits_);
  if (!plain) return false;
  out_.schema = plain->schema;
  out_.steps = plain->steps;
  if (plain->filled) out_.back = way_back(out_.schema, {}, arena_);
  if (!strict) return true;
  const StrictWalk::Outcome& seen = strict->outcome();
  out_.cost = seen.cost;
  out_.fault = arena_.copy(std::string_view(seen.fault));
  if (seen.closed) edit_closed();
  edit_required(seen.names);
  if (!seen.nulled.empty()) out_.back = way_back(out_.schema, {.nulled = kept(seen.nulled)}, arena_);
  return true;
}

bool Lowering::by_steps() {
  Rewritten rewritten = rewrite(schema_, options_.target, "", arena_);
  edits_.assign(rewritten.edits.begin(), rewritten.edits.end());
  out_.schema = rewritten.schema;
  out_.steps = rewritten.steps;
  changes_.wrapped = rewritten.wrapped;
  if (rewritten.too_costly) {
    out_.costly_at = arena_.copy(std::string_view(*rewritten.too_costly));
    out_.too_costly =
        arena_.copy(std::string_view(rewritten.too_many_edits ? too_many_edits() : too_many_steps()));
    out_.fault = "it becomes too large";
    if (rewritten.too_many_edits) edits_.clear();
    return false;
  }
  if (options_.target.lossless && !is_lossless(edits_)) {
    out_.fault = "it would lose something";
    return false;
  }
  if (options_.strict && rewritten.closed_maps) out_.fault = "an object that takes any members";
  return true;
}

bool Lowering::fit_keys() {
  RenamedKeys keys = rename_keys(out_.schema, options_.keys, keys_, arena_);
  changes_.renamed = std::move(keys.client);
  FittedPatterns fitted = fit_key_patterns(keys.schema, changes_.renamed, column_, arena_);
  out_.schema = fitted.schema;
  for (Edit& one : fitted.edits) {
    one.rule = arena_.copy(options_.keys_rule);
    one.pointer = nearest_written(schema_, one.pointer);
    edits_.push_back(one);
  }
  std::vector<std::pair<std::string_view, std::string_view>> renamed(changes_.renamed.begin(),
                                                                     changes_.renamed.end());
  if (edits_.size() + renamed.size() > kSchemaEdits) {
    out_.too_costly = arena_.copy(std::string_view(too_many_edits()));
    return false;
  }
  std::ranges::sort(renamed);
  for (const auto& [wire, client] : renamed) edit(options_.keys_rule, "property name", client, wire);
  return true;
}

void Lowering::make_strict() {
  // What took further properties, and could not be told, must not be closed.
  const bool opened =
      std::ranges::any_of(edits_, [](const Edit& e) { return e.keyword == "additionalProperties"; });
  if (options_.close && !opened) {
    const Value closed = close_objects(out_.schema, arena_);
    if (closed.node() != out_.schema.node()) edit_closed();
    out_.schema = closed;
  }
  if (options_.rules.first_keys) {
    const Value parted = part_first_keys(out_.schema, arena_);
    if (parted.node() != out_.schema.node())
      edit(options_.first_keys_rule, "anyOf", "branches begin with the same key",
           "properties in another order");
    out_.schema = parted;
  }
  if (options_.rules.all_required) {
    AllRequired all = require_all(out_.schema, arena_);
    out_.schema = all.schema;
    changes_.nulled = kept(all.nulled);
    edit_required(all.names);
  }
  if (out_.fault.empty())
    out_.fault = arena_.copy(std::string_view(strict_fault(out_.schema, options_.rules)));
  out_.cost = strict_cost(out_.schema);
}

}  // namespace

bool LoweredSchema::lossless() const { return is_lossless(edits); }

std::optional<NameJudge> judge_of_keys(const SchemaOptions& options) {
  const Alphabet& keys = options.keys;
  if (keys.rest.empty() && keys.first.empty() && !keys.max) return std::nullopt;
  return NameJudge(keys);
}

SchemaLowering::SchemaLowering(const SchemaOptions& options, const NameJudge* keys, Arena& arena)
    : options_(options),
      keys_(keys),
      column_(keyword_table().column(options.target.column)),
      arena_(arena),
      strict_(strict_walk(options, arena)),
      trimmer_(column_, options.target, keys, strict_ ? &*strict_ : nullptr, arena) {}

LoweredSchema SchemaLowering::operator()(Value schema) {
  LoweredSchema out;
  edits_.clear();
  Lowering(schema, options_, keys_, column_, arena_, out, edits_)
      .run(trimmer_, strict_ ? &*strict_ : nullptr);
  out.edits = arena_.copy(std::span<const Edit>(edits_));
  out.unchanged = out.schema.node() == schema.node();
  return out;
}

LoweredSchema lower_schema(Value schema, const SchemaOptions& options, Arena& arena) {
  const auto keys = judge_of_keys(options);
  return SchemaLowering(options, keys ? &*keys : nullptr, arena)(schema);
}

std::string too_many_edits() {
  return fmt::format(
      "the target takes so little of the tools' schemas as they are that more than {} changes would be "
      "needed: "
      "send fewer tools or smaller schemas, or leave out the keywords that it does not take",
      kSchemaEdits);
}

SchemaOptions schema_options(const Profile& profile, bool output, bool strict) {
  const auto rule = [&](Setting setting, std::string_view fallback) {
    const std::string_view id = profile.rule(setting);
    return id.empty() ? fallback : id;
  };
  SchemaOptions o;
  o.strict = strict;
  const std::string& column = profile.text(output ? Setting::json_schema_column : Setting::schema_column);
  const std::string& narrow = profile.text(Setting::strict_column);
  o.target.column = strict && !narrow.empty() ? narrow : column;
  if (output) {
    o.target.object_root = profile.text(Setting::json_schema_root) == "object";
    o.target.wrap_choices = o.target.object_root;
    o.target.root_composition = !o.target.object_root;
  } else {
    o.target.root_keys = profile.list(Setting::schema_root_keys);
    o.target.root_composition = profile.flag(Setting::schema_root_composition);
  }
  o.keys = {profile.text(Setting::property_first), profile.text(Setting::property_chars),
            static_cast<std::size_t>(profile.integer(Setting::property_max)), 0};
  o.keys_rule = rule(Setting::property_chars, "ANT-35");
  if (o.keys.rest.empty() && !o.keys.max && !profile.flag(Setting::empty_keys)) {
    o.keys.max = std::numeric_limits<std::size_t>::max();  // any name but none
    o.keys_rule = rule(Setting::empty_keys, "BR-34");
  }
  o.strict_rule = rule(Setting::strict_all_required, "OAIS-02");
  o.first_keys_rule = rule(Setting::strict_first_keys, "OAIS-07");
  o.close = profile.flag(Setting::strict_close);
  o.close_rule = rule(Setting::strict_close, "CER-01");
  o.rules.all_required = profile.flag(Setting::strict_all_required);
  o.rules.typed = profile.flag(Setting::strict_typed);
  o.rules.first_keys = profile.flag(Setting::strict_first_keys);
  o.rules.plain_unions = profile.flag(Setting::strict_plain_unions);
  return o;
}

}  // namespace dragoman::lower
