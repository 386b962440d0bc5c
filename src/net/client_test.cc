#include "net/client.h"

#include <gtest/gtest.h>

#include <atomic>
#include <functional>

#include "net/client_fixture.h"

namespace dragoman::net {
namespace {

using testing::eventually;
using Kind = NetError::Kind;

TEST_F(ClientTest, sends_and_receives) {
  ClientRequest r = request("/echo?a=b", "hello");
  r.body = {"hel", "", "lo", " world"};
  r.headers = {{"X-Custom", "mine"}, {"content-length", "999"}};
  const Answer a = run_blocking(loop(), fetch(client.get(), std::move(r)));
  ASSERT_FALSE(a.error) << a.what();
  EXPECT_EQ(a.status, 201);
  EXPECT_EQ(a.body, "hello world");
  EXPECT_EQ(a.headers.get("x-length"), "11");
  EXPECT_EQ(a.headers.get("x-custom"), "mine");
  EXPECT_EQ(a.headers.get("x-encoding"), "none");
  EXPECT_EQ(a.headers.get("x-host"), "127.0.0.1:" + std::to_string(server->port()));
}

TEST_F(ClientTest, streams_are_pulled_as_they_come) {
  const Answer a = run_blocking(loop(), fetch(client.get(), request("/stream")));
  EXPECT_EQ(a.body, "one,two,three,end");
  EXPECT_GE(a.pieces, 3);
  EXPECT_EQ(run_blocking(loop(), fetch(client.get(), request("/large"))).body, std::string(5'000'000, 'L'));
}

TEST_F(ClientTest, large_bodies_go_up_and_down) {
  std::string large(5'000'000, ' ');
  for (std::size_t i = 0; i < large.size(); ++i) large[i] = static_cast<char>('a' + i % 23);
  ClientRequest r = request("/echo", large);
  const std::string_view all = large;
  r.body.clear();
  for (std::size_t at = 0; at < all.size(); at += 33'333)
    r.body.push_back(all.substr(at, 33'333));  // > IOV limit
  const Answer a = run_blocking(loop(), fetch(client.get(), std::move(r)));
  EXPECT_FALSE(a.error) << a.what();
  EXPECT_TRUE(a.body == large);
}

TEST_F(ClientTest, head_has_no_body) {
  ClientRequest r = request("/echo");
  r.method = "HEAD";
  const Answer a = run_blocking(loop(), fetch(client.get(), std::move(r)));
  EXPECT_EQ(a.status, 201);
  EXPECT_EQ(a.body, "");
  EXPECT_EQ(client->idle_connections(), 1u);
}

TEST_F(ClientTest, an_early_refusal_of_a_large_body_is_read) {
  const std::string large(40'000'000, 'x');
  const Answer a = run_blocking(loop(), fetch(client.get(), request("/echo", large)));
  ASSERT_FALSE(a.error) << a.what();
  EXPECT_EQ(a.status, 413);
  EXPECT_EQ(client->idle_connections(), 0u);
}

TEST_F(ClientTest, every_timeout_has_its_kind) {
  struct Row {
    const char* path;
    Timeouts timeouts;
    Kind kind;
    const char* body;
  };
  const Row rows[] = {
      {"/hang", {.first_byte = milliseconds(60)}, Kind::timeout_first_byte, ""},
      {"/hang", {.total = milliseconds(60)}, Kind::timeout_total, ""},
      {"/hang", {.first_byte = milliseconds(5000), .total = milliseconds(60)}, Kind::timeout_total, ""},
      {"/stall", {.between_reads = milliseconds(60)}, Kind::timeout_idle, "first"},
      {"/stall",
       {.between_reads = milliseconds(5000), .total = milliseconds(60)},
       Kind::timeout_total,
       "first"},
      {"/drip",
       {.between_reads = milliseconds(2000), .total = milliseconds(90)},
       Kind::timeout_total,
       "first."},
  };
  int gone = 0;
  for (const Row& row : rows) {
    ClientRequest r = request(row.path);
    r.timeouts = row.timeouts;
    const auto began = SteadyClock::now();
    const Answer a = run_blocking(loop(), fetch(client.get(), std::move(r)));
    ASSERT_TRUE(a.error) << row.path;
    EXPECT_EQ(name(a.error->kind), name(row.kind)) << row.path << " " << a.what();
    EXPECT_TRUE(a.body.starts_with(row.body)) << a.body;
    EXPECT_GE(SteadyClock::now() - began, milliseconds(60));
    EXPECT_TRUE(eventually([&] { return seen.gone == gone + 1; }))
        << "the upstream must see the connection go";
    ++gone;
  }
}

// A listener whose queue is full never answers a SYN.
TEST_F(ClientTest, connecting_has_a_timeout) {
  const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof(address);
  ASSERT_EQ(::bind(fd, reinterpret_cast<sockaddr*>(&address), size), 0);
  ASSERT_EQ(::listen(fd, 0), 0);
  ::getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size);
  std::vector<int> fillers;
  for (int i = 0; i < 4; ++i) {
    fillers.push_back(::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
    ::connect(fillers.back(), reinterpret_cast<sockaddr*>(&address), size);
  }
  ClientRequest r = request("/");
  r.url.port = ntohs(address.sin_port);
  r.timeouts.connect = milliseconds(80);
  const Answer a = run_blocking(loop(), fetch(client.get(), std::move(r)));
  ASSERT_TRUE(a.error);
  EXPECT_EQ(name(a.error->kind), "timeout_connect") << a.what();
  for (const int filler : fillers) ::close(filler);
  ::close(fd);
}

TEST_F(ClientTest, failures_before_an_answer) {
  ClientRequest refused = request("/");
  const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);  // bound, not listening: refuses
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof(address);
  ASSERT_EQ(::bind(fd, reinterpret_cast<sockaddr*>(&address), size), 0);
  ::getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size);
  refused.url.port = ntohs(address.sin_port);
  ClientRequest unknown = request("/");
  unknown.url.host = "no-such-host.invalid";
  ClientRequest injected = request("/");
  injected.headers.add("X", "a\r\nY: b");
  ClientRequest spaced = request("/");
  spaced.url.path = "/a b";
  ClientRequest secure = request("/");
  secure.url.scheme = "https";

  struct Row {
    ClientRequest request;
    const char* kind;
  };
  Row rows[] = {{refused, "connect"}, {unknown, "resolve"}, {injected, "protocol"},
                {spaced, "protocol"}, {secure, "tls"},      {request("/drop"), "closed"}};
  for (Row& row : rows) {
    const Answer a = run_blocking(loop(), fetch(client.get(), row.request));
    ASSERT_TRUE(a.error) << row.kind;
    EXPECT_EQ(name(a.error->kind), row.kind) << a.what();
    EXPECT_FALSE(a.error->message.empty());
  }
  EXPECT_EQ(seen.requests, 1);  // only /drop, and only once
  ::close(fd);
}

TEST_F(ClientTest, malformed_and_cut_answers) {
  struct Row {
    const char* wire;
    const char* outcome;  // error kind, or "ok"
    const char* body;
  };
  const Row rows[] = {
      {"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi", "ok", "hi"},
      {"HTTP/1.1 200 OK\r\n\r\nuntil the end", "ok", "until the end"},
      {"HTTP/1.0 200 OK\r\n\r\nold", "ok", "old"},
      {"HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi", "ok",
       "hi"},
      {"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi and more", "ok", "hi"},
      {"HTTP/1.1 204 No Content\r\n\r\n", "ok", ""},
      {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\n\r\n", "ok", "hi"},
      {"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhi", "closed", "hi"},
      {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n", "closed", "hi"},
      {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\nzz\r\n", "protocol", "hi"},
      {"HTTP/1.1 200 OK\r\nContent-Len", "closed", ""},
      {"HTTP/1.1 200 OK\nContent-Length: 2\n\nhi", "protocol", ""},
      {"HTTP/1.1 101 Switching Protocols\r\n\r\n", "protocol", ""},
      {"hello\r\n\r\n", "protocol", ""},
  };
  for (const Row& row : rows) {
    const Answer a = run_blocking(loop(), fetch(client.get(), request("/raw?" + percent_encode(row.wire))));
    EXPECT_EQ(a.error ? name(a.error->kind) : "ok", row.outcome) << row.wire << "\n" << a.what();
    EXPECT_EQ(a.body, row.body) << row.wire;
  }
  const Answer cut = run_blocking(loop(), fetch(client.get(), request("/cut")));
  EXPECT_EQ(cut.what().substr(0, 6), "closed");
  EXPECT_EQ(cut.body, "part");
}

Task<void> cancel_later(Loop* on, CancelToken* token, int ms) {
  co_await on->sleep(milliseconds(ms));
  token->cancel();
}

Task<Answer> fetch_cancelled(Loop* on, Client* client, ClientRequest request, int ms) {
  CancelToken token;
  request.cancel = &token;
  if (ms == 0) token.cancel();
  on->spawn(cancel_later(on, &token, ms));
  Answer answer = co_await fetch(client, std::move(request));
  while (!token.cancelled()) co_await on->sleep(milliseconds(10));
  co_return answer;
}

TEST_F(ClientTest, another_coroutine_may_cancel_in_every_phase) {
  struct Row {
    const char* path;
    int ms;
    const char* body;
  };
  int gone = 0;
  for (const Row& row : {Row{"/hang", 30, ""}, Row{"/stall", 30, "first"}}) {
    const Answer a = run_blocking(loop(), fetch_cancelled(&loop(), client.get(), request(row.path), row.ms));
    ASSERT_TRUE(a.error) << row.path;
    EXPECT_EQ(name(a.error->kind), "cancelled") << a.what();
    EXPECT_EQ(a.body, row.body);
    EXPECT_TRUE(eventually([&] { return seen.gone == gone + 1; }));
    ++gone;
  }
  const int before = seen.requests;
  const Answer a = run_blocking(loop(), fetch_cancelled(&loop(), client.get(), request("/echo"), 0));
  ASSERT_TRUE(a.error);
  EXPECT_EQ(name(a.error->kind), "cancelled");
  EXPECT_EQ(seen.requests, before);
}

Task<NetResult<std::string>> fetch_all(Client* client, ClientRequest request, std::size_t limit) {
  auto response = co_await client->send(std::move(request));
  if (!response) co_return std::unexpected(response.error());
  co_return co_await response->read_all(limit);
}

TEST_F(ClientTest, whole_bodies_have_a_limit) {
  EXPECT_EQ(run_blocking(loop(), fetch_all(client.get(), request("/stream"), 17)), "one,two,three,end");
  for (const auto& [path, body] : {std::pair("/stream", ""), std::pair("/echo", "0123456789abcdefg")}) {
    const auto over = run_blocking(loop(), fetch_all(client.get(), request(path, body), 16));
    ASSERT_FALSE(over);
    EXPECT_EQ(name(over.error().kind), "too_large");
  }
}

TEST_F(ClientTest, names_are_resolved_and_cached) {
  for (int i = 0; i < 2; ++i) {
    ClientRequest r = request("/echo", "x");
    r.url.host = "localhost";
    const Answer a = run_blocking(loop(), fetch(client.get(), std::move(r)));
    EXPECT_FALSE(a.error) << a.what();
    EXPECT_EQ(a.body, "x");
  }
}

TEST_F(ClientTest, stopping_the_loops_ends_what_is_in_flight) {
  std::promise<Answer> promise;
  loop().spawn(internal::run_and_set(fetch(client.get(), request("/hang")), &promise));
  EXPECT_TRUE(eventually([&] { return seen.requests == 1; }));
  loops.stop();
  const Answer a = promise.get_future().get();
  ASSERT_TRUE(a.error);
  EXPECT_EQ(name(a.error->kind), "cancelled") << a.what();
}

}  // namespace
}  // namespace dragoman::net
