#include "lower/validate/decimal.h"

#include <algorithm>

namespace dragoman::validate {
namespace {

constexpr std::int64_t kMaxExponent = 1'000'000'000'000'000;
constexpr bool digit(char c) { return c >= '0' && c <= '9'; }

// The order of magnitude: where the first digit stands.
std::int64_t magnitude(const Decimal& d) { return d.exponent + static_cast<std::int64_t>(d.digits.size()); }

std::strong_ordering compare_absolute(const Decimal& a, const Decimal& b) {
  if (a.zero() || b.zero()) return !a.zero() <=> !b.zero();
  if (const auto order = magnitude(a) <=> magnitude(b); order != 0) return order;
  return a.digits <=> b.digits;  // no zeros at the end: a prefix is the smaller one
}

// (value × 10^zeros) mod divisor for divisors of any length, by long division in decimal.
bool divides_long(std::string_view divisor, std::string_view value, std::size_t zeros) {
  // Least significant digit first, one more digit than the divisor.
  std::string rest(divisor.size() + 1, 0);
  const auto at_least_divisor = [&] {
    if (rest[divisor.size()] != 0) return true;
    for (std::size_t i = divisor.size(); i-- > 0;) {
      const char d = static_cast<char>(divisor[divisor.size() - 1 - i] - '0');
      if (rest[i] != d) return rest[i] > d;
    }
    return true;
  };
  for (std::size_t step = 0; step < value.size() + zeros; ++step) {
    for (std::size_t i = rest.size(); i-- > 1;) rest[i] = rest[i - 1];
    rest[0] = step < value.size() ? static_cast<char>(value[step] - '0') : char{0};
    while (at_least_divisor()) {
      int borrow = 0;
      for (std::size_t i = 0; i < rest.size(); ++i) {
        const int d = i < divisor.size() ? divisor[divisor.size() - 1 - i] - '0' : 0;
        const int left = rest[i] - d - borrow;
        borrow = left < 0;
        rest[i] = static_cast<char>(left + 10 * borrow);
      }
    }
  }
  return std::ranges::all_of(rest, [](char c) { return c == 0; });
}

}  // namespace

Decimal Decimal::parse(std::string_view text) {
  Decimal out;
  std::size_t i = 0;
  if (i < text.size() && text[i] == '-') {
    out.negative = true;
    ++i;
  }
  for (; i < text.size() && digit(text[i]); ++i) out.digits += text[i];
  if (i < text.size() && text[i] == '.') {
    for (++i; i < text.size() && digit(text[i]); ++i) {
      out.digits += text[i];
      --out.exponent;
    }
  }
  if (i < text.size() && (text[i] == 'e' || text[i] == 'E')) {
    ++i;
    const bool down = i < text.size() && text[i] == '-';
    if (i < text.size() && (text[i] == '+' || text[i] == '-')) ++i;
    std::int64_t power = 0;
    for (; i < text.size() && digit(text[i]); ++i)
      power = std::min(power * 10 + (text[i] - '0'), kMaxExponent);
    out.exponent += down ? -power : power;
  }
  const std::size_t last = out.digits.find_last_not_of('0');
  if (last == std::string::npos) return Decimal();
  out.exponent += static_cast<std::int64_t>(out.digits.size() - last - 1);
  out.digits.erase(last + 1);
  out.digits.erase(0, out.digits.find_first_not_of('0'));
  return out;
}

std::uint64_t Decimal::clamped() const {
  if (negative || zero() || magnitude(*this) <= 0) return 0;
  if (magnitude(*this) > 19) return UINT64_MAX;
  std::uint64_t value = 0;
  for (std::int64_t i = 0; i < magnitude(*this); ++i) {
    const auto at = static_cast<std::size_t>(i);
    value = value * 10 + static_cast<std::uint64_t>(at < digits.size() ? digits[at] - '0' : 0);
  }
  return value;
}

std::strong_ordering operator<=>(const Decimal& a, const Decimal& b) {
  if (a.negative != b.negative) return b.negative <=> a.negative;
  return a.negative ? compare_absolute(b, a) : compare_absolute(a, b);
}

bool is_multiple(const Decimal& value, const Decimal& divisor) {
  if (value.zero()) return true;
  // No digits end in zero, so a divisor with the larger power of ten cannot divide.
  if (value.exponent < divisor.exponent) return false;
  // Powers of ten add only factors 2 and 5. The divisor has fewer than 4 of either per digit, so that more
  // zeros change nothing: this bounds the work for 1e308.
  const auto zeros = static_cast<std::size_t>(
      std::min(value.exponent - divisor.exponent, static_cast<std::int64_t>(divisor.digits.size() * 4)));
  if (divisor.digits.size() > 18) return divides_long(divisor.digits, value.digits, zeros);
  std::uint64_t by = 0;
  for (const char c : divisor.digits) by = by * 10 + static_cast<std::uint64_t>(c - '0');
  std::uint64_t rest = 0;
  __extension__ using Wide = unsigned __int128;
  for (std::size_t i = 0; i < value.digits.size() + zeros; ++i) {
    const int next = i < value.digits.size() ? value.digits[i] - '0' : 0;
    rest = static_cast<std::uint64_t>((static_cast<Wide>(rest) * 10 + static_cast<unsigned>(next)) % by);
  }
  return rest == 0;
}

}  // namespace dragoman::validate
