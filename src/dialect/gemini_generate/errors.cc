// What Google says when it refuses: a google.rpc.Status as {"error": …}, alone or in an array.
#include <charconv>

#include "base/strings.h"
#include "dialect/gemini_generate/gemini_generate.h"
#include "json/parse.h"

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
  std::string_view place = between(message, "GenerateContentRequest.", ": ");
  if (place.empty()) place = between(message, " at '", "'");
  return place.find(' ') == std::string_view::npos ? place : std::string_view();
}

void read_details(json::Value details, canon::UpstreamError& error) {
  std::string_view quota;
  for (const json::Value detail : details.items()) {
    const std::string_view type = detail["@type"].text();
    if (type.ends_with("google.rpc.RetryInfo")) {
      error.retry_after = duration(detail["retryDelay"].text());
    } else if (type.ends_with("google.rpc.ErrorInfo")) {
      error.code = detail["reason"].text();
    } else if (type.ends_with("google.rpc.BadRequest")) {
      if (error.param.empty()) error.param = detail["fieldViolations"].at(0)["field"].text();
    } else if (type.ends_with("google.rpc.QuotaFailure")) {
      // "…PerDay…" in the id says that waiting a minute will not do (GEM-56).
      for (const json::Value violation : detail["violations"].items()) {
        const std::string_view id = violation["quotaId"].text();
        if (quota.empty() || id.find("PerDay") != std::string_view::npos) quota = id;
      }
    } else if (type.ends_with("google.rpc.RequestInfo")) {
      error.request_id = detail["requestId"].text();
    }
  }
  if (error.code.empty()) error.code = quota;
}

}  // namespace

canon::UpstreamError decode_error(int status, std::string_view body, std::string_view) {
  canon::UpstreamError error;
  error.status = status;
  error.body = body;
  Arena arena;
  const auto parsed = json::parse(arena, body);
  const json::Value root = !parsed ? json::Value() : parsed->is_array() ? parsed->at(0) : *parsed;
  if (!root.is_object()) {
    error.message = trim(body);
    return error;
  }
  const json::Value inner = root["error"];
  if (!inner.is_object()) {
    error.message = inner.is_string() ? inner.text() : root["message"].text();
    error.type = root["status"].text();
    if (error.message.empty()) error.message = trim(body);
    return error;
  }
  error.message = inner["message"].text();
  error.type = inner["status"].text();
  if (error.type.empty()) error.type = inner["type"].text();  // Claude on Vertex: Anthropic's shape
  error.request_id = root["request_id"].text();
  read_details(inner["details"], error);
  if (error.param.empty()) error.param = place_in(error.message);
  if (!error.retry_after) {
    // The text says it too, and some front ends pass on only the text.
    const std::string_view wait = between(error.message, "Please retry in ", "s.");
    if (!wait.empty() && wait.size() < 24) error.retry_after = duration(std::string(wait) + "s");
  }
  return error;
}

}  // namespace dragoman::dialect::gemini
