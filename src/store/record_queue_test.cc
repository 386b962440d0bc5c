#include "store/record_queue.h"

#include <gtest/gtest.h>

#include <thread>

namespace dragoman::store {
namespace {

bool push(RecordQueue<int>& queue, int value) {
  auto item = std::make_unique<int>(value);
  return queue.push(item);
}

TEST(RecordQueue, KeepsOrderAndBound) {
  RecordQueue<int> queue(4);
  for (int round = 0; round < 3; ++round) {
    for (int i = 0; i < 4; ++i) EXPECT_TRUE(push(queue, i));
    auto fifth = std::make_unique<int>(5);
    EXPECT_FALSE(queue.push(fifth));
    EXPECT_NE(fifth, nullptr) << "a refused item stays with its owner";
    for (int i = 0; i < 4; ++i) EXPECT_EQ(*queue.pop(), i);
    EXPECT_EQ(queue.pop(), nullptr);
  }
  EXPECT_EQ(queue.pushed(), 12u);
  EXPECT_EQ(queue.popped(), 12u);
}

TEST(RecordQueue, ManyProducersAndConsumersLoseAndDoubleNothing) {
  constexpr int kProducers = 3, kEach = 20000;
  RecordQueue<int> queue(64);
  std::vector<std::atomic<int>> seen(kProducers * kEach);
  std::atomic<int> taken{0};
  std::vector<std::thread> threads;
  for (int p = 0; p < kProducers; ++p)
    threads.emplace_back([&, p] {
      for (int i = 0; i < kEach; ++i)
        while (!push(queue, p * kEach + i)) std::this_thread::yield();
    });
  for (int c = 0; c < 2; ++c)
    threads.emplace_back([&] {
      while (taken.load() < kProducers * kEach) {
        if (auto item = queue.pop()) {
          seen[static_cast<std::size_t>(*item)]++;
          taken++;
        } else {
          std::this_thread::yield();
        }
      }
    });
  for (auto& thread : threads) thread.join();
  for (const auto& count : seen) ASSERT_EQ(count.load(), 1);
}

}  // namespace
}  // namespace dragoman::store
