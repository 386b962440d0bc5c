// What Cohere says when it refuses: {"id","message"}, with error_type on some (COH-14). And when a
// generation fails after the 200.
#include "dialect/cohere_chat/cohere_chat.h"
#include "dialect/error_body.h"
#include "json/parse.h"

namespace dragoman::dialect::cohere {

canon::UpstreamError decode_error(int status, std::string_view body, std::string_view) {
  canon::UpstreamError error = read_error_body(status, body);
  Arena arena;
  const auto parsed = json::parse(arena, body);
  if (parsed && parsed->is_object() && error.request_id.empty())
    error.request_id = std::string((*parsed)["id"].text());
  return error;
}

std::optional<canon::UpstreamError> failed_generation(std::string_view finish_reason,
                                                      std::string_view words) {
  const bool timeout = finish_reason == "TIMEOUT";
  if (!timeout && finish_reason != "ERROR") return std::nullopt;
  canon::UpstreamError error;
  error.status = timeout ? 504 : 500;
  error.type = finish_reason;
  error.message = !words.empty() ? words
                  : timeout      ? "the generation was stopped because it exceeded the allowed time limit"
                                 : "the generation failed due to an internal error";
  return error;
}

}  // namespace dragoman::dialect::cohere
