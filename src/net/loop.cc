#include "net/loop.h"

#include <pthread.h>
#include <signal.h>

#include <cstdio>
#include <exception>

#include "net/asio.h"
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
  asio::steady_timer timer{context};
  asio::executor_work_guard<asio::io_context::executor_type> guard{context.get_executor()};
};

Loop::Loop(std::size_t index)
    : index_(index),
      wheel_(SteadyClock::now()),
      asio_(std::make_unique<Asio>()),
      scratch_(std::make_unique_for_overwrite<char[]>(kScratch)) {
  wheel_.on_earlier([](void* self) { static_cast<Loop*>(self)->rearm(); }, this);
}

Loop::~Loop() = default;

boost::asio::io_context& Loop::context() { return asio_->context; }

void Loop::post(std::move_only_function<void()> work) { asio::post(asio_->context, std::move(work)); }

void Loop::spawn(Task<void> task) {
  asio::co_spawn(asio_->context, report_exceptions(std::move(task)), asio::detached);
}

void Loop::rearm() {
  if (advancing_) return;
  const TimePoint next = wheel_.next();
  if (next == kNever || stopping_) return;
  asio_->timer.expires_at(next);
  asio_->timer.async_wait([this](boost::system::error_code ec) {
    if (ec) return;  // replaced by an earlier one, or the end
    advancing_ = true;
    wheel_.advance(SteadyClock::now());
    advancing_ = false;
    rearm();
  });
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

void Loop::run() {
  thread_id_ = std::this_thread::get_id();
  asio_->context.run();
  // Stopped: everybody who waits is told so and unwinds by returning; what does not within a second is left.
  wake_all();
  asio_->timer.cancel();
  asio_->guard.reset();
  asio_->context.restart();
  asio_->context.run_for(std::chrono::seconds(1));
  thread_id_ = std::thread::id();
}

void Loop::stop() {
  asio::post(asio_->context, [this] {
    stopping_ = true;
    asio_->context.stop();
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
