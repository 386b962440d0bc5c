// When a provider says it may be asked again. One reading for all the spellings in use.
#pragma once
#include <optional>
#include <span>
#include <string_view>
#include <vector>

namespace dragoman::failure {

struct HeaderField {
  std::string_view name;
  std::string_view value;
};

// Views of any range of {name, value} fields; valid as long as the range is.
template <class Range>
std::vector<HeaderField> header_fields(const Range& range) {
  std::vector<HeaderField> out;
  for (const auto& field : range) out.push_back({field.name, field.value});
  return out;
}

struct RetryHints {
  std::optional<double> retry_after;    // seconds from `now`: what the provider asked for in so many words
  std::optional<double> window_resets;  // seconds until its rate-limit window opens again
  std::optional<bool> should_retry;     // Anthropic's and OpenAI's x-should-retry
};

// `now` is Unix time in seconds; it is needed because some headers give dates. Order of the asking headers:
// retry-after-ms, retry-after (seconds or HTTP date), as the official SDKs read them. Windows:
// x-ratelimit-reset[-…] ("1s", "6m0s", "51.174s", plain seconds, Unix seconds or milliseconds) and
// anthropic-ratelimit-*-reset (RFC 3339). Of several windows the exhausted ones count (remaining 0), the
// longest of them; if none is marked exhausted, the shortest. Values that are negative or nonsense are
// ignored.
RetryHints read_retry_headers(std::span<const HeaderField> headers, double now);

// "1s", "6m0s", "2m59.56s", "1h2m", "350ms", "46", "1.5" in seconds.
std::optional<double> parse_go_duration(std::string_view text);
// IMF-fixdate (RFC 9110) and RFC 3339, in Unix seconds.
std::optional<double> parse_http_date(std::string_view text);
std::optional<double> parse_rfc3339(std::string_view text);

}  // namespace dragoman::failure
