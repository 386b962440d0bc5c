#include "net/resolver.h"

#include <arpa/inet.h>
#include <netinet/in.h>

#include <cstring>

#include "net/asio.h"
//
#include <boost/asio/ip/tcp.hpp>

namespace dragoman::net {
namespace {

using TcpResolver = asio::ip::basic_resolver<asio::ip::tcp, asio::io_context::executor_type>;

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

// What the resolver's callback fills in; whoever waits may have left by then.
struct Pending {
  Signal* waiter = nullptr;
  bool done = false;
  std::string error;
  std::vector<Endpoint> endpoints;
};

}  // namespace

struct Resolver::Asio {
  TcpResolver resolver;
};

Resolver::Resolver(Loop& loop, milliseconds ttl)
    : ttl_(ttl), asio_(new Asio{TcpResolver(loop.context().get_executor())}) {}
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
  asio_->resolver.async_resolve(
      host, "", TcpResolver::address_configured,
      [pending](boost::system::error_code ec, const TcpResolver::results_type& results) {
        pending->done = true;
        if (ec) pending->error = ec.message();
        for (const auto& r : results)
          pending->endpoints.push_back(make_endpoint(r.endpoint().data(), r.endpoint().size()));
        if (pending->waiter) pending->waiter->wake(Wake::ready);
      });
  const Wake wake = co_await stop->wait(due);
  pending->waiter = nullptr;
  if (wake == Wake::timeout)
    co_return net_fail(NetError::Kind::timeout_connect, "resolving " + host + " took too long");
  if (!pending->done) co_return net_fail(NetError::Kind::cancelled, "cancelled while resolving " + host);
  if (pending->endpoints.empty())
    co_return net_fail(NetError::Kind::resolve, "cannot resolve " + host + ": " + pending->error);
  if (cache_.size() >= kMaxEntries) cache_.clear();
  cache_[host] = Entry{pending->endpoints, SteadyClock::now() + ttl_};
  co_return with_port(std::move(pending->endpoints), port);
}

}  // namespace dragoman::net
