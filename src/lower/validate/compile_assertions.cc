// What a value itself has to be: its type, one of a list, numbers, texts.
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "lower/validate/compiler.h"

namespace dragoman::validate {

using json::Value;

void Compiler::type() {
  const Value value = get("type");
  if (!value) return;
  struct Name {
    std::string_view name;
    std::uint64_t bits;
  };
  const std::array names = {Name{"null", kTypeNull},
                            Name{"boolean", kTypeBoolean},
                            Name{"number", kTypeNumber},
                            Name{"string", kTypeString},
                            Name{"array", kTypeArray},
                            Name{"object", kTypeObject},
                            Name{"integer", draft_ == k4 ? kTypeIntegerText : kTypeInteger}};
  std::uint64_t bits = 0;
  bool known = value.is_string() || (value.is_array() && !value.items().empty());
  const auto one = [&](Value item) {
    const auto* at = std::ranges::find(names, item.text(), &Name::name);
    if (at == names.end())
      known = false;
    else
      bits |= at->bits;
  };
  if (value.is_string()) one(value);
  for (const Value item : value.items()) one(item);
  if (!known) return leave_out("type", "is not one of the seven types of JSON Schema, or a list of them");
  if (nullable()) bits |= kTypeNull;
  add(Op::type, "type", value, bits);
}

void Compiler::enumeration() {
  if (const Value value = get("enum")) {
    if (value.is_array())
      add(Op::enumeration, "enum", value);
    else
      leave_out("enum", "is not an array");
  }
  if (const Value value = get("const", k6)) add(Op::enumeration, "const", value);
}

void Compiler::bound(Op op, std::string_view keyword, Value value) {
  if (!value.is_number()) return leave_out(keyword, "is not a number");
  Decimal number = Decimal::parse(value.number_text());
  if (op == Op::multiple_of && (number.zero() || number.negative))
    return leave_out(keyword, "is not above 0");
  add(op, keyword, value, keep(program_.decimals, std::move(number)));
}

void Compiler::numbers() {
  // Draft 4 has a boolean beside the bound; a number is what later drafts write. Each is taken as meant.
  const Value low = get("minimum"), high = get("maximum");
  const Value above = get("exclusiveMinimum"), below = get("exclusiveMaximum");
  if (low) bound(above.boolean() ? Op::exclusive_minimum : Op::minimum, "minimum", low);
  if (high) bound(below.boolean() ? Op::exclusive_maximum : Op::maximum, "maximum", high);
  if (above && !above.is_bool()) bound(Op::exclusive_minimum, "exclusiveMinimum", above);
  if (below && !below.is_bool()) bound(Op::exclusive_maximum, "exclusiveMaximum", below);
  if (const Value value = get("multipleOf")) bound(Op::multiple_of, "multipleOf", value);
}

// A whole number from 0 up, at most 2^64-1.
std::optional<std::uint64_t> Compiler::count(std::string_view keyword, SchemaDraft first) {
  const Value value = get(keyword, first);
  if (!value) return std::nullopt;
  const Decimal number = value.is_number() ? Decimal::parse(value.number_text()) : Decimal();
  if (!value.is_number() || number.negative || !number.whole()) {
    leave_out(keyword, "is not a whole number from 0 up");
    return std::nullopt;
  }
  return number.clamped();
}

void Compiler::add_count(Op op, std::string_view keyword) {
  if (const auto number = count(keyword)) add(op, keyword, schema_[keyword], *number);
}

std::optional<std::uint32_t> Compiler::pattern(std::string_view keyword, std::string_view text) {
  if (const auto at = patterns_.find(text); at != patterns_.end()) return at->second;
  const ValidationLimits& limits = options_.limits;
  if (program_.patterns.size() >= limits.patterns || pattern_size_ >= limits.pattern_program) {
    leave_out(keyword, "the patterns of the schema are too many or too large together");
    return std::nullopt;
  }
  // Few patterns may be large, many must be small: some 380 MB for the worst thousand.
  constexpr std::size_t kLarge = 32;
  const std::int64_t memory = program_.patterns.size() < kLarge ? 4 << 20 : 256 << 10;
  auto made = Pattern::compile(text, memory);
  // One that came to nothing took its time too.
  pattern_size_ += made ? made->program_size() : static_cast<std::size_t>(memory / 64);
  if (!made) {
    leave_out(keyword, fmt::format("the pattern {}", made.error().message));
    return std::nullopt;
  }
  const auto id = static_cast<std::uint32_t>(keep(program_.patterns, std::move(*made)));
  patterns_.emplace(text, id);
  return id;
}

void Compiler::strings() {
  add_count(Op::min_length, "minLength");
  add_count(Op::max_length, "maxLength");
  if (const Value value = get("pattern")) {
    if (!value.is_string())
      leave_out("pattern", "is not a string");
    else if (const auto id = pattern("pattern", value.text()))
      add(Op::pattern, "pattern", value, *id);
  }
  const Value value = get("format");
  if (!value || !options_.assert_formats) return;
  if (const Format* format = find_format(value.text()))
    add(Op::format, "format", value, keep(program_.formats, format));
  else
    leave_out("format", "is not a format that is checked");
}

}  // namespace dragoman::validate
