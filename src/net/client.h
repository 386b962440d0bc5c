// An HTTP/1.1 client on one loop: connection pool, DNS cache, TLS, timeouts of four kinds, cancellation.
#pragma once
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "net/cancel.h"
#include "net/headers.h"
#include "net/loop.h"
#include "net/net_error.h"
#include "net/url.h"

namespace dragoman::net {

class TlsContext;
struct Call;
struct ClientPool;

// Milliseconds; 0 is no limit.
struct Timeouts {
  milliseconds connect{0};        // resolve, TCP and TLS; not spent on a reused connection
  milliseconds first_byte{0};     // from the connection's readiness to the whole response head
  milliseconds between_reads{0};  // silence inside the body
  milliseconds total{0};          // from send() to the body's end
};

struct ClientRequest {
  std::string method = "GET";
  Url url;
  // Sent as they are, in order. Host is added unless it is here; Content-Length is counted from `body` and
  // added for a body or for POST, PUT and PATCH; Connection, Content-Length and Transfer-Encoding given here
  // are left out. Nothing else is added: no Accept-Encoding, so nothing comes back compressed unless asked
  // for.
  Headers headers;
  std::vector<std::string_view>
      body;  // sent back to back; the caller keeps the bytes alive until send() is done
  Timeouts timeouts;
  CancelToken* cancel = nullptr;  // closes the connection at once, in any phase; may be null
};

// A response whose body is pulled. Movable; destroying it before the end closes the connection. One loop
// only.
class ClientResponse {
 public:
  explicit ClientResponse(std::unique_ptr<Call> call);
  ~ClientResponse();
  ClientResponse(ClientResponse&&) noexcept;
  ClientResponse& operator=(ClientResponse&&) noexcept;

  int status() const;
  const Headers& headers() const;
  bool reused_connection() const;

  // The next piece of the body, decoded from chunks; empty at the end. The view is valid until the next read
  // or the response's end. One buffer: nothing is read from the network while nobody asks. One reader at a
  // time.
  Task<NetResult<std::string_view>> read();

  // The rest of the body; too_large if it is longer than `limit` bytes.
  Task<NetResult<std::string>> read_all(std::size_t limit);

 private:
  std::unique_ptr<Call> call_;
};

struct ClientOptions {
  std::size_t idle_per_host = 64;     // connections kept per scheme, host and port
  milliseconds idle_timeout{50'000};  // below the 60 s after which load balancers usually close
  milliseconds dns_ttl{30'000};
  std::size_t response_header_bytes = 64 * 1024;
};

// One per loop; not thread-safe. Responses may outlive it. Destroy it on its loop, or when the loops have
// stopped.
class Client {
 public:
  // `tls` is shared by all clients of the process; null: https URLs fail.
  Client(Loop& loop, std::shared_ptr<TlsContext> tls, ClientOptions options = {});
  ~Client();

  // Sends and waits for the response's head; interim (1xx) responses are skipped. A reused connection that
  // the peer had closed, so that not one byte came back, is replaced once by a fresh one; nothing else is
  // retried.
  Task<NetResult<ClientResponse>> send(ClientRequest request);

  std::size_t idle_connections() const;
  void close_idle();

 private:
  std::shared_ptr<ClientPool> pool_;
};

}  // namespace dragoman::net
