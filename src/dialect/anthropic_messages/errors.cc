#include "dialect/anthropic_messages/wire.h"
#include "dialect/error_body.h"

namespace dragoman::dialect::anthropic_messages {
namespace {

struct Row {
  std::string_view kind, type;
};
// RULES section 5: one type a status, and the SDKs raise by status.
constexpr std::array kRows = {
    Row{"invalid_request", "invalid_request_error"},
    Row{"auth", "authentication_error"},
    Row{"permission", "permission_error"},
    Row{"not_found", "not_found_error"},
    Row{"rate_limit", "rate_limit_error"},
    Row{"overloaded", "overloaded_error"},
    Row{"too_large", "request_too_large"},
    Row{"timeout", "timeout_error"},
    Row{"billing", "billing_error"},
    Row{"upstream", "api_error"},
    Row{"internal", "api_error"},
};

}  // namespace

void render_error(const ClientError& error, std::string& out) {
  std::string_view type = "api_error";
  for (const Row& row : kRows)
    if (row.kind == error.kind) type = row.type;
  json::Writer w(out);
  w.begin_object().field("type", "error").key("error").begin_object();
  w.field("type", type).field("message", error.message);
  if (!error.param.empty()) w.field("param", error.param);
  if (!error.code.empty()) w.field("code", error.code);
  if (!error.details.empty()) w.key("dragoman").raw(error.details);
  w.end_object();
  if (!error.request_id.empty()) w.field("request_id", error.request_id);
  w.end_object();
}

canon::UpstreamError decode_error(int status, std::string_view body, std::string_view) {
  return read_error_body(status, body);
}

}  // namespace dragoman::dialect::anthropic_messages
