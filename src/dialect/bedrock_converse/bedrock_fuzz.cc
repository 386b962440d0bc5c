// The input is lines, each a frame's data; it is also read as an answer and as an error, whole.
#include "dialect/decoder_fuzz.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace dragoman::dialect;
  // The first character picks the event.
  static constexpr std::string_view kEvents[] = {"messageStart",     "contentBlockStart", "contentBlockDelta",
                                                 "contentBlockStop", "messageStop",       "metadata",
                                                 "somethingNew"};
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  fuzz_stream(kBedrockConverse, input, [](std::string_view line) -> std::optional<Frame> {
    if (line.empty()) return {};
    return Frame{.event = kEvents[static_cast<unsigned char>(line.front()) % std::size(kEvents)],
                 .data = line.substr(1),
                 .exception = line.front() == '!'};
  });
  fuzz_whole(kBedrockConverse, input);
  return 0;
}
