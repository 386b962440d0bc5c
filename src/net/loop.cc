#include "net/loop.h"

#include <pthread.h>
#include <signal.h>

#include <cstdio>
#include <exception>

#include "net/asio.h"
#include "net/poller.h"
#include "net/socket.h"

namespace dragoman::net {
namespace {

Task<void> report_exceptions(Task<void> task) {
  try {
    co_await std::move(task);
  } catch (const std::exception& e) {
    std::fprintf(stderr, "dragoman: a task ended with an exception: %s\n", e.what());
  }
}

}  // namespace

struct Loop::Asio {
  asio::io_context context{1};
  asio::executor_work_guard<asio::io_context::executor_type> guard{context.get_executor()};
};

Loop::Loop(std::size_t index)
    : index_(index),
      wheel_(SteadyClock::now()),
      poller_(std::make_unique<Poller>()),
      asio_(std::make_unique<Asio>()),
      scratch_(std::make_unique_for_overwrite<char[]>(kScratch)) {}

Loop::~Loop() = default;

boost::asio::io_context& Loop::context() { return asio_->context; }

void Loop::post(std::move_only_function<void()> work) {
  asio::post(asio_->context, std::move(work));
  if (!on_this_thread()) poller_->wake();
}

void Loop::spawn(Task<void> task) {
  asio::co_spawn(asio_->context, report_exceptions(std::move(task)), asio::detached);
  if (!on_this_thread()) poller_->wake();
}

std::string_view Loop::http_date() {
  const std::time_t now = std::time(nullptr);
  if (now != date_second_) {
    date_second_ = now;
    std::tm utc{};
    gmtime_r(&now, &utc);
    std::strftime(date_, sizeof(date_), "%a, %d %b %Y %H:%M:%S GMT", &utc);
  }
  return date_;
}

Task<bool> Loop::sleep(milliseconds time, CancelToken* cancel) {
  Signal signal(*this);
  CancelToken::Hook hook;
  if (cancel && cancel->cancelled()) co_return false;
  hook.attach(cancel, [](void* self) { static_cast<Signal*>(self)->wake_later(Wake::closed); }, &signal);
  co_return co_await signal.wait(SteadyClock::now() + time) == Wake::timeout;
}

// Sockets are told from inside the context: only there does Asio recycle the memory of coroutine frames.
void Loop::wait(TimePoint until) {
  poller_->collect(std::min(until, wheel_.next()));
  asio::post(asio_->context, [this] { deliver(); });
}

void Loop::deliver() {
  poller_->deliver();
  if (wheel_.next() == kNever) return;
  if (const TimePoint now = SteadyClock::now(); wheel_.next() <= now) wheel_.advance(now);
}

void Loop::run() {
  thread_id_ = std::this_thread::get_id();
  for (;;) {
    asio_->context.poll();
    if (stopping_) break;
    wait(kNever);
  }
  // Everybody who waited has been told and unwinds by returning; what does not within a second is left.
  asio_->guard.reset();
  const TimePoint end = SteadyClock::now() + std::chrono::seconds(1);
  for (;;) {
    asio_->context.poll();
    if (asio_->context.stopped() || SteadyClock::now() >= end) break;
    wait(end);
  }
  thread_id_ = std::thread::id();
}

void Loop::stop() {
  // At once: what other loops do when they stop must not look like a failure here.
  post([this] {
    stopping_ = true;
    wake_all();
  });
}

void Loop::wake_all() {
  while (sockets_) sockets_->close();
  while (waiting_) waiting_->wake_later(Wake::closed);
}

Loops::Loops(std::size_t count) {
  signal(SIGPIPE, SIG_IGN);
  if (count == 0) count = std::max(1U, std::thread::hardware_concurrency());
  for (std::size_t i = 0; i < count; ++i) loops_.push_back(std::make_unique<Loop>(i));
}

void Loops::start() {
  for (std::size_t i = threads_.size(); i < loops_.size(); ++i) {
    threads_.emplace_back(&Loop::run, loops_[i].get());
    pthread_setname_np(threads_.back().native_handle(), ("loop-" + std::to_string(i)).c_str());
  }
}

void Loops::stop() {
  for (std::size_t i = 0; i < threads_.size(); ++i) loops_[i]->stop();
  for (std::thread& thread : threads_) thread.join();
  threads_.clear();
}

}  // namespace dragoman::net
