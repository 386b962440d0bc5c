#include "failure/retry_headers.h"

#include <gtest/gtest.h>

#include <optional>
#include <string_view>
#include <vector>

namespace dragoman::failure {
namespace {

constexpr double kNow = 1747216800;  // 2025-05-14T10:00:00Z

TEST(RetryHeaders, Durations) {
  struct Row {
    std::string_view text;
    std::optional<double> want;
  };
  const Row rows[] = {{"1s", 1},      {"6m0s", 360},   {"51.174s", 51.174}, {"2m59.56s", 179.56},
                      {"1h2m", 3720}, {"350ms", 0.35}, {"46", 46},          {" 1.5 ", 1.5},
                      {"1d", 86400},  {"", {}},        {"soon", {}},        {"-3", {}},
                      {"3x", {}},     {"s", {}},       {"inf", {}},         {"nan", {}},
                      {"1e400", {}}};
  for (const Row& row : rows) {
    const auto got = parse_go_duration(row.text);
    ASSERT_EQ(got.has_value(), row.want.has_value()) << row.text;
    if (got) {
      EXPECT_NEAR(*got, *row.want, 1e-9) << row.text;
    }
  }
}

TEST(RetryHeaders, Dates) {
  EXPECT_EQ(parse_http_date("Wed, 14 May 2025 10:00:00 GMT"), kNow);
  EXPECT_EQ(parse_http_date("Sun, 06 Nov 1994 08:49:37 GMT"), 784111777);  // RFC 9110 section 5.6.7
  EXPECT_FALSE(parse_http_date("Wed, 99 May 2025 10:00:00 GMT"));
  EXPECT_FALSE(parse_http_date("Wednesday, 14-May-25 10:00:00 GMT"));
  EXPECT_EQ(parse_rfc3339("2025-05-14T10:00:00Z"), kNow);
  EXPECT_EQ(parse_rfc3339("2025-05-14T12:00:00+02:00"), kNow);
  EXPECT_EQ(parse_rfc3339("2025-05-14T10:00:00.500Z"), kNow + 0.5);
  for (const std::string_view bad :
       {"2025-05-14", "2025-13-14T10:00:00Z", "2025-05-14T10:00:00", "2025-05-14T10:00:00Zx"}) {
    EXPECT_FALSE(parse_rfc3339(bad)) << bad;
  }
}

TEST(RetryHeaders, Table) {
  struct Row {
    std::string_view what;
    std::vector<HeaderField> headers;
    std::optional<double> retry_after;
    std::optional<double> window;
  };
  const Row rows[] = {
      {"seconds", {{"Retry-After", "46"}}, 46, {}},
      {"milliseconds outrank seconds, in any order",
       {{"retry-after-ms", "45175"}, {"retry-after", "46"}},
       45.175,
       {}},
      {"date", {{"retry-after", "Wed, 14 May 2025 10:00:30 GMT"}}, 30, {}},
      {"date in the past", {{"retry-after", "Wed, 14 May 2025 09:00:30 GMT"}}, 0, {}},
      {"nonsense", {{"retry-after", "later"}, {"retry-after-ms", "-5"}}, {}, {}},
      {"OpenAI, tokens exhausted",
       {{"x-ratelimit-remaining-requests", "3"},
        {"x-ratelimit-reset-requests", "1s"},
        {"x-ratelimit-remaining-tokens", "0"},
        {"x-ratelimit-reset-tokens", "6m0s"}},
       {},
       360},
      {"none exhausted: the shortest",
       {{"x-ratelimit-reset-requests", "2m59.56s"}, {"x-ratelimit-reset-tokens", "7s"}},
       {},
       7},
      {"Anthropic",
       {{"anthropic-ratelimit-input-tokens-remaining", "0"},
        {"anthropic-ratelimit-input-tokens-reset", "2025-05-14T10:01:00Z"},
        {"anthropic-ratelimit-requests-remaining", "9"},
        {"anthropic-ratelimit-requests-reset", "2025-05-14T10:00:01Z"}},
       {},
       60},
      {"Unix seconds", {{"x-ratelimit-reset", "1747216810"}}, {}, 10},
      {"Unix milliseconds", {{"X-RateLimit-Reset", "1747216810000"}}, {}, 10},
      {"neighbouring names", {{"x-ratelimit-resets", "5"}, {"anthropic-ratelimit-reset", "5"}}, {}, {}},
  };
  for (const Row& row : rows) {
    const RetryHints got = read_retry_headers(row.headers, kNow);
    EXPECT_EQ(got.retry_after, row.retry_after) << row.what;
    EXPECT_EQ(got.window_resets, row.window) << row.what;
  }
}

}  // namespace
}  // namespace dragoman::failure
