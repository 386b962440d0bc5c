// From a provider's complaint back to the client's request: which tool, message or parameter of theirs it is
// about, and what dragoman had changed there. Works on what one lowering made, so it needs the lowering done
// again (it is pure).
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "canon/request.h"
#include "dialect/dialect.h"
#include "lower/lower.h"

namespace dragoman::lower {

struct ClientPlace {
  std::string pointer;  // RFC 6901, into the client's body; "" when the place cannot be told
  std::string tool;     // the client's name of the tool it is in, "" outside tools
  std::string text;     // what stands there, compact JSON, cut to a readable length
  EditList edits;       // what this lowering changed there or around it
  bool found() const { return !pointer.empty(); }
};

// What a lowering looked like from inside: the request as it was encoded, in canonical form.
struct Inside {
  const canon::Request& original;
  const canon::Request& draft;
  const Lowered& lowered;
  const dialect::Dialect& wire;
};

// `provider_pointer` as the provider wrote it (any notation of json/path.h; may be ""), `message` its words:
// names of tools and call ids quoted there are used where the pointer does not say.
ClientPlace locate(const Inside& inside, std::string_view provider_pointer, std::string_view message);

}  // namespace dragoman::lower
