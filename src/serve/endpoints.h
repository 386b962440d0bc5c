// The HTTP surface: which path does what, and who may.
#pragma once
#include "net/server.h"
#include "serve/gateway.h"

namespace dragoman::serve {

// The server's handler.
net::Task<void> handle(Gateway& gateway, net::ServerExchange& http);

// Errors the server gives before a handler is asked, in the dialect the path belongs to.
net::ErrorReply error_page(int status, std::string_view reason, std::string_view path);

}  // namespace dragoman::serve
