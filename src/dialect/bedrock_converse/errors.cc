// What Bedrock says when it refuses: {"message": …} and a header with the type.
#include <utility>

#include "base/strings.h"
#include "dialect/bedrock_converse/bedrock_converse.h"
#include "json/parse.h"

namespace dragoman::dialect::bedrock {
namespace {

constexpr std::pair<std::string_view, int> kStatuses[] = {
    {"AccessDeniedException", 403},         {"ResourceNotFoundException", 404},
    {"ModelTimeoutException", 408},         {"ModelErrorException", 424},
    {"ModelStreamErrorException", 424},     {"ThrottlingException", 429},
    {"ModelNotReadyException", 429},        {"ValidationException", 400},
    {"ServiceQuotaExceededException", 400}, {"ConflictException", 400},
    {"InternalServerException", 500},       {"ServiceUnavailableException", 503},
};

// Streams write the names with a small first letter; here they are always as in the service model.
std::string_view model_spelling(std::string_view type) {
  for (const auto& row : kStatuses)
    if (equals_ignoring_case(row.first, type)) return row.first;
  return type;
}

// "ValidationException:http://internal.amazon.com/…" and "com.amazon.coral.service#UnknownOperationException"
// are both names with something around them.
std::string_view bare_type(std::string_view type) {
  type = trim(type.substr(0, type.find(':')));
  const std::size_t hash = type.rfind('#');
  return model_spelling(hash == std::string_view::npos ? type : type.substr(hash + 1));
}

std::string_view between(std::string_view text, std::string_view open, std::string_view close) {
  const std::size_t start = text.find(open);
  if (start == std::string_view::npos) return {};
  const std::size_t from = start + open.size();
  const std::size_t end = text.find(close, from);
  return end == std::string_view::npos ? std::string_view() : text.substr(from, end - from);
}

// Where in the request the fault is, from the phrases Bedrock puts it in (BR-03, BR-15, BR-16, BR-31, BR-32,
// BR-33).
std::string_view place_in(std::string_view message) {
  static constexpr std::pair<std::string_view, std::string_view> kPhrases[] = {
      {" at '", "'"},
      {"request: ", ": extraneous"},
      {"doesn't support the ", " field"},
      {"The value at ", " "},
      {"The format of the value at ", " "},
      {" object at ", " "},
      {" block at ", " "},
      {" blocks at ", " "},
  };
  for (const auto& [open, close] : kPhrases) {
    std::string_view place = between(message, open, close);
    while (place.ends_with('.')) place.remove_suffix(1);
    if (!place.empty() && place != "#" && place.find(' ') == std::string_view::npos) return place;
  }
  return {};
}

std::string_view first_text(json::Value object, std::initializer_list<std::string_view> keys) {
  for (const std::string_view key : keys)
    if (!object[key].text().empty()) return object[key].text();
  return {};
}

// The model behind Bedrock speaks through it: "The model returned the following errors: …", where … is its
// words or its own error body.
void unwrap(canon::UpstreamError& error) {
  static constexpr std::string_view kWrapper = "The model returned the following errors:";
  while (std::string_view(error.message).starts_with(kWrapper))
    error.message = std::string(trim(std::string_view(error.message).substr(kWrapper.size())));
  if (!error.message.starts_with('{')) return;
  Arena arena;
  const auto inner = json::parse(arena, error.message);
  if (!inner || !inner->is_object()) return;
  const json::Value body = (*inner)["error"].is_object() ? (*inner)["error"] : *inner;
  const std::string message(first_text(body, {"message", "detail", "error"}));
  if (message.empty()) return;
  error.code = first_text(body, {"code", "type"});
  error.param = body["param"].text();
  error.message = message;
}

}  // namespace

int exception_status(std::string_view name) {
  for (const auto& [known, status] : kStatuses)
    if (equals_ignoring_case(known, name)) return status;
  return 0;
}

canon::UpstreamError decode_error(int status, std::string_view body, std::string_view type_header) {
  canon::UpstreamError error;
  error.status = status;
  error.body = body;
  error.type = bare_type(type_header);
  Arena arena;
  const auto parsed = json::parse(arena, body);
  if (!parsed || !parsed->is_object()) {
    error.message = trim(body);
    return error;
  }
  const json::Value inner = (*parsed)["error"];
  error.message = first_text(*parsed, {"message", "Message", "errorMessage"});
  if (error.message.empty()) error.message = inner.is_object() ? inner["message"].text() : inner.text();
  if (error.type.empty()) error.type = bare_type(first_text(*parsed, {"__type", "code", "type"}));
  error.request_id = first_text(*parsed, {"requestId", "RequestId"});
  // ModelStreamErrorException also carries the model's own words.
  if (error.message.empty()) error.message = (*parsed)["originalMessage"].text();
  unwrap(error);
  // The status the model's own host gave (ModelErrorException, ModelStreamErrorException).
  if (error.code.empty()) error.code = (*parsed)["originalStatusCode"].number_text();
  if (error.param.empty()) error.param = place_in(error.message);
  return error;
}

}  // namespace dragoman::dialect::bedrock
