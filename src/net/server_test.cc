#include "net/server.h"

#include <gtest/gtest.h>

#include <atomic>
#include <mutex>

#include "net/testing.h"

namespace dragoman::net {
namespace {

using testing::eventually;
using testing::RawClient;

// What the handlers below report to the test's thread.
struct Seen {
  std::atomic<int> requests = 0;
  std::atomic<int> gone = 0;
  std::atomic<bool> write_failed = false;
  std::atomic<bool> released = false;  // lets /wait go on
};

Task<void> handle(ServerExchange& x, Seen* seen) {
  ++seen->requests;
  Headers text{{"Content-Type", "text/plain"}};
  if (x.path() == "/echo") {
    std::string body(x.body());
    for (std::size_t i = 0; i < PaddedBuffer::kPadding; ++i)
      EXPECT_EQ(x.body().data()[x.body().size() + i], '\0');
    text.set("X-Method", x.method());
    text.set("X-Query", x.query());
    co_await x.respond(200, std::move(text), std::move(body));
  } else if (x.path() == "/stream" || x.path() == "/cut" || x.path() == "/reset") {
    co_await x.begin(200, std::move(text),
                     x.query() == "hold" ? ServerExchange::Flush::hold : ServerExchange::Flush::now);
    co_await x.write("one");
    co_await x.write("");
    co_await x.write("two");
    if (x.path() == "/cut") co_return;
    if (x.path() == "/reset") co_return x.reset();
    co_await x.finish("three");
  } else if (x.path() == "/wait") {
    x.on_disconnect([seen] { ++seen->gone; });
    while (!seen->released && !x.disconnected()) co_await x.loop().sleep(milliseconds(10));
    co_await x.respond(200, std::move(text), "waited");
  } else if (x.path() == "/flood") {
    const std::string megabyte(1 << 20, 'x');
    co_await x.begin(200, std::move(text));
    for (int i = 0; i < 64; ++i)
      if (!co_await x.write(megabyte)) {
        seen->write_failed = true;
        co_return;
      }
    co_await x.finish();
  } else if (x.path() == "/raw") {
    co_await x.write_raw("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nshort");
  } else if (x.path() == "/throw") {
    throw std::runtime_error("on purpose");
  } else if (x.path() == "/injected") {
    text.add("X-Bad", "a\r\nX-Evil: 1");
    co_await x.respond(200, std::move(text), "ok");
  } else if (x.path() == "/silent") {
    co_return;
  } else {
    co_await x.respond(404, std::move(text), "none");
  }
}

struct ServerTest : ::testing::Test {
  Seen seen;
  Loops loops{2};
  std::unique_ptr<Server> server;

  void start(ServerLimits limits = {}) {
    loops.start();
    auto made = Server::listen(
        loops, {.limits = limits}, [this](ServerExchange& x) { return handle(x, &seen); },
        testing::plain_error);
    ASSERT_TRUE(made) << made.error().message;
    server = *std::move(made);
  }
  void TearDown() override {
    if (server) server->stop(milliseconds(0));
    if (server) EXPECT_EQ(server->connections(), 0u);
  }
  std::string ask(std::string_view request) {
    RawClient client(server->port());
    client.send(request);
    return client.until_close();
  }
};

std::string post(std::string_view path, std::string_view body, std::string_view more = "") {
  return "POST " + std::string(path) + " HTTP/1.1\r\nHost: t\r\n" + std::string(more) +
         "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + std::string(body);
}

TEST_F(ServerTest, keeps_the_connection_for_the_next_request) {
  start();
  RawClient client(server->port());
  for (const std::string body : {"one", "two", ""}) {
    client.send(post("/echo?q=1", body));
    const std::string answer = client.until("\r\n\r\n" + body);
    EXPECT_TRUE(answer.starts_with("HTTP/1.1 200 OK\r\n")) << answer;
    EXPECT_NE(answer.find("X-Query: q=1\r\n"), std::string::npos);
    EXPECT_NE(answer.find("Content-Length: " + std::to_string(body.size())), std::string::npos);
    EXPECT_NE(answer.find("\r\nDate: "), std::string::npos);
    EXPECT_EQ(answer.find("Connection:"), std::string::npos);
  }
}

TEST_F(ServerTest, answers_pipelined_requests_in_order) {
  start();
  RawClient client(server->port());
  client.send(post("/echo", "first") + post("/echo", "second") + "\r\n" +
              post("/echo", "third", "Connection: close\r\n"));
  const std::string all = client.until_close();
  EXPECT_LT(all.find("first"), all.find("second"));
  EXPECT_LT(all.find("second"), all.find("third"));
  EXPECT_NE(all.find("third"), std::string::npos);
  EXPECT_TRUE(client.saw_end());
}

TEST_F(ServerTest, takes_a_request_in_single_bytes) {
  start();
  RawClient client(server->port());
  for (const char c : "\r\n" + post("/echo", "slow")) client.send({&c, 1});
  EXPECT_TRUE(client.until("\r\n\r\nslow").starts_with("HTTP/1.1 200"));
}

TEST_F(ServerTest, takes_chunked_and_large_bodies) {
  start();
  RawClient client(server->port());
  client.send(
      "POST /echo HTTP/1.1\r\nHost: t\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n" +
      post("/echo", "next"));
  EXPECT_NE(client.until("abcde").find("Content-Length: 5"), std::string::npos);
  EXPECT_NE(client.until("next").find("Content-Length: 4"), std::string::npos);

  const std::string large(5'000'000, 'L');
  client.send("POST /echo HTTP/1.1\r\nHost: t\r\nTransfer-Encoding: chunked\r\n\r\n");
  for (std::size_t at = 0; at < large.size(); at += 500'000) {
    char line[32];
    std::snprintf(line, sizeof(line), "%x\r\n", 500'000);
    client.send(line + large.substr(at, 500'000) + "\r\n");
  }
  client.send("0\r\n\r\n");
  EXPECT_NE(client.until("\r\n\r\n").find("Content-Length: 5000000"), std::string::npos);
  EXPECT_EQ(client.until(large), large);
  client.send(post("/echo", large, "Connection: close\r\n"));
  client.until("\r\n\r\n");
  EXPECT_EQ(client.until_close(), large);
}

TEST_F(ServerTest, streams_in_chunks_and_coalesces_the_head) {
  start();
  for (const std::string path : {"/stream", "/stream?hold"}) {
    RawClient client(server->port());
    client.send("GET " + path + " HTTP/1.1\r\nHost: t\r\n\r\n");
    EXPECT_NE(client.until("\r\n\r\n").find("Transfer-Encoding: chunked"), std::string::npos);
    EXPECT_EQ(client.until("0\r\n\r\n"), "3\r\none\r\n3\r\ntwo\r\n5\r\nthree\r\n0\r\n\r\n");
  }
}

TEST_F(ServerTest, old_clients_get_an_unframed_stream) {
  start();
  const std::string answer = ask("GET /stream HTTP/1.0\r\n\r\n");
  EXPECT_TRUE(answer.ends_with("\r\n\r\nonetwothree")) << answer;
  EXPECT_EQ(answer.find("Transfer-Encoding"), std::string::npos);
}

TEST_F(ServerTest, head_requests_get_no_body) {
  start();
  RawClient client(server->port());
  client.send(
      "HEAD /nothing HTTP/1.1\r\nHost: t\r\n\r\nHEAD /stream HTTP/1.1\r\nHost: t\r\nConnection: "
      "close\r\n\r\n");
  const std::string all = client.until_close();
  EXPECT_NE(all.find("Content-Length: 4\r\n\r\nHTTP/1.1 200"), std::string::npos) << all;
  EXPECT_TRUE(all.ends_with("\r\n\r\n")) << all;
}

TEST_F(ServerTest, asks_for_the_body_if_the_client_waits_for_that) {
  start();
  RawClient client(server->port());
  client.send("POST /echo HTTP/1.1\r\nHost: t\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n");
  EXPECT_EQ(client.until("\r\n\r\n"), "HTTP/1.1 100 Continue\r\n\r\n");
  client.send("later");
  EXPECT_TRUE(client.until("later").starts_with("HTTP/1.1 200"));
  client.send("POST /echo HTTP/1.1\r\nHost: t\r\nExpect: 100-continue\r\nContent-Length: 99999999\r\n\r\n");
  EXPECT_TRUE(client.until_close().starts_with("HTTP/1.1 413"));
}

TEST_F(ServerTest, a_cut_stream_has_no_last_chunk) {
  start();
  EXPECT_TRUE(ask("GET /cut HTTP/1.1\r\nHost: t\r\n\r\n").ends_with("3\r\ntwo\r\n"));
  EXPECT_TRUE(ask("GET /raw HTTP/1.1\r\nHost: t\r\n\r\n").ends_with("short"));
  RawClient client(server->port());
  client.send("GET /reset HTTP/1.1\r\nHost: t\r\n\r\n");
  client.until_close();
  EXPECT_TRUE(client.saw_reset());
}

TEST_F(ServerTest, a_handler_that_throws_or_says_nothing_is_a_500) {
  start();
  EXPECT_TRUE(ask("GET /throw HTTP/1.1\r\nHost: t\r\n\r\n").starts_with("HTTP/1.1 500"));
  EXPECT_TRUE(ask("GET /silent HTTP/1.1\r\nHost: t\r\n\r\n").starts_with("HTTP/1.1 500"));
}

TEST_F(ServerTest, answer_headers_cannot_be_injected) {
  start();
  const std::string answer = ask("GET /injected HTTP/1.1\r\nHost: t\r\nConnection: close\r\n\r\n");
  EXPECT_EQ(answer.find("X-Evil"), std::string::npos) << answer;
  EXPECT_TRUE(answer.ends_with("ok"));
}

TEST_F(ServerTest, tells_the_handler_when_the_client_goes_away) {
  const std::string more = post("/echo", "x");
  const std::string much = post("/echo", std::string(100'000, 'x'));  // more than is read ahead
  start();
  int gone = 0;
  for (const std::string how : {"close", "reset", "half"})
    for (const std::string& behind : {std::string(), more, much}) {
      RawClient client(server->port());
      client.send(post("/wait", "body") + behind);
      EXPECT_TRUE(eventually([&] { return seen.requests == gone + 1; }));
      EXPECT_EQ(seen.gone, gone);
      const auto left = SteadyClock::now();
      if (how == "close") client.close();
      if (how == "reset") client.reset();
      if (how == "half") client.half_close();
      EXPECT_TRUE(eventually([&] { return seen.gone == gone + 1; })) << how << " " << behind.size();
      EXPECT_LT(SteadyClock::now() - left, std::chrono::seconds(1));
      ++gone;
    }
}

TEST_F(ServerTest, pipelined_bytes_do_not_look_like_a_departure) {
  start();
  RawClient client(server->port());
  client.send(post("/wait", ""));
  EXPECT_TRUE(eventually([&] { return seen.requests == 1; }));
  client.send(post("/echo", "pipelined"));
  std::this_thread::sleep_for(milliseconds(30));
  EXPECT_EQ(seen.gone, 0);
  seen.released = true;
  EXPECT_TRUE(client.until("waited").ends_with("waited"));
  EXPECT_TRUE(client.until("pipelined").ends_with("pipelined"));
  EXPECT_EQ(seen.gone, 0);
}

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

TEST_F(ServerTest, says_why_it_cannot_listen) {
  start();
  const auto taken = Server::listen(loops, {.port = server->port()}, nullptr, nullptr);
  ASSERT_FALSE(taken);
  EXPECT_NE(taken.error().message.find("another program listens there"), std::string::npos)
      << taken.error().message;
  const auto name = Server::listen(loops, {.host = "not an address"}, nullptr, nullptr);
  ASSERT_FALSE(name);
  EXPECT_NE(name.error().message.find("not an address"), std::string::npos);
}

TEST_F(ServerTest, a_graceful_stop_lets_running_exchanges_finish) {
  start();
  RawClient idle(server->port()), busy(server->port());
  idle.send(post("/echo", "x"));
  idle.until("\r\n\r\nx");
  busy.send(post("/wait", "x"));
  EXPECT_TRUE(eventually([&] { return seen.requests == 2; }));
  std::thread stopper([&] { server->stop(milliseconds(5000)); });
  EXPECT_EQ(idle.until_close(), "");
  EXPECT_TRUE(idle.saw_end());
  seen.released = true;
  const std::string answer = busy.until_close();
  EXPECT_TRUE(answer.ends_with("waited")) << answer;
  EXPECT_NE(answer.find("Connection: close"), std::string::npos);
  stopper.join();
  EXPECT_EQ(seen.gone, 0);
}

TEST_F(ServerTest, a_stop_closes_what_does_not_finish) {
  start();
  RawClient busy(server->port());
  busy.send(post("/wait", "x"));
  EXPECT_TRUE(eventually([&] { return seen.requests == 1; }));
  server->stop(milliseconds(30));
  EXPECT_EQ(busy.until_close(), "");
  EXPECT_EQ(seen.gone, 1);
}

TEST_F(ServerTest, more_connections_than_allowed_wait) {
  start({.connections = 1});
  RawClient first(server->port());
  first.send(post("/echo", "x"));
  first.until("\r\n\r\nx");
  RawClient second(server->port());
  second.send(post("/echo", "y"));
  EXPECT_EQ(second.until("y", 60), "");
  first.close();
  EXPECT_TRUE(second.until("\r\n\r\ny").ends_with("y"));
}

}  // namespace
}  // namespace dragoman::net
