// For tests and commands: run a task on a loop and wait for it from a thread that is not a loop.
#pragma once
#include <future>
#include <utility>

#include "net/loop.h"

namespace dragoman::net {

namespace internal {
template <class T>
Task<void> run_and_set(Task<T> task, std::promise<T>* promise) {
  try {
    if constexpr (std::is_void_v<T>) {
      co_await std::move(task);
      promise->set_value();
    } else {
      promise->set_value(co_await std::move(task));
    }
  } catch (...) {
    promise->set_exception(std::current_exception());
  }
}
}  // namespace internal

template <class T>
T run_blocking(Loop& loop, Task<T> task) {
  std::promise<T> promise;
  loop.spawn(internal::run_and_set(std::move(task), &promise));
  return promise.get_future().get();
}

}  // namespace dragoman::net
