// The client's own bytes with a few scalars exchanged: what goes out when client and target speak one dialect
// and no rule applies. Unknown fields, key order, number spelling and white space survive, and so do prompt
// caches.
#pragma once
#include <string>

#include "canon/request.h"
#include "dialect/dialect.h"

namespace dragoman::lower {

// Appends the body to `out` and returns true; false (nothing appended) when the dialect cannot be spliced so.
bool splice(const canon::Request& request, const dialect::WireOptions& options, std::string& out);

// The body with another model's name in it. False (nothing appended) where that is not all there is to do: a
// null member, which only means "not set", or a body that was built.
bool splice_model(json::Value body, std::string_view name, std::string& out);

// The same for OpenAI Responses, made stateless: `store` false, and encrypted reasoning asked for where the
// model gives it.
bool splice_responses(json::Value body, const dialect::WireOptions& options, std::string& out);

}  // namespace dragoman::lower
