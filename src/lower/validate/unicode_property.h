// Unicode property escapes of ECMA-262 (\p{…}, \P{…}) in RE2's words.
#pragma once
#include <string>
#include <string_view>

namespace dragoman::validate {

struct PropertyClass {
  std::string text;              // for RE2: a class, or what stands inside one
  const char* wrong = nullptr;   // no property of ECMA-262: why; `text` is empty
  const char* beyond = nullptr;  // what of it RE2 cannot say
};

// `name` is what stands between the braces; `negated`: \P; `in_class`: between [ and ]. Names that RE2 may or
// may not know (scripts, Emoji, …) are left to it.
PropertyClass property_class(std::string_view name, bool negated, bool in_class);

}  // namespace dragoman::validate
