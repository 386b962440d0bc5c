#include "lower/schema_merge.h"

#include <algorithm>
#include <set>

#include "json/write.h"
#include "lower/schema_keywords.h"

namespace dragoman::lower {

using json::Member;
using json::Value;

namespace {

constexpr std::string_view kTypes[] = {"null", "boolean", "integer", "number", "string", "array", "object"};
constexpr unsigned kInteger = 1U << 2, kNumber = 1U << 3;

// A set of types as bits; 0 for something that is none.
unsigned type_bits(Value type) {
  unsigned bits = 0;
  const auto add = [&bits](std::string_view name) {
    for (std::size_t i = 0; i < std::size(kTypes); ++i)
      if (kTypes[i] == name) bits |= 1U << i;
  };
  if (type.is_string()) add(type.text());
  for (const Value item : type.items()) add(item.text());
  if (bits & kNumber) bits |= kInteger;  // every integer is a number
  return bits;
}

bool is_identity(std::string_view key) {
  return key == "$id" || key == "id" || key == "$schema" || key == "$anchor" || key == "$dynamicAnchor" ||
         key == "$recursiveAnchor" || key == "$vocabulary" || key == "$defs" || key == "definitions";
}

bool is_least(std::string_view key) {
  return key == "maximum" || key == "exclusiveMaximum" || key == "maxLength" || key == "maxItems" ||
         key == "maxProperties" || key == "maxContains";
}
bool is_most(std::string_view key) {
  return key == "minimum" || key == "exclusiveMinimum" || key == "minLength" || key == "minItems" ||
         key == "minProperties" || key == "minContains";
}

}  // namespace

std::vector<Value> distinct(std::span<const Value> values) {
  std::vector<Value> out;
  std::set<std::string> seen;
  for (const Value value : values)
    if (seen.insert(json::dump_compact(value)).second) out.push_back(value);
  return out;
}

std::vector<Value> literals(Value schema) {
  for (const Member& member : schema.members())
    if (member.key != "type" && member.key != "const" && member.key != "enum" &&
        member.key != "description" && member.key != "title" && member.key != "default")
      return {};
  if (const Value only = schema["const"]) return {only};
  const auto items = schema["enum"].items();
  return {items.begin(), items.end()};
}

void Conjunction::add(std::span<const Member> members, Take take) {
  for (const Member& member : members) {
    if (!member.value || (take != Take::all && is_identity(member.key))) continue;
    if (take == Take::branch && (member.key == "$ref" || member.key == "allOf")) continue;
    const auto [at, made] = index_.emplace(member.key, slots_.size());
    if (made)
      slots_.push_back({member, {}});
    else
      slots_[at->second].more.push_back(member.value);
  }
}

std::vector<Member> Conjunction::finish() {
  std::vector<Member> out;
  int describing = 0;
  bool closed = false;
  for (const Slot& slot : slots_) {
    out.push_back({slot.first.key, slot.more.empty() ? slot.first.value : join(slot), slot.first.raw_key});
    if (slot.first.key == "properties") describing += static_cast<int>(slot.more.size());
    if (slot.first.key == "additionalProperties" &&
        !(slot.first.value.is_bool() && slot.first.value.boolean()))
      closed = true;
  }
  // Closed beside the properties of another: taken literally nothing would fit, and nobody means that.
  if (closed && describing > 0) conflicts_.push_back("additionalProperties");
  return out;
}

Value Conjunction::first_of(const Slot& slot) {
  for (const Value other : slot.more) {
    if (json::equal(slot.first.value, other)) continue;
    conflicts_.push_back(slot.first.key);
    break;
  }
  return slot.first.value;
}

Value Conjunction::join(const Slot& slot) {
  const std::string_view key = slot.first.key;
  const Keyword* known = find_keyword(key);
  if (key == "type") return join_types(slot);
  if (key == "enum") return join_enums(slot);
  if (key == "required") return join_names(slot);
  if (key == "allOf") {
    std::vector<Value> all(slot.first.value.items().begin(), slot.first.value.items().end());
    for (const Value other : slot.more) all.insert(all.end(), other.items().begin(), other.items().end());
    return build_.array(all);
  }
  if (key == "uniqueItems" || key == "nullable") {  // one yes, one no, is enough
    const bool deciding = key == "uniqueItems";
    for (const Value other : slot.more)
      if (other.boolean() == deciding) return other;
    return slot.first.value;
  }
  if (slot.first.value.is_number() && is_most(key)) return join_bounds(slot, false);
  if (slot.first.value.is_number() && is_least(key)) return join_bounds(slot, true);
  if (!known || known->note) {
    if (known && known->holds == Holds::map) return join_maps(slot);  // definitions
    return slot.first.value;
  }
  if (known->holds == Holds::map && slot.first.value.is_object()) return join_maps(slot);
  if (key == "prefixItems") return join_lists(slot);
  if (key == "additionalProperties" || key == "items" || key == "propertyNames" ||
      key == "unevaluatedProperties" || key == "unevaluatedItems") {
    std::vector<Value> all = {slot.first.value};
    all.insert(all.end(), slot.more.begin(), slot.more.end());
    return join_schemas(all);
  }
  if (key == "not") {
    std::vector<Value> all = {slot.first.value};
    all.insert(all.end(), slot.more.begin(), slot.more.end());
    const Member any{"anyOf", build_.array(distinct(all))};
    return build_.object({&any, 1});
  }
  return first_of(slot);
}

Value Conjunction::join_types(const Slot& slot) {
  const unsigned first = type_bits(slot.first.value);
  unsigned bits = first;
  for (const Value other : slot.more) bits &= type_bits(other);
  if (bits == first) return slot.first.value;
  if (bits == 0) {
    impossible_ = true;
    conflicts_.push_back("type");
    return slot.first.value;
  }
  if (bits & kNumber) bits &= ~kInteger;
  std::vector<Value> names;
  for (std::size_t i = 0; i < std::size(kTypes); ++i)
    if (bits & (1U << i)) names.push_back(build_.string(kTypes[i]));
  return names.size() == 1 ? names.front() : build_.array(names);
}

Value Conjunction::join_enums(const Slot& slot) {
  std::set<std::string> allowed;
  std::vector<Value> left(slot.first.value.items().begin(), slot.first.value.items().end());
  for (const Value other : slot.more) {
    allowed.clear();
    for (const Value item : other.items()) allowed.insert(json::dump_compact(item));
    std::erase_if(left, [&](Value item) { return !allowed.contains(json::dump_compact(item)); });
  }
  if (left.empty()) return first_of(slot);
  return left.size() == slot.first.value.items().size() ? slot.first.value : build_.array(left);
}

Value Conjunction::join_names(const Slot& slot) {
  std::vector<Value> all(slot.first.value.items().begin(), slot.first.value.items().end());
  for (const Value other : slot.more) all.insert(all.end(), other.items().begin(), other.items().end());
  return build_.array(distinct(all));
}

Value Conjunction::join_maps(const Slot& slot) {
  std::vector<Member> names;
  std::vector<std::vector<Value>> schemas;
  std::unordered_map<std::string_view, std::size_t> at;
  const auto add = [&](Value map) {
    for (const Member& member : map.members()) {
      const auto [found, made] = at.emplace(member.key, names.size());
      if (made) {
        names.push_back(member);
        schemas.emplace_back();
      }
      schemas[found->second].push_back(member.value);
    }
  };
  add(slot.first.value);
  for (const Value other : slot.more) add(other);
  const bool definitions = slot.first.key == "$defs" || slot.first.key == "definitions";
  for (std::size_t i = 0; i < names.size(); ++i)
    names[i].value = definitions ? schemas[i].front() : join_schemas(schemas[i]);
  return build_.object(names);
}

Value Conjunction::join_lists(const Slot& slot) {
  std::vector<std::vector<Value>> places;
  const auto add = [&](Value list) {
    if (places.size() < list.items().size()) places.resize(list.items().size());
    for (std::size_t i = 0; i < list.items().size(); ++i) places[i].push_back(list.at(i));
  };
  add(slot.first.value);
  for (const Value other : slot.more) add(other);
  std::vector<Value> out;
  for (const auto& schemas : places) out.push_back(join_schemas(schemas));
  return build_.array(out);
}

Value Conjunction::join_schemas(const std::vector<Value>& schemas) {
  std::vector<Value> parts;
  for (const Value schema : distinct(schemas)) {
    if (schema.is_bool() && !schema.boolean()) return schema;
    if (schema.is_bool() || (schema.is_object() && schema.members().empty())) continue;
    parts.push_back(schema);
  }
  if (parts.empty()) return schemas.front();
  if (parts.size() == 1) return parts.front();
  const Member all{"allOf", build_.array(parts)};
  return build_.object({&all, 1});
}

Value Conjunction::join_bounds(const Slot& slot, bool least) {
  Value best = slot.first.value;
  for (const Value other : slot.more)
    if (other.is_number() && (least ? other.number() < best.number() : other.number() > best.number()))
      best = other;
  return best;
}

}  // namespace dragoman::lower
