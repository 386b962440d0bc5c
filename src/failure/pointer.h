// Where a refusal points, in the provider's own notation, and which part of a request that is.
#pragma once
#include <string_view>

#include "failure/failure.h"

namespace dragoman::failure {

// The first path-like run of `text` that starts with a known head ("tools.14.custom.input_schema",
// "messages[3].role", "toolConfig.tools.22.member.toolSpec.name", "request.contents[0]"), "" if there is
// none. A view into `text`.
std::string_view find_pointer(std::string_view text);

// The part of the request a path leads into. A name with no path is a top-level parameter.
Side side_of(std::string_view pointer);

// What a refusal of that place is: a schema's, a message's, a parameter's; `other` for an empty pointer.
FailureClass class_of(std::string_view pointer);

}  // namespace dragoman::failure
