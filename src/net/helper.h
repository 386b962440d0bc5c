// A thread beside a loop, for work that would hold the loop and all its clients for too long.
#pragma once
#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>

#include "net/loop.h"

namespace dragoman::net {

// One for a loop, used from that loop only. Jobs run one after another; the thread begins with the first.
// Destroy it when the loop has stopped.
class Helper {
 public:
  explicit Helper(Loop& loop) : loop_(loop) {}
  ~Helper();
  Helper(const Helper&) = delete;
  Helper& operator=(const Helper&) = delete;

  // Runs `work` on the thread and comes back on the loop when it is done; what it throws is thrown here. It
  // may use whatever the caller has and leaves alone meanwhile: also when the loop stops, this waits for its
  // end.
  Task<void> run(std::move_only_function<void()> work);

 private:
  struct Job;
  void work();

  Loop& loop_;
  std::mutex mutex_;
  std::condition_variable more_;
  std::deque<std::shared_ptr<Job>> waiting_;
  bool closing_ = false;
  std::thread thread_;
};

}  // namespace dragoman::net
