// What Google says when it refuses: a google.rpc.Status as {"error": …}, alone or in an array.
#include <charconv>
#include <utility>

#include "base/strings.h"
#include "dialect/error_body.h"
#include "dialect/gemini_generate/gemini_generate.h"
#include "json/parse.h"
#include "json/write.h"

namespace dragoman::dialect::gemini {
namespace {

std::string_view between(std::string_view text, std::string_view open, std::string_view close) {
  const std::size_t start = text.find(open);
  if (start == std::string_view::npos) return {};
  const std::size_t from = start + open.size();
  const std::size_t end = text.find(close, from);
  return end == std::string_view::npos ? std::string_view() : text.substr(from, end - from);
}

// A google.protobuf.Duration as JSON: "48s", "48.939935699s".
std::optional<double> duration(std::string_view text) {
  if (!text.ends_with('s')) return std::nullopt;
  double seconds = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size() - 1, seconds);
  if (error != std::errc() || end != text.data() + text.size() - 1 || !(seconds >= 0)) return std::nullopt;
  return seconds;
}

// Where in the request the fault is, from the phrases of GEM-01, GEM-02, GEM-31 and GEM-12.
std::string_view place_in(std::string_view message) {
  constexpr std::string_view kRoot = "GenerateContentRequest.";
  std::string_view place = between(message, kRoot, ": ");
  if (!place.empty()) place = {place.data() - kRoot.size(), place.size() + kRoot.size()};  // as they wrote it
  if (place.empty()) place = between(message, " at '", "'");
  return place.find(' ') == std::string_view::npos ? place : std::string_view();
}

// The reason Google names, or else the quota that ran out: "…PerDay…" in its id says that waiting a minute
// will not do (GEM-56).
std::string_view reason_in(json::Value details) {
  std::string_view quota;
  for (const json::Value detail : details.items()) {
    const std::string_view type = detail["@type"].text();
    if (type.ends_with("google.rpc.ErrorInfo") && !detail["reason"].text().empty())
      return detail["reason"].text();
    if (!type.ends_with("google.rpc.QuotaFailure")) continue;
    for (const json::Value violation : detail["violations"].items()) {
      const std::string_view id = violation["quotaId"].text();
      if (quota.empty() || id.find("PerDay") != std::string_view::npos) quota = id;
    }
  }
  return quota;
}

// google.rpc.Code's names. The SDKs raise by `code`, which is the HTTP status.
constexpr std::pair<std::string_view, std::string_view> kStatuses[] = {
    {"invalid_request", "INVALID_ARGUMENT"},
    {"auth", "UNAUTHENTICATED"},
    {"permission", "PERMISSION_DENIED"},
    {"not_found", "NOT_FOUND"},
    {"rate_limit", "RESOURCE_EXHAUSTED"},
    {"overloaded", "UNAVAILABLE"},
    {"too_large", "INVALID_ARGUMENT"},
    {"timeout", "DEADLINE_EXCEEDED"},
    {"billing", "RESOURCE_EXHAUSTED"},
    {"upstream", "INTERNAL"},
    {"internal", "INTERNAL"},
};

}  // namespace

void render_error(const ClientError& error, std::string& out) {
  std::string_view status = "INTERNAL";
  for (const auto& [kind, word] : kStatuses)
    if (kind == error.kind) status = word;
  // Their pairs are fixed: one word a status where the status says enough.
  if (error.status == 429) status = "RESOURCE_EXHAUSTED";
  if (error.status == 503) status = "UNAVAILABLE";
  if (error.status == 504) status = "DEADLINE_EXCEEDED";
  json::Writer w(out);
  w.begin_object().key("error").begin_object();
  w.field("code", error.status).field("message", error.message).field("status", status);
  w.key("details").begin_array();
  if (!error.code.empty())
    w.begin_object()
        .field("@type", "type.googleapis.com/google.rpc.ErrorInfo")
        .field("reason", error.code)
        .field("domain", "dragoman")
        .end_object();
  if (!error.param.empty()) {
    w.begin_object().field("@type", "type.googleapis.com/google.rpc.BadRequest").key("fieldViolations");
    w.begin_array().begin_object().field("field", error.param).field("description", error.message);
    w.end_object().end_array().end_object();
  }
  if (!error.request_id.empty())
    w.begin_object()
        .field("@type", "type.googleapis.com/google.rpc.RequestInfo")
        .field("requestId", error.request_id)
        .end_object();
  w.end_array();
  if (!error.details.empty()) w.key("dragoman").raw(error.details);
  w.end_object().end_object();
}

canon::UpstreamError decode_error(int status, std::string_view body, std::string_view) {
  canon::UpstreamError error = read_error_body(status, body);
  Arena arena;
  const auto parsed = json::parse(arena, body);
  const json::Value root = !parsed ? json::Value() : parsed->is_array() ? parsed->at(0) : *parsed;
  const json::Value inner = root["error"];
  // `code` only repeats the HTTP status.
  if (const std::string_view reason = reason_in(inner["details"]); !reason.empty())
    error.code = reason;
  else if (inner["code"].is_number())
    error.code.clear();
  if (error.param.empty()) error.param = std::string(place_in(error.message));
  if (!error.retry_after) {
    // The text says it too, and some front ends pass on only the text.
    const std::string_view wait = between(error.message, "Please retry in ", "s.");
    if (!wait.empty() && wait.size() < 24) error.retry_after = duration(std::string(wait) + "s");
  }
  return error;
}

}  // namespace dragoman::dialect::gemini
