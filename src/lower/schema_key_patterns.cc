#include "lower/schema_key_patterns.h"

#include <algorithm>
#include <optional>
#include <unordered_set>
#include <utility>

#include "json/write.h"
#include "lower/context.h"
#include "lower/schema.h"
#include "lower/schema_refs.h"
#include "lower/validate/regex.h"
#include "lower/validate/validate.h"

namespace dragoman::lower {
namespace {

using json::Member;
using json::Value;

struct Renamed {
  std::string_view wire, client;
};
using Group = std::vector<Renamed>;  // keys that the object at hand may have

// Schemas of the very value the schema they stand in is about.
bool in_place(const Keyword& keyword) {
  switch (keyword.row) {
    case Row::all_of:
    case Row::all_of_1:
    case Row::any_of:
    case Row::one_of:
    case Row::negation:
    case Row::conditional:
    case Row::dependent_schemas:
    case Row::dependencies:
      return true;
    default:
      return false;
  }
}

bool holds_definitions(const Keyword& keyword) {
  return keyword.row == Row::defs || keyword.row == Row::definitions;
}

class KeyPatterns {
 public:
  KeyPatterns(Value root, const std::unordered_map<std::string_view, std::string_view>& client,
              const Column& column, Arena& arena)
      : root_(root), client_(client), column_(column), build_(arena), refs_(root) {
    for (const auto& [wire, was] : client) all_.push_back({wire, was});
    std::ranges::sort(all_, {}, &Renamed::wire);
  }

  Value run() { return walk(root_, group_of(root_), ""); }

  std::vector<Edit> edits;

 private:
  bool takes(Row row) const { return column_.passes_all() || column_[row] == Cell::ok; }

  // Hostile schemas: what costs too much is taken for what cannot be told.
  bool afford(std::size_t steps) {
    steps_ += steps;
    return steps_ <= kSchemaSteps;
  }

  void edit(std::string_view path, std::string_view keyword, Value before, Value after, Loss loss) {
    lost_ = lost_ || loss != Loss::none;
    const auto kept = [&](std::string_view text) { return build_.arena().copy(text); };
    edits.push_back({"", kept(path), kept(keyword), kept(show(before)), kept(show(after)), loss});
  }

  // The renamed properties of an object that a schema is about, also where others beside it declare them.
  Group group_of(Value schema) {
    std::unordered_set<const json::Node*> seen;
    std::unordered_set<std::string_view> keys;
    std::vector<Value> open = {schema}, below;
    while (!open.empty()) {
      const Value next = open.back();
      open.pop_back();
      if (!next.is_object() || !seen.insert(next.node()).second) continue;
      if (!afford(1 + next["properties"].members().size())) return all_;
      for (const Member& member : next["properties"].members())
        if (client_.contains(member.key)) keys.insert(member.key);
      for (const Member& member : next.members()) {
        const Keyword* keyword = find_keyword(member.key);
        if (!keyword || !in_place(*keyword)) continue;
        below.clear();
        append_subschemas(member, below);
        open.insert(open.end(), below.begin(), below.end());
      }
      for (const std::string_view key : {"$ref", "$dynamicRef", "$recursiveRef"})
        if (const Value ref = next[key]; ref.is_string())
          if (const Value named = refs_.resolve(ref.text())) open.push_back(named);
    }
    Group out;
    std::ranges::copy_if(all_, std::back_inserter(out),
                         [&](const Renamed& r) { return keys.contains(r.wire); });
    return out;
  }

  Value walk(Value schema, const Group& group, const std::string& path) {
    if (!schema.is_object()) return schema;
    const bool asks = schema["propertyNames"] || schema["patternProperties"];
    if (asks && !group.empty()) {
      schema = names(schema, group, path);
      schema = patterns(schema, group, path);
    }
    std::vector<Member> out;
    bool changed = false, not_gone = false, if_gone = false;
    for (Member member : schema.members()) {
      const bool before = std::exchange(lost_, false);
      const Value made = keyword(member, group, path);
      // What says less inside these says more outside.
      if (lost_ && (member.key == "not" || member.key == "if")) {
        (member.key == "not" ? not_gone : if_gone) = true;
        edit(path, member.key, member.value, {}, Loss::widened);
      }
      if (lost_ && member.key == "oneOf" && !schema["anyOf"]) {
        edit(path, "oneOf", member.value, build_.string("anyOf"), Loss::widened);
        member.key = "anyOf";
        member.raw_key = {};
      }
      lost_ = lost_ || before;
      changed |= made.node() != member.value.node();
      member.value = made;
      out.push_back(member);
    }
    if (not_gone || if_gone)
      std::erase_if(out, [&](const Member& m) {
        return m.key == "not" ? not_gone : if_gone && (m.key == "if" || m.key == "then" || m.key == "else");
      });
    return changed ? build_.object(out) : schema;
  }

  Value keyword(const Member& member, const Group& group, const std::string& path) {
    const Keyword* known = find_keyword(member.key);
    if (!known || known->holds == Holds::data || known->row == Row::property_names) return member.value;
    const auto below = [&](Value sub, std::string place) {
      if (in_place(*known)) return walk(sub, group, place);
      // A definition may stand beside any property: whoever refers to it says so.
      return holds_definitions(*known) ? walk(sub, all_, place) : walk(sub, group_of(sub), place);
    };
    const std::string here = json::pointer_join(path, member.key);
    if (known->holds == Holds::map || known->holds == Holds::dependencies) {
      std::vector<Member> out;
      bool changed = false;
      for (Member inner : member.value.members()) {
        const auto renamed = client_.find(inner.key);
        const bool key = known->row == Row::properties && renamed != client_.end();
        const Value made = below(inner.value, json::pointer_join(here, key ? renamed->second : inner.key));
        changed |= made.node() != inner.value.node();
        inner.value = made;
        out.push_back(inner);
      }
      return changed ? build_.object(out) : member.value;
    }
    if (!member.value.is_array()) return below(member.value, here);
    std::vector<Value> out;
    bool changed = false;
    for (std::size_t i = 0; i < member.value.items().size(); ++i) {
      out.push_back(below(member.value.at(i), json::pointer_join(here, i)));
      changed |= out.back().node() != member.value.at(i).node();
    }
    return changed ? build_.array(out) : member.value;
  }

  // Whether the key fulfils what is said of names; nullopt where that cannot be told.
  using Judge = std::optional<validate::Validator>;
  Judge judge_of(Value said) {
    std::vector<Member> members;
    for (const std::string_view key : {"$schema", "$defs", "definitions"})
      if (const Value value = root_[key]) members.push_back({key, value});
    members.push_back({"allOf", build_.array({&said, 1})});
    auto made = validate::Validator::compile(build_.object(members));
    return made && made->unsupported().empty() ? Judge(*std::move(made)) : std::nullopt;
  }

  Value names(Value schema, const Group& group, const std::string& path) {
    const Value said = schema["propertyNames"];
    if (!said || said.is_bool()) return schema;
    const Judge judge = afford(1000 + group.size()) ? judge_of(said) : std::nullopt;
    bool sayable = judge && takes(Row::any_of) && takes(Row::enumeration);
    std::vector<Value> missed;
    for (const Renamed& key : group) {
      if (!judge) break;
      const bool before = judge->check(build_.string(key.client), 1).empty();
      const bool now = judge->check(build_.string(key.wire), 1).empty();
      if (before && !now) missed.push_back(build_.string(key.wire));
      sayable = sayable && (before || !now);
    }
    if (sayable && missed.empty()) return schema;
    if (!sayable) {
      edit(path, "propertyNames", said, {}, Loss::widened);
      return build_.without(schema, "propertyNames");
    }
    const Member by_name[] = {{"type", build_.string("string")}, {"enum", build_.array(missed)}};
    const Value either[] = {said, build_.object(by_name)};
    const Member any{"anyOf", build_.array(either)};
    const Value made = build_.object({&any, 1});
    // In a definition they may be the names of another object's properties.
    edit(path, "propertyNames", said, made, &group == &all_ ? Loss::widened : Loss::none);
    return build_.with(schema, "propertyNames", made);
  }

  Value patterns(Value schema, const Group& group, const std::string& path) {
    const Value said = schema["patternProperties"];
    if (!said.is_object()) return schema;
    std::unordered_map<std::string_view, std::vector<Value>> more;  // what else is said of a property
    std::vector<Member> kept;
    for (const Member& pattern : said.members()) {
      const auto compiled = validate::Pattern::compile(pattern.key);
      bool holds = compiled.has_value() && afford(1000 + group.size());
      std::vector<std::string_view> about;
      for (const Renamed& key : group) {
        if (!holds) break;
        const bool before = compiled->found_in(key.client), now = compiled->found_in(key.wire);
        if (before && !now) about.push_back(key.wire);
        holds = (before || !now) && (before == now || takes(Row::all_of));
      }
      if (!holds) continue;
      kept.push_back(pattern);
      for (const std::string_view wire : about) more[wire].push_back(pattern.value);
    }
    if (!more.empty()) {
      std::vector<Member> properties;
      for (Member member : schema["properties"].members()) {
        if (const auto found = more.find(member.key); found != more.end()) {
          std::vector<Value> both = {member.value};
          for (const Value one : found->second)
            if (!json::equal(one, member.value)) both.push_back(one);
          if (both.size() > 1) member.value = all_of(both);
          more.erase(found);
        }
        properties.push_back(member);
      }
      for (const Renamed& key : group)  // declared beside this schema, not in it
        if (const auto found = more.find(key.wire); found != more.end())
          properties.push_back({key.wire, all_of(found->second)});
      const Value made = build_.object(properties);
      edit(path, "patternProperties", said, made, Loss::none);
      schema = build_.with(schema, "properties", made);
    }
    if (kept.size() == said.members().size()) return schema;
    edit(path, "patternProperties", said, kept.empty() ? Value() : build_.object(kept), Loss::widened);
    schema = kept.empty() ? build_.without(schema, "patternProperties")
                          : build_.with(schema, "patternProperties", build_.object(kept));
    // What the pattern let in must stay in.
    for (const std::string_view other : {"additionalProperties", "unevaluatedProperties"}) {
      const Value rest = schema[other];
      if (!rest || (rest.is_bool() && rest.boolean())) continue;
      edit(path, other, rest, {}, Loss::widened);
      schema = build_.without(schema, other);
    }
    return schema;
  }

  Value all_of(const std::vector<Value>& schemas) {
    if (schemas.size() == 1) return schemas.front();
    const Member all{"allOf", build_.array(schemas)};
    return build_.object({&all, 1});
  }

  Value root_;
  const std::unordered_map<std::string_view, std::string_view>& client_;
  const Column& column_;
  json::Builder build_;
  References refs_;
  Group all_;  // handed down as itself where it is not known which of them a schema is about
  bool lost_ = false;
  std::size_t steps_ = 0;
};

}  // namespace

FittedPatterns fit_key_patterns(Value schema,
                                const std::unordered_map<std::string_view, std::string_view>& client,
                                const Column& column, Arena& arena) {
  const auto may = [](Value value) {
    return may_say(value, "propertyNames") || may_say(value, "patternProperties");
  };
  const auto is = [](Value value) { return value["propertyNames"] || value["patternProperties"]; };
  if (client.empty() || !any_schema(schema, may, is)) return {schema};
  KeyPatterns patterns(schema, client, column, arena);
  const Value made = patterns.run();
  return {made, std::move(patterns.edits)};
}

}  // namespace dragoman::lower
