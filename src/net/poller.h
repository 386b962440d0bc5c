// Which sockets are ready: epoll, edge-triggered. A socket is registered once, at its first wait, so that
// later waits cost no system call; Asio's own wait for readiness costs an epoll_ctl each time (about a third
// of what passing on one event of a stream takes). The loop's io_context is left with the queue of work and
// the coroutines.
#pragma once
#include <sys/epoll.h>

#include <array>
#include <atomic>
#include <cstddef>

#include "net/timer_wheel.h"

namespace dragoman::net {

class Socket;

// One per loop, used on its thread; wake() from any.
class Poller {
 public:
  Poller();
  ~Poller();
  Poller(const Poller&) = delete;
  Poller& operator=(const Poller&) = delete;

  // False if the kernel refuses. Closing the descriptor ends it.
  bool add(int fd, Socket* socket);
  void forget(const Socket* socket);  // it goes away: events that have been collected must not reach it

  void collect(TimePoint until);  // waits for events, a wake() or the time
  void deliver();                 // tells the sockets; they may close, destroy and add any
  void wake();

 private:
  static constexpr std::size_t kBatch = 128;

  int epoll_;
  int event_;                       // written by wake()
  std::atomic<bool> woken_{false};  // not yet read
  std::array<epoll_event, kBatch> batch_;
  std::size_t count_ = 0;
};

}  // namespace dragoman::net
