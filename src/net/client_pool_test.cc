// Which connections the client keeps, uses again and gives up.
#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "net/client_fixture.h"

namespace dragoman::net {
namespace {

using testing::eventually;

TEST_F(ClientTest, uses_the_connection_again) {
  EXPECT_FALSE(run_blocking(loop(), fetch(client.get(), request("/echo", "1"))).reused);
  for (const char* path : {"/echo", "/stream", "/large", "/missing", "/echo"}) {
    const Answer a = run_blocking(loop(), fetch(client.get(), request(path)));
    EXPECT_FALSE(a.error) << a.what();
    EXPECT_TRUE(a.reused) << path;
  }
  EXPECT_EQ(client->idle_connections(), 1u);
  EXPECT_EQ(server->connections(), 1u);
}

Task<bool> start_and_leave(Client* client, ClientRequest request) {
  auto response = co_await client->send(std::move(request));
  co_return response.has_value();
}

TEST_F(ClientTest, leaving_a_response_unread_closes_its_connection) {
  EXPECT_TRUE(run_blocking(loop(), start_and_leave(client.get(), request("/stall"))));
  EXPECT_TRUE(eventually([&] { return seen.gone == 1; }));
  EXPECT_EQ(client->idle_connections(), 0u);
}

struct QuickCloseTest : ClientTest {
  void SetUp() override { start({.idle_timeout = milliseconds(50)}, {}); }
};

TEST_F(QuickCloseTest, a_connection_the_peer_closes_while_idle_leaves_the_pool) {
  run_blocking(loop(), fetch(client.get(), request("/echo", "x")));
  EXPECT_TRUE(eventually([&] { return server->connections() == 0; }));
  const Answer a = run_blocking(loop(), fetch(client.get(), request("/echo", "y")));
  EXPECT_FALSE(a.reused);
  EXPECT_EQ(a.body, "y");
}

struct ShortPoolTest : ClientTest {
  void SetUp() override { start({}, {.idle_timeout = milliseconds(40)}); }
};

TEST_F(ShortPoolTest, idle_connections_are_closed_in_time) {
  run_blocking(loop(), fetch(client.get(), request("/echo", "x")));
  EXPECT_EQ(server->connections(), 1u);
  EXPECT_TRUE(eventually([&] { return server->connections() == 0; }));
}

// Serves each accepted connection with the next script: how many requests to answer, then what to do with the
// one after. Blocking, one connection at a time.
struct ScriptedServer {
  struct Script {
    int answers;
    std::string then;  // sent before the connection is closed upon the next request
  };
  explicit ScriptedServer(std::vector<Script> scripts) : scripts_(std::move(scripts)) {
    fd_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof(address);
    ::bind(fd_, reinterpret_cast<sockaddr*>(&address), size);
    ::listen(fd_, 16);
    ::getsockname(fd_, reinterpret_cast<sockaddr*>(&address), &size);
    port = ntohs(address.sin_port);
    thread_ = std::thread([this] { run(); });
  }
  ~ScriptedServer() {
    ::shutdown(fd_, SHUT_RDWR);
    thread_.join();
    ::close(fd_);
  }
  std::uint16_t port = 0;
  std::atomic<int> connections = 0;
  std::atomic<int> requests = 0;

 private:
  void run() {
    for (const Script& script : scripts_) {
      const int fd = ::accept(fd_, nullptr, nullptr);
      if (fd < 0) return;
      ++connections;
      char buffer[4096];
      for (int i = 0; ::recv(fd, buffer, sizeof(buffer), 0) > 0; ++i) {
        ++requests;
        const std::string_view out = i < script.answers
                                         ? std::string_view("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
                                         : script.then;
        ::send(fd, out.data(), out.size(), MSG_NOSIGNAL);
        if (i >= script.answers) break;
      }
      ::close(fd);
    }
  }
  std::vector<Script> scripts_;
  int fd_ = -1;
  std::thread thread_;
};

TEST_F(ClientTest, a_stale_connection_is_replaced_once) {
  ScriptedServer upstream({{1, ""}, {1, ""}, {0, ""}});
  ClientRequest r = request("/x");
  r.url.port = upstream.port;
  EXPECT_EQ(run_blocking(loop(), fetch(client.get(), r)).body, "ok");
  const Answer second = run_blocking(loop(), fetch(client.get(), r));  // the first connection closes on it
  EXPECT_FALSE(second.error) << second.what();
  EXPECT_FALSE(second.reused);
  EXPECT_EQ(upstream.connections, 2);
  EXPECT_EQ(upstream.requests, 3);
  const Answer third =
      run_blocking(loop(), fetch(client.get(), r));  // stale again, and the fresh one closes too
  ASSERT_TRUE(third.error);
  EXPECT_EQ(name(third.error->kind), "closed");
  EXPECT_EQ(upstream.connections, 3);
  EXPECT_EQ(upstream.requests, 5);
}

TEST_F(ClientTest, nothing_is_sent_twice_once_a_byte_came_back) {
  ScriptedServer upstream({{1, "H"}, {1, ""}});
  ClientRequest r = request("/x");
  r.url.port = upstream.port;
  EXPECT_EQ(run_blocking(loop(), fetch(client.get(), r)).body, "ok");
  const Answer second = run_blocking(loop(), fetch(client.get(), r));
  ASSERT_TRUE(second.error);
  EXPECT_EQ(name(second.error->kind), "closed");
  EXPECT_EQ(upstream.connections, 1);
}

}  // namespace
}  // namespace dragoman::net
