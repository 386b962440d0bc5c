#include "failure/retry_headers.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <cmath>
#include <string>

#include "base/strings.h"

namespace dragoman::failure {
namespace {

std::optional<double> read_number(std::string_view text) {
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size() || !std::isfinite(value) || value < 0)
    return {};
  return value;
}

std::optional<int> read_int(std::string_view text) {
  int value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (text.empty() || error != std::errc{} || end != text.data() + text.size() || value < 0) return {};
  return value;
}

std::optional<double> unix_seconds(int year, int month, int day, int hour, int minute, double second) {
  const std::chrono::year_month_day date{std::chrono::year{year},
                                         std::chrono::month(static_cast<unsigned>(month)),
                                         std::chrono::day(static_cast<unsigned>(day))};
  if (!date.ok() || hour > 23 || minute > 59 || second > 61) return {};
  const auto days = std::chrono::sys_days{date}.time_since_epoch().count();
  return static_cast<double>(days) * 86400.0 + hour * 3600.0 + minute * 60.0 + second;
}

bool starts_with(std::string_view text, std::string_view head) {
  return text.size() >= head.size() && equals_ignoring_case(text.substr(0, head.size()), head);
}

bool ends_with(std::string_view text, std::string_view tail) {
  return text.size() >= tail.size() && equals_ignoring_case(text.substr(text.size() - tail.size()), tail);
}

// Seconds from now for any spelling of a window's end.
std::optional<double> read_reset(std::string_view value, double now) {
  if (const auto number = read_number(value)) {
    // OpenRouter sends Unix milliseconds, others Unix seconds or plain seconds; the sizes do not overlap.
    if (*number > 1e11) return std::max(0.0, *number / 1000.0 - now);
    if (*number > 1e9) return std::max(0.0, *number - now);
    return number;
  }
  if (const auto when = parse_rfc3339(value)) return std::max(0.0, *when - now);
  return parse_go_duration(value);
}

// The dimension of a rate-limit header ("tokens" of x-ratelimit-reset-tokens and of
// anthropic-ratelimit-tokens-reset), if its kind is `kind`.
std::optional<std::string> dimension_of(std::string_view name, std::string_view kind) {
  if (starts_with(name, "x-ratelimit-")) {
    std::string_view rest = name.substr(12);
    if (!starts_with(rest, kind)) return {};
    rest.remove_prefix(kind.size());
    if (rest.empty()) return std::string{};
    if (rest.front() != '-') return {};
    return lower_ascii(rest.substr(1));
  }
  constexpr std::string_view kAnthropic = "anthropic-ratelimit-";
  if (starts_with(name, kAnthropic)) {
    std::string_view rest = name.substr(kAnthropic.size());
    if (rest.size() < kind.size() + 2 || !ends_with(rest, kind)) return {};
    rest.remove_suffix(kind.size());
    if (rest.back() != '-') return {};
    return lower_ascii(rest.substr(0, rest.size() - 1));
  }
  return {};
}

std::optional<double> read_windows(std::span<const HeaderField> headers, double now) {
  std::optional<double> longest_exhausted;
  std::optional<double> shortest;
  for (const HeaderField& reset : headers) {
    const auto dimension = dimension_of(reset.name, "reset");
    if (!dimension) continue;
    const auto seconds = read_reset(trim(reset.value), now);
    if (!seconds) continue;
    if (!shortest || *seconds < *shortest) shortest = seconds;
    for (const HeaderField& remaining : headers) {
      if (dimension_of(remaining.name, "remaining") != dimension) continue;
      if (read_number(trim(remaining.value)) != 0.0) continue;
      if (!longest_exhausted || *seconds > *longest_exhausted) longest_exhausted = seconds;
    }
  }
  return longest_exhausted ? longest_exhausted : shortest;
}

}  // namespace

std::optional<double> parse_go_duration(std::string_view text) {
  text = trim(text);
  if (text.empty()) return {};
  if (const auto plain = read_number(text)) return plain;
  double sum = 0;
  while (!text.empty()) {
    const std::size_t digits = std::min(text.find_first_not_of("0123456789."), text.size());
    const auto number = read_number(text.substr(0, digits));
    if (!number || digits == 0) return {};
    text.remove_prefix(digits);
    struct Unit {
      std::string_view name;
      double seconds;
    };
    // Longer names first: "ms" before "m".
    constexpr std::array<Unit, 6> kUnits{
        {{"ms", 0.001}, {"us", 1e-6}, {"d", 86400}, {"h", 3600}, {"m", 60}, {"s", 1}}};
    const auto unit = std::ranges::find_if(kUnits, [&](const Unit& u) { return starts_with(text, u.name); });
    if (unit == kUnits.end()) return {};
    sum += *number * unit->seconds;
    text.remove_prefix(unit->name.size());
  }
  return sum;
}

std::optional<double> parse_http_date(std::string_view text) {
  // "Sun, 06 Nov 1994 08:49:37 GMT", RFC 9110 section 5.6.7. The two obsolete forms are not sent by any
  // provider.
  text = trim(text);
  if (text.size() != 29 || text[3] != ',' || !ends_with(text, " GMT") || text[19] != ':' || text[22] != ':') {
    return {};
  }
  constexpr std::array<std::string_view, 12> kMonths{"jan", "feb", "mar", "apr", "may", "jun",
                                                     "jul", "aug", "sep", "oct", "nov", "dec"};
  const auto month = std::ranges::find_if(
      kMonths, [&](std::string_view m) { return equals_ignoring_case(m, text.substr(8, 3)); });
  const auto day = read_int(text.substr(5, 2)), year = read_int(text.substr(12, 4));
  const auto hour = read_int(text.substr(17, 2)), minute = read_int(text.substr(20, 2));
  const auto second = read_int(text.substr(23, 2));
  if (month == kMonths.end() || !day || !year || !hour || !minute || !second) return {};
  return unix_seconds(*year, static_cast<int>(month - kMonths.begin()) + 1, *day, *hour, *minute, *second);
}

std::optional<double> parse_rfc3339(std::string_view text) {
  // "2026-05-14T10:00:00Z", with fractions and offsets.
  text = trim(text);
  if (text.size() < 20 || text[4] != '-' || text[7] != '-' || (text[10] != 'T' && text[10] != 't')) return {};
  if (text[13] != ':' || text[16] != ':') return {};
  const auto year = read_int(text.substr(0, 4)), month = read_int(text.substr(5, 2));
  const auto day = read_int(text.substr(8, 2)), hour = read_int(text.substr(11, 2));
  const auto minute = read_int(text.substr(14, 2));
  const std::size_t zone = text.find_first_of("Zz+-", 17);
  if (zone == std::string_view::npos) return {};
  const auto second = read_number(text.substr(17, zone - 17));
  if (!year || !month || !day || !hour || !minute || !second) return {};
  auto when = unix_seconds(*year, *month, *day, *hour, *minute, *second);
  if (!when) return {};
  if (text[zone] == 'Z' || text[zone] == 'z') {
    if (zone + 1 != text.size()) return {};
    return when;
  }
  if (text.size() != zone + 6 || text[zone + 3] != ':') return {};
  const auto offset_hours = read_int(text.substr(zone + 1, 2));
  const auto offset_minutes = read_int(text.substr(zone + 4, 2));
  if (!offset_hours || !offset_minutes) return {};
  const double offset = *offset_hours * 3600.0 + *offset_minutes * 60.0;
  return text[zone] == '+' ? *when - offset : *when + offset;
}

RetryHints read_retry_headers(std::span<const HeaderField> headers, double now) {
  RetryHints hints;
  std::optional<double> precise;
  for (const HeaderField& header : headers) {
    const std::string_view value = trim(header.value);
    if (equals_ignoring_case(header.name, "retry-after-ms")) {
      if (const auto ms = read_number(value)) precise = *ms / 1000.0;
    } else if (equals_ignoring_case(header.name, "retry-after")) {
      if (const auto seconds = read_number(value)) {
        hints.retry_after = seconds;
      } else if (const auto when = parse_http_date(value)) {
        hints.retry_after = std::max(0.0, *when - now);
      }
    } else if (equals_ignoring_case(header.name, "x-should-retry")) {
      if (equals_ignoring_case(value, "true")) hints.should_retry = true;
      if (equals_ignoring_case(value, "false")) hints.should_retry = false;
    }
  }
  if (precise) hints.retry_after = precise;
  hints.window_resets = read_windows(headers, now);
  return hints;
}

}  // namespace dragoman::failure
