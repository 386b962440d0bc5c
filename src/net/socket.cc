#include "net/socket.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/uio.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <string>

#include "net/asio.h"
//
#include <boost/asio/posix/basic_stream_descriptor.hpp>

namespace dragoman::net {
namespace {

// The concrete executor spares a type-erased one in every wait.
using Descriptor = asio::posix::basic_stream_descriptor<asio::io_context::executor_type>;

IoStep failed() {
  if (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR) return {IoStep::again};
  return {IoStep::error, 0, errno};
}

}  // namespace

struct Socket::Asio {
  Descriptor descriptor;
};

Socket::Socket(Loop& loop, int fd)
    : signal_(loop), asio_(new Asio{Descriptor(loop.context().get_executor(), fd)}), fd_(fd) {
  next_ = loop.sockets_;
  if (next_) next_->previous_ = this;
  loop.sockets_ = this;
}

Socket::~Socket() {
  if (open()) forget();
}

void Socket::forget() {
  (previous_ ? previous_->next_ : loop().sockets_) = next_;
  if (next_) next_->previous_ = previous_;
  previous_ = next_ = nullptr;
}

std::shared_ptr<Socket> Socket::adopt(Loop& loop, int fd) {
  return std::shared_ptr<Socket>(new Socket(loop, fd));
}

Task<Wake> Socket::ready(unsigned wanted, TimePoint due) {
  if (!open()) return immediate(Wake::closed);
  if (latched_ & wanted) {
    latched_ &= ~wanted;
    return immediate(Wake::ready);
  }
  wanted_ = wanted;
  for (const unsigned direction : {kRead, kWrite})
    if (wanted & direction) start(direction);
  return signal_.wait(due);
}

void Socket::start(unsigned direction) {
  if (pending_ & direction) return;
  pending_ |= direction;
  asio_->descriptor.async_wait(direction == kRead ? Descriptor::wait_read : Descriptor::wait_write,
                               [self = shared_from_this(), direction](boost::system::error_code) {
                                 self->pending_ &= ~direction;
                                 if (self->open()) self->on_ready(direction);
                               });
}

void Socket::on_ready(unsigned direction) {
  if (signal_.waiting() && (wanted_ & direction)) {
    wanted_ = 0;
    signal_.wake(Wake::ready);
  } else if (direction == kRead && watch_) {
    watch_(watch_self_);
    if (open() && watch_) start(kRead);
  } else {
    latched_ |= direction;
  }
}

void Socket::watch(void (*fn)(void*), void* self) {
  watch_ = fn;
  watch_self_ = self;
  if (!fn || !open()) return;
  latched_ &= ~kRead;  // the reactor reports it again
  start(kRead);
}

IoStep Socket::read(std::span<char> into) {
  if (!open()) return {IoStep::error, 0, EBADF};
  const ssize_t n = ::recv(fd_, into.data(), into.size(), MSG_DONTWAIT);
  if (n > 0) return {IoStep::done, static_cast<std::size_t>(n)};
  return n == 0 ? IoStep{IoStep::end} : failed();
}

IoStep Socket::write(std::span<const std::string_view> parts) {
  if (!open()) return {IoStep::error, 0, EBADF};
  std::array<iovec, 64> vector;
  std::size_t count = 0;
  for (const std::string_view part : parts) {
    if (part.empty()) continue;
    if (count == vector.size()) break;
    vector[count++] = {const_cast<char*>(part.data()), part.size()};
  }
  if (count == 0) return {IoStep::done};
  msghdr message{};
  message.msg_iov = vector.data();
  message.msg_iovlen = count;
  const ssize_t n = ::sendmsg(fd_, &message, MSG_NOSIGNAL | MSG_DONTWAIT);
  return n >= 0 ? IoStep{IoStep::done, static_cast<std::size_t>(n)} : failed();
}

void Socket::close() {
  if (!open()) return;
  forget();
  fd_ = -1;
  watch_ = nullptr;
  boost::system::error_code ignored;
  asio_->descriptor.close(ignored);
  signal_.wake_later(Wake::closed);
}

void Socket::reset() {
  if (!open()) return;
  const linger hard{1, 0};
  ::setsockopt(fd_, SOL_SOCKET, SO_LINGER, &hard, sizeof(hard));
  close();
}

std::string endpoint_text(const sockaddr* address) {
  char text[INET6_ADDRSTRLEN] = {};
  if (address->sa_family == AF_INET6) {
    const auto* v6 = reinterpret_cast<const sockaddr_in6*>(address);
    inet_ntop(AF_INET6, &v6->sin6_addr, text, sizeof(text));
    return "[" + std::string(text) + "]:" + std::to_string(ntohs(v6->sin6_port));
  }
  const auto* v4 = reinterpret_cast<const sockaddr_in*>(address);
  inet_ntop(AF_INET, &v4->sin_addr, text, sizeof(text));
  return std::string(text) + ":" + std::to_string(ntohs(v4->sin_port));
}

}  // namespace dragoman::net
