// Bump allocation for everything that lives exactly as long as one request.
#pragma once
#include <cstddef>
#include <cstring>
#include <initializer_list>
#include <memory>
#include <new>
#include <span>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace dragoman {

// Owns its blocks; pointers stay valid until the arena dies or reset() is called. Not thread-safe: one
// request, one loop. Moved, what it allocated stays where it is. Holds trivially destructible values only, so
// nothing has to run when it goes.
class Arena {
 public:
  explicit Arena(std::size_t first_block = 4096) : next_size_(first_block) {}
  Arena(Arena&&) = default;
  Arena& operator=(Arena&&) = default;

  void* allocate(std::size_t size, std::size_t align) {
    std::size_t at = (used_ + align - 1) & ~(align - 1);
    if (blocks_.empty() || at + size > blocks_.back().size) {
      grow(size + align);
      at = 0;  // operator new[] memory is aligned for every fundamental type
    }
    used_ = at + size;
    return blocks_.back().data.get() + at;
  }

  template <class T, class... Args>
  T* make(Args&&... args) {
    static_assert(std::is_trivially_destructible_v<T>);
    return new (allocate(sizeof(T), alignof(T))) T{std::forward<Args>(args)...};
  }

  template <class T>
  std::span<T> copy(std::span<const T> items) {
    static_assert(std::is_trivially_copyable_v<T>);
    if (items.empty()) return {};
    T* out = static_cast<T*>(allocate(items.size_bytes(), alignof(T)));
    std::memcpy(static_cast<void*>(out), items.data(), items.size_bytes());
    return {out, items.size()};
  }

  std::string_view copy(std::string_view text) {
    if (text.empty()) return {};
    char* out = static_cast<char*>(allocate(text.size(), 1));
    std::memcpy(out, text.data(), text.size());
    return {out, text.size()};
  }

  // One text of several pieces.
  std::string_view joined(std::initializer_list<std::string_view> pieces) {
    std::size_t size = 0;
    for (const std::string_view piece : pieces) size += piece.size();
    if (size == 0) return {};
    char* const out = characters(size);
    char* to = out;
    for (const std::string_view piece : pieces) {
      if (!piece.empty()) std::memcpy(to, piece.data(), piece.size());
      to += piece.size();
    }
    return {out, size};
  }

  // Uninitialised characters, for text built in place.
  char* characters(std::size_t size) { return static_cast<char*>(allocate(size, 1)); }

  // Forgets everything but keeps the largest block for the next request.
  void reset() {
    if (blocks_.size() > 1) {
      Block last = std::move(blocks_.back());
      blocks_.clear();
      blocks_.push_back(std::move(last));
    }
    used_ = 0;
  }

  std::size_t bytes() const {
    std::size_t sum = 0;
    for (const Block& b : blocks_) sum += b.size;
    return sum;
  }

 private:
  struct Block {
    std::unique_ptr<std::byte[]> data;
    std::size_t size;
  };

  void grow(std::size_t at_least) {
    const std::size_t size = at_least > next_size_ ? at_least : next_size_;
    blocks_.push_back({std::make_unique_for_overwrite<std::byte[]>(size), size});
    if (next_size_ < (std::size_t{1} << 20)) next_size_ *= 2;
  }

  std::vector<Block> blocks_;
  std::size_t used_ = 0;
  std::size_t next_size_;
};

// For a container or a shared pointer of the standard library whose memory is the arena's: it must be gone
// before the arena is.
template <class T>
struct ArenaAllocator {
  using value_type = T;

  explicit ArenaAllocator(Arena& from) : arena(&from) {}
  template <class U>
  ArenaAllocator(const ArenaAllocator<U>& other)
      : arena(other.arena) {}  // NOLINT(google-explicit-constructor)

  T* allocate(std::size_t count) { return static_cast<T*>(arena->allocate(count * sizeof(T), alignof(T))); }
  void deallocate(T*, std::size_t) noexcept {}  // goes with the arena
  template <class U>
  bool operator==(const ArenaAllocator<U>& other) const {
    return arena == other.arena;
  }

  Arena* arena;
};

}  // namespace dragoman
