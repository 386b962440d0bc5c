#include "lower/validate/equal.h"

#include <functional>
#include <string_view>
#include <unordered_map>

#include "lower/validate/decimal.h"

namespace dragoman::validate {
namespace {

using json::Kind;
using json::Member;
using json::Value;

// Up to here a search through all members costs less than a table of them.
constexpr std::size_t kFewMembers = 12;
// Deeper values can only have been built, not parsed; they are not worth the stack.
constexpr int kDepth = 1000;

std::uint64_t text_cost(std::string_view text) { return 1 + text.size() / 64; }

bool same(Value a, Value b, Steps& steps, int depth);

bool same_members(Value a, Value b, Steps& steps, int depth) {
  if (a.members().size() != b.members().size()) return false;
  const bool few = a.members().size() <= kFewMembers;
  std::unordered_map<std::string_view, Value> table;
  if (!few)
    for (const Member& member : b.members()) table.emplace(member.key, member.value);
  for (const Member& member : a.members()) {
    if (!steps.take(few ? kFewMembers : 2)) return false;
    Value other;
    if (few)
      other = b[member.key];
    else if (const auto at = table.find(member.key); at != table.end())
      other = at->second;
    if (!other || !same(member.value, other, steps, depth + 1)) return false;
  }
  return true;
}

bool same(Value a, Value b, Steps& steps, int depth) {
  if (depth > kDepth) return steps.take(UINT64_MAX);
  if (!steps.take() || a.kind() != b.kind()) return false;
  switch (a.kind()) {
    case Kind::absent:
    case Kind::null:
      return true;
    case Kind::boolean:
      return a.boolean() == b.boolean();
    case Kind::string:
      return steps.take(text_cost(a.text())) && a.text() == b.text();
    case Kind::number:
      return steps.take(text_cost(a.number_text()) + text_cost(b.number_text())) &&
             (a.number_text() == b.number_text() ||
              Decimal::parse(a.number_text()) == Decimal::parse(b.number_text()));
    case Kind::array: {
      const auto x = a.items(), y = b.items();
      if (x.size() != y.size()) return false;
      for (std::size_t i = 0; i < x.size(); ++i)
        if (!same(x[i], y[i], steps, depth + 1)) return false;
      return true;
    }
    case Kind::object:
      return same_members(a, b, steps, depth);
  }
  return false;
}

std::uint64_t mix(std::uint64_t a, std::uint64_t b) {
  std::uint64_t x = (a ^ (b + 0x9E3779B97F4A7C15U + (a << 6) + (a >> 2))) * 0xBF58476D1CE4E5B9U;
  return x ^ (x >> 29);
}

std::uint64_t hash(Value value, Steps& steps, int depth) {
  if (depth > kDepth) return steps.take(UINT64_MAX);
  if (!steps.take()) return 0;
  const std::hash<std::string_view> text_hash;
  const auto kind = static_cast<std::uint64_t>(value.kind());
  switch (value.kind()) {
    case Kind::absent:
    case Kind::null:
      return kind;
    case Kind::boolean:
      return mix(kind, value.boolean());
    case Kind::string:
      steps.take(text_cost(value.text()));
      return mix(kind, text_hash(value.text()));
    case Kind::number: {
      steps.take(text_cost(value.number_text()));
      const Decimal number = Decimal::parse(value.number_text());
      return mix(mix(kind + number.negative, text_hash(number.digits)),
                 static_cast<std::uint64_t>(number.exponent));
    }
    case Kind::array: {
      std::uint64_t sum = mix(kind, value.items().size());
      for (const Value item : value.items()) sum = mix(sum, hash(item, steps, depth + 1));
      return sum;
    }
    case Kind::object: {
      std::uint64_t sum = 0;  // a plain sum: order does not count
      for (const Member& member : value.members())
        sum += mix(text_hash(member.key), hash(member.value, steps, depth + 1));
      return mix(kind, sum);
    }
  }
  return 0;
}

}  // namespace

bool same_value(Value a, Value b, Steps& steps) { return same(a, b, steps, 0); }
std::uint64_t value_hash(Value value, Steps& steps) { return hash(value, steps, 0); }

}  // namespace dragoman::validate
