// Reading what a provider said when it refused, whatever it wrapped it in. Shared by the dialects: the
// envelopes travel (a Claude error inside a Google one inside OpenRouter's), so every dialect reads all of
// them.
//
// Sources: the error shapes of each provider as listed in docs/dialects/errors.md.
#pragma once
#include <string_view>

#include "canon/failure.h"
#include "json/value.h"

namespace dragoman::dialect {

// Any body: JSON of any known shape, JSON inside text, SSE, HTML, plain text, nothing. The innermost envelope
// wins for each of message, type, code and param; an outer one fills what the inner ones leave out. `body` is
// kept byte for byte; `message` is bounded (2,000 bytes) and "" only for an empty body. Never fails.
canon::UpstreamError read_error_body(int status, std::string_view body);

// The same for JSON already parsed (an error inside a 200 body or a stream); `body` is the value's own bytes.
canon::UpstreamError read_error_value(int status, json::Value value);

// An answer of 200 whose stop word says that the provider threw away what its model made (GEM-62, BRW-11): a
// generation that failed, of type `word`, in the provider's words `said` where it has any.
canon::UpstreamError read_discarded(std::string_view word, std::string_view said);

// An answer of 200, or a piece of its stream, that the dialect cannot read (kUnreadableStatus of dialect.h):
// `what` it is instead, and the bytes.
canon::UpstreamError unreadable_answer(std::string_view what, std::string_view body);

// Whether a 200 body or stream chunk is an error: `error` present and not null, `{"type":"error"}`,
// `{"object":"error"}`, a non-zero `base_resp.status_code`, or a bare `detail`/`message` where an answer
// should be.
bool is_error_value(json::Value value);

}  // namespace dragoman::dialect
