#include "config/units.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

#include "base/strings.h"

namespace dragoman::config {
namespace {

// Takes a number off the front.
std::optional<double> take_number(std::string_view& text) {
  const std::size_t size = std::min(text.find_first_not_of("0123456789."), text.size());
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + size, value);
  if (size == 0 || error != std::errc{} || end != text.data() + size || !std::isfinite(value)) return {};
  text.remove_prefix(size);
  return value;
}

struct Unit {
  std::string_view name;
  double factor;
};

}  // namespace

std::optional<std::chrono::milliseconds> parse_duration(std::string_view text) {
  constexpr std::array<Unit, 5> kUnits{{{"ms", 1}, {"s", 1e3}, {"m", 6e4}, {"h", 3.6e6}, {"d", 8.64e7}}};
  text = trim(text);
  if (text == "0") return std::chrono::milliseconds{0};
  if (text.empty()) return {};
  double sum = 0;
  while (!text.empty()) {
    const auto number = take_number(text);
    if (!number) return {};
    const auto unit = std::ranges::find_if(kUnits, [&](const Unit& u) {
      // "m" must not eat the head of "ms".
      return text.starts_with(u.name) && (u.name != "m" || !text.starts_with("ms"));
    });
    if (unit == kUnits.end()) return {};
    text.remove_prefix(unit->name.size());
    sum += *number * unit->factor;
  }
  constexpr double kTenYears = 8.64e7 * 3653;
  if (sum > kTenYears) return {};
  return std::chrono::milliseconds{static_cast<std::int64_t>(std::llround(sum))};
}

std::optional<std::uint64_t> parse_size(std::string_view text) {
  constexpr std::array<Unit, 8> kUnits{{{"", 1},
                                        {"B", 1},
                                        {"KiB", 1024},
                                        {"MiB", 1048576},
                                        {"GiB", 1073741824},
                                        {"KB", 1e3},
                                        {"MB", 1e6},
                                        {"GB", 1e9}}};
  text = trim(text);
  const auto number = take_number(text);
  if (!number) return {};
  text = trim(text);
  const auto unit =
      std::ranges::find_if(kUnits, [&](const Unit& u) { return equals_ignoring_case(u.name, text); });
  if (unit == kUnits.end()) return {};
  const double bytes = *number * unit->factor;
  if (bytes > 9007199254740992.0) return {};
  return static_cast<std::uint64_t>(bytes);
}

}  // namespace dragoman::config
