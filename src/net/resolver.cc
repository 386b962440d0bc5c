#include "net/resolver.h"

#include <arpa/inet.h>
#include <netdb.h>
#include <netinet/in.h>

#include <cstring>

#include "net/asio.h"
//
#include <boost/asio/thread_pool.hpp>

namespace dragoman::net {
namespace {

// Names come from the configuration, so the cache is bounded in practice; this is for those which do not.
constexpr std::size_t kMaxEntries = 1024;

Endpoint make_endpoint(const void* address, std::size_t size) {
  Endpoint out;
  std::memcpy(&out.storage, address, size);
  out.size = static_cast<socklen_t>(size);
  return out;
}

std::vector<Endpoint> with_port(std::vector<Endpoint> endpoints, std::uint16_t port) {
  for (Endpoint& e : endpoints) {
    if (e.storage.ss_family == AF_INET6)
      reinterpret_cast<sockaddr_in6*>(&e.storage)->sin6_port = htons(port);
    else
      reinterpret_cast<sockaddr_in*>(&e.storage)->sin_port = htons(port);
  }
  return endpoints;
}

struct Lookup {
  std::string error;
  std::vector<Endpoint> endpoints;
};

// getaddrinfo blocks, for seconds if it must.
Lookup look_up(const std::string& host) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_ADDRCONFIG;
  addrinfo* found = nullptr;
  Lookup out;
  if (const int error = ::getaddrinfo(host.c_str(), nullptr, &hints, &found); error != 0) {
    out.error = ::gai_strerror(error);
    return out;
  }
  for (const addrinfo* at = found; at; at = at->ai_next)
    if (at->ai_family == AF_INET || at->ai_family == AF_INET6)
      out.endpoints.push_back(make_endpoint(at->ai_addr, at->ai_addrlen));
  ::freeaddrinfo(found);
  return out;
}

// Where the answer goes; whoever waits may have left by then.
struct Pending {
  Signal* waiter = nullptr;
  bool done = false;
  Lookup lookup;
};

}  // namespace

// Its end waits for the lookup that runs.
struct Resolver::Thread {
  asio::thread_pool pool{1};
};

Resolver::Resolver(Loop& loop, milliseconds ttl) : loop_(loop), ttl_(ttl) {}
Resolver::~Resolver() = default;

std::vector<Endpoint> Resolver::cached(const std::string& host, std::uint16_t port) {
  sockaddr_in v4{};
  sockaddr_in6 v6{};
  if (inet_pton(AF_INET, host.c_str(), &v4.sin_addr) == 1) {
    v4.sin_family = AF_INET;
    return with_port({make_endpoint(&v4, sizeof(v4))}, port);
  }
  if (inet_pton(AF_INET6, host.c_str(), &v6.sin6_addr) == 1) {
    v6.sin6_family = AF_INET6;
    return with_port({make_endpoint(&v6, sizeof(v6))}, port);
  }
  const auto found = cache_.find(host);
  if (found == cache_.end()) return {};
  if (found->second.expires <= SteadyClock::now()) {
    cache_.erase(found);
    return {};
  }
  return with_port(found->second.endpoints, port);
}

Task<NetResult<std::vector<Endpoint>>> Resolver::resolve(std::string host, std::uint16_t port, Signal* stop,
                                                         TimePoint due) {
  auto pending = std::make_shared<Pending>();
  pending->waiter = stop;
  if (!thread_) thread_ = std::make_unique<Thread>();
  asio::post(thread_->pool, [pending, host, loop = &loop_] {
    loop->post([pending, lookup = look_up(host)]() mutable {
      pending->done = true;
      pending->lookup = std::move(lookup);
      if (pending->waiter) pending->waiter->wake(Wake::ready);
    });
  });
  const Wake wake = co_await stop->wait(due);
  pending->waiter = nullptr;
  if (wake == Wake::timeout)
    co_return net_fail(NetError::Kind::timeout_connect, "resolving " + host + " took too long");
  if (!pending->done) co_return net_fail(NetError::Kind::cancelled, "cancelled while resolving " + host);
  if (pending->lookup.endpoints.empty())
    co_return net_fail(NetError::Kind::resolve, "cannot resolve " + host + ": " + pending->lookup.error);
  if (cache_.size() >= kMaxEntries) cache_.clear();
  cache_[host] = Entry{pending->lookup.endpoints, SteadyClock::now() + ttl_};
  co_return with_port(std::move(pending->lookup.endpoints), port);
}

}  // namespace dragoman::net
