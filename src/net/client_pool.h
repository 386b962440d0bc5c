// Upstream connections and where the idle ones wait. Internal to the client; one loop only.
#pragma once
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "net/client.h"
#include "net/resolver.h"
#include "net/socket.h"
#include "net/tls.h"

namespace dragoman::net {

struct ClientHost;

// One connection, plain or TLS. Closes the socket when destroyed.
class Upstream {
 public:
  Upstream(Loop& loop, int fd);
  ~Upstream();
  Upstream(const Upstream&) = delete;
  Upstream& operator=(const Upstream&) = delete;

  IoStep read(std::span<char> into);
  IoStep write(std::span<const std::string_view> parts);
  // Waits for what a read needs, and with `writing` also for what a write needs, whichever comes first.
  Task<Wake> wait(bool writing, TimePoint due);
  std::string describe(const IoStep& step) const;

  std::shared_ptr<Socket> socket;
  std::unique_ptr<TlsStream> tls;  // null: plain
  bool reused = false;

  // While idle:
  ClientPool* pool = nullptr;
  ClientHost* host = nullptr;
  Deadline idle;
};

struct ClientHost {
  std::vector<std::unique_ptr<Upstream>> idle;  // the last is the most recently used
  std::shared_ptr<TlsSessionSlot> session = std::make_shared<TlsSessionSlot>();
};

struct ClientPool {
  ClientPool(Loop& on, std::shared_ptr<TlsContext> with, ClientOptions how)
      : loop(on), tls(std::move(with)), options(how), resolver(on, how.dns_ttl) {}

  ClientHost& host(const Url& url);
  std::unique_ptr<Upstream> take(ClientHost& host);  // null if none is idle
  void give(ClientHost& host, std::unique_ptr<Upstream> upstream);
  static void drop(Upstream* idle);

  Loop& loop;
  std::shared_ptr<TlsContext> tls;
  ClientOptions options;
  Resolver resolver;
  std::unordered_map<std::string, ClientHost> hosts;  // "https://host:port"; as many as are configured
  bool closed = false;                                // the client is gone: keep nothing
};

}  // namespace dragoman::net
