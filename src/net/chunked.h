// Transfer-Encoding: chunked (RFC 9112 section 7.1), without any I/O.
#pragma once
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace dragoman::net {

// Decodes in place: the data of all chunks in one read comes out as one contiguous run, which is what the SSE
// and JSON decoders behind it want. Strict: CRLF line ends only, hexadecimal sizes without signs or spaces,
// at most 16 digits; extensions are skipped; trailers are checked for line ends, bounded, and dropped.
class ChunkDecoder {
 public:
  struct Step {
    std::size_t data = 0;  // decoded bytes, at the front of what was passed
    std::size_t consumed =
        0;  // how much of what was passed is used up; less than all only once done() or failed()
  };

  Step decode(char* bytes, std::size_t size);

  bool done() const { return state_ == State::done; }
  bool failed() const { return state_ == State::failed; }
  const char* reason() const { return reason_; }  // for failed()

 private:
  enum class State : std::uint8_t {
    size_first,
    size,
    extension,
    size_feed,
    data,
    data_return,
    data_feed,
    trailer_start,
    trailer,
    trailer_feed,
    last_feed,
    done,
    failed
  };
  void step(char c);
  void fail(const char* reason);

  State state_ = State::size_first;
  std::uint8_t digits_ = 0;
  std::uint32_t line_bytes_ = 0;  // of extensions and trailers, which are bounded
  std::uint64_t remaining_ = 0;
  const char* reason_ = "";
};

// "1f4\r\n", what stands before a chunk of `size` bytes.
std::string_view chunk_line(std::size_t size, char (&buffer)[20]);

}  // namespace dragoman::net
