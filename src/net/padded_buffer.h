// Growing bytes with readable padding after the end, so that simdjson can parse them where they lie.
#pragma once
#include <cstdlib>
#include <cstring>
#include <new>
#include <string_view>
#include <utility>

namespace dragoman::net {

// Owns its memory; movable, not copyable. New space is not initialised; the kPadding bytes after size() are
// always readable and zero after every append or commit.
class PaddedBuffer {
 public:
  static constexpr std::size_t kPadding = 64;

  PaddedBuffer() = default;
  explicit PaddedBuffer(std::string_view bytes) { append(bytes); }
  PaddedBuffer(PaddedBuffer&& other) noexcept { swap(other); }
  PaddedBuffer& operator=(PaddedBuffer&& other) noexcept {
    PaddedBuffer taken(std::move(other));
    swap(taken);
    return *this;
  }
  ~PaddedBuffer() { std::free(data_); }

  char* data() { return data_; }
  const char* data() const { return data_; }
  std::size_t size() const { return size_; }
  std::size_t capacity() const { return capacity_; }
  bool empty() const { return size_ == 0; }
  std::string_view view() const { return {data_ ? data_ : kNothing, size_}; }

  // Room for `bytes` in all, without the padding.
  void reserve(std::size_t bytes) {
    if (data_ && bytes <= capacity_) return;
    void* grown = std::realloc(data_, bytes + kPadding);
    if (!grown) throw std::bad_alloc();
    data_ = static_cast<char*>(grown);
    capacity_ = bytes;
    std::memset(data_ + size_, 0, kPadding);
  }

  void append(std::string_view bytes) {
    if (size_ + bytes.size() > capacity_ || !data_) grow(size_ + bytes.size());
    if (!bytes.empty()) std::memcpy(data_ + size_, bytes.data(), bytes.size());
    commit(bytes.size());
  }

  // Makes room for at least `bytes` more and returns where they go; commit() says how many were written.
  char* prepare(std::size_t bytes) {
    if (size_ + bytes > capacity_ || !data_) grow(size_ + bytes);
    return data_ + size_;
  }
  void commit(std::size_t bytes) {
    size_ += bytes;
    std::memset(data_ + size_, 0, kPadding);
  }

 private:
  static constexpr char kNothing[kPadding] = {};

  void grow(std::size_t least) { reserve(least > capacity_ * 2 ? least : capacity_ * 2); }
  void swap(PaddedBuffer& other) noexcept {
    std::swap(data_, other.data_);
    std::swap(size_, other.size_);
    std::swap(capacity_, other.capacity_);
  }

  char* data_ = nullptr;
  std::size_t size_ = 0;
  std::size_t capacity_ = 0;
};

}  // namespace dragoman::net
