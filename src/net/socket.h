// A non-blocking socket on a loop: waits for readiness, never reads ahead.
#pragma once
#include <cstddef>
#include <memory>
#include <span>
#include <string_view>

#include "net/signal.h"

struct sockaddr;

namespace dragoman::net {

// What a read or write did. `again`: nothing, wait for readiness. `end`: the peer closed its side.
struct IoStep {
  enum Kind { done, again, end, error } kind;
  std::size_t bytes = 0;
  int code = 0;  // errno, for `error`
};

// What the poller has seen. `ended`: the peer has closed its side, or the connection is broken.
struct Readiness {
  bool readable = false;
  bool writable = false;
  bool ended = false;
};

// Shared because its owner may go while the poller or the loop's queue still tells it something; whoever owns
// the connection calls close(). One loop only. One coroutine may wait at a time, and has to read (write)
// after a wake until there is no more: readiness is told once.
class Socket : public std::enable_shared_from_this<Socket> {
 public:
  // Takes over `fd`, which must be non-blocking.
  static std::shared_ptr<Socket> adopt(Loop& loop, int fd);
  ~Socket();
  Socket(const Socket&) = delete;
  Socket& operator=(const Socket&) = delete;

  // Readiness may be stale: after `ready`, a read can still say `again`.
  Task<Wake> readable(TimePoint due) { return ready(kRead, due); }
  Task<Wake> writable(TimePoint due) { return ready(kWrite, due); }
  Task<Wake> readable_or_writable(TimePoint due) { return ready(kRead | kWrite, due); }

  // Calls fn(self) each time the socket becomes readable while no coroutine waits for that. Null ends it.
  void watch(void (*fn)(void*), void* self);

  IoStep read(std::span<char> into);
  IoStep write(std::span<const std::string_view> parts);  // one sendmsg; at most 64 parts are looked at

  void close();  // wakes the waiter with Wake::closed, from the loop's queue
  void reset();  // the same, but the peer gets a RST and unsent data is dropped
  bool open() const { return fd_ >= 0; }
  int fd() const { return fd_; }
  Loop& loop() { return signal_.loop(); }

 private:
  static constexpr unsigned kRead = 1;
  static constexpr unsigned kWrite = 2;

  Socket(Loop& loop, int fd);
  Task<Wake> ready(unsigned wanted, TimePoint due);
  bool enlist();
  void on_events(Readiness seen);
  void hand_out();
  void leave();

  friend class Loop;
  friend class Poller;

  Signal signal_;
  int fd_;
  bool enlisted_ = false;  // the poller knows it
  bool ended_ = false;     // from now on it is always readable: the end or an error can be read
  unsigned wanted_ = 0;    // what the waiter waits for
  unsigned latched_ = 0;   // readiness nobody has used yet
  void (*watch_)(void*) = nullptr;
  void* watch_self_ = nullptr;
  Socket* previous_ = nullptr;  // among the loop's open sockets
  Socket* next_ = nullptr;
};

// "127.0.0.1:80", "[::1]:80"
std::string endpoint_text(const sockaddr* address);

}  // namespace dragoman::net
