// One coroutine waits, somebody wakes it.
#pragma once
#include <functional>

#include "net/loop.h"

namespace dragoman::net {

enum class Wake {
  ready,    // what was waited for
  timeout,  // the deadline passed first
  closed,   // the thing waited on is gone, or the loop is stopping
};

// At most one waiter at a time. A wake without a waiter is lost. One loop only.
class Signal {
 public:
  explicit Signal(Loop& loop) : loop_(loop), deadline_(loop.wheel(), &Signal::expire, this) {}
  ~Signal() { unlink(); }
  Signal(const Signal&) = delete;
  Signal& operator=(const Signal&) = delete;

  Task<Wake> wait(TimePoint due = kNever);
  bool waiting() const { return static_cast<bool>(waiter_); }

  void wake(Wake why);        // runs the waiter now, on the caller's stack; may destroy this object
  void wake_later(Wake why);  // from the loop's queue
  Loop& loop() { return loop_; }

 private:
  friend class Loop;
  static void expire(void* self) { static_cast<Signal*>(self)->wake(Wake::timeout); }
  void link();
  void unlink();
  std::move_only_function<void(Wake)> take();

  Loop& loop_;
  Deadline deadline_;
  std::move_only_function<void(Wake)> waiter_;
  Signal* previous_ = nullptr;
  Signal* next_ = nullptr;
};

}  // namespace dragoman::net
