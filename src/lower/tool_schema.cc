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

bool LoweredSchema::lossless() const {
  return std::ranges::all_of(edits, [](const Edit& edit) { return edit.loss == Loss::none; });
}

namespace {

std::string too_many_steps() {
  return fmt::format(
      "this schema becomes too large for the target: putting definitions in the place of references and "
      "merging branches takes more than {} steps. Use fewer nested references, or smaller enums in what they "
      "name",
      kSchemaSteps);
}

LoweredSchema lower_words(Value schema, const SchemaOptions& options, const NameJudge* judge, Arena& arena) {
  LoweredSchema out;
  const auto edit = [&](std::string_view rule, std::string_view keyword, std::string before,
                        std::string after, Loss loss = Loss::none) {
    out.edits.push_back(
        {std::string(rule), "", std::string(keyword), std::move(before), std::move(after), loss});
  };
  const auto edit_closed = [&] {
    edit(options.close_rule, "additionalProperties", "", "false", Loss::narrowed);
  };
  const auto edit_required = [&](const std::string& names) {
    edit(options.strict_rule, "required", names + ": optional", "required, null for left out");
  };
  const Column& column = keyword_table().column(options.target.column);
  std::optional<StrictWalk> walk;
  if (options.strict) walk.emplace(options.rules, options.close, arena);
  if (auto plain = Trimmer(column, options.target, judge, walk ? &*walk : nullptr, arena).run(schema)) {
    out.schema = plain->schema;
    out.edits = std::move(plain->edits);
    out.steps = plain->steps;
    if (plain->filled) out.back = way_back(out.schema, {});
    if (!walk) return out;
    StrictWalk::Outcome& strict = walk->outcome();
    out.cost = strict.cost;
    out.fault = std::move(strict.fault);
    if (strict.closed) edit_closed();
    if (!strict.names.empty()) edit_required(strict.names);
    if (!strict.nulled.empty()) out.back = way_back(out.schema, {.nulled = std::move(strict.nulled)});
    return out;
  }
  Rewritten rewritten = rewrite(schema, options.target, "", arena);
  out.edits = std::move(rewritten.edits);
  out.schema = rewritten.schema;
  out.steps = rewritten.steps;
  if (rewritten.too_costly) {
    out.costly_at = *rewritten.too_costly;
    out.too_costly = rewritten.too_many_edits ? too_many_edits() : too_many_steps();
    out.fault = "it becomes too large";
    if (rewritten.too_many_edits) out.edits.clear();
    return out;
  }
  if (options.target.lossless && !out.lossless()) {
    out.fault = "it would lose something";
    return out;
  }
  WireChanges changes{.wrapped = rewritten.wrapped};
  if (!out.schema.is_object()) return out;

  RenamedKeys keys = rename_keys(out.schema, options.keys, judge, arena);
  changes.renamed = std::move(keys.client);
  FittedPatterns fitted = fit_key_patterns(keys.schema, changes.renamed, column, arena);
  out.schema = fitted.schema;
  for (Edit& one : fitted.edits) {
    one.rule = options.keys_rule;
    one.pointer = nearest_written(schema, one.pointer);
    out.edits.push_back(std::move(one));
  }
  std::vector<std::pair<std::string_view, std::string_view>> renamed(changes.renamed.begin(),
                                                                     changes.renamed.end());
  if (out.edits.size() + renamed.size() > kSchemaEdits) {
    out.too_costly = too_many_edits();
    return out;
  }
  std::ranges::sort(renamed);
  for (const auto& [wire, client] : renamed)
    edit(options.keys_rule, "property name", std::string(client), std::string(wire));

  if (options.strict) {
    if (rewritten.closed_maps) out.fault = "an object that takes any members";
    // What took further properties, and could not be told, must not be closed.
    const bool opened =
        std::ranges::any_of(out.edits, [](const Edit& e) { return e.keyword == "additionalProperties"; });
    if (options.close && !opened) {
      const Value closed = close_objects(out.schema, arena);
      if (closed.node() != out.schema.node()) edit_closed();
      out.schema = closed;
    }
    if (options.rules.first_keys) {
      const Value parted = part_first_keys(out.schema, arena);
      if (parted.node() != out.schema.node())
        edit(options.first_keys_rule, "anyOf", "branches begin with the same key",
             "properties in another order");
      out.schema = parted;
    }
    if (options.rules.all_required) {
      AllRequired all = require_all(out.schema, arena);
      out.schema = all.schema;
      changes.nulled = std::move(all.nulled);
      if (!all.names.empty()) edit_required(all.names);
    }
    if (out.fault.empty()) out.fault = strict_fault(out.schema, options.rules);
    out.cost = strict_cost(out.schema);
  }
  out.back = way_back(out.schema, std::move(changes));
  return out;
}

}  // namespace

std::optional<NameJudge> judge_of_keys(const SchemaOptions& options) {
  const Alphabet& keys = options.keys;
  if (keys.rest.empty() && keys.first.empty() && !keys.max) return std::nullopt;
  return NameJudge(keys);
}

LoweredSchema lower_schema(Value schema, const SchemaOptions& options, const NameJudge* keys, Arena& arena) {
  LoweredSchema out = lower_words(schema, options, keys, arena);
  out.unchanged = out.schema.node() == schema.node();
  return out;
}

LoweredSchema lower_schema(Value schema, const SchemaOptions& options, Arena& arena) {
  const auto keys = judge_of_keys(options);
  return lower_schema(schema, options, keys ? &*keys : nullptr, arena);
}

std::string too_many_edits() {
  return fmt::format(
      "the target takes so little of the tools' schemas as they are that more than {} changes would be "
      "needed: "
      "send fewer tools or smaller schemas, or leave out the keywords that it does not take",
      kSchemaEdits);
}

Edit below(const Edit& edit, std::string_view place) {
  std::string pointer;
  pointer.reserve(place.size() + edit.pointer.size());
  pointer.append(place).append(edit.pointer);
  return {edit.rule, std::move(pointer), edit.keyword, edit.before, edit.after, edit.loss};
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
