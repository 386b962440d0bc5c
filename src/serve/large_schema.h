// Which requests take long to lower although their bodies are small.
#pragma once
#include <string_view>

#include "canon/request.h"

namespace dragoman::serve {

// A schema of kLargeSchema (gateway.h), or schemas of as much together with references in them: where a
// target has none, a reference of 30 bytes becomes what it names.
bool has_large_schema(const canon::Request& request);

// Whether the text of a schema may hold a `$ref`, however it is escaped.
bool may_refer(std::string_view schema);

}  // namespace dragoman::serve
