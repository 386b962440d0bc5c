// From a lowered request to the HTTP request that goes out: headers and credentials.
#pragma once
#include <chrono>
#include <string_view>

#include "base/error.h"
#include "net/client.h"
#include "serve/deployment.h"

namespace dragoman::serve {

// The whole request but its timeouts. `body` is what will be sent: AWS signs it, and it must outlive the
// request. `client_headers` are the client's: the few its own dialect may hand through (anthropic-beta) go
// out when `same_dialect`.
Result<net::ClientRequest> upstream_request(const Deployment& deployment, const net::Url& url, bool stream,
                                            std::string_view body, const net::Headers& client_headers,
                                            bool same_dialect, std::chrono::sys_seconds now);

}  // namespace dragoman::serve
