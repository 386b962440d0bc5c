#include "sandbox/instance_scalar.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>

#include "base/strings.h"
#include "sandbox/pattern.h"

namespace dragoman::sandbox {
namespace {

using json::Value;

struct Sample {
  std::string_view word;
  std::string_view text;
};

constexpr Sample kByFormat[] = {
    {"date-time", "2026-01-15T09:30:00Z"},
    {"date", "2026-01-15"},
    {"time", "09:30:00Z"},
    {"duration", "P1D"},
    {"email", "ada@example.com"},
    {"idn-email", "ada@example.com"},
    {"hostname", "example.com"},
    {"idn-hostname", "example.com"},
    {"ipv4", "192.0.2.1"},
    {"ipv6", "2001:db8::1"},
    {"uuid", "123e4567-e89b-12d3-a456-426614174000"},
    {"uri", "https://example.com/"},
    {"url", "https://example.com/"},
    {"iri", "https://example.com/"},
    {"uri-reference", "/a"},
    {"uri-template", "/{id}"},
    {"json-pointer", "/a"},
    {"relative-json-pointer", "0"},
    {"regex", "^a$"},
};

// Looked for anywhere in a member's name, first match wins.
constexpr Sample kByName[] = {
    {"city", "Paris"},           {"location", "Paris"},
    {"country", "France"},       {"path", "src/main.py"},
    {"file", "src/main.py"},     {"command", "ls -la"},
    {"cmd", "ls -la"},           {"url", "https://example.com/"},
    {"mail", "ada@example.com"}, {"query", "weather in Paris"},
    {"date", "2026-01-15"},      {"time", "09:30"},
    {"unit", "celsius"},         {"name", "Ada"},
    {"title", "A title"},        {"lang", "en"},
    {"currency", "EUR"},         {"id", "a1"},
};

std::size_t characters(std::string_view text) {
  std::size_t n = 0;
  for (const char c : text) n += (static_cast<unsigned char>(c) & 0xC0) != 0x80;
  return n;
}

std::string fit_length(std::string text, std::size_t least, std::size_t most) {
  std::size_t size = characters(text);
  while (size < least && size < 64 && size > 0) {
    text += text;
    size *= 2;
  }
  if (size < least) text.append(least - size, 'x');
  if (characters(text) > most) {
    std::size_t at = 0;
    for (std::size_t n = 0; at < text.size(); ++at) {
      if ((static_cast<unsigned char>(text[at]) & 0xC0) != 0x80 && n++ == most) break;
    }
    text.resize(at);
  }
  return text;
}

std::optional<Value> by_pattern(const json::Builder& build, std::string_view pattern, std::size_t least,
                                std::size_t most, int distinct) {
  for (int extra = 0; extra < 64; ++extra) {
    auto text = match_text(pattern, extra + distinct);
    if (!text) return build.string_copy(fit_length("sample", least, most));
    const bool open_end = !pattern.ends_with('$');
    if (open_end) *text = fit_length(*text, least, std::max(most, characters(*text)));
    const std::size_t size = characters(*text);
    if (size >= least && size <= most) return build.string_copy(*text);
    if (size > most) break;
  }
  if (const auto longer = match_text(pattern, static_cast<int>(std::min<std::size_t>(least, 4096)))) {
    const std::size_t size = characters(*longer);
    if (size >= least && size <= most) return build.string_copy(*longer);
  }
  return std::nullopt;
}

}  // namespace

std::optional<Value> make_number(const json::Builder& build, std::span<const Value> all, bool integer,
                                 Wish wish) {
  double low = -std::numeric_limits<double>::infinity();
  double high = std::numeric_limits<double>::infinity();
  double step = integer ? 1 : 0;
  bool open_low = false;
  bool open_high = false;
  for (const Value s : all) {
    const auto raise = [&](double bound, bool open) {
      if (bound > low || (bound == low && open)) {
        low = bound;
        open_low = open;
      }
    };
    const auto lower = [&](double bound, bool open) {
      if (bound < high || (bound == high && open)) {
        high = bound;
        open_high = open;
      }
    };
    if (s["minimum"].is_number()) raise(s["minimum"].number(), s["exclusiveMinimum"].boolean());
    if (s["exclusiveMinimum"].is_number()) raise(s["exclusiveMinimum"].number(), true);
    if (s["maximum"].is_number()) lower(s["maximum"].number(), s["exclusiveMaximum"].boolean());
    if (s["exclusiveMaximum"].is_number()) lower(s["exclusiveMaximum"].number(), true);
    if (const Value m = s["multipleOf"]; m.is_number() && m.number() > 0) {
      step = integer ? std::max(1.0, std::ceil(m.number()) == m.number() ? m.number() : m.number() * 10)
                     : m.number();
    }
  }
  const auto fits = [&](double x) {
    return (open_low ? x > low : x >= low) && (open_high ? x < high : x <= high);
  };
  const double wished = wish.odd ? -1 - wish.distinct : 1 + wish.distinct;
  double x = step > 0 ? std::ceil(wished / step) * step : wished;
  if (!fits(x)) {
    if (step > 0) {
      x = std::isfinite(low) ? std::ceil(low / step) * step : std::floor(high / step) * step;
      if (!fits(x)) x += std::isfinite(low) ? step : -step;
    } else {
      x = std::isfinite(low) && std::isfinite(high) ? low + (high - low) / 2
          : std::isfinite(low)                      ? low + 1
                                                    : high - 1;
    }
  }
  if (!fits(x)) return std::nullopt;
  if (std::floor(x) == x && std::abs(x) < 9e15) return build.integer(static_cast<std::int64_t>(x));
  return build.number(x);
}

std::optional<Value> make_string(const json::Builder& build, std::span<const Value> all,
                                 std::string_view name, Wish wish) {
  std::size_t least = 0;
  std::size_t most = 1 << 20;
  std::string_view format;
  std::string_view pattern;
  for (const Value s : all) {
    least = std::max(
        least, static_cast<std::size_t>(std::max<std::int64_t>(0, s["minLength"].integer().value_or(0))));
    most = std::min<std::size_t>(most, static_cast<std::size_t>(std::max<std::int64_t>(
                                           0, s["maxLength"].integer().value_or(1 << 20))));
    if (s["format"].is_string()) format = s["format"].text();
    if (s["pattern"].is_string()) pattern = s["pattern"].text();
  }
  if (least > most || least > (1 << 20)) return std::nullopt;
  if (!pattern.empty()) return by_pattern(build, pattern, least, most, wish.distinct);
  for (const Sample& f : kByFormat) {
    if (f.word == format) return build.string_copy(fit_length(std::string(f.text), least, most));
  }
  std::string text = wish.odd ? "" : "sample";
  const std::string lower = lower_ascii(name);
  for (const Sample& n : kByName) {
    if (wish.odd || lower.find(n.word) == std::string::npos) continue;
    text = n.text;
    break;
  }
  if (wish.seed != 0) text += " " + std::to_string(wish.seed);
  return build.string_copy(fit_length(std::move(text), least, most));
}

}  // namespace dragoman::sandbox
