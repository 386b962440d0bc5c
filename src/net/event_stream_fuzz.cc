// However a stream is cut, the same messages come out, and each encodes to the bytes it came from. The fuzzer
// cannot guess checksums, so the input is also put to the decoder as the headers and payload of a sealed
// message.
#include <zlib.h>

#include <cstdlib>

#include "net/event_stream.h"

namespace {

using dragoman::net::EventStreamDecoder;
using dragoman::net::EventStreamMessage;

void require(bool condition) {
  if (!condition) std::abort();
}

struct Outcome {
  std::string messages;  // encoded again
  std::string error;
  bool partial = false;
  bool operator==(const Outcome&) const = default;
};

Outcome run(std::string_view text, std::string_view cuts) {
  Outcome out;
  EventStreamDecoder decoder;
  std::size_t turn = 0;
  while (!text.empty() && out.error.empty()) {
    const std::size_t size =
        cuts.empty() ? text.size() : 1 + static_cast<unsigned char>(cuts[turn++ % cuts.size()]) % 32;
    const std::string piece(text.substr(0, size));
    text.remove_prefix(piece.size());
    const auto fed = decoder.feed(piece, [&](const EventStreamMessage& m) {
      require(dragoman::net::append_event_stream(out.messages, m.headers, m.payload).has_value());
    });
    if (!fed) out.error = fed.error().message;
  }
  out.partial = decoder.partial();
  return out;
}

void check(std::string_view text, std::string_view cuts) {
  const Outcome whole = run(text, {});
  require(text.starts_with(whole.messages));
  require(!whole.error.empty() || whole.partial == (whole.messages.size() < text.size()));
  require(run(text, std::string_view("\0", 1)) == whole);
  if (!cuts.empty()) require(run(text, cuts) == whole);
}

void put(std::string& out, std::size_t value) {
  for (int shift = 24; shift >= 0; shift -= 8) out += static_cast<char>(value >> shift & 0xff);
}

void seal(std::string& out, std::size_t start) {
  put(out,
      crc32(0, reinterpret_cast<const Bytef*>(out.data() + start), static_cast<uInt>(out.size() - start)));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  check(input, input.substr(0, 4));
  if (size < 2) return 0;

  // Two sealed messages: the first two bytes say where the headers end.
  const std::string_view body = input.substr(2);
  const std::size_t border =
      (static_cast<unsigned char>(input[0]) * 256u + static_cast<unsigned char>(input[1])) %
      (body.size() + 1);
  std::string stream;
  for (int i = 0; i < 2; ++i) {
    const std::size_t start = stream.size();
    put(stream, 16 + body.size());
    put(stream, border);
    seal(stream, start);
    stream += body;
    seal(stream, start);
  }
  check(stream, input.substr(0, 2));
  return 0;
}
