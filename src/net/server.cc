#include "net/server.h"

#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "net/server_connection.h"

namespace dragoman::net {
namespace {

struct Address {
  sockaddr_storage storage{};
  socklen_t size = sizeof(storage);
  sockaddr* get() { return reinterpret_cast<sockaddr*>(&storage); }
};

// For the request of a client that has just come when the server stops.
constexpr milliseconds kFirstRequest{500};

Result<Address> find_address(const ServerOptions& options) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_NUMERICSERV | AI_PASSIVE | (options.host == "localhost" ? 0 : AI_NUMERICHOST);
  hints.ai_family = options.host == "localhost" ? AF_INET : AF_UNSPEC;
  addrinfo* found = nullptr;
  const int error = ::getaddrinfo(options.host.c_str(), std::to_string(options.port).c_str(), &hints, &found);
  if (error != 0)
    return fail("cannot listen on '" + options.host + "': " + gai_strerror(error) +
                "; expected an IP address");
  Address address;
  std::memcpy(&address.storage, found->ai_addr, found->ai_addrlen);
  address.size = found->ai_addrlen;
  ::freeaddrinfo(found);
  return address;
}

std::string cannot_listen(Address& address, int code) {
  std::string text = "cannot listen on " + endpoint_text(address.get()) + ": " + std::strerror(code);
  if (code == EADDRINUSE) text += " (another program listens there)";
  return text;
}

// `shared`: one of several sockets on that port. The first try of a fixed port is made without, or a second
// instance of us would get half of the first one's connections instead of an error.
Result<int> open_listener(Address& address, bool shared, bool listening) {
  const int fd = ::socket(address.storage.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (fd < 0) return fail(cannot_listen(address, errno));
  const int on = 1;
  ::setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
  if (shared) ::setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, &on, sizeof(on));
  if (::bind(fd, address.get(), address.size) != 0 || (listening && ::listen(fd, 4096) != 0)) {
    const int code = errno;
    ::close(fd);
    return fail(cannot_listen(address, code));
  }
  return fd;
}

Task<void> serve(std::unique_ptr<Connection> connection) { co_await connection->run(); }

// Takes in a client that waits; false: there is none, or errno says why.
bool take_one(const std::shared_ptr<ServerShared>& shared, ServerLoop& home, int listener) {
  const int fd = ::accept4(listener, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
  if (fd < 0) return false;
  const int on = 1;
  ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
  shared->open.fetch_add(1);
  home.loop->spawn(serve(std::make_unique<Connection>(shared, home, Socket::adopt(*home.loop, fd))));
  return true;
}

Task<void> accept_all(std::shared_ptr<ServerShared> shared, ServerLoop* home,
                      std::shared_ptr<Socket> listener) {
  constexpr milliseconds kPause{20};
  while (listener->open()) {
    if (shared->open.load() >= shared->options.limits.connections) {
      if (!co_await home->loop->sleep(kPause)) co_return;
      continue;
    }
    if (take_one(shared, *home, listener->fd())) continue;
    if (errno == ECONNABORTED || errno == EINTR) continue;
    if (errno == EAGAIN || errno == EWOULDBLOCK) {
      if (co_await listener->readable(kNever) == Wake::closed) co_return;
    } else if (!co_await home->loop->sleep(kPause)) {  // out of descriptors or memory: it may pass
      co_return;
    }
  }
}

void start(std::shared_ptr<ServerShared> shared, ServerLoop* home, int fd) {
  std::shared_ptr<Socket> listener = Socket::adopt(*home->loop, fd);
  home->listener = listener;
  home->loop->spawn(accept_all(std::move(shared), home, std::move(listener)));
}

}  // namespace

Server::Server(std::shared_ptr<ServerShared> shared) : shared_(std::move(shared)) {}
Server::~Server() { stop(milliseconds(0)); }

Result<std::unique_ptr<Server>> Server::listen(Loops& loops, ServerOptions options, Handler handler,
                                               ErrorPage error_page) {
  auto address = find_address(options);
  if (!address) return std::unexpected(address.error());
  if (options.port != 0) {
    auto probe = open_listener(*address, false, true);
    if (!probe) return std::unexpected(probe.error());
    ::close(*probe);
  }
  std::vector<int> fds;
  for (std::size_t i = 0; i < loops.size(); ++i) {
    auto fd = open_listener(*address, true, true);
    if (!fd) {
      for (const int open : fds) ::close(open);
      return std::unexpected(fd.error());
    }
    fds.push_back(*fd);
    if (i == 0) ::getsockname(*fd, address->get(), &address->size);  // the port, if it was 0
  }
  options.port = ntohs(address->storage.ss_family == AF_INET6
                           ? reinterpret_cast<sockaddr_in6*>(&address->storage)->sin6_port
                           : reinterpret_cast<sockaddr_in*>(&address->storage)->sin_port);

  auto shared = std::make_shared<ServerShared>();
  shared->options = std::move(options);
  shared->handler = std::move(handler);
  shared->error_page = std::move(error_page);
  shared->loops.resize(loops.size());
  for (std::size_t i = 0; i < loops.size(); ++i) {
    ServerLoop* home = &shared->loops[i];
    home->loop = &loops[i];
    loops[i].post([shared, home, fd = fds[i]] { start(shared, home, fd); });
  }
  return std::unique_ptr<Server>(new Server(std::move(shared)));
}

std::uint16_t Server::port() const { return shared_->options.port; }
std::size_t Server::connections() const { return shared_->open.load(); }

void Server::stop(milliseconds grace) {
  const auto none_left = [this] { return shared_->open.load() == 0; };
  for (ServerLoop& home : shared_->loops)
    home.loop->post([shared = shared_, &home, grace] {
      if (const auto listener = home.listener.lock()) {
        // Whom the kernel has let in already would be reset by the close.
        const std::size_t most = shared->options.limits.connections;
        while (grace.count() > 0 && shared->open.load() < most && take_one(shared, home, listener->fd())) {
        }
        listener->close();
      }
      home.draining = true;
      for (Connection* connection : home.connections) connection->drain(grace.count() <= 0);
    });
  const auto wait = [&](milliseconds time) {
    std::unique_lock lock(shared_->mutex);
    return shared_->closed.wait_for(lock, time, none_left);
  };
  const milliseconds first = std::min(grace, kFirstRequest);
  if (!wait(first)) {
    for (ServerLoop& home : shared_->loops)
      home.loop->post([shared = shared_, &home] {
        for (Connection* connection : home.connections) connection->drain(true);
      });
    wait(grace - first);
  }
  for (ServerLoop& home : shared_->loops)
    home.loop->post([shared = shared_, &home] {
      for (Connection* connection : home.connections) connection->disconnect();
    });
  // Handlers unwind now: their writes fail and their disconnect callbacks have run. Not for ever: a handler
  // that waits for something else ends with its loop.
  wait(milliseconds(1000));
}

}  // namespace dragoman::net
