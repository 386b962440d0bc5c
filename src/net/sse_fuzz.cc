// However a stream is cut, the same events come out, the same event is pending at the end, and what
// append_sse writes reads back.
#include <cstdlib>
#include <tuple>
#include <vector>

#include "net/sse.h"

namespace {

using dragoman::net::SseEvent;
using dragoman::net::SseParser;
using Event = std::tuple<std::string, std::string, std::string>;

constexpr std::size_t kMax = 4096;  // small, so that the limit is met

Event owned(const SseEvent& e) { return {std::string(e.event), std::string(e.data), std::string(e.id)}; }

struct Outcome {
  std::vector<Event> events;
  bool failed = false;
  bool pending = false;
  std::uint64_t retry = 0;
  bool operator==(const Outcome&) const = default;
};

// Cuts by the bytes of `cuts`, over and over; no cuts: all at once.
Outcome run(std::string_view text, std::string_view cuts) {
  Outcome out;
  SseParser parser(kMax);
  std::size_t turn = 0;
  while (!text.empty() && !out.failed) {
    const std::size_t size =
        cuts.empty() ? text.size() : 1 + static_cast<unsigned char>(cuts[turn++ % cuts.size()]) % 32;
    const std::string piece(text.substr(0, size));  // its own allocation, so that a stale view is seen
    text.remove_prefix(piece.size());
    out.failed = !parser.feed(piece, [&](const SseEvent& e) { out.events.push_back(owned(e)); }).has_value();
  }
  out.retry = parser.retry().value_or(0);
  if (const auto rest = parser.finish()) {
    out.pending = true;
    out.events.push_back(owned(*rest));
  }
  return out;
}

void require(bool condition) {
  if (!condition) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  const std::size_t cut_bytes = size < 8 ? 0 : 4;
  const std::string_view text = input.substr(cut_bytes);

  const Outcome whole = run(text, {});
  require(run(text, std::string_view("\0", 1)) == whole);  // byte by byte
  if (cut_bytes > 0) require(run(text, input.substr(0, cut_bytes)) == whole);

  std::string written;
  for (const auto& [event, body, id] : whole.events) dragoman::net::append_sse(written, event, body);
  const Outcome again = run(written, input.substr(0, cut_bytes));
  if (!again.failed) {  // "data: " can take a line over the limit which came in as "data:"
    require(again.events.size() == whole.events.size());
    for (std::size_t i = 0; i < again.events.size(); ++i) {
      require(std::get<0>(again.events[i]) == std::get<0>(whole.events[i]));
      require(std::get<1>(again.events[i]) == std::get<1>(whole.events[i]));
    }
  }
  return 0;
}
