// From a lowered request to the HTTP request that goes out: URL, headers, credentials.
#pragma once
#include <chrono>
#include <string>
#include <string_view>

#include "base/error.h"
#include "lower/lower.h"
#include "net/client.h"
#include "serve/deployment.h"

namespace dragoman::serve {

// Fills {name} placeholders of a provider row; {model} comes percent-encoded as one path segment (an ARN's
// slashes and colons included). An unknown or empty placeholder is an error that names it.
Result<std::string> expand(std::string_view pattern, const Deployment& deployment);

enum class Call : std::uint8_t { chat, count_tokens };

// The whole request but its body and timeouts. `body` is what will be sent: AWS signs it. `client_headers`
// are those of the client's that its own dialect may hand through (anthropic-beta).
Result<net::ClientRequest> upstream_request(const Deployment& deployment, Call call, bool stream,
                                            std::string_view body, const net::Headers& client_headers,
                                            bool same_dialect, std::chrono::sys_seconds now);

}  // namespace dragoman::serve
