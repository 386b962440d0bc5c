// What relays, SDKs and terminals do to an envelope on its way into a sentence, undone. Pure functions over
// text, each linear in it.
#pragma once
#include <string>
#include <string_view>
#include <utility>

namespace dragoman::dialect {

// "An error occurred (ThrottlingException) when calling the Converse operation (reached max retries: 4): …":
// the exception's name and the words; both empty when the text is no such sentence.
std::pair<std::string_view, std::string_view> botocore(std::string_view text);

// JSON whose strings a terminal broke: the line breaks inside strings, with the indentation around them, as
// one space.
std::string unwrapped(std::string_view json);

// From the bracket that `text` begins with to the one that closes it; "" when none does.
std::string_view balanced(std::string_view text);

// A dump that was cut, or that no parser takes: what its last "message" said, as far as it goes; "" without
// one.
std::string salvage(std::string_view text);

}  // namespace dragoman::dialect
