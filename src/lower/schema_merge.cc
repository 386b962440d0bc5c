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
constexpr unsigned kNull = 1U << 0, kInteger = 1U << 2, kNumber = 1U << 3;

unsigned type_bit(std::string_view name) {
  for (std::size_t i = 0; i < std::size(kTypes); ++i)
    if (kTypes[i] == name) return 1U << i;
  return 0;
}

// A set of types as bits; 0 for something that is none.
unsigned type_bits(Value type) {
  unsigned bits = type.is_string() ? type_bit(type.text()) : 0;
  for (const Value item : type.items()) bits |= type_bit(item.text());
  if (bits & kNumber) bits |= kInteger;  // every integer is a number
  return bits;
}

// Of the values an enum or const allows, one is of a type that is named.
bool some_value_fits(std::span<const Member> members) {
  Value type, flag, values, only;
  for (const Member& member : members) {
    if (member.key == "type") type = member.value;
    if (member.key == "nullable") flag = member.value;
    if (member.key == "enum") values = member.value;
    if (member.key == "const") only = member.value;
  }
  const unsigned bits = type_bits(type) | (flag.boolean() ? kNull : 0);
  if (!type_bits(type)) return true;
  const auto fits = [&](Value value) {
    if (value.is_number()) return (bits & (value.integer() ? kInteger | kNumber : kNumber)) != 0;
    return (bits & type_bit(json::name(value.kind()))) != 0;
  };
  if (only && !fits(only)) return false;
  return values.items().empty() || std::ranges::any_of(values.items(), fits);
}

bool is_identity(std::string_view key) {
  return key == "$id" || key == "id" || key == "$schema" || key == "$anchor" || key == "$dynamicAnchor" ||
         key == "$recursiveAnchor" || key == "$vocabulary" || key == "$defs" || key == "definitions";
}

// Keywords that say something together: those of two schemas would be read as one saying.
constexpr std::array<std::array<std::string_view, 4>, 3> kTogether = {{
    {"if", "then", "else"},
    {"contains", "minContains", "maxContains"},
    {"items", "prefixItems", "additionalItems", "unevaluatedItems"},
}};

// Draft-04's flag is about the bound beside it, not about the one that will stand there.
std::vector<Member> bounds_alone(std::span<const Member> members) {
  std::vector<Member> out(members.begin(), members.end());
  for (const auto& [flag, bound] :
       {std::pair<std::string_view, std::string_view>{"exclusiveMinimum", "minimum"},
        {"exclusiveMaximum", "maximum"}}) {
    const auto said = std::ranges::find(out, flag, &Member::key);
    if (said == out.end() || !said->value.is_bool()) continue;
    const bool exclusive = said->value.boolean();
    out.erase(said);
    const auto limit = std::ranges::find(out, bound, &Member::key);
    if (exclusive && limit != out.end() && limit->value.is_number()) *limit = {flag, limit->value};
  }
  return out;
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
  constexpr std::size_t kFew = 16;  // strings, as most are, to be compared one by one
  if (values.size() <= kFew && std::ranges::all_of(values, &Value::is_string)) {
    out.reserve(values.size());
    for (const Value value : values)
      if (std::ranges::find(out, value.text(), &Value::text) == out.end()) out.push_back(value);
    return out;
  }
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
  std::vector<Member> plain;
  for (const Member& member : members)
    if (member.value.is_bool() && member.key.starts_with("exclusive")) plain = bounds_alone(members);
  if (!plain.empty()) members = plain;
  note_null(members, take);
  note_closed(members);
  for (const Member& member : members) {
    if (!member.value || (take != Take::all && is_identity(member.key))) continue;
    if (take == Take::branch && (member.key == "$ref" || member.key == "allOf")) continue;
    if (elsewhere(member)) {
      conflicts_.push_back(member.key);
      continue;
    }
    const auto [at, made] = index_.emplace(member.key, slots_.size());
    if (made)
      slots_.push_back({member, {}});
    else
      slots_[at->second].more.push_back(member.value);
  }
}

// Another schema says what this belongs to. Lists alike may be joined.
bool Conjunction::elsewhere(const Member& member) {
  for (std::size_t i = 0; i < kTogether.size(); ++i) {
    if (std::ranges::find(kTogether[i], member.key) == kTogether[i].end()) continue;
    if (told_by_[i] == 0) told_by_[i] = schemas_;
    if (told_by_[i] == schemas_) return false;
    const auto said = [&](std::string_view key) { return index_.contains(key); };
    const bool plain = member.key == "items" && !member.value.is_array() && said("items") &&
                       !slots_[index_.at("items")].first.value.is_array() && !said("prefixItems") &&
                       !said("unevaluatedItems");
    return !plain;
  }
  return false;
}

// `nullable` in a branch is about that branch alone; it will be said of all.
void Conjunction::note_null(std::span<const Member> members, Take take) {
  Value type, flag, values, only;
  for (const Member& member : members) {
    if (member.key == "type") type = member.value;
    if (member.key == "nullable") flag = member.value;
    if (member.key == "enum") values = member.value;
    if (member.key == "const") only = member.value;
  }
  if (flag.boolean()) {
    flags_null_ |= take != Take::all;
    return;
  }
  never_null_ |= type && (type_bits(type) & kNull) == 0;
  never_null_ |= only && !only.is_null();
  never_null_ |= values.is_array() && std::ranges::none_of(values.items(), &Value::is_null);
}

void Conjunction::note_closed(std::span<const Member> members) {
  ++schemas_;
  std::size_t named = 0;
  bool closes = false;
  for (const Member& member : members) {
    int* by = nullptr;
    if (member.key == "properties") named = member.value.members().size();
    // What these look at is not told by names alone.
    by_names_ &= member.key != "patternProperties" && member.key != "unevaluatedProperties";
    if ((member.key == "additionalProperties" || member.key == "unevaluatedProperties") &&
        !(member.value.is_bool() && member.value.boolean()))
      by = &closed_by_;
    if ((member.key == "properties" || member.key == "patternProperties") && !member.value.members().empty())
      by = &described_by_;
    closes |= by == &closed_by_;
    if (by) *by = *by == 0 || *by == schemas_ ? schemas_ : -1;
  }
  if (closes) closers_.push_back(named);
}

std::vector<Member> Conjunction::finish() {
  std::vector<Member> out;
  for (const Slot& slot : slots_) {
    out.push_back({slot.first.key, slot.more.empty() ? slot.first.value : join(slot), slot.first.raw_key});
  }
  impossible_ |= !some_value_fits(out);
  if (flags_null_ && never_null_) conflicts_.push_back("nullable");
  // Closed beside the properties of another: taken literally nothing would fit, and nobody means that. Unless
  // each that closes names them all.
  const auto joined = std::ranges::find(out, "properties", &Member::key);
  const std::size_t names = joined == out.end() ? 0 : joined->value.members().size();
  const bool all_named =
      by_names_ && std::ranges::all_of(closers_, [&](std::size_t n) { return n == names; });
  if (!all_named && closed_by_ && described_by_ && (closed_by_ != described_by_ || closed_by_ < 0))
    conflicts_.push_back("additionalProperties");
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
  if (key == "description" && slot.first.value.is_string()) return join_words(slot);
  if (!known || known->note) {
    if (known && known->holds == Holds::map) return join_maps(slot);  // definitions
    return slot.first.value;
  }
  if (known->holds == Holds::map && slot.first.value.is_object()) return join_maps(slot);
  if (key == "additionalProperties" || key == "items" || key == "propertyNames" ||
      key == "unevaluatedProperties") {
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

// What both say for people and models, each once.
Value Conjunction::join_words(const Slot& slot) {
  std::string all(slot.first.value.text());
  for (const Value other : slot.more)
    if (!other.text().empty() && all.find(other.text()) == std::string::npos) {
      if (!all.empty()) all += '\n';
      all += other.text();
    }
  return all == slot.first.value.text() ? slot.first.value : build_.string_copy(all);
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
  impossible_ |= left.empty();
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
