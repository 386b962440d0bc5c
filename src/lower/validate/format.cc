#include "lower/validate/format.h"

#include <algorithm>
#include <optional>

#include "base/strings.h"
#include "lower/validate/ecma_regex.h"
#include "lower/validate/uri.h"

namespace dragoman::validate {
namespace {

constexpr bool digit(char c) { return c >= '0' && c <= '9'; }
constexpr bool letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
constexpr bool hex_digit(char c) { return digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'); }

// Takes exactly `count` digits off the front.
std::optional<int> take_number(std::string_view& text, std::size_t count) {
  if (text.size() < count) return std::nullopt;
  int value = 0;
  for (std::size_t i = 0; i < count; ++i) {
    if (!digit(text[i])) return std::nullopt;
    value = value * 10 + (text[i] - '0');
  }
  text.remove_prefix(count);
  return value;
}

bool take(std::string_view& text, std::string_view any_of) {
  if (text.empty() || any_of.find(text[0]) == std::string_view::npos) return false;
  text.remove_prefix(1);
  return true;
}

// RFC 3339, section 5.6 full-date.
bool is_date(std::string_view text) {
  const auto year = take_number(text, 4);
  if (!year || !take(text, "-")) return false;
  const auto month = take_number(text, 2);
  if (!month || !take(text, "-")) return false;
  const auto day = take_number(text, 2);
  if (!day || !text.empty() || *month < 1 || *month > 12 || *day < 1) return false;
  constexpr int kDays[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  const bool leap = *year % 4 == 0 && (*year % 100 != 0 || *year % 400 == 0);
  return *day <= kDays[*month - 1] + (leap && *month == 2);
}

// RFC 3339, section 5.6 full-time; second 60 only where UTC can have a leap second.
bool is_time(std::string_view text) {
  const auto hour = take_number(text, 2);
  if (!hour || !take(text, ":")) return false;
  const auto minute = take_number(text, 2);
  if (!minute || !take(text, ":")) return false;
  const auto second = take_number(text, 2);
  if (!second || *hour > 23 || *minute > 59 || *second > 60) return false;
  if (take(text, ".")) {
    if (text.empty() || !digit(text[0])) return false;
    while (!text.empty() && digit(text[0])) text.remove_prefix(1);
  }
  int minutes = *hour * 60 + *minute;
  if (!take(text, "Zz")) {
    const bool east = text.starts_with('+');
    if (!take(text, "+-")) return false;
    const auto offset_hour = take_number(text, 2);
    if (!offset_hour || !take(text, ":")) return false;
    const auto offset_minute = take_number(text, 2);
    if (!offset_minute || *offset_hour > 23 || *offset_minute > 59) return false;
    const int offset = *offset_hour * 60 + *offset_minute;
    minutes += east ? -offset : offset;
  }
  constexpr int kDay = 24 * 60;
  return text.empty() && (*second < 60 || (minutes % kDay + kDay) % kDay == kDay - 1);
}

bool is_date_time(std::string_view text) {
  return text.size() > 11 && (text[10] == 'T' || text[10] == 't') && is_date(text.substr(0, 10)) &&
         is_time(text.substr(11));
}

// Numbers with these units, in this order, without gaps in between ("P1Y2D" lacks its months).
bool take_units(std::string_view& text, std::string_view units) {
  bool first = true;
  std::size_t next = 0;
  while (!text.empty() && digit(text[0])) {
    while (!text.empty() && digit(text[0])) text.remove_prefix(1);
    if (text.empty()) return false;
    const auto at = units.find(text[0], next);
    if (at == std::string_view::npos || (!first && at != next)) return false;
    text.remove_prefix(1);
    next = at + 1;
    first = false;
  }
  return !first;
}

// RFC 3339, appendix A.
bool is_duration(std::string_view text) {
  if (!take(text, "P")) return false;
  if (text.ends_with('W')) return take_units(text, "W") && text.empty();
  if (!text.starts_with('T') && !take_units(text, "YMD")) return false;
  if (text.empty()) return true;
  return take(text, "T") && take_units(text, "HMS") && text.empty();
}

// RFC 1123, section 2.1.
bool is_hostname(std::string_view text) {
  if (text.empty() || text.size() > 253) return false;
  for (const std::string_view label : split(text, '.')) {
    if (label.empty() || label.size() > 63 || label.front() == '-' || label.back() == '-') return false;
    if (!std::ranges::all_of(label, [](char c) { return letter(c) || digit(c) || c == '-'; })) return false;
    // RFC 5891, 4.2.3.1: hyphens in the third and fourth place announce an A-label, which needs a body.
    if (label.size() >= 4 && label.substr(2).starts_with("--") &&
        (!equals_ignoring_case(label.substr(0, 2), "xn") || label.size() < 6))
      return false;
  }
  return true;
}

bool is_ipv4(std::string_view text) {
  const auto parts = split(text, '.');
  return parts.size() == 4 && std::ranges::all_of(parts, [](std::string_view part) {
           if (part.empty() || part.size() > 3 || !std::ranges::all_of(part, digit)) return false;
           if (part.size() > 1 && part[0] == '0') return false;
           int value = 0;
           for (const char c : part) value = value * 10 + (c - '0');
           return value <= 255;
         });
}

// RFC 5321, sections 4.1.2 and 4.1.3. `international`: RFC 6531, any UTF-8 beyond ASCII.
bool is_mailbox(std::string_view text, bool international) {
  const auto at = text.rfind('@');
  if (at == std::string_view::npos || at == 0) return false;
  const std::string_view local = text.substr(0, at), domain = text.substr(at + 1);
  const auto beyond = [&](char c) { return international && static_cast<unsigned char>(c) >= 0x80; };
  if (local.size() >= 2 && local.starts_with('"') && local.ends_with('"')) {
    for (std::size_t i = 1; i + 1 < local.size(); ++i) {
      if (local[i] == '\\' && ++i + 1 >= local.size()) return false;
      if (!beyond(local[i]) && (local[i] < 0x20 || local[i] > 0x7e)) return false;
      if (local[i] == '"' && local[i - 1] != '\\') return false;
    }
  } else {
    constexpr std::string_view kAtom = "!#$%&'*+-/=?^_`{|}~";
    for (const std::string_view atom : split(local, '.')) {
      if (atom.empty()) return false;
      for (const char c : atom)
        if (!letter(c) && !digit(c) && kAtom.find(c) == std::string_view::npos && !beyond(c)) return false;
    }
  }
  if (domain.starts_with('[') && domain.ends_with(']')) {
    const std::string_view literal = domain.substr(1, domain.size() - 2);
    return literal.starts_with("IPv6:") ? is_ipv6(literal.substr(5)) : is_ipv4(literal);
  }
  return is_hostname(domain) || (international && !domain.empty() && std::ranges::any_of(domain, beyond));
}

bool is_email(std::string_view text) { return is_mailbox(text, false); }
bool is_idn_email(std::string_view text) { return is_mailbox(text, true); }

bool is_uuid(std::string_view text) {
  if (text.size() != 36) return false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool dash = i == 8 || i == 13 || i == 18 || i == 23;
    if (dash ? text[i] != '-' : !hex_digit(text[i])) return false;
  }
  return true;
}

bool is_json_pointer(std::string_view text) {
  if (!text.empty() && text[0] != '/') return false;
  for (std::size_t i = text.find('~'); i != std::string_view::npos; i = text.find('~', i + 1))
    if (i + 1 >= text.size() || (text[i + 1] != '0' && text[i + 1] != '1')) return false;
  return true;
}

bool is_relative_json_pointer(std::string_view text) {
  const auto end = std::min(text.find_first_not_of("0123456789"), text.size());
  if (end == 0 || (end > 1 && text[0] == '0')) return false;
  text.remove_prefix(end);
  return text == "#" || is_json_pointer(text);
}

// RFC 6570: literals and {expressions}.
bool is_uri_template(std::string_view text) {
  while (!text.empty()) {
    const char c = text[0];
    text.remove_prefix(1);
    if (c == '}' || static_cast<unsigned char>(c) <= 0x20 || c == '"' || c == '<' || c == '>' || c == '\\' ||
        c == '^' || c == '`' || c == '|')
      return false;
    if (c != '{') continue;
    const auto end = text.find('}');
    if (end == std::string_view::npos || end == 0) return false;
    std::string_view inside = text.substr(0, end);
    text.remove_prefix(end + 1);
    take(inside, "+#./;?&=,!@|");
    for (const std::string_view variable : split(inside, ',')) {
      const auto name_end = std::min(variable.find_first_of(":*"), variable.size());
      if (name_end == 0) return false;
      for (const char v : variable.substr(0, name_end))
        if (!letter(v) && !digit(v) && v != '_' && v != '.' && v != '%') return false;
      const std::string_view modifier = variable.substr(name_end);
      if (modifier.starts_with(':') ? modifier.size() < 2 || !std::ranges::all_of(modifier.substr(1), digit)
                                    : !modifier.empty() && modifier != "*")
        return false;
    }
  }
  return true;
}

constexpr Format kFormats[] = {
    {"date-time", "a date and time like 2024-05-31T14:30:00Z", is_date_time},
    {"date", "a date like 2024-05-31", is_date},
    {"time", "a time like 14:30:00Z", is_time},
    {"duration", "an ISO 8601 duration like P1DT2H", is_duration},
    {"email", "an e-mail address", is_email},
    {"idn-email", "an e-mail address", is_idn_email},
    {"hostname", "a host name", is_hostname},
    {"ipv4", "an IPv4 address", is_ipv4},
    {"ipv6", "an IPv6 address", is_ipv6},
    {"uri", "a URI with its scheme, like https://example.com/a",
     [](std::string_view t) { return is_uri(t, false); }},
    {"uri-reference", "a URI reference", [](std::string_view t) { return is_uri_reference(t, false); }},
    {"iri", "an IRI with its scheme", [](std::string_view t) { return is_uri(t, true); }},
    {"iri-reference", "an IRI reference", [](std::string_view t) { return is_uri_reference(t, true); }},
    {"uri-template", "a URI template (RFC 6570)", is_uri_template},
    {"uuid", "a UUID", is_uuid},
    {"json-pointer", "a JSON pointer like /a/0", is_json_pointer},
    {"relative-json-pointer", "a relative JSON pointer like 1/a", is_relative_json_pointer},
    {"regex", "a regular expression of ECMA-262", is_ecma_regex},
};

}  // namespace

// RFC 4291, section 2.2; no zone.
bool is_ipv6(std::string_view text) {
  int groups = 0;
  bool gap = false;
  if (text.starts_with("::")) {
    gap = true;
    text.remove_prefix(2);
  }
  while (!text.empty()) {
    const auto end = std::min(text.find(':'), text.size());
    const std::string_view group = text.substr(0, end);
    if (group.find('.') != std::string_view::npos) {
      if (end != text.size() || !is_ipv4(group)) return false;
      groups += 2;
      break;
    }
    if (group.empty() || group.size() > 4 || !std::ranges::all_of(group, hex_digit)) return false;
    ++groups;
    text.remove_prefix(end);
    if (text.empty()) break;
    text.remove_prefix(1);
    if (text.empty()) return false;  // one colon at the end
    if (text[0] == ':') {
      if (gap) return false;
      gap = true;
      text.remove_prefix(1);
    }
  }
  return gap ? groups <= 7 : groups == 8;
}

const Format* find_format(std::string_view name) {
  const auto* at = std::ranges::find(kFormats, name, &Format::name);
  return at == std::end(kFormats) ? nullptr : at;
}

}  // namespace dragoman::validate
