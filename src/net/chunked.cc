#include "net/chunked.h"

#include <algorithm>
#include <charconv>
#include <cstring>

#include "base/strings.h"

namespace dragoman::net {
namespace {

// A peer that sends more than this between the data is playing for time or memory.
constexpr std::uint32_t kMaxLineBytes = 16 * 1024;

bool control(char c) {
  const auto u = static_cast<unsigned char>(c);
  return (u < 0x20 && u != '\t') || u == 0x7F;
}

}  // namespace

void ChunkDecoder::fail(const char* reason) {
  state_ = State::failed;
  reason_ = reason;
}

ChunkDecoder::Step ChunkDecoder::decode(char* bytes, std::size_t size) {
  Step out;
  while (out.consumed < size && !done() && !failed()) {
    if (state_ != State::data) {
      step(bytes[out.consumed++]);
      continue;
    }
    const auto run = static_cast<std::size_t>(std::min<std::uint64_t>(remaining_, size - out.consumed));
    if (out.data != out.consumed) std::memmove(bytes + out.data, bytes + out.consumed, run);
    out.data += run;
    out.consumed += run;
    remaining_ -= run;
    if (remaining_ == 0) state_ = State::data_return;
  }
  return out;
}

void ChunkDecoder::step(char c) {
  switch (state_) {
    case State::size_first:
    case State::size: {
      const int digit = hex_value(c);
      if (digit >= 0) {
        if (digits_ == 16) return fail("a chunk size of more than 16 digits");
        ++digits_;
        remaining_ = remaining_ * 16 + static_cast<unsigned>(digit);
        state_ = State::size;
      } else if (digits_ == 0) {
        fail("a chunk without a size");
      } else if (c == '\r') {
        state_ = State::size_feed;
      } else if (c == ';') {
        state_ = State::extension;
      } else {
        fail("a chunk size that is not hexadecimal");
      }
      return;
    }
    case State::extension:
      if (c == '\r') {
        state_ = State::size_feed;
      } else if (control(c)) {
        fail("a control character in a chunk extension");
      } else if (++line_bytes_ > kMaxLineBytes) {
        fail("chunk extensions that are too long");
      }
      return;
    case State::size_feed:
      if (c != '\n') return fail("a chunk size line that does not end in CRLF");
      state_ = remaining_ == 0 ? State::trailer_start : State::data;
      digits_ = 0;
      return;
    case State::data_return:
      if (c != '\r') return fail("a chunk longer than its size");
      state_ = State::data_feed;
      return;
    case State::data_feed:
      if (c != '\n') return fail("a chunk that does not end in CRLF");
      state_ = State::size_first;
      return;
    case State::trailer_start:
      if (c == '\r') {
        state_ = State::last_feed;
        return;
      }
      state_ = State::trailer;
      [[fallthrough]];
    case State::trailer:
      if (c == '\r') {
        state_ = State::trailer_feed;
      } else if (control(c)) {
        fail("a control character in a trailer");
      } else if (++line_bytes_ > kMaxLineBytes) {
        fail("trailers that are too long");
      }
      return;
    case State::trailer_feed:
      if (c != '\n') return fail("a trailer that does not end in CRLF");
      state_ = State::trailer_start;
      return;
    case State::last_feed:
      if (c != '\n') return fail("a last chunk that does not end in CRLF");
      state_ = State::done;
      return;
    case State::data:
    case State::done:
    case State::failed:
      return;
  }
}

std::string_view chunk_line(std::size_t size, char (&buffer)[20]) {
  char* end = std::to_chars(buffer, buffer + 16, size, 16).ptr;
  *end++ = '\r';
  *end++ = '\n';
  return {buffer, static_cast<std::size_t>(end - buffer)};
}

}  // namespace dragoman::net
