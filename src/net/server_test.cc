#include "net/server.h"

#include <gtest/gtest.h>

#include <atomic>
#include <mutex>

#include "net/server_fixture.h"

namespace dragoman::net {
namespace {

using testing::eventually;

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

// Whoever has just connected is about to ask; closed under its hands it would see a reset.
TEST_F(ServerTest, a_graceful_stop_answers_those_who_have_just_come) {
  start();
  RawClient idle(server->port()), fresh(server->port());
  idle.send(post("/echo", "x"));
  idle.until("\r\n\r\nx");
  EXPECT_TRUE(eventually([&] { return server->connections() == 2; }));
  std::thread stopper([&] { server->stop(milliseconds(5000)); });
  EXPECT_EQ(idle.until_close(), "");
  fresh.send(post("/echo", "hello"));
  const std::string answer = fresh.until_close();
  EXPECT_TRUE(answer.ends_with("hello")) << answer;
  EXPECT_NE(answer.find("Connection: close"), std::string::npos);
  stopper.join();
  EXPECT_EQ(server->connections(), 0u);
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
