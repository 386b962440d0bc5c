// AWS event streams (application/vnd.amazon.eventstream), both directions, without I/O. Bedrock's
// ConverseStream answers in them (BRW-06, BRW-07). Source: the Amazon Event Stream Specification of Smithy.
#pragma once
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"

namespace dragoman::net {

// The numbers are those of the wire.
enum class HeaderType : std::uint8_t {
  kTrue = 0,
  kFalse = 1,
  kInt8 = 2,
  kInt16 = 3,
  kInt32 = 4,
  kInt64 = 5,
  kBytes = 6,
  kString = 7,
  kTimestamp = 8,  // milliseconds since 1970-01-01 UTC
  kUuid = 9,       // 16 bytes
};

// Views, owned by the decoder's input or by whoever encodes.
struct EventStreamHeader {
  std::string_view name;
  HeaderType type = HeaderType::kString;
  std::int64_t number = 0;  // of the integer types and the timestamp
  std::string_view bytes;   // of kBytes, kString and kUuid

  static EventStreamHeader text(std::string_view name, std::string_view value) {
    return {name, HeaderType::kString, 0, value};
  }
};

// Valid during the callback of feed(), or until the next call of next().
struct EventStreamMessage {
  std::span<const EventStreamHeader> headers;
  std::string_view payload;

  // A string header's value; "" if there is none of that name, or of another type.
  std::string_view text(std::string_view name) const;
};

// The specification's limits. It asks services to check them; as a client we do too, since they bound what a
// broken upstream can make us buffer.
inline constexpr std::size_t kMaxEventStreamPayload = std::size_t{24} << 20;
inline constexpr std::size_t kMaxEventStreamHeaders = std::size_t{128} << 10;

// An incremental decoder: however the bytes are cut, the same messages come out. Both checksums of each
// message are checked before anything of it is looked at. A message that lies whole in the fed bytes is not
// copied. Not thread-safe. After an error the stream is lost and every call gives that error again.
class EventStreamDecoder {
 public:
  // Calls on_message(const EventStreamMessage&) for every message that ends in `bytes`.
  template <class F>
  Result<void> feed(std::string_view bytes, F&& on_message) {
    EventStreamMessage message;
    for (;;) {
      Result<bool> more = next(bytes, message);
      if (!more) return std::unexpected(std::move(more.error()));
      if (!*more) return {};
      on_message(static_cast<const EventStreamMessage&>(message));
    }
  }

  // The same for callers that pull: true fills `message` and takes its bytes off the front of `bytes`; false
  // means that all of `bytes` was taken and no message is complete. Bytes fed must stay until then.
  Result<bool> next(std::string_view& bytes, EventStreamMessage& message);

  // True if the stream was cut inside a message, or had failed before.
  bool partial() const { return failed_ || (!buffer_.empty() && !delivered_); }

 private:
  Result<std::size_t> message_size(std::string_view prelude) const;
  Result<void> read_message(std::string_view bytes, EventStreamMessage& message);
  Result<void> read_headers(std::string_view bytes);
  std::unexpected<Error> lost(Error error);

  std::string buffer_;  // the front of a message whose end has not come yet
  std::vector<EventStreamHeader> headers_;
  std::vector<std::string_view> names_;  // scratch: to find a name given twice
  Error error_;
  bool delivered_ = false;  // the message in buffer_ was handed out
  bool failed_ = false;
};

// Appends one message. Errors, and then `out` is as before: a limit passed, a name empty or longer than 255
// bytes or given twice, a value longer than 32767 bytes, a uuid of other than 16, an integer its type cannot
// hold.
Result<void> append_event_stream(std::string& out, std::span<const EventStreamHeader> headers,
                                 std::string_view payload);

}  // namespace dragoman::net
