// A stream put together into one answer, for clients that asked for none (Lowered::stream).
#pragma once
#include <expected>
#include <string>
#include <string_view>

#include "base/arena.h"
#include "canon/failure.h"
#include "canon/response.h"
#include "dialect/dialect.h"
#include "net/client.h"

namespace dragoman::serve {

// The answer is one piece of JSON, whatever was asked for.
bool is_json(const net::ClientResponse& response);

// The failure of a 200 that is no answer: kUnreadableStatus and, unless `body` names an error,
// kUnreadableType.
canon::UpstreamError no_answer(const dialect::Dialect& wire, std::string_view body, std::string message);

// `bytes` is the whole body of the stream. A failure inside it, or its breaking off, is an UpstreamError. The
// answer's text is in the arena.
std::expected<canon::Response, canon::UpstreamError> gather(const dialect::Dialect& wire, Arena& arena,
                                                            std::string_view bytes);

}  // namespace dragoman::serve
