// What the server does not take: clients too slow or too large, and requests two readers could read apart.
#include <gtest/gtest.h>

#include "net/server_fixture.h"

namespace dragoman::net {
namespace {

using testing::eventually;

TEST_F(ServerTest, bounds_slow_and_large_clients) {
  start({.header_bytes = 1000,
         .body_bytes = 1000,
         .header_timeout = milliseconds(60),
         .body_timeout = milliseconds(60),
         .idle_timeout = milliseconds(60)});
  struct Row {
    const char* name;
    std::string sent;
    const char* answer;
  };
  const Row rows[] = {
      {"nothing", "", ""},
      {"half a head", "GET / HTTP/1.1\r\nHo", "HTTP/1.1 408"},
      {"half a body", "POST /echo HTTP/1.1\r\nHost: t\r\nContent-Length: 5\r\n\r\nab", "HTTP/1.1 408"},
      {"half a chunk", "POST /echo HTTP/1.1\r\nHost: t\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab",
       "HTTP/1.1 408"},
      {"large head", "GET / HTTP/1.1\r\nHost: t\r\nX: " + std::string(2000, 'x'), "HTTP/1.1 431"},
      {"large whole head", "GET / HTTP/1.1\r\nHost: t\r\nX: " + std::string(2000, 'x') + "\r\n\r\n",
       "HTTP/1.1 431"},
      {"large body", post("/echo", std::string(1001, 'x')), "HTTP/1.1 413"},
      {"large chunks",
       "POST /echo HTTP/1.1\r\nHost: t\r\nTransfer-Encoding: chunked\r\n\r\n400\r\n" +
           std::string(1024, 'x') + "\r\n0\r\n\r\n",
       "HTTP/1.1 413"},
      {"just right", post("/echo", std::string(1000, 'x')), "HTTP/1.1 200"},  // then idle
  };
  for (const Row& row : rows) {
    RawClient client(server->port());
    client.send(row.sent);
    const std::string answer = client.until_close();
    EXPECT_TRUE(answer.starts_with(row.answer)) << row.name << ": " << answer;
    EXPECT_TRUE(client.saw_end() || answer.size() > 0) << row.name;
    if (*row.answer == '\0') EXPECT_EQ(answer, "") << row.name;
  }
}

TEST_F(ServerTest, a_client_that_reads_nothing_is_dropped) {
  start({.write_timeout = milliseconds(100)});
  RawClient client(server->port());
  client.send("GET /flood HTTP/1.1\r\nHost: t\r\n\r\n");
  EXPECT_TRUE(eventually([&] { return seen.write_failed.load(); }));
}

// RFC 9112 sections in the last column.
TEST_F(ServerTest, refuses_smuggling) {
  struct Row {
    int status;
    std::string_view request;
    const char* source;
  };
  using namespace std::string_view_literals;
  const Row rows[] = {
      {400,
       "POST / HTTP/1.1\r\nHost: t\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"sv,
       "6.1"},
      {400,
       "POST / HTTP/1.1\r\nHost: t\r\nTransfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n"sv,
       "6.1"},
      {400, "POST / HTTP/1.1\r\nHost: t\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nabcdef"sv, "6.3"},
      {400, "POST / HTTP/1.1\r\nHost: t\r\nContent-Length: 5\r\nContent-Length: 5\r\n\r\nabcde"sv, "6.3"},
      {400, "POST / HTTP/1.1\r\nHost: t\r\nContent-Length: 5, 5\r\n\r\nabcde"sv, "6.3"},
      {400, "POST / HTTP/1.1\r\nHost: t\r\nContent-Length: +5\r\n\r\nabcde"sv, "6.2"},
      {400, "POST / HTTP/1.1\r\nHost: t\r\nContent-Length: -1\r\n\r\n"sv, "6.2"},
      {400, "POST / HTTP/1.1\r\nHost: t\r\nContent-Length: 0x5\r\n\r\nabcde"sv, "6.2"},
      {400, "POST / HTTP/1.1\r\nHost: t\r\nContent-Length: 5a\r\n\r\nabcde"sv, "6.2"},
      {400, "POST / HTTP/1.1\r\nHost: t\r\nContent-Length:\r\n\r\n"sv, "6.2"},
      {400, "POST / HTTP/1.1\r\nHost: t\r\nContent-Length: 99999999999999999999999\r\n\r\n"sv, "6.2"},
      {501, "POST / HTTP/1.1\r\nHost: t\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n"sv, "6.1"},
      {400, "POST / HTTP/1.1\r\nHost: t\r\nTransfer-Encoding: chunked, gzip\r\n\r\n0\r\n\r\n"sv, "6.3"},
      {400, "POST / HTTP/1.1\r\nHost: t\r\nTransfer-Encoding: chunked, chunked\r\n\r\n0\r\n\r\n"sv, "7.1"},
      {400, "POST / HTTP/1.1\r\nHost: t\r\nTransfer-Encoding: identity\r\n\r\n"sv, "6.3"},
      {400, "POST / HTTP/1.1\r\nHost: t\r\nTransfer-Encoding: xchunked\r\n\r\n0\r\n\r\n"sv, "6.3"},
      {400, "POST / HTTP/1.1\r\nHost: t\r\nTransfer-Encoding: chunked;q=1\r\n\r\n0\r\n\r\n"sv, "6.3"},
      {400,
       "POST / HTTP/1.1\r\nHost: t\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"sv,
       "6.1"},
      {400,
       "POST / HTTP/1.1\r\nHost: t\r\nTransfer-Encoding: \x0b"
       "chunked\r\n\r\n0\r\n\r\n"sv,
       "5.5"},
      {400, "POST / HTTP/1.0\r\nHost: t\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"sv, "6.1"},
      {400, "POST / HTTP/1.1\r\nHost: t\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhelloX\r\n0\r\n\r\n"sv,
       "7.1"},
      {400, "POST / HTTP/1.1\r\nHost: t\r\nTransfer-Encoding: chunked\r\n\r\n5\nhello\r\n0\r\n\r\n"sv, "7.1"},
      {400, "GET / HTTP/1.1\r\nHost: t\r\nX: a\r\n b\r\n\r\n"sv, "5.2"},
      {400, "GET / HTTP/1.1\r\n Host: t\r\n\r\n"sv, "2.2"},
      {400, "GET / HTTP/1.1\r\nHost: t\r\nX: a\nY: b\r\n\r\n"sv, "2.2"},
      {400, "GET / HTTP/1.1\nHost: t\n\n"sv, "2.2"},
      {400, "GET / HTTP/1.1\r\nHost: t\r\nX: a\rY: b\r\n\r\n"sv, "2.2"},
      {400, "GET / HTTP/1.1\r\nHost: t\r\nX: a\0b\r\n\r\n"sv, "5.5"},
      {400, "GET / HTTP/1.1\r\nHost: t\r\nX: a\x01\r\n\r\n"sv, "5.5"},
      {400, "GET / HTTP/1.1\r\nHost: t\r\nX: a\x7f\r\n\r\n"sv, "5.5"},
      {400, "GET / HTTP/1.1\r\nHost: t\r\nX : a\r\n\r\n"sv, "5.1"},
      {400, "GET / HTTP/1.1\r\nHost: t\r\nX\t: a\r\n\r\n"sv, "5.1"},
      {400, "GET / HTTP/1.1\r\nHost: t\r\n: a\r\n\r\n"sv, "5.1"},
      {400, "GET / HTTP/1.1\r\nHost: t\r\nX\r\n\r\n"sv, "5"},
      {400, "GET / HTTP/1.1\r\nHost: t\r\nX(y): a\r\n\r\n"sv, "5.1"},
      {400, "GET / HTTP/1.1\r\n\r\n"sv, "3.2"},
      {400, "GET / HTTP/1.1\r\nHost: t\r\nHost: t\r\n\r\n"sv, "3.2"},
      {400, "GET / HTTP/1.1\r\nHost: a b\r\n\r\n"sv, "3.2"},
      {400, "GET / HTTP/1.1\r\nHost: a, b\r\n\r\n"sv, "3.2"},
      {400, "GET http://other/ HTTP/1.1\r\nHost: t\r\n\r\n"sv, "3.2.2"},
      {400, "GET http://u@t/ HTTP/1.1\r\nHost: t\r\n\r\n"sv, "3.2.2"},
      {400, "GET ftp://t/ HTTP/1.1\r\nHost: t\r\n\r\n"sv, "3.2.2"},
      {400, "GET t HTTP/1.1\r\nHost: t\r\n\r\n"sv, "3.2"},
      {400, "GET * HTTP/1.1\r\nHost: t\r\n\r\n"sv, "3.2.4"},
      {501, "CONNECT t:1 HTTP/1.1\r\nHost: t\r\n\r\n"sv, "3.2.3"},
      {400, "GET  / HTTP/1.1\r\nHost: t\r\n\r\n"sv, "3"},
      {400, "GET /a b HTTP/1.1\r\nHost: t\r\n\r\n"sv, "3"},
      {400, "GET /\tx HTTP/1.1\r\nHost: t\r\n\r\n"sv, "3"},
      {400, "GET /\xc3\xa4 HTTP/1.1\r\nHost: t\r\n\r\n"sv, "3.2"},
      {400, "GET /#x HTTP/1.1\r\nHost: t\r\n\r\n"sv, "3.2"},
      {400, "G(T / HTTP/1.1\r\nHost: t\r\n\r\n"sv, "3.1"},
      {400, "GET /\r\nHost: t\r\n\r\n"sv, "3"},
      {400, "GET / http/1.1\r\nHost: t\r\n\r\n"sv, "2.3"},
      {505, "GET / HTTP/2.0\r\nHost: t\r\n\r\n"sv, "2.3"},
      {505, "GET / HTTP/1.2\r\nHost: t\r\n\r\n"sv, "2.3"},
      {400, "GET / HTTP/1.10\r\nHost: t\r\n\r\n"sv, "2.3"},
      {417, "GET / HTTP/1.1\r\nHost: t\r\nExpect: more\r\n\r\n"sv, "RFC 9110 10.1.1"},
      {400, "\x16\x03\x01\x02\n\r\n"sv, "TLS to a plain port"},
  };
  start();
  for (const Row& row : rows) {
    RawClient client(server->port());
    client.send(row.request);
    const std::string answer = client.until_close();
    EXPECT_TRUE(answer.starts_with("HTTP/1.1 " + std::to_string(row.status)))
        << row.source << "\n"
        << row.request << "\n-> " << answer;
    EXPECT_NE(answer.find("Connection: close\r\n"), std::string::npos) << row.request;
    EXPECT_EQ(answer.find("\nHTTP/1.1 "), std::string::npos) << "two answers to " << row.request;
    EXPECT_TRUE(client.saw_end()) << row.request;
  }
  EXPECT_EQ(seen.requests, 0);
}

}  // namespace
}  // namespace dragoman::net
