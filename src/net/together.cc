#include "net/together.h"

#include <exception>
#include <functional>
#include <memory>
#include <utility>

#include "net/asio.h"

namespace dragoman::net {

Task<void> together(Loop& loop, std::vector<Task<void>> tasks) {
  if (tasks.empty()) co_return;
  struct Rest {
    std::size_t left;
    std::move_only_function<void()> done;
  };
  auto rest = std::make_shared<Rest>(tasks.size(), nullptr);
  co_await asio::async_initiate<const asio::use_awaitable_t<>&, void()>(
      [&loop, &tasks, rest](auto handler) {
        rest->done = std::move(handler);
        for (Task<void>& task : tasks)
          asio::co_spawn(loop.context(), std::move(task), [rest](std::exception_ptr) {
            if (--rest->left == 0) std::exchange(rest->done, nullptr)();
          });
      },
      asio::use_awaitable);
}

}  // namespace dragoman::net
