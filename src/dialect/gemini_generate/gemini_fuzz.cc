// The input is lines, each a frame's data; it is also read as an answer and as an error, whole.
#include "dialect/decoder_fuzz.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace dragoman::dialect;
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  fuzz_stream(kGeminiGenerate, input,
              [](std::string_view line) { return std::optional(Frame{.data = line}); });
  fuzz_whole(kGeminiGenerate, input);
  return 0;
}
