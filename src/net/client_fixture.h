// For the client's tests: a server that answers, hangs, cuts and drops by path, and one call of a client to
// it.
#pragma once
#include <gtest/gtest.h>

#include <atomic>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "net/client.h"
#include "net/testing.h"

namespace dragoman::net {

struct Upstreams {
  std::atomic<int> requests = 0;
  std::atomic<int> gone = 0;
};

inline Task<void> answer(ServerExchange& x, Upstreams* seen) {
  ++seen->requests;
  const std::string path = x.path();
  if (path == "/echo") {
    Headers headers{{"X-Host", x.headers().get("host")},
                    {"X-Length", x.headers().get("content-length", "none")},
                    {"X-Custom", x.headers().get("x-custom")},
                    {"X-Encoding", x.headers().get("accept-encoding", "none")}};
    std::string body(x.body());
    co_await x.respond(201, std::move(headers), std::move(body));
  } else if (path == "/stream") {
    co_await x.begin(200, {});
    for (const std::string_view piece : {"one,", "two,", "three,"}) {
      co_await x.write(piece);
      co_await x.loop().sleep(milliseconds(10));
    }
    co_await x.finish("end");
  } else if (path == "/large") {
    const std::string piece(100'000, 'L');
    co_await x.begin(200, {});
    for (int i = 0; i < 50; ++i) co_await x.write(piece);
    co_await x.finish();
  } else if (path == "/hang") {
    x.on_disconnect([seen] { ++seen->gone; });
    while (!x.disconnected()) co_await x.loop().sleep(milliseconds(10));
  } else if (path == "/stall" || path == "/drip") {
    x.on_disconnect([seen] { ++seen->gone; });
    co_await x.begin(200, {});
    co_await x.write("first");
    while (!x.disconnected()) {
      co_await x.loop().sleep(milliseconds(10));
      if (path == "/drip") co_await x.write(".");
    }
  } else if (path == "/cut") {
    co_await x.begin(200, {});
    co_await x.write("part");
  } else if (path == "/raw") {  // the query, decoded, is what goes on the wire
    co_await x.write_raw(percent_decode(x.query()).value());
  } else if (path == "/drop") {
    x.abort();
  } else {
    co_await x.respond(404, {}, "");
  }
}

struct ClientTest : ::testing::Test {
  Upstreams seen;
  Loops loops{2};
  std::unique_ptr<Server> server;
  std::unique_ptr<Client> client;
  Loop& loop() { return loops[0]; }

  void SetUp() override { start({}, {}); }
  void start(ServerLimits limits, ClientOptions options) {
    loops.start();
    auto made = Server::listen(
        loops, {.limits = limits}, [this](ServerExchange& x) { return answer(x, &seen); },
        testing::plain_error);
    ASSERT_TRUE(made) << made.error().message;
    server = *std::move(made);
    client = std::make_unique<Client>(loop(), nullptr, options);
  }
  void TearDown() override {
    if (server) server->stop(milliseconds(0));
    loops.stop();
  }

  ClientRequest request(std::string_view path, std::string_view body = {}) const {
    ClientRequest r;
    r.method = body.empty() ? "GET" : "POST";
    r.url = Url::parse("http://127.0.0.1:" + std::to_string(server->port()) + std::string(path)).value();
    if (!body.empty()) r.body = {body};
    return r;
  }
};

struct Answer {
  int status = 0;
  Headers headers;
  std::string body;
  bool reused = false;
  int pieces = 0;
  std::optional<NetError> error;
  std::string what() const { return error ? std::string(name(error->kind)) + ": " + error->message : "ok"; }
};

inline Task<Answer> fetch(Client* client, ClientRequest request) {
  Answer out;
  auto response = co_await client->send(std::move(request));
  if (!response) {
    out.error = response.error();
    co_return out;
  }
  out.status = response->status();
  out.headers = response->headers();
  out.reused = response->reused_connection();
  for (;;) {
    auto piece = co_await response->read();
    if (!piece) {
      out.error = piece.error();
      break;
    }
    if (piece->empty()) break;
    out.body += *piece;
    ++out.pieces;
  }
  co_return out;
}

}  // namespace dragoman::net
