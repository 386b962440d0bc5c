// Host names to addresses, with a small cache. One per client; one loop only.
#pragma once
#include <sys/socket.h>

#include <cstdint>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "net/net_error.h"
#include "net/signal.h"

namespace dragoman::net {

struct Endpoint {
  sockaddr_storage storage{};
  socklen_t size = 0;
  const sockaddr* get() const { return reinterpret_cast<const sockaddr*>(&storage); }
};

class Resolver {
 public:
  Resolver(Loop& loop, milliseconds ttl);
  ~Resolver();

  // The addresses of `host` in the order to try them; empty: they have to be asked for. IP addresses need no
  // asking.
  std::vector<Endpoint> cached(const std::string& host, std::uint16_t port);

  // Asks the system (on a thread of its own, since getaddrinfo blocks) and caches the answer. `stop` ends
  // the wait: waking it with Wake::closed gives `cancelled`, its deadline `timeout_connect`.
  Task<NetResult<std::vector<Endpoint>>> resolve(std::string host, std::uint16_t port, Signal* stop,
                                                 TimePoint due);

 private:
  struct Thread;
  struct Entry {
    std::vector<Endpoint> endpoints;
    TimePoint expires;
  };
  Loop& loop_;
  milliseconds ttl_;
  std::unique_ptr<Thread> thread_;                // from the first question on
  std::unordered_map<std::string, Entry> cache_;  // by host; ports are filled in
};

}  // namespace dragoman::net
