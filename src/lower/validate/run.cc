// Checks that look at one value by itself, and the machinery. Those that apply schemas are in apply.cc.
#include "lower/validate/run.h"

#include <fmt/format.h>

#include <algorithm>
#include <ranges>

#include "lower/validate/run_inline.h"

namespace dragoman::validate {

using json::Kind;
using json::Member;
using json::Value;

void Run::Seen::mark(std::size_t index) {
  if (index >= bits.size()) bits.resize(index + 1);
  bits[index] = true;
}

void Run::Seen::merge(const Seen& other) {
  all |= other.all;
  for (std::size_t i = 0; i < other.bits.size(); ++i)
    if (other.bits[i]) mark(i);
}

const char* Run::stopped() const {
  if (too_deep_) return "the schema nests deeper into itself than the check may follow";
  if (steps_.over()) return "the check took more steps than it may";
  return nullptr;
}

std::string Run::pointer(const Path* path) {
  std::vector<const Path*> way;
  for (; path != nullptr && path->up != nullptr; path = path->up) way.push_back(path);
  std::string out;
  for (const Path* step : way | std::views::reverse)
    out = step->key.data() ? json::pointer_join(out, step->key) : json::pointer_join(out, step->index);
  return out;
}

// A part of the document is looked at as if the document's own root had led there.
bool Run::begin(Value instance, SchemaId root) {
  const Path path;
  const Scope document = {nullptr, program_.schemas[0].resource};
  return schema(root, {instance, &path, root == 0 ? nullptr : &document, nullptr});
}

bool Run::valid(Value instance, SchemaId root) { return begin(instance, root); }

std::vector<Violation> Run::report(Value instance, SchemaId root) {
  std::vector<Violation> found;
  out_ = &found;
  begin(instance, root);
  out_ = nullptr;
  return found;
}

bool Run::schema(SchemaId id, const Spot& spot) {
  const Schema& at = program_.schemas[id];
  if (!steps_.take()) return false;
  if (at.never) return broken(at, "", spot, [] { return std::string("is not allowed here"); });
  if (at.checks.empty()) return true;
  if (depth_left_ == 0) {
    too_deep_ = true;
    return false;
  }
  --depth_left_;
  const bool good = checks(at, spot);
  ++depth_left_;
  return good;
}

bool Run::checks(const Schema& at, const Spot& spot) {
  const Scope entered = {spot.scope, at.resource};
  Spot here = spot;
  if (!spot.scope || spot.scope->resource != at.resource) here.scope = &entered;
  Seen own;
  if (at.tracks) here.seen = &own;
  bool good = true;
  const bool null_passes = at.nullable && spot.instance.is_null();
  for (const Check& one : at.checks) {
    if (null_passes && (one.op == Op::all_of || one.op == Op::any_of || one.op == Op::one_of ||
                        one.op == Op::enumeration || one.op == Op::reference))
      continue;
    if (check(at, one, here)) continue;
    good = false;
    if (!more()) return false;
  }
  if (good && at.tracks && spot.seen) spot.seen->merge(own);
  return good;
}

bool Run::child(SchemaId id, const Spot& spot, Value value, std::string_view key, std::size_t index) {
  const Path path = {spot.path, key, index};
  return schema(id, {value, &path, spot.scope, nullptr});
}

bool Run::check(const Schema& at, const Check& one, const Spot& spot) {
  switch (one.op) {
    case Op::unchecked:
      unsure_ = true;
      if (spot.seen) spot.seen->all = true;
      return true;
    case Op::type:
      return type(at, one, spot);
    case Op::enumeration:
      return enumeration(at, one, spot);
    case Op::minimum:
    case Op::maximum:
    case Op::exclusive_minimum:
    case Op::exclusive_maximum:
    case Op::multiple_of:
      return !spot.instance.is_number() || bound(at, one, spot);
    case Op::min_length:
    case Op::max_length:
      return !spot.instance.is_string() || length(at, one, spot);
    case Op::pattern:
    case Op::format:
      return !spot.instance.is_string() || text(at, one, spot);
    case Op::min_items:
    case Op::max_items:
      return !spot.instance.is_array() || size(at, one, spot);
    case Op::min_properties:
    case Op::max_properties:
      return !spot.instance.is_object() || size(at, one, spot);
    case Op::unique_items:
      return !spot.instance.is_array() || unique(at, one, spot);
    case Op::required:
      return !spot.instance.is_object() || required(at, one, spot);
    case Op::dependent_required:
      return !spot.instance.is_object() || dependent_required(at, one, spot);
    case Op::dependent_schemas:
      return !spot.instance.is_object() || dependent_schemas(one, spot);
    case Op::properties:
      return !spot.instance.is_object() || properties(at, one, spot);
    case Op::property_names:
      return !spot.instance.is_object() || property_names(one, spot);
    case Op::items:
      return !spot.instance.is_array() || items(at, one, spot);
    case Op::contains:
      return !spot.instance.is_array() || contains(at, one, spot);
    case Op::all_of:
      return all_of(one, spot);
    case Op::any_of:
      return any_of(at, one, spot);
    case Op::one_of:
      return one_of(at, one, spot);
    case Op::negation:
      return negation(at, one, spot);
    case Op::condition:
      return condition(one, spot);
    case Op::reference:
      return schema(one.schema, spot);
    case Op::dynamic_reference:
    case Op::recursive_reference:
      return dynamic_reference(one, spot);
    case Op::unevaluated_items:
      return !spot.instance.is_array() || unevaluated(at, one, spot);
    case Op::unevaluated_properties:
      return !spot.instance.is_object() || unevaluated(at, one, spot);
  }
  return true;
}

bool Run::type(const Schema& at, const Check& check, const Spot& spot) {
  std::uint64_t has = 0;
  switch (spot.instance.kind()) {
    case Kind::absent:
      break;
    case Kind::null:
      has = kTypeNull;
      break;
    case Kind::boolean:
      has = kTypeBoolean;
      break;
    case Kind::string:
      has = kTypeString;
      break;
    case Kind::array:
      has = kTypeArray;
      break;
    case Kind::object:
      has = kTypeObject;
      break;
    case Kind::number: {
      has = kTypeNumber;
      const std::string_view digits = spot.instance.number_text();
      const bool plain = digits.find_first_of(".eE") == std::string_view::npos;
      if (plain) has |= kTypeIntegerText | kTypeInteger;
      if (!plain && (check.number & kTypeInteger) && Decimal::parse(digits).whole()) has |= kTypeInteger;
      break;
    }
  }
  if (has & check.number) return true;
  return broken(at, check.keyword, spot, [&] {
    if (spot.instance.is_number())
      return fmt::format("must be {}, is {}", types_phrase(check.number), excerpt(spot.instance));
    return fmt::format("must be {}, is {}", types_phrase(check.number), with_article(spot.instance));
  });
}

bool Run::enumeration(const Schema& at, const Check& check, const Spot& spot) {
  if (check.keyword == "const") {
    if (same_value(check.value, spot.instance, steps_)) return true;
    return broken(at, check.keyword, spot, [&] {
      return fmt::format("must be {}, is {}", excerpt(check.value), excerpt(spot.instance));
    });
  }
  for (const Value allowed : check.value.items())
    if (same_value(allowed, spot.instance, steps_)) return true;
  return broken(at, check.keyword, spot, [&] {
    constexpr std::size_t kShown = 12;
    std::string list;
    for (const Value allowed : check.value.items() | std::views::take(kShown)) {
      if (!list.empty()) list += ", ";
      list += excerpt(allowed);
    }
    const std::size_t all = check.value.items().size();
    return fmt::format("must be one of {}{}, is {}", list,
                       all > kShown ? fmt::format(" … ({} in all)", all) : "", excerpt(spot.instance));
  });
}

bool Run::bound(const Schema& at, const Check& check, const Spot& spot) {
  const std::string_view digits = spot.instance.number_text();
  const Decimal& limit = program_.decimals[check.number];
  steps_.take(1 + (digits.size() + limit.digits.size()) / 32);
  const Decimal value = Decimal::parse(digits);
  bool good = true;
  std::string_view words;
  switch (check.op) {
    case Op::minimum:
      good = value >= limit;
      words = "at least";
      break;
    case Op::maximum:
      good = value <= limit;
      words = "at most";
      break;
    case Op::exclusive_minimum:
      good = value > limit;
      words = "greater than";
      break;
    case Op::exclusive_maximum:
      good = value < limit;
      words = "less than";
      break;
    default:
      if (!steps_.take(value.digits.size() * (1 + limit.digits.size() * limit.digits.size() / 8) / 8))
        return false;
      good = is_multiple(value, limit);
      words = "a multiple of";
      break;
  }
  return good || broken(at, check.keyword, spot, [&] {
           return fmt::format("must be {} {}, is {}", words, excerpt(check.value), excerpt(spot.instance));
         });
}

bool Run::length(const Schema& at, const Check& check, const Spot& spot) {
  const std::string_view value = spot.instance.text();
  const bool least = check.op == Op::min_length;
  // Between 1 and 4 bytes a character: counting is often not needed.
  if (least ? value.size() / 4 >= check.number : value.size() <= check.number) return true;
  steps_.take(1 + value.size() / 64);
  const std::size_t count = code_points(value);
  if (least ? count >= check.number : count <= check.number) return true;
  return broken(at, check.keyword, spot, [&] {
    return fmt::format("must have {} {} character{}, has {}", least ? "at least" : "at most", check.number,
                       check.number == 1 ? "" : "s", count);
  });
}

bool Run::text(const Schema& at, const Check& check, const Spot& spot) {
  const std::string_view value = spot.instance.text();
  if (check.op == Op::format) {
    const Format& format = *program_.formats[check.number];
    if (!steps_.take(1 + value.size() / 16)) return false;
    return format.holds(value) || broken(at, check.keyword, spot, [&] {
             return fmt::format("must be {}, is {}", format.phrase, excerpt(spot.instance));
           });
  }
  if (matches(program_.patterns[check.number], value, steps_)) return true;
  return broken(at, check.keyword, spot, [&] {
    return fmt::format("must match the pattern {}, is {}", check.value.text(), excerpt(spot.instance));
  });
}

bool Run::size(const Schema& at, const Check& check, const Spot& spot) {
  const bool object = check.op == Op::min_properties || check.op == Op::max_properties;
  const bool least = check.op == Op::min_items || check.op == Op::min_properties;
  const std::size_t count = object ? spot.instance.members().size() : spot.instance.items().size();
  if (least ? count >= check.number : count <= check.number) return true;
  return broken(at, check.keyword, spot, [&] {
    const std::string_view one = object ? "property" : "item", several = object ? "properties" : "items";
    return fmt::format("must have {} {} {}, has {}", least ? "at least" : "at most", check.number,
                       check.number == 1 ? one : several, count);
  });
}

bool Run::unique(const Schema& at, const Check& check, const Spot& spot) {
  const auto items = spot.instance.items();
  if (items.size() < 2) return true;
  std::vector<std::pair<std::uint64_t, std::size_t>> hashes;
  hashes.reserve(items.size());
  for (std::size_t i = 0; i < items.size(); ++i) hashes.emplace_back(value_hash(items[i], steps_), i);
  std::ranges::sort(hashes);
  for (std::size_t i = 0; i < hashes.size(); ++i) {
    for (std::size_t j = i + 1; j < hashes.size() && hashes[j].first == hashes[i].first; ++j) {
      if (done()) return false;
      const auto [a, b] = std::minmax(hashes[i].second, hashes[j].second);
      if (!same_value(items[a], items[b], steps_)) continue;
      return broken(at, check.keyword, spot, [&] {
        return fmt::format("must not hold the same item twice: items {} and {} are both {}", a, b,
                           excerpt(items[a]));
      });
    }
  }
  return true;
}

bool Run::required(const Schema& at, const Check& check, const Spot& spot) {
  const auto& names = program_.names[check.number];
  const auto members = spot.instance.members();
  steps_.take(members.size() + names.size() / 8);
  std::vector<bool> there(names.size());
  std::size_t count = 0;
  for (const Member& member : members) {
    const auto found = names.find(member.key);
    if (found == names.end() || there[found->second]) continue;
    there[found->second] = true;
    ++count;
  }
  if (count == names.size()) return true;
  for (const Value name : check.value.items()) {
    const auto found = names.find(name.text());
    if (there[found->second]) continue;
    there[found->second] = true;  // a name that stands there twice is missing once
    broken(at, check.keyword, spot,
           [&] { return fmt::format("lacks the required property {}", quoted(name.text())); });
    if (!more()) break;
  }
  return false;
}

bool Run::dependent_required(const Schema& at, const Check& check, const Spot& spot) {
  bool good = true;
  const MemberFinder find(spot.instance, steps_);
  for (const auto& [trigger, names] : program_.dependents[check.number].names) {
    if (!steps_.take()) return false;
    if (!find[trigger]) continue;
    for (const Value name : names.items()) {
      if (!steps_.take()) return false;
      if (find[name.text()]) continue;
      good = broken(at, check.keyword, spot, [&] {
        return fmt::format("has {} and therefore needs {} too", quoted(trigger), quoted(name.text()));
      });
      if (!more()) return false;
    }
  }
  return good;
}

}  // namespace dragoman::validate
