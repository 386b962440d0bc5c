// A JSON number as it was written, exactly: no binary rounding, any size.
#pragma once
#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

namespace dragoman::validate {

// value = (negative ? -1 : 1) × digits × 10^exponent. Normal form: digits without zeros at either end, "" for
// zero, so that 1, 1.0 and 10e-1 are the same three fields.
struct Decimal {
  bool negative = false;
  std::string digits;
  std::int64_t exponent = 0;

  // Text of a JSON number. Exponents beyond ±10^15 are cut to that.
  static Decimal parse(std::string_view text);

  bool zero() const { return digits.empty(); }
  bool whole() const { return exponent >= 0; }
  // For a count; values beyond the range become its ends.
  std::uint64_t clamped() const;

  friend bool operator==(const Decimal&, const Decimal&) = default;
  friend std::strong_ordering operator<=>(const Decimal& a, const Decimal& b);
};

// value / divisor is a whole number; divisor must not be zero. Time: digits of value × digits of divisor.
bool is_multiple(const Decimal& value, const Decimal& divisor);

}  // namespace dragoman::validate
