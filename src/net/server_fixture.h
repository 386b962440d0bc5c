// For the server's tests: handlers by path, and a server of them.
#pragma once
#include <gtest/gtest.h>

#include <atomic>
#include <memory>
#include <string>
#include <string_view>

#include "net/server.h"
#include "net/testing.h"

namespace dragoman::net {

using testing::RawClient;

// What the handlers below report to the test's thread.
struct Seen {
  std::atomic<int> requests = 0;
  std::atomic<int> gone = 0;
  std::atomic<bool> write_failed = false;
  std::atomic<bool> released = false;  // lets /wait go on
};

inline Task<void> handle(ServerExchange& x, Seen* seen) {
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

inline std::string post(std::string_view path, std::string_view body, std::string_view more = "") {
  return "POST " + std::string(path) + " HTTP/1.1\r\nHost: t\r\n" + std::string(more) +
         "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + std::string(body);
}

}  // namespace dragoman::net
