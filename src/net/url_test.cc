#include "net/url.h"

#include <gtest/gtest.h>

namespace dragoman::net {
namespace {

TEST(Url, takes_apart) {
  struct Row {
    const char* text;
    const char* scheme;
    const char* host;
    int port;
    const char* path;
    const char* query;
    const char* authority;
  };
  const Row rows[] = {
      {"http://a", "http", "a", 80, "/", "", "a"},
      {"HTTPS://Api.Example.com/v1/x?y=1&z=%20", "https", "api.example.com", 443, "/v1/x", "y=1&z=%20",
       "api.example.com"},
      {"http://127.0.0.1:4000/v1", "http", "127.0.0.1", 4000, "/v1", "", "127.0.0.1:4000"},
      {"https://[::1]:8443?q", "https", "::1", 8443, "/", "q", "[::1]:8443"},
      {"https://h:443/", "https", "h", 443, "/", "", "h"},
      {"http://h:/x", "http", "h", 80, "/x", "", "h"},
      {"http://h/a#frag", "http", "h", 80, "/a", "", "h"},
      {"https://h/model/arn%3Aaws%3A1%2Fx/converse", "https", "h", 443, "/model/arn%3Aaws%3A1%2Fx/converse",
       "", "h"},
  };
  for (const Row& row : rows) {
    const auto url = Url::parse(row.text);
    ASSERT_TRUE(url) << row.text << ": " << url.error().message;
    EXPECT_EQ(url->scheme, row.scheme) << row.text;
    EXPECT_EQ(url->host, row.host) << row.text;
    EXPECT_EQ(url->port, row.port) << row.text;
    EXPECT_EQ(url->path, row.path) << row.text;
    EXPECT_EQ(url->query, row.query) << row.text;
    EXPECT_EQ(url->authority(), row.authority) << row.text;
    EXPECT_EQ(Url::parse(url->text())->text(), url->text()) << row.text;
  }
}

TEST(Url, refuses) {
  for (const char* bad : {"", "a/b", "ftp://a", "http://", "http:///x", "http://u:p@h/", "http://h:0/",
                          "http://h:70000/", "http://h:8x/", "http://[::1", "http://[::1]x/", "http://a b/",
                          "http://h/\r\nX: y", "http://h\xc3\xa4/"})
    EXPECT_FALSE(Url::parse(bad)) << bad;
}

TEST(Url, percent_encoding) {
  EXPECT_EQ(percent_encode("a b/c~\xff:"), "a%20b%2Fc~%FF%3A");
  EXPECT_EQ(percent_encode("a/b:c", "/:"), "a/b:c");
  EXPECT_EQ(percent_decode("a%20b%2fc+"), "a b/c+");
  for (const char* bad : {"%", "%1", "%zz"}) EXPECT_FALSE(percent_decode(bad)) << bad;
}

TEST(Url, query_values) {
  EXPECT_EQ(query_value("alt=sse&key=a%2Fb", "key"), "a/b");
  EXPECT_EQ(query_value("alt", "alt"), "");
  EXPECT_FALSE(query_value("", "x"));
  EXPECT_FALSE(query_value("key=%", "key"));
}

}  // namespace
}  // namespace dragoman::net
