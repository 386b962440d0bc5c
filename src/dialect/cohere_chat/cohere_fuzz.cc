// Whatever an upstream sends: no crash, the decoder keeps its promise about events, and a stream says it
// ended properly only when it has said so in an event. The input is lines, each a frame's data; it is also
// read as an answer and as an error, whole.
#include <cstdlib>

#include "base/strings.h"
#include "dialect/dialect.h"
#include "dialect/event_contract.h"
#include "json/parse.h"

namespace {

using namespace dragoman;

void stream(std::string_view input) {
  const auto decoder = dialect::kCohereChat.decoder();
  dialect::EventContract contract;
  const canon::EventSink sink = [&](const canon::Event& event) {
    if (!contract.add(event).empty()) std::abort();
  };
  for (const std::string_view line : split(input, '\n')) {
    dialect::Frame frame;
    frame.data = line;
    if (!decoder->push(frame, sink)) return;
  }
  if (decoder->finish(sink) != contract.ended()) std::abort();
}

void whole(std::string_view input) {
  Arena arena;
  const canon::UpstreamError error = dialect::kCohereChat.decode_error(400, input, {});
  if (error.body != input) std::abort();
  const auto body = json::parse(arena, input);
  if (!body) return;
  const auto response = dialect::kCohereChat.decode(arena, *body);
  if (!response) return;
  dialect::EventContract contract;
  canon::unfold(*response, [&](const canon::Event& event) {
    if (!contract.add(event).empty()) std::abort();
  });
  if (!contract.ended()) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  stream(input);
  whole(input);
  return 0;
}
