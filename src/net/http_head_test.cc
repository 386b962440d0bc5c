#include "net/http_head.h"

#include <gtest/gtest.h>

namespace dragoman::net {
namespace {

TEST(HttpHead, finds_the_end_at_every_split) {
  const std::string head = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
  const std::string text = head + "body\r\n\r\n";
  EXPECT_EQ(find_head_end(text, 0), head.size());
  for (std::size_t have = 0; have < head.size(); ++have) {
    EXPECT_EQ(find_head_end(std::string_view(text).substr(0, have), 0), kNoHead) << have;
    EXPECT_EQ(find_head_end(text, have), head.size()) << have;
  }
}

TEST(HttpHead, a_bare_line_feed_ends_the_head_at_once) {
  EXPECT_EQ(find_head_end("GET / HTTP/1.1\nHost", 0), 15u);
  EXPECT_EQ(find_head_end("GET / HTTP/1.1\r\nHost: a\n", 16), 24u);
}

TEST(HttpHead, reads_requests) {
  const auto r = parse_request_head(
      "POST /v1/a%20b?x=1&y HTTP/1.1\r\nHost: a:1\r\nX-Empty:\r\nX-Pad:  v \t\r\nContent-Length: 12\r\n"
      "Expect: 100-Continue\r\n\r\n");
  ASSERT_TRUE(r) << r.error().reason;
  EXPECT_EQ(r->method, "POST");
  EXPECT_EQ(r->path, "/v1/a%20b");
  EXPECT_EQ(r->query, "x=1&y");
  EXPECT_EQ(r->headers.get("x-empty", "?"), "");
  EXPECT_EQ(r->headers.get("x-pad"), "v");
  EXPECT_EQ(r->framing, Framing::length);
  EXPECT_EQ(r->length, 12u);
  EXPECT_TRUE(r->expect_continue);
  EXPECT_TRUE(r->keep_alive);

  const auto absolute =
      parse_request_head("GET http://a:1?q HTTP/1.1\r\nHost: A:1\r\nConnection: x, Close\r\n\r\n");
  ASSERT_TRUE(absolute) << absolute.error().reason;
  EXPECT_EQ(absolute->path, "/");
  EXPECT_EQ(absolute->query, "q");
  EXPECT_FALSE(absolute->keep_alive);

  const auto old = parse_request_head("GET / HTTP/1.0\r\n\r\n");
  ASSERT_TRUE(old) << old.error().reason;
  EXPECT_FALSE(old->keep_alive);
  EXPECT_EQ(parse_request_head("OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n")->path, "*");
}

TEST(HttpHead, reads_responses) {
  struct Row {
    const char* head;
    bool to_head;
    Framing framing;
    bool keep_alive;
  };
  const Row rows[] = {
      {"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n", false, Framing::length, true},
      {"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", false, Framing::none, true},
      {"HTTP/1.1 200 \r\nTransfer-Encoding: Chunked\r\n\r\n", false, Framing::chunked, true},
      {"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 5\r\n\r\n", false, Framing::length, false},
      {"HTTP/1.1 200 OK\r\n\r\n", false, Framing::until_close, false},
      {"HTTP/1.1 204 No Content\r\n\r\n", false, Framing::none, true},
      {"HTTP/1.1 304 x\r\nContent-Length: 9\r\n\r\n", false, Framing::none, true},
      {"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n", true, Framing::none, true},
      {"HTTP/1.1 100 Continue\r\n\r\n", false, Framing::none, true},
      {"HTTP/1.0 200 OK\r\nContent-Length: 9\r\n\r\n", false, Framing::length, false},
  };
  for (const Row& row : rows) {
    const auto r = parse_response_head(row.head, row.to_head);
    ASSERT_TRUE(r) << row.head << r.error();
    EXPECT_EQ(r->framing, row.framing) << row.head;
    EXPECT_EQ(r->keep_alive, row.keep_alive) << row.head;
  }
}

TEST(HttpHead, refuses_responses) {
  for (const char* bad : {"\r\n", "HTTP/1.1\r\n\r\n", "HTTP/2.0 200 OK\r\n\r\n", "HTTP/1.1 20 OK\r\n\r\n",
                          "HTTP/1.1 2x0 OK\r\n\r\n", "HTTP/1.1 200 OK\nA: b\r\n\r\n",
                          "HTTP/1.1 200 OK\r\nA: b\r\n c\r\n\r\n", "HTTP/1.1 200 OK\r\nA : b\r\n\r\n",
                          "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n",
                          "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
                          "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n", "<html>\r\n\r\n"})
    EXPECT_FALSE(parse_response_head(bad, false)) << bad;
}

}  // namespace
}  // namespace dragoman::net
