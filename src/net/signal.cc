#include "net/signal.h"

#include "net/asio.h"

namespace dragoman::net {

void Signal::link() {
  next_ = loop_.waiting_;
  previous_ = nullptr;
  if (next_) next_->previous_ = this;
  loop_.waiting_ = this;
}

void Signal::unlink() {
  if (!previous_ && loop_.waiting_ != this) return;
  (previous_ ? previous_->next_ : loop_.waiting_) = next_;
  if (next_) next_->previous_ = previous_;
  previous_ = next_ = nullptr;
}

Task<Wake> Signal::wait(TimePoint due) {
  if (loop_.stopping()) return immediate(Wake::closed);
  return asio::async_initiate<const asio::use_awaitable_t<>&, void(Wake)>(
      [this, due](auto handler) {
        waiter_ = std::move(handler);
        link();
        if (due != kNever) deadline_.arm(due);
      },
      asio::use_awaitable);
}

std::move_only_function<void(Wake)> Signal::take() {
  deadline_.disarm();
  unlink();
  return std::exchange(waiter_, nullptr);
}

void Signal::wake(Wake why) {
  if (auto waiter = take()) waiter(why);
}

void Signal::wake_later(Wake why) {
  if (auto waiter = take()) loop_.post([waiter = std::move(waiter), why]() mutable { waiter(why); });
}

}  // namespace dragoman::net
