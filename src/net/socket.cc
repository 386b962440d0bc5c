#include "net/socket.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <string>

#include "net/poller.h"

namespace dragoman::net {
namespace {

IoStep failed() {
  if (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR) return {IoStep::again};
  return {IoStep::error, 0, errno};
}

}  // namespace

Socket::Socket(Loop& loop, int fd) : signal_(loop), fd_(fd) {
  next_ = loop.sockets_;
  if (next_) next_->previous_ = this;
  loop.sockets_ = this;
}

Socket::~Socket() {
  if (open()) leave();
  loop().poller().forget(this);
}

void Socket::leave() {
  (previous_ ? previous_->next_ : loop().sockets_) = next_;
  if (next_) next_->previous_ = previous_;
  previous_ = next_ = nullptr;
  ::close(std::exchange(fd_, -1));
}

std::shared_ptr<Socket> Socket::adopt(Loop& loop, int fd) {
  return std::shared_ptr<Socket>(new Socket(loop, fd));
}

// At the first wait, not before: a socket that does not connect yet would be reported as hung up.
bool Socket::enlist() {
  if (!enlisted_) enlisted_ = loop().poller().add(fd_, this);
  return enlisted_;
}

Task<Wake> Socket::ready(unsigned wanted, TimePoint due) {
  if (!open() || !enlist()) return immediate(Wake::closed);
  if (latched_ & wanted) {
    latched_ &= ~wanted;
    return immediate(Wake::ready);
  }
  wanted_ = wanted;
  return signal_.wait(due);
}

void Socket::on_events(Readiness seen) {
  if (!open()) return;
  ended_ = ended_ || seen.ended;
  if (seen.readable || ended_) latched_ |= kRead;
  if (seen.writable) latched_ |= kWrite;
  hand_out();
}

void Socket::hand_out() {
  if (signal_.waiting() && (wanted_ & latched_)) {
    latched_ &= ~wanted_;
    wanted_ = 0;
    signal_.wake(Wake::ready);
  }
  const bool awaited = signal_.waiting() && (wanted_ & kRead);
  if (!open() || !watch_ || awaited || !(latched_ & kRead)) return;
  latched_ &= ~kRead;
  watch_(watch_self_);
}

void Socket::watch(void (*fn)(void*), void* self) {
  watch_ = fn;
  watch_self_ = self;
  if (!fn || !open() || !enlist() || !(latched_ & kRead)) return;
  loop().post([self = shared_from_this()] { self->hand_out(); });
}

IoStep Socket::read(std::span<char> into) {
  if (!open()) return {IoStep::error, 0, EBADF};
  const ssize_t n = ::recv(fd_, into.data(), into.size(), MSG_DONTWAIT);
  // A buffer that was not filled took all there was; the next byte to come is an event again.
  if (ended_ || n == static_cast<ssize_t>(into.size()))
    latched_ |= kRead;
  else
    latched_ &= ~kRead;
  if (n > 0) return {IoStep::done, static_cast<std::size_t>(n)};
  return n == 0 ? IoStep{IoStep::end} : failed();
}

IoStep Socket::write(std::span<const std::string_view> parts) {
  if (!open()) return {IoStep::error, 0, EBADF};
  std::array<iovec, 64> vector;
  std::size_t count = 0, size = 0;
  for (const std::string_view part : parts) {
    if (part.empty()) continue;
    if (count == vector.size()) break;
    size += part.size();
    vector[count++] = {const_cast<char*>(part.data()), part.size()};
  }
  if (count == 0) return {IoStep::done};
  msghdr message{};
  message.msg_iov = vector.data();
  message.msg_iovlen = count;
  const ssize_t n = ::sendmsg(fd_, &message, MSG_NOSIGNAL | MSG_DONTWAIT);
  if (n != static_cast<ssize_t>(size)) latched_ &= ~kWrite;
  return n >= 0 ? IoStep{IoStep::done, static_cast<std::size_t>(n)} : failed();
}

void Socket::close() {
  if (!open()) return;
  leave();
  watch_ = nullptr;
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
