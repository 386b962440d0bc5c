// What a target refuses outright, and what it insists on.
#include <algorithm>
#include <unordered_set>

#include "lower/argument_plan.h"
#include "lower/schema_leave.h"
#include "lower/schema_rewriter.h"

namespace dragoman::lower {

using json::Member;
using json::Value;

// Nobody has tried the keyword here, and without it the schema means the same. What it tells the model goes
// into the description.
bool Rewriter::drop_unknown(Node& n, std::size_t i) {
  const Member member = n.draft.members()[i];
  if (member.key == "$id" || member.key == "$anchor" || member.key == "id") {
    if (!inline_all_ && refs_.by_name()) return false;  // a reference may need it
  }
  const auto left = left_untried(column_, find_keyword(member.key), member, n.draft.members());
  if (!left) return false;
  note(n, left->row, member.key, member.value, {}, left->loss);
  if (left->hint) guide_with(n, member.key, member.value);
  n.draft.set_value(i, {});
  return true;
}

void Rewriter::refuse_keywords(Node& n) {
  Draft& d = n.draft;
  if (column_.traits().lone_patterns && (d.has("pattern") || d.has("format")))
    for (const std::string_view length : {"minLength", "maxLength"}) {
      if (!d.has(length)) continue;
      note(n, length == "minLength" ? Row::min_length : Row::max_length, length, d.get(length), {},
           Loss::widened);
      guide_with(n, length, d.get(length));
      d.erase(length);
    }
  for (std::size_t i = 0; i < d.members().size(); ++i) {
    const Member member = d.members()[i];
    if (!member.value) continue;
    const Keyword* keyword = find_keyword(member.key);
    const Value value = member.value;
    if (keyword && keyword->holds == Holds::map && keyword->note) {
      // Definitions nobody refers to any more, or where the target does not look for them.
      const bool kept_for_root = n.root && !inline_all_;
      const bool moves = kept_for_root && rename_definitions_;
      const bool refused =
          column_.rejects(keyword->row) || inline_all_ || (column_.traits().root_defs && !n.root);
      if (!refused || moves) continue;
      note(n, keyword->row, member.key, value, {}, Loss::none);
      d.set_value(i, {});
      continue;
    }
    Cell cell = column_.judge(member.key, value);
    // A strict mode compiles what it is given, and closing would change what a condition says.
    const bool condition = keyword && keyword->holds != Holds::data && keyword->row != Row::properties &&
                           keyword->row != Row::items && keyword->row != Row::prefix_items &&
                           keyword->row != Row::any_of && keyword->row != Row::additional_schema;
    if (cell == Cell::unknown && condition && column_.traits().closed) cell = Cell::reject;
    if (cell == Cell::unknown && drop_unknown(n, i)) continue;
    if (cell != Cell::reject) continue;
    if (member.key == "additionalProperties" && column_.traits().closed) continue;  // closed_objects()
    if (member.key == "$ref") continue;                                             // references()
    Value made;
    if (member.key == "additionalProperties" && value.is_object() &&
        column_[Row::additional_true] == Cell::ok)
      made = build_.boolean(true);
    if (member.key == "minItems" && value.number() > 1 && column_[Row::min_items_1] == Cell::ok)
      made = build_.integer(1);
    const LeftOut left = left_refused(keyword, member, d.members());
    const bool nothing = left.loss == Loss::none;
    note(n, left.row, member.key, value, made, left.loss);
    // Where every object is closed, no further property is left that could fit the pattern.
    if (!nothing && member.key == "patternProperties" && column_.traits().closed) {
      closed_maps_ = true;
      note(n, left.row, member.key, value, made, Loss::narrowed);
    }
    if (left.hint) guide_with(n, member.key, value);
    d.set_value(i, made);
    if (!nothing) leans_on(n, member.key, value);
  }
}

// What is left out made others say less; without it they would say more.
void Rewriter::leans_on(Node& n, std::string_view gone, Value was) {
  Draft& d = n.draft;
  std::vector<std::string_view> others;
  if (gone == "minContains" && was.number() <= 0) others = {"contains", "maxContains"};
  if (gone == "patternProperties" && !column_.traits().closed)
    others = {"additionalProperties", "unevaluatedProperties"};
  if (gone == "if") others = {"then", "else"};
  if (gone == "prefixItems") others = {"items", "unevaluatedItems"};
  if (gone == "contains") others = {"unevaluatedItems"};
  for (const std::string_view other : others) {
    const Value value = d.get(other);
    if (!value || (value.is_bool() && value.boolean())) continue;
    if (gone != "if" && column_.judge(other, value) == Cell::reject) continue;  // its turn will come
    note(n, find_keyword(other)->row, other, value, {}, Loss::widened);
    if (gone == "if") guide_with(n, other, value);
    d.erase(other);
  }
}

// GEM-32, GEM-34, GEM-35: keywords of other types than the node's own are refused, and mean nothing.
void Rewriter::own_keywords(Node& n) {
  Draft& d = n.draft;
  if (!column_.traits().own_keywords) return;
  const Value type = d.get("type");
  if (!type.is_string()) return;
  for (std::size_t i = 0; i < d.members().size(); ++i) {
    const Member member = d.members()[i];
    if (!member.value) continue;
    std::string_view owner = type_of_keyword(member.key);
    if (member.key == "enum") owner = "string";
    if (owner.empty() || owner == type.text() || (owner == "number" && type.text() == "integer")) continue;
    const Keyword* keyword = find_keyword(member.key);
    note(n, keyword->row, member.key, member.value, {}, Loss::none);
    d.set_value(i, {});
  }
}

// OAI-31, GEM-34.
void Rewriter::bare_arrays(Node& n) {
  Draft& d = n.draft;
  const bool unsure = column_[Row::bare_array] == Cell::unknown && column_[Row::type_missing] == Cell::ok;
  if (!(column_.rejects(Row::bare_array) || unsure) || d.has("items") || d.has("prefixItems")) return;
  if (!names_type(d.get("type"), "array")) return;
  d.set("items", build_.empty_object());
  const bool counts = d.has("unevaluatedItems");  // and would count them as looked at
  note(n, Row::bare_array, "items", {}, d.get("items"), counts ? Loss::widened : Loss::none);
}

// Grammar-constrained modes want every object closed, which is less than the client allowed (OAIS-01,
// ANTS-01). Making optional properties required, where a mode wants that, needs undoing in the answer and is
// not done here.
void Rewriter::closed_objects(Node& n) {
  Draft& d = n.draft;
  const Traits& traits = column_.traits();
  const Value type = d.get("type");
  const bool is_object =
      names_type(type, "object") || (!type && (d.has("properties") || d.has("additionalProperties")));
  const Value more = d.get("additionalProperties");
  if (!is_object && traits.closed && more) {  // of no meaning here
    note(n, Row::additional_schema, "additionalProperties", more, {}, Loss::none);
    d.erase("additionalProperties");
  }
  if (!is_object) return;
  if (traits.closed && !(more.is_bool() && !more.boolean())) {
    closed_maps_ |= static_cast<bool>(more) || (!n.root && !d.has("properties"));
    d.set("additionalProperties", build_.boolean(false));
    note(n, Row::additional_true, "additionalProperties", more, d.get("additionalProperties"),
         n.root && wrapped_ ? Loss::none : Loss::narrowed);
    if (more.is_object()) guide_with(n, "additionalProperties", more);
  }
  if (traits.explicit_maps && !more && !n.root && d.get("properties").members().empty() &&
      !d.has("patternProperties") && !counts_properties(n.place)) {
    d.set("additionalProperties", build_.boolean(true));
    note(n, Row::additional_true, "additionalProperties", {}, d.get("additionalProperties"), Loss::none);
  }
}

// GEM-33: an object below the root has properties: those it has to have, where it says nothing of any.
void Rewriter::name_required(Node& n) {
  Draft& d = n.draft;
  if (n.root || !column_.rejects(Row::empty_object) || !names_type(d.get("type"), "object")) return;
  const Value more = d.get("additionalProperties");
  if (!d.get("properties").members().empty() || (more.is_bool() && !more.boolean())) return;
  std::vector<Member> named;
  for (const Value name : distinct(d.get("required").items()))
    if (name.is_string()) named.push_back({name.text(), more.is_object() ? more : build_.empty_object()});
  if (named.empty()) return;
  d.set("properties", build_.object(named));
  note(n, Row::empty_object, "properties", {}, d.get("properties"), Loss::none);
}

// Others get one for form's sake. A string with JSON in it would have to be turned back; this leaves what the
// model answers an object.
void Rewriter::empty_objects(Node& n) {
  Draft& d = n.draft;
  if (n.root || !column_.rejects(Row::empty_object) || !names_type(d.get("type"), "object")) return;
  if (!d.get("properties").members().empty()) return;
  const Value required = d.get("required");
  const Value filler = object({{"type", text("string")}, {"description", text(kFillerText)}});
  d.set("properties", object({{kFillerKey, filler}}));
  note(n, Row::empty_object, "properties", {}, d.get("properties"), Loss::narrowed);
  // The answer does not keep it: it fulfils neither of these.
  if (!required.items().empty()) note(n, Row::required_unknown, "required", required, {}, Loss::widened);
  d.erase("required");
  if (const Value least = d.get("minProperties"); least.number() > 0) {
    note(n, Row::min_properties, "minProperties", least, {}, Loss::widened);
    guide_with(n, "minProperties", least);
    d.erase("minProperties");
  }
}

// Something around it asks which properties have been looked at.
bool Rewriter::counts_properties(const Place& place) const {
  const Cell cell = column_[Row::unevaluated_properties];
  if (cell == Cell::reject || (cell == Cell::unknown && column_.traits().closed)) return false;
  for (const Place* at = &place; at; at = at->up)
    if (at->source["unevaluatedProperties"] && (at->up || target_.root_keys.empty())) return true;
  return false;
}

// GEM-39: `required` names only what `properties` has.
void Rewriter::known_required(Node& n) {
  Draft& d = n.draft;
  const Value required = d.get("required");
  const Cell cell = column_[Row::required_unknown];
  if (!required.is_array() || cell == Cell::ok || cell == Cell::ignore) return;
  // A condition names properties that are described elsewhere.
  if (cell == Cell::unknown && (!d.has("properties") || !d.has("type"))) return;
  const Value properties = d.get("properties");
  const auto is_known = [&](Value name) { return static_cast<bool>(properties[name.text()]); };
  if (required.items().size() < 16 && std::ranges::all_of(required.items(), is_known)) return;
  std::unordered_set<std::string_view> names;
  for (const Member& member : properties.members()) names.insert(member.key);
  std::vector<Value> known;
  for (const Value name : required.items())
    if (names.contains(name.text())) known.push_back(name);
  if (known.size() == required.items().size()) return;
  const Value more = d.get("additionalProperties");
  // Where the root's additionalProperties is left out afterwards, the object is open already.
  const bool opened =
      n.root && ((!target_.root_keys.empty() &&
                  std::ranges::find(target_.root_keys, "additionalProperties") == target_.root_keys.end()) ||
                 (target_.object_root && column_.rejects(Row::root_additional)));
  const bool closed = more.is_bool() && !more.boolean() && !opened;
  // Named here a property counts as looked at, and is none of the further ones, which a pattern may be about.
  const bool told_apart = counts_properties(n.place) || (more.is_object() && d.has("patternProperties"));
  if (!column_.traits().typed && !column_.traits().closed && !closed && !told_apart) {
    // Any property may be there; this one has to be.
    std::vector<Member> all(d.get("properties").members().begin(), d.get("properties").members().end());
    for (const Value name : required.items())
      if (name.is_string() && names.insert(name.text()).second)
        all.push_back({name.text(), more.is_object() ? more : build_.empty_object()});
    const Value made = build_.object(all);
    note(n, Row::required_unknown, "properties", required, made, Loss::none);
    d.set("properties", made);
    return;
  }
  if (cell == Cell::unknown && !column_.traits().closed) return;
  note(n, Row::required_unknown, "required", required, build_.array(known), Loss::widened);
  if (known.empty())
    d.erase("required");
  else
    d.set("required", build_.array(known));
}

}  // namespace dragoman::lower
