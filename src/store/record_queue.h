// The way from the loops to the writer thread: bounded, and nobody ever waits in it.
#pragma once
#include <atomic>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

namespace dragoman::store {

// A ring after Dmitry Vyukov's bounded queue: each slot carries the turn it is ready for, so that a push or a
// pop is one compare-and-swap. Any number of threads may push and pop; a producer pops when it must make
// room.
template <class T>
class RecordQueue {
 public:
  // `capacity` is rounded up to a power of two, at least 2.
  explicit RecordQueue(std::size_t capacity) : slots_(std::bit_ceil(capacity < 2 ? 2 : capacity)) {
    for (std::size_t i = 0; i < slots_.size(); ++i) slots_[i].turn.store(i, std::memory_order_relaxed);
  }

  // False when full; then `item` is untouched.
  bool push(std::unique_ptr<T>& item) {
    std::size_t at = tail_.load(std::memory_order_relaxed);
    for (;;) {
      Slot& slot = slots_[at & (slots_.size() - 1)];
      const std::size_t turn = slot.turn.load(std::memory_order_acquire);
      const auto distance = static_cast<std::ptrdiff_t>(turn - at);
      if (distance == 0) {
        if (!tail_.compare_exchange_weak(at, at + 1, std::memory_order_seq_cst)) continue;
        slot.item = std::move(item);
        slot.turn.store(at + 1, std::memory_order_release);
        return true;
      }
      if (distance < 0) return false;
      at = tail_.load(std::memory_order_relaxed);
    }
  }

  // Null when empty, or when the oldest item is still being put in its place.
  std::unique_ptr<T> pop() {
    std::size_t at = head_.load(std::memory_order_relaxed);
    for (;;) {
      Slot& slot = slots_[at & (slots_.size() - 1)];
      const std::size_t turn = slot.turn.load(std::memory_order_acquire);
      const auto distance = static_cast<std::ptrdiff_t>(turn - (at + 1));
      if (distance == 0) {
        if (!head_.compare_exchange_weak(at, at + 1, std::memory_order_seq_cst)) continue;
        std::unique_ptr<T> item = std::move(slot.item);
        slot.turn.store(at + slots_.size(), std::memory_order_release);
        return item;
      }
      if (distance < 0) return nullptr;
      at = head_.load(std::memory_order_relaxed);
    }
  }

  // Numbers of pushes begun and pops begun since the start.
  std::size_t pushed() const { return tail_.load(std::memory_order_seq_cst); }
  std::size_t popped() const { return head_.load(std::memory_order_seq_cst); }

 private:
  struct Slot {
    std::atomic<std::size_t> turn{0};
    std::unique_ptr<T> item;
  };
  std::vector<Slot> slots_;
  alignas(64) std::atomic<std::size_t> head_{0};
  alignas(64) std::atomic<std::size_t> tail_{0};
};

}  // namespace dragoman::store
