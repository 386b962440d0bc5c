// Coarse deadlines: arming and disarming one costs a few stores, whatever the number of connections.
//
// A deadline that moves later (the usual case: "30 s from now" on every read) is not moved in the wheel; when
// its old slot comes up it is put where it belongs. So a busy connection touches the wheel once per turn (10
// s), not per request, against about 2 us for a timer of its own beside each operation.
#pragma once
#include <array>
#include <chrono>
#include <cstdint>

namespace dragoman::net {

using SteadyClock = std::chrono::steady_clock;
using TimePoint = SteadyClock::time_point;
using std::chrono::milliseconds;

constexpr TimePoint kNever = TimePoint::max();

// `timeout` from now, or never if it is zero.
inline TimePoint after(milliseconds timeout) {
  return timeout.count() <= 0 ? kNever : SteadyClock::now() + timeout;
}

class TimerWheel;

struct WheelNode {
  WheelNode* previous = nullptr;
  WheelNode* next = nullptr;
};

// Calls fire(self) on the loop once `due` has passed, at most one tick late. Disarms itself before the call
// and in its destructor. Must not outlive its wheel. One loop only.
class Deadline : private WheelNode {
 public:
  Deadline(TimerWheel& wheel, void (*fire)(void*), void* self) : wheel_(wheel), fire_(fire), self_(self) {}
  ~Deadline() { unlink(); }
  Deadline(const Deadline&) = delete;
  Deadline& operator=(const Deadline&) = delete;

  void arm(TimePoint due);
  void disarm() { due_ = kNever; }
  TimePoint due() const { return due_; }

 private:
  friend class TimerWheel;
  void unlink();

  TimerWheel& wheel_;
  void (*fire_)(void*);
  void* self_;
  TimePoint due_ = kNever;
  std::uint64_t slot_tick_ = 0;  // where it is linked, if it is
};

class TimerWheel {
 public:
  static constexpr milliseconds kTick{10};

  explicit TimerWheel(TimePoint start);
  ~TimerWheel();
  TimerWheel(const TimerWheel&) = delete;
  TimerWheel& operator=(const TimerWheel&) = delete;

  // Fires what is due. Callbacks may arm, disarm and destroy any deadline of this wheel.
  void advance(TimePoint now);

  // When advance() has to be called next; kNever if nothing waits.
  TimePoint next() const;

 private:
  friend class Deadline;
  static constexpr std::uint64_t kSlots = 1024;  // 10.24 s a turn
  static constexpr std::uint64_t kNoTick = UINT64_MAX;

  void place(Deadline& deadline);
  void collect(std::uint64_t slot, WheelNode& into);
  std::uint64_t tick_of(TimePoint when) const;  // rounded up
  std::uint64_t first_occupied() const;

  TimePoint start_;
  std::uint64_t current_ = 0;  // every slot up to here has been emptied
  std::uint64_t next_ = kNoTick;
  std::array<WheelNode, kSlots> slots_;
};

}  // namespace dragoman::net
