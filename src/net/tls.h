// TLS for the client side: OpenSSL straight on the socket, which holds a third of the memory of a stream
// adapter.
#pragma once
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <string_view>

#include "base/error.h"
#include "net/socket.h"

typedef struct ssl_ctx_st SSL_CTX;
typedef struct ssl_st SSL;
typedef struct ssl_session_st SSL_SESSION;

namespace dragoman::net {

struct TlsOptions {
  std::string ca_file;    // PEM; trusted besides the system's CAs
  bool insecure = false;  // accept any certificate: for tests on loopback
};

// The process's one SSL_CTX, made at first use (reading the system's CAs takes about 20 ms and some
// megabytes, which a gateway without https upstreams need not spend). Thread-safe.
class TlsContext {
 public:
  explicit TlsContext(TlsOptions options) : options_(std::move(options)) {}
  ~TlsContext();
  TlsContext(const TlsContext&) = delete;
  TlsContext& operator=(const TlsContext&) = delete;

  Result<SSL_CTX*> get();
  bool insecure() const { return options_.insecure; }

 private:
  TlsOptions options_;
  std::once_flag once_;
  SSL_CTX* context_ = nullptr;
  Error error_;
};

// The last session of one host, for resumption. One loop only.
class TlsSessionSlot {
 public:
  TlsSessionSlot() = default;
  ~TlsSessionSlot() { set(nullptr); }
  TlsSessionSlot(const TlsSessionSlot&) = delete;
  TlsSessionSlot& operator=(const TlsSessionSlot&) = delete;
  void set(SSL_SESSION* session);  // takes over the reference
  SSL_SESSION* get() const { return session_; }

 private:
  SSL_SESSION* session_ = nullptr;
};

// One TLS connection. Its steps never block; on `again` wait for the socket, in whichever direction it then
// says.
class TlsStream {
 public:
  // `host` is what the certificate must be for: a name (also sent as SNI) or an IP address.
  static Result<std::unique_ptr<TlsStream>> create(TlsContext& context, int fd, const std::string& host,
                                                   std::shared_ptr<TlsSessionSlot> session);
  ~TlsStream();
  TlsStream(const TlsStream&) = delete;
  TlsStream& operator=(const TlsStream&) = delete;

  IoStep handshake();  // `error`: see failure()
  IoStep read(std::span<char> into);
  IoStep write(std::span<const std::string_view> parts);
  bool wants_write() const { return wants_write_; }  // the last `again` waits for writability
  const std::string& failure() const { return failure_; }

 private:
  TlsStream() = default;
  static int keep_session(SSL* ssl, SSL_SESSION* session);
  friend class TlsContext;
  IoStep outcome(int result);

  SSL* ssl_ = nullptr;
  std::shared_ptr<TlsSessionSlot> session_;
  bool wants_write_ = false;
  std::string failure_;
};

}  // namespace dragoman::net
