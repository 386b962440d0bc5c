#include "net/poller.h"

#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <climits>
#include <system_error>

#include "net/socket.h"

namespace dragoman::net {
namespace {

int timeout_ms(TimePoint until) {
  if (until == kNever) return -1;
  const auto left = std::chrono::ceil<milliseconds>(until - SteadyClock::now()).count();
  return static_cast<int>(std::clamp<std::int64_t>(left, 0, INT_MAX));
}

}  // namespace

Poller::Poller() : epoll_(::epoll_create1(EPOLL_CLOEXEC)), event_(::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)) {
  epoll_event wanted{.events = EPOLLIN | EPOLLET, .data = {.ptr = nullptr}};
  if (epoll_ < 0 || event_ < 0 || ::epoll_ctl(epoll_, EPOLL_CTL_ADD, event_, &wanted) != 0)
    throw std::system_error(errno, std::generic_category(), "cannot set up an event loop");
}

Poller::~Poller() {
  ::close(event_);
  ::close(epoll_);
}

bool Poller::add(int fd, Socket* socket) {
  epoll_event wanted{.events = EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET, .data = {.ptr = socket}};
  return ::epoll_ctl(epoll_, EPOLL_CTL_ADD, fd, &wanted) == 0;
}

void Poller::forget(const Socket* socket) {
  for (std::size_t i = 0; i < count_; ++i)
    if (batch_[i].data.ptr == socket) batch_[i].data.ptr = nullptr;
}

void Poller::wake() {
  if (woken_.exchange(true)) return;
  [[maybe_unused]] const int ignored = ::eventfd_write(event_, 1);  // can fail only if it is set already
}

void Poller::collect(TimePoint until) {
  const int n = ::epoll_wait(epoll_, batch_.data(), static_cast<int>(batch_.size()), timeout_ms(until));
  count_ = static_cast<std::size_t>(std::max(n, 0));
  // The event is edge-triggered and only ever counts up: it need not be read.
  woken_ = false;
}

void Poller::deliver() {
  for (std::size_t i = 0; i < count_; ++i) {
    if (batch_[i].data.ptr == nullptr) continue;
    const auto socket = static_cast<Socket*>(batch_[i].data.ptr)->shared_from_this();
    const std::uint32_t events = batch_[i].events;
    socket->on_events({.readable = (events & EPOLLIN) != 0,
                       .writable = (events & (EPOLLOUT | EPOLLHUP | EPOLLERR)) != 0,
                       .ended = (events & (EPOLLRDHUP | EPOLLHUP | EPOLLERR)) != 0});
  }
  count_ = 0;
}

}  // namespace dragoman::net
