#include "net/client_pool.h"

#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

namespace dragoman::net {
namespace {

// An idle connection became readable: the peer closed it, or broke the protocol, or (TLS) sent a session
// ticket.
void look(void* self) {
  auto* upstream = static_cast<Upstream*>(self);
  char byte;
  if (upstream->tls && upstream->read({&byte, 1}).kind == IoStep::again) return;
  ClientPool::drop(upstream);
}

}  // namespace

Upstream::Upstream(Loop& loop, int fd)
    : socket(Socket::adopt(loop, fd)),
      idle(loop.wheel(), [](void* self) { ClientPool::drop(static_cast<Upstream*>(self)); }, this) {}

Upstream::~Upstream() {
  tls.reset();  // before its descriptor can become somebody else's
  socket->close();
}

IoStep Upstream::read(std::span<char> into) {
  if (!socket->open()) return {IoStep::error, 0, ECANCELED};
  return tls ? tls->read(into) : socket->read(into);
}

IoStep Upstream::write(std::span<const std::string_view> parts) {
  if (!socket->open()) return {IoStep::error, 0, ECANCELED};
  return tls ? tls->write(parts) : socket->write(parts);
}

Task<Wake> Upstream::wait(bool writing, TimePoint due) {
  if (tls) writing = tls->wants_write();  // a TLS write may have to read first, and the other way round
  return writing ? socket->readable_or_writable(due) : socket->readable(due);
}

std::string Upstream::describe(const IoStep& step) const {
  if (step.kind == IoStep::end) return "the peer closed the connection";
  if (tls && !tls->failure().empty()) return tls->failure();
  return std::strerror(step.code);
}

ClientHost& ClientPool::host(const Url& url) {
  return hosts[url.scheme + "://" + url.host + ":" + std::to_string(url.port)];
}

std::unique_ptr<Upstream> ClientPool::take(ClientHost& host) {
  while (!host.idle.empty()) {
    std::unique_ptr<Upstream> upstream = std::move(host.idle.back());
    host.idle.pop_back();
    upstream->idle.disarm();
    upstream->socket->watch(nullptr, nullptr);
    char byte;  // a close that the reactor has not reported yet is cheaper to see now than after a request
    if (!upstream->tls) {
      const ssize_t n = ::recv(upstream->socket->fd(), &byte, 1, MSG_PEEK | MSG_DONTWAIT);
      if (n >= 0 || (errno != EAGAIN && errno != EWOULDBLOCK)) continue;
    }
    upstream->reused = true;
    return upstream;
  }
  return nullptr;
}

void ClientPool::give(ClientHost& host, std::unique_ptr<Upstream> upstream) {
  if (closed || !upstream->socket->open() || options.idle_per_host == 0) return;
  if (host.idle.size() >= options.idle_per_host) host.idle.erase(host.idle.begin());
  upstream->pool = this;
  upstream->host = &host;
  upstream->idle.arm(after(options.idle_timeout));
  upstream->socket->watch(&look, upstream.get());
  host.idle.push_back(std::move(upstream));
}

void ClientPool::drop(Upstream* idle) {
  std::erase_if(idle->host->idle, [idle](const auto& held) { return held.get() == idle; });
}

}  // namespace dragoman::net
