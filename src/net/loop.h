// Event loops: one thread, one io_context, one timer wheel each. Nothing on a loop is shared with another.
#pragma once
#include <atomic>
#include <cstddef>
#include <ctime>
#include <functional>
#include <memory>
#include <span>
#include <string_view>
#include <thread>
#include <vector>

#include "net/cancel.h"
#include "net/task.h"
#include "net/timer_wheel.h"

namespace boost::asio {
class io_context;
}

namespace dragoman::net {

class Poller;
class Signal;
class Socket;

class Loop {
 public:
  explicit Loop(std::size_t index = 0);
  ~Loop();
  Loop(const Loop&) = delete;
  Loop& operator=(const Loop&) = delete;

  std::size_t index() const { return index_; }  // its place among the Loops, for per-loop tables

  // Any thread:
  void post(std::move_only_function<void()> work);
  // Starts `task` on this loop. An exception that leaves it is reported on stderr and ends only that task.
  void spawn(Task<void> task);
  bool on_this_thread() const { return thread_id_.load() == std::this_thread::get_id(); }

  // This loop's thread only:
  boost::asio::io_context&
  context();  // for handlers and coroutines; its sockets and timers are never looked at
  TimerWheel& wheel() { return wheel_; }
  Poller& poller() { return *poller_; }
  bool stopping() const { return stopping_; }
  // 64 KiB for data that is consumed or copied before the caller suspends; anyone may overwrite it after
  // that.
  std::span<char> scratch() { return {scratch_.get(), kScratch}; }
  // "Sun, 06 Nov 1994 08:49:37 GMT", at most a second old.
  std::string_view http_date();
  // False if cancelled or stopping before the time was up. Resolution: one tick of the wheel (10 ms).
  Task<bool> sleep(milliseconds time, CancelToken* cancel = nullptr);

 private:
  friend class Loops;
  friend class Signal;
  friend class Socket;
  static constexpr std::size_t kScratch = 64 * 1024;
  struct Asio;

  // Until stop(); then wakes every waiter with Wake::closed and lets them unwind for up to a second.
  void run();
  void stop();  // any thread
  void wait(TimePoint until);
  void deliver();
  void wake_all();

  std::size_t index_;
  TimerWheel wheel_;
  std::unique_ptr<Poller> poller_;
  std::unique_ptr<Asio> asio_;
  std::unique_ptr<char[]> scratch_;
  Signal* waiting_ = nullptr;  // every signal somebody waits on
  Socket* sockets_ = nullptr;  // every open one
  std::atomic<std::thread::id> thread_id_{};
  bool stopping_ = false;
  std::time_t date_second_ = 0;
  char date_[32] = {};
};

// A pool of loops with a thread each. Destroy servers and clients first, or stop() before.
class Loops {
 public:
  // 0: one for each core. Ignores SIGPIPE for the process: OpenSSL writes to sockets without MSG_NOSIGNAL.
  explicit Loops(std::size_t count = 0);
  ~Loops() { stop(); }

  void start();
  void stop();  // joins the threads; safe to call twice, not from a loop

  std::size_t size() const { return loops_.size(); }
  Loop& operator[](std::size_t i) { return *loops_[i]; }

 private:
  std::vector<std::unique_ptr<Loop>> loops_;
  std::vector<std::thread> threads_;
};

}  // namespace dragoman::net
