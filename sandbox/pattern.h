// Text that matches a regular expression, for JSON Schema's `pattern`.
#pragma once
#include <optional>
#include <string>
#include <string_view>

namespace dragoman::sandbox {

// A short text matched by `pattern` (ECMAScript syntax: classes, groups, alternation, quantifiers;
// look-around is skipped). Every open-ended quantifier repeats `extra` times above its minimum, as far as its
// maximum allows, so that callers can ask for longer texts. Nothing for syntax it does not know. Best effort:
// callers check.
std::optional<std::string> match_text(std::string_view pattern, int extra = 0);

}  // namespace dragoman::sandbox
