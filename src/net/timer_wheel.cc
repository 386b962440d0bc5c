#include "net/timer_wheel.h"

#include <algorithm>

namespace dragoman::net {
namespace {

void make_empty(WheelNode& head) { head.previous = head.next = &head; }

void insert_before(WheelNode& head, WheelNode& node) {
  node.previous = head.previous;
  node.next = &head;
  head.previous->next = &node;
  head.previous = &node;
}

}  // namespace

void Deadline::unlink() {
  if (!next) return;
  previous->next = next;
  next->previous = previous;
  previous = next = nullptr;
}

void Deadline::arm(TimePoint due) {
  due_ = due;
  if (due != kNever) wheel_.place(*this);
}

TimerWheel::TimerWheel(TimePoint start) : start_(start) {
  for (WheelNode& head : slots_) make_empty(head);
}

TimerWheel::~TimerWheel() {
  for (WheelNode& head : slots_)
    while (head.next != &head) static_cast<Deadline*>(head.next)->unlink();
}

std::uint64_t TimerWheel::tick_of(TimePoint when) const {
  if (when <= start_) return 0;
  const auto tick = std::chrono::duration_cast<TimePoint::duration>(kTick);
  return static_cast<std::uint64_t>((when - start_ + tick - TimePoint::duration(1)) / tick);
}

// A deadline beyond one turn waits in the last slot and is placed again from there.
void TimerWheel::place(Deadline& deadline) {
  const std::uint64_t wanted = std::clamp(tick_of(deadline.due_), current_ + 1, current_ + kSlots - 1);
  if (deadline.next && deadline.slot_tick_ <= wanted) return;
  deadline.unlink();
  deadline.slot_tick_ = wanted;
  insert_before(slots_[wanted % kSlots], deadline);
  next_ = std::min(next_, wanted);
}

void TimerWheel::collect(std::uint64_t slot, WheelNode& into) {
  WheelNode& head = slots_[slot % kSlots];
  while (head.next != &head) {
    auto& deadline = *static_cast<Deadline*>(head.next);
    deadline.unlink();
    insert_before(into, deadline);
    deadline.slot_tick_ = 0;  // arm() in a callback must not unlink it from `into` unless it has to move
  }
}

void TimerWheel::advance(TimePoint now) {
  const std::uint64_t target = now <= start_ ? 0 : static_cast<std::uint64_t>((now - start_) / kTick);
  if (target <= current_) return;
  WheelNode reached;
  make_empty(reached);
  const std::uint64_t steps = std::min(target - current_, kSlots);
  for (std::uint64_t i = 1; i <= steps; ++i) collect(current_ + i, reached);
  current_ = target;
  next_ = kNoTick;

  while (reached.next != &reached) {
    auto& deadline = *static_cast<Deadline*>(reached.next);
    deadline.unlink();
    if (deadline.due_ <= now) {
      deadline.due_ = kNever;
      deadline.fire_(deadline.self_);
    } else if (deadline.due_ != kNever) {
      place(deadline);
    }
  }
  next_ = first_occupied();
}

std::uint64_t TimerWheel::first_occupied() const {
  for (std::uint64_t i = 1; i < kSlots; ++i) {
    const WheelNode& head = slots_[(current_ + i) % kSlots];
    if (head.next != &head) return current_ + i;
  }
  return kNoTick;
}

TimePoint TimerWheel::next() const {
  if (next_ == kNoTick) return kNever;
  return start_ + std::chrono::duration_cast<TimePoint::duration>(kTick) * static_cast<std::int64_t>(next_);
}

}  // namespace dragoman::net
