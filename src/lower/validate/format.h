// The formats of JSON Schema ("format": "date-time" …): the syntax of one string, nothing looked up.
#pragma once
#include <string_view>

namespace dragoman::validate {

struct Format {
  std::string_view name;
  std::string_view phrase;  // "must be {phrase}": "a date like 2024-05-31"
  bool (*holds)(std::string_view text);
};

// nullptr for names that are not checked (unknown ones, and idn-hostname, whose tables of Unicode are not
// worth their size here).
const Format* find_format(std::string_view name);

bool is_ipv6(std::string_view text);

}  // namespace dragoman::validate
