// An HTTP/1.1 server over the loops: every loop listens on the same port (SO_REUSEPORT), and a connection
// stays on the loop that accepted it, one coroutine each. Plain HTTP only; TLS for clients belongs to
// whatever stands before.
#pragma once
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "base/error.h"
#include "net/headers.h"
#include "net/http_head.h"
#include "net/loop.h"
#include "net/padded_buffer.h"

namespace dragoman::net {

class Connection;
struct ServerShared;

// Bounds on what a client may cost. Zero milliseconds: no limit.
struct ServerLimits {
  std::size_t header_bytes = 64 * 1024;          // 431 beyond
  std::size_t body_bytes = 32 * 1024 * 1024;     // 413 beyond
  milliseconds header_timeout{10'000};           // from a request's first byte to the end of its head; 408
  milliseconds body_timeout{30'000};             // longest silence inside a body; 408
  std::size_t body_bytes_per_second = 4 * 1024;  // 408 if body_timeout plus the body at this rate is exceeded
  milliseconds idle_timeout{75'000};             // between requests; closes in silence
  milliseconds write_timeout{30'000};            // the client takes no byte of an answer; closes
  std::size_t connections = 20'000;              // of the server in all; others wait in the kernel's queue
};

struct ServerOptions {
  std::string host = "127.0.0.1";  // an IPv4 or IPv6 address, or "localhost"
  std::uint16_t port = 0;          // 0: any free one
  ServerLimits limits;
};

struct ErrorReply {
  Headers headers;  // with Content-Type; framing headers are added
  std::string body;
};

// Makes the body of an answer given before the handler was asked (400, 408, 413, 417, 431, 501, 505) or when
// it threw (500). `path` is empty if it is not known. Called on any loop.
using ErrorPage = std::function<ErrorReply(int status, std::string_view reason, std::string_view path)>;

// One request and its answer. Lives until the handler returns; its loop only. Names and views are valid as
// long.
class ServerExchange {
 public:
  const std::string& method() const { return head_.method; }
  const std::string& path() const { return head_.path; }    // without the query, percent-encoded as sent
  const std::string& query() const { return head_.query; }  // without the '?'
  const Headers& headers() const { return head_.headers; }
  // The whole body, decoded from chunks; at least PaddedBuffer::kPadding readable bytes follow it.
  std::string_view body() const { return body_.view(); }
  PaddedBuffer take_body() { return std::move(body_); }
  Loop& loop() const;

  // A whole answer. Content-Length, Date and Connection are added; a HEAD request gets no body. Every
  // function here that returns a bool says false if the client is gone or stalled.
  Task<bool> respond(int status, Headers headers, std::string body);

  // An answer in pieces: begin, write…, finish. Chunked for HTTP/1.1, else ended by closing. With `hold`, the
  // head leaves together with the first piece. `data` must live until the task is done. A handler that
  // returns after begin() and before finish() cuts the connection, so that the client sees that the answer is
  // not whole.
  enum class Flush { now, hold };
  Task<bool> begin(int status, Headers headers, Flush flush = Flush::now);
  Task<bool> write(std::string_view data);
  Task<bool> finish(std::string_view last = {});

  // True once anything of the answer has been handed over.
  bool started() const { return stage_ != Stage::fresh; }

  // Calls `gone` once, on the loop, when the client closes its side or resets while the handler runs. A
  // client that only half-closes counts as gone. (Behind more pipelined bytes than fit into the kernel's and
  // our read-ahead, about 200 KB, a departure is not seen.) The connection is closed by then. Replaces an
  // earlier callback; not called after the handler has returned.
  void on_disconnect(std::function<void()> gone);
  bool disconnected() const;  // also true once the loop is stopping: whoever polls must then return

  // For fault injection. write_raw puts bytes on the wire with no framing, and the connection is closed when
  // the handler returns. abort closes (FIN), reset resets (RST), both at once and without the rest of the
  // answer.
  Task<bool> write_raw(std::string_view bytes);
  void abort();
  void reset();

 private:
  friend class Connection;
  enum class Stage { fresh, streaming, done, raw };
  explicit ServerExchange(Connection& connection) : connection_(connection) {}
  void make_head(int status, const Headers& headers);

  Connection& connection_;
  RequestHead head_;
  PaddedBuffer body_;
  Stage stage_ = Stage::fresh;
  bool chunked_ = false;
  bool bodiless_ = false;  // HEAD, 204, 304
  std::string out_head_;   // not yet on the wire
  std::string out_body_;
  char chunk_line_[20];
};

// Called for every request, on its connection's loop. The next request of the connection waits until it is
// done.
using Handler = std::function<Task<void>(ServerExchange&)>;

class Server {
 public:
  // Listens and accepts at once. The loops must outlive the server.
  static Result<std::unique_ptr<Server>> listen(Loops& loops, ServerOptions options, Handler handler,
                                                ErrorPage error_page);
  ~Server();  // stop(0)

  std::uint16_t port() const;
  std::size_t connections() const;  // open now

  // Stops accepting, closes idle connections, lets running exchanges finish for up to `grace`, then closes
  // all. Blocks; not from a loop. Safe to call twice.
  void stop(milliseconds grace);

 private:
  explicit Server(std::shared_ptr<ServerShared> shared);
  std::shared_ptr<ServerShared> shared_;
};

}  // namespace dragoman::net
