// Is it a regular expression to Python's re module? OpenAI validates schemas there: what does not compile is
// refused as "not a 'regex'" (OAI-35).
#pragma once
#include <string_view>

namespace dragoman::sandbox::openai {

// Syntax of re in Python 3.12. References to groups and the width of look-behinds are not looked at.
bool is_python_regex(std::string_view pattern);

}  // namespace dragoman::sandbox::openai
