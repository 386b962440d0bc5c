// What the journal keeps of an upstream's raw answer: all of it up to a bound, beyond that its beginning and
// its end, since an error inside a stream comes last.
#pragma once
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace dragoman::serve {

class KeptBytes {
 public:
  explicit KeptBytes(std::size_t limit) : limit_(limit) {}  // bytes; 0: none

  void add(std::string_view bytes);
  bool empty() const { return size_ == 0; }
  // With a line in the middle that says how much is left out, if something is. The bytes at the gap are cut
  // between words: half a key would not be known as one and blotted out.
  std::string text() const;

 private:
  std::size_t limit_;
  std::uint64_t size_ = 0;  // of all that was added
  std::string head_, tail_;
};

// The same for bytes that are all there.
std::string kept(std::string_view bytes, std::size_t limit);

}  // namespace dragoman::serve
