// A few rows a format, the ones that go wrong most; tests/json_schema_suite has hundreds.
#include "lower/validate/format.h"

#include <gtest/gtest.h>

namespace dragoman::validate {
namespace {

TEST(Format, HoldsItsSyntax) {
  const struct {
    const char *format, *text;
    bool holds;
  } cases[] = {
      {"date", "2024-02-29", true},
      {"date", "2023-02-29", false},
      {"date", "24-01-01", false},
      {"time", "23:59:60Z", true},
      {"time", "22:59:60Z", false},
      {"time", "08:30:06", false},  // RFC 3339 wants an offset
      {"date-time", "2024-05-31T14:30:00.5+02:00", true},
      {"date-time", "2024-05-31 14:30:00Z", false},
      {"duration", "P1Y2M3DT4H5M6S", true},
      {"duration", "P1Y2D", false},
      {"duration", "P2W", true},
      {"duration", "P1D2W", false},
      {"duration", "P", false},
      {"duration", "PT", false},
      {"email", "a.b@example.com", true},
      {"email", "a..b@example.com", false},
      {"email", "\"a b\"@example.com", true},
      {"email", "a@[127.0.0.1]", true},
      {"email", "example.com", false},
      {"email", "a@b", true},
      {"hostname", "a-b.example", true},
      {"hostname", "a", true},
      {"hostname", "-a.example", false},
      {"hostname", "a_b.example", false},
      {"ipv4", "127.0.0.1", true},
      {"ipv4", "127.0.0.01", false},
      {"ipv4", "127.0.1", false},
      {"ipv6", "::", true},
      {"ipv6", "::ffff:1.2.3.4", true},
      {"ipv6", "1::2::3", false},
      {"ipv6", "1:2:3:4:5:6:7", false},
      {"ipv6", "fe80::1%eth0", false},
      {"uri", "https://example.com/a?b#c", true},
      {"uri", "/a", false},
      {"uri", "https://exa mple.com", false},
      {"uri", "http://[::1]:80/", true},
      {"uri", "http://a:b/", false},
      {"uri-reference", "/a", true},
      {"uri-reference", "\\a", false},
      {"iri", "https://exämple.com/ü", true},
      {"uri-template", "/a/{b}{?c,d*}", true},
      {"uri-template", "/a/{b", false},
      {"uuid", "2EB8AA08-aa98-11ea-b4aa-73b441d16380", true},
      {"uuid", "2eb8aa08aa9811eab4aa73b441d16380", false},
      {"json-pointer", "/a~1b/~0", true},
      {"json-pointer", "a", false},
      {"json-pointer", "/~2", false},
      {"relative-json-pointer", "1/a", true},
      {"relative-json-pointer", "01/a", false},
      {"regex", "^(?!a)b$", true},
      {"regex", "(", false},
  };
  for (const auto& [format, text, holds] : cases) {
    const Format* found = find_format(format);
    ASSERT_NE(found, nullptr) << format;
    EXPECT_EQ(found->holds(text), holds) << format << " " << text;
  }
  EXPECT_EQ(find_format("float"), nullptr);
}

// Every format meets every short text of the signs that formats look for; what it throws fails the test.
TEST(Format, TakesAnyText) {
  constexpr std::string_view kSigns = "a1-:.@%T[]P/{}~x\"\\";
  for (const char* name : {"date-time", "date", "time", "duration", "email", "idn-email", "hostname", "ipv4",
                           "ipv6", "uuid", "uri", "uri-reference", "iri", "iri-reference", "uri-template",
                           "json-pointer", "relative-json-pointer", "regex"}) {
    SCOPED_TRACE(name);
    const Format* format = find_format(name);
    ASSERT_NE(format, nullptr);
    for (const char a : kSigns)
      for (const char b : kSigns)
        for (const char c : kSigns) {
          const std::string text{a, b, c};
          for (std::size_t size = 0; size <= 3; ++size)
            (void)format->holds(std::string_view(text).substr(0, size));
        }
  }
}

}  // namespace
}  // namespace dragoman::validate
