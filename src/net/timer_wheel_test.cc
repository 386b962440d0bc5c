#include "net/timer_wheel.h"

#include <gtest/gtest.h>

#include <memory>
#include <vector>

namespace dragoman::net {
namespace {

struct Fixture : ::testing::Test {
  TimePoint start = SteadyClock::now();
  TimerWheel wheel{start};
  TimePoint at(int ms) const { return start + milliseconds(ms); }
};

struct Counter {
  int fired = 0;
  static void fire(void* self) { ++static_cast<Counter*>(self)->fired; }
};

using TimerWheelTest = Fixture;

TEST_F(TimerWheelTest, fires_once_not_before_its_time) {
  Counter counter;
  Deadline deadline(wheel, &Counter::fire, &counter);
  deadline.arm(at(100));
  wheel.advance(at(99));
  EXPECT_EQ(counter.fired, 0);
  wheel.advance(at(100));
  EXPECT_EQ(counter.fired, 1);
  wheel.advance(at(1000));
  EXPECT_EQ(counter.fired, 1);
  EXPECT_EQ(wheel.next(), kNever);
}

TEST_F(TimerWheelTest, a_deadline_may_move_both_ways_and_be_disarmed) {
  Counter counter;
  Deadline deadline(wheel, &Counter::fire, &counter);
  deadline.arm(at(50));
  deadline.arm(at(200));
  wheel.advance(at(150));
  EXPECT_EQ(counter.fired, 0);
  deadline.arm(at(160));
  EXPECT_EQ(wheel.next(), at(160));
  wheel.advance(at(160));
  EXPECT_EQ(counter.fired, 1);
  deadline.arm(at(300));
  deadline.disarm();
  wheel.advance(at(400));
  EXPECT_EQ(counter.fired, 1);
}

TEST_F(TimerWheelTest, deadlines_beyond_one_turn) {
  Counter counter;
  Deadline deadline(wheel, &Counter::fire, &counter);
  deadline.arm(at(60'000));
  for (int ms = 0; ms < 60'000; ms += 500) wheel.advance(at(ms));
  EXPECT_EQ(counter.fired, 0);
  wheel.advance(at(60'000));
  EXPECT_EQ(counter.fired, 1);
}

TEST_F(TimerWheelTest, after_a_long_sleep_what_is_due_fires_and_the_rest_waits) {
  Counter due, later;
  Deadline a(wheel, &Counter::fire, &due), b(wheel, &Counter::fire, &later);
  a.arm(at(20));
  b.arm(at(3'600'500));
  wheel.advance(at(3'600'000));
  EXPECT_EQ(due.fired, 1);
  EXPECT_EQ(later.fired, 0);
  wheel.advance(wheel.next());
  EXPECT_EQ(later.fired, 1);
}

TEST_F(TimerWheelTest, a_destroyed_deadline_does_not_fire) {
  Counter counter;
  auto deadline = std::make_unique<Deadline>(wheel, &Counter::fire, &counter);
  deadline->arm(at(20));
  deadline.reset();
  wheel.advance(at(100));
  EXPECT_EQ(counter.fired, 0);
}

struct Killer {
  std::unique_ptr<Deadline> own, other;
  int fired = 0;
  static void fire(void* self) {
    auto* killer = static_cast<Killer*>(self);
    ++killer->fired;
    killer->own.reset();
    killer->other.reset();
  }
};

TEST_F(TimerWheelTest, a_callback_may_destroy_deadlines_of_the_same_slot) {
  Killer killer;
  killer.own = std::make_unique<Deadline>(wheel, &Killer::fire, &killer);
  killer.other = std::make_unique<Deadline>(wheel, &Killer::fire, &killer);
  killer.own->arm(at(50));
  killer.other->arm(at(50));
  wheel.advance(at(50));
  EXPECT_EQ(killer.fired, 1);
}

TEST_F(TimerWheelTest, says_when_it_must_be_woken_earlier) {
  Counter counter;
  Deadline a(wheel, &Counter::fire, &counter), b(wheel, &Counter::fire, &counter),
      c(wheel, &Counter::fire, &counter);
  EXPECT_EQ(wheel.next(), kNever);
  a.arm(at(500));
  EXPECT_EQ(wheel.next(), at(500));
  b.arm(at(800));
  EXPECT_EQ(wheel.next(), at(500));
  c.arm(at(100));
  EXPECT_EQ(wheel.next(), at(100));
}

}  // namespace
}  // namespace dragoman::net
