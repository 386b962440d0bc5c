#include "dialect/error_body.h"
#include "dialect/openai_chat/wire.h"

namespace dragoman::dialect::openai_chat {
namespace {

struct Row {
  std::string_view kind, type, code;
};
// Types and codes as OpenAI's API reference and the recorded errors have them (RULES OAI-54 … OAI-62);
// clients match on the codes.
constexpr std::array kRows = {
    Row{"invalid_request", "invalid_request_error", ""},
    Row{"auth", "invalid_request_error", "invalid_api_key"},
    Row{"permission", "permission_error", ""},
    Row{"not_found", "invalid_request_error", "model_not_found"},
    Row{"rate_limit", "rate_limit_error", "rate_limit_exceeded"},
    Row{"overloaded", "server_error", "overloaded"},
    Row{"too_large", "invalid_request_error", "request_too_large"},
    Row{"timeout", "server_error", "timeout"},
    Row{"billing", "insufficient_quota", "insufficient_quota"},
    Row{"upstream", "server_error", "upstream_error"},
    Row{"internal", "server_error", "internal_error"},
};

}  // namespace

void write_error_object(json::Writer& w, const ClientError& error) {
  Row row = kRows.back();
  for (const Row& candidate : kRows)
    if (candidate.kind == error.kind) row = candidate;
  const std::string_view code = error.code.empty() ? row.code : error.code;
  w.key("error").begin_object().field("message", error.message).field("type", row.type).key("param");
  if (error.param.empty())
    w.null();
  else
    w.string(error.param);
  w.key("code");
  if (code.empty())
    w.null();
  else
    w.string(code);
  if (!error.details.empty()) w.key("dragoman").raw(error.details);
  w.end_object();
}

void render_error(const ClientError& error, std::string& out) {
  json::Writer w(out);
  w.begin_object();
  write_error_object(w, error);
  w.end_object();
}

canon::UpstreamError decode_error(int status, std::string_view body, std::string_view) {
  return read_error_body(status, body);
}

}  // namespace dragoman::dialect::openai_chat
