// locate.h for embedding requests: where in the client's request stands what a provider's path or words name.
#pragma once
#include <string>
#include <string_view>

#include "canon/embedding.h"

namespace dragoman::lower {

// A JSON pointer into the client's body, "" when nothing tells. `provider_pointer` in any notation, may be
// "".
std::string locate(const canon::EmbeddingRequest& request, std::string_view provider_pointer,
                   std::string_view message);

}  // namespace dragoman::lower
