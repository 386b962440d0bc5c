// For the fuzz targets of the dialects that only providers speak: whatever an upstream sends, no crash, the
// decoder keeps its promise about events, and a stream says it ended properly only when it has said so in an
// event.
#pragma once
#include <cstdlib>

#include "base/strings.h"
#include "dialect/dialect.h"
#include "dialect/event_contract.h"
#include "json/parse.h"

namespace dragoman::dialect {

// The input's lines, each made a frame by `frame` (nothing for a line that is none).
template <class F>
void fuzz_stream(const Dialect& dialect, std::string_view input, F&& frame) {
  const auto decoder = dialect.decoder();
  EventContract contract;
  const canon::EventSink sink = [&](const canon::Event& event) {
    if (!contract.add(event).empty()) std::abort();
  };
  for (const std::string_view line : split(input, '\n'))
    if (const std::optional<Frame> one = frame(line); one && !decoder->push(*one, sink)) return;
  if (decoder->finish(sink) != contract.ended()) std::abort();
}

// The input as a whole answer and as an error.
inline void fuzz_whole(const Dialect& dialect, std::string_view input) {
  Arena arena;
  const canon::UpstreamError error = dialect.decode_error(400, input, "Some#Exception:http://x");
  if (error.body != input) std::abort();
  const auto body = json::parse(arena, input);
  if (!body) return;
  const auto response = dialect.decode(arena, *body);
  if (!response) return;
  EventContract contract;
  canon::unfold(*response, [&](const canon::Event& event) {
    if (!contract.add(event).empty()) std::abort();
  });
  if (!contract.ended()) std::abort();
}

}  // namespace dragoman::dialect
