// What Bedrock says when it refuses: {"message": …} and a header with the type.
#include <utility>

#include "base/strings.h"
#include "dialect/bedrock_converse/bedrock_converse.h"
#include "dialect/error_body.h"
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

// The model behind Bedrock speaks through it; an error body it spoke in is unwrapped by read_error_body
// already.
void strip_wrapper(std::string& message) {
  static constexpr std::string_view kWrapper = "The model returned the following errors:";
  while (std::string_view(message).starts_with(kWrapper))
    message = std::string(trim(std::string_view(message).substr(kWrapper.size())));
}

constexpr std::pair<std::string_view, std::string_view> kTypes[] = {
    {"invalid_request", "ValidationException"},   {"auth", "AccessDeniedException"},
    {"permission", "AccessDeniedException"},      {"not_found", "ResourceNotFoundException"},
    {"rate_limit", "ThrottlingException"},        {"overloaded", "ServiceUnavailableException"},
    {"too_large", "ValidationException"},         {"timeout", "ModelTimeoutException"},
    {"billing", "ServiceQuotaExceededException"}, {"upstream", "ModelErrorException"},
};

}  // namespace

std::string_view error_type(const ClientError& error) {
  if (error.status == 429) return "ThrottlingException";
  if (error.status == 503) return "ServiceUnavailableException";
  for (const auto& [kind, type] : kTypes)
    if (kind == error.kind) return type;
  return "InternalServerException";
}

void render_error(const ClientError& error, std::string& out) {
  json::Writer w(out);
  w.begin_object().field("message", error.message);
  if (error_type(error) == "ModelErrorException") w.field("originalStatusCode", error.status);
  if (!error.details.empty()) w.key("dragoman").raw(error.details);
  w.end_object();
}

int exception_status(std::string_view name) {
  for (const auto& [known, status] : kStatuses)
    if (equals_ignoring_case(known, name)) return status;
  return 0;
}

canon::UpstreamError decode_error(int status, std::string_view body, std::string_view type_header) {
  canon::UpstreamError error = read_error_body(status, body);
  strip_wrapper(error.message);
  // Bedrock's own type is in the header (or __type); what stands in a body within the body is the model's.
  if (!type_header.empty()) {
    if (error.code.empty()) error.code = error.type;
    error.type = type_header;
  }
  error.type = std::string(bare_type(error.type));
  Arena arena;
  if (const auto parsed = json::parse(arena, body)) {
    // The status and words of the model's own host (ModelErrorException, ModelStreamErrorException).
    if (error.code.empty()) error.code = (*parsed)["originalStatusCode"].number_text();
    const std::string_view words = (*parsed)["originalMessage"].text();
    if (!words.empty() && (*parsed)["message"].text().empty()) error.message = words;
  }
  if (error.param.empty()) error.param = std::string(place_in(error.message));
  return error;
}

}  // namespace dragoman::dialect::bedrock
