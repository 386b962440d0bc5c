// ECMA-262 regular expressions (Unicode mode), the language of `pattern`, in RE2's words.
#pragma once
#include <string>
#include <string_view>

#include "base/error.h"

namespace dragoman::validate {

// The same language in RE2's words. Fails on what is no ECMA-262 and on what RE2 cannot do (look-around,
// back-references).
Result<std::string> ecma_to_re2(std::string_view pattern);

// For "format": "regex": the syntax, with look-around and back-references.
bool is_ecma_regex(std::string_view pattern);

}  // namespace dragoman::validate
