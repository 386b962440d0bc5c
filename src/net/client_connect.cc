#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "net/client_call.h"

namespace dragoman::net {
namespace {

using Kind = NetError::Kind;

// An address that does not answer must not use up the time of the next one.
constexpr milliseconds kPatience{2'000};

}  // namespace

Task<std::optional<NetError>> Call::connect(Url url) {
  const TimePoint due = std::min(after(timeouts_.connect), total_due_);
  std::vector<Endpoint> endpoints = pool->resolver.cached(url.host, url.port);
  if (endpoints.empty()) {
    auto resolved = co_await pool->resolver.resolve(url.host, url.port, &signal_, due);
    if (cancelled_) co_return waited(Wake::closed, Kind::timeout_connect, due, "connecting to");
    if (!resolved && resolved.error().kind == Kind::timeout_connect)
      co_return waited(Wake::timeout, Kind::timeout_connect, due, "resolving");
    if (!resolved) co_return resolved.error();
    endpoints = *std::move(resolved);
  }
  std::optional<NetError> error;
  for (std::size_t i = 0; i < endpoints.size(); ++i) {
    const bool last = i + 1 == endpoints.size();
    error = co_await connect_one(endpoints[i], last ? due : std::min(due, SteadyClock::now() + kPatience));
    if (!error) break;
    if (cancelled_ || error->kind == Kind::cancelled) co_return error;
    if (SteadyClock::now() >= due)
      co_return waited(Wake::timeout, Kind::timeout_connect, due, "connecting to");
  }
  if (error) co_return error;
  if (url.tls()) co_return co_await handshake(std::move(url.host), due);
  co_return std::nullopt;
}

Task<std::optional<NetError>> Call::connect_one(Endpoint endpoint, TimePoint due) {
  const std::string doing = "connecting to " + endpoint_text(endpoint.get()) + " for";
  const int fd = ::socket(endpoint.storage.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (fd < 0) co_return NetError{Kind::connect, doing + " " + where_ + ": " + std::strerror(errno)};
  const int on = 1;
  ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
  const int result = ::connect(fd, endpoint.get(), endpoint.size);
  int code = result == 0 ? 0 : errno;
  upstream = std::make_unique<Upstream>(pool->loop, fd);
  if (code == EINPROGRESS) {
    const Wake wake = co_await upstream->socket->writable(due);
    if (wake != Wake::ready) co_return waited(wake, Kind::timeout_connect, due, doing);
    socklen_t size = sizeof(code);
    ::getsockopt(upstream->socket->fd(), SOL_SOCKET, SO_ERROR, &code, &size);
  }
  if (code != 0) co_return NetError{Kind::connect, doing + " " + where_ + ": " + std::strerror(code)};
  co_return std::nullopt;
}

Task<std::optional<NetError>> Call::handshake(std::string name, TimePoint due) {
  if (!pool->tls) co_return NetError{Kind::tls, where_ + ": this client has no TLS"};
  auto stream = TlsStream::create(*pool->tls, upstream->socket->fd(), name, host.session);
  if (!stream) co_return NetError{Kind::tls, where_ + ": " + stream.error().message};
  upstream->tls = *std::move(stream);
  for (;;) {
    if (!upstream->socket->open())
      co_return waited(Wake::closed, Kind::timeout_connect, due, "handshake with");
    const IoStep step = upstream->tls->handshake();
    if (step.kind == IoStep::done) co_return std::nullopt;
    if (step.kind != IoStep::again) co_return NetError{Kind::tls, where_ + ": " + upstream->tls->failure()};
    const Wake wake = co_await upstream->wait(false, due);
    if (wake != Wake::ready) co_return waited(wake, Kind::timeout_connect, due, "handshake with");
  }
}

}  // namespace dragoman::net
