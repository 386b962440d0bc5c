#include "net/helper.h"

#include <exception>
#include <latch>

#include "net/signal.h"

namespace dragoman::net {

struct Helper::Job {
  std::move_only_function<void()> work;
  std::exception_ptr thrown = {};
  std::latch done{1};
  Signal* waiter = nullptr;  // the loop's thread only
};

Helper::~Helper() {
  {
    const std::lock_guard lock(mutex_);
    closing_ = true;
  }
  more_.notify_one();
  if (thread_.joinable()) thread_.join();
}

Task<void> Helper::run(std::move_only_function<void()> work) {
  Signal signal(loop_);
  const auto job = std::make_shared<Job>(std::move(work));
  job->waiter = &signal;
  {
    const std::lock_guard lock(mutex_);
    waiting_.push_back(job);
    if (!thread_.joinable()) thread_ = std::thread(&Helper::work, this);
  }
  more_.notify_one();
  // The end of the work is told through the loop's queue, which is not looked at before this waits.
  const Wake wake = co_await signal.wait();
  job->waiter = nullptr;
  if (wake != Wake::ready) job->done.wait();
  if (job->thrown) std::rethrow_exception(job->thrown);
}

void Helper::work() {
  std::unique_lock lock(mutex_);
  for (;;) {
    more_.wait(lock, [this] { return closing_ || !waiting_.empty(); });
    if (waiting_.empty()) return;
    const std::shared_ptr<Job> job = std::move(waiting_.front());
    waiting_.pop_front();
    lock.unlock();
    try {
      job->work();
    } catch (...) {
      job->thrown = std::current_exception();
    }
    job->work = nullptr;
    job->done.count_down();
    loop_.post([job] {
      if (job->waiter) job->waiter->wake(Wake::ready);
    });
    lock.lock();
  }
}

}  // namespace dragoman::net
