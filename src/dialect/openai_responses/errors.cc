#include "dialect/error_body.h"
#include "dialect/openai_responses/wire.h"

namespace dragoman::dialect::openai_responses {

// The error object of a refused call is Chat Completions' own.
void render_error(const ClientError& error, std::string& out) { kOpenaiChat.render_error(error, out); }

canon::UpstreamError decode_error(int status, std::string_view body, std::string_view) {
  return read_error_body(status, body);
}

std::string_view stream_error_code(const ClientError& error) {
  // Codex and the SDKs act on these two; an answer that broke off for any other cause may be asked for again.
  if (error.kind == "rate_limit") return "rate_limit_exceeded";
  if (error.code == "context_length_exceeded" || error.code == "insufficient_quota" ||
      error.code == "invalid_prompt")
    return error.code;
  return "server_error";
}

}  // namespace dragoman::dialect::openai_responses
