// JSON5 (openclaw.json and pasted pieces of it) as text the YAML reader understands.
//
// Comments become blanks, every string double-quoted JSON, every colon is followed by a space; lines stay
// where they are, so that messages name the right one. Pure; bounded by the text and 64 levels.
#pragma once
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace dragoman::config {

// Nothing if the text is no JSON5 object or array as a whole: it may still be YAML.
std::optional<std::string> json5_to_yaml(std::string_view text);

// Of a text that begins as a JSON5 object or array: where it stops being one. For people, when it is no YAML
// either.
struct Json5Fault {
  int line = 1, column = 1;  // from 1; columns are bytes
  std::string found;         // what stands there, a few letters of it; "" at the end of the text
};
std::optional<Json5Fault> json5_fault(std::string_view text);

}  // namespace dragoman::config
