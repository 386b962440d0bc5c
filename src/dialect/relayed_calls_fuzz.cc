// Any answer, whole and as the frames of a stream, on its way to a client in its own bytes. The first byte
// picks the dialect; frames are the lines. What is changed is JSON, and nothing is left to change in it.
#include <cstdlib>

#include "base/strings.h"
#include "dialect/relayed_calls.h"
#include "json/parse.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace dragoman;
  using D = canon::DialectName;
  if (size == 0) return 0;
  constexpr D kAll[] = {D::openai_chat, D::anthropic_messages, D::openai_responses, D::gemini_generate,
                        D::bedrock_converse};
  const D from = kAll[data[0] % std::size(kAll)];
  const std::string_view input(reinterpret_cast<const char*>(data) + 1, size - 1);
  Arena arena;
  if (const auto body = json::parse(arena, input)) {
    if (const auto changed = dialect::RelayedCalls(from, "seed").whole(*body)) {
      const auto again = json::parse(arena, *changed, {.depth = 300});
      if (!again || dialect::RelayedCalls(from, "seed").whole(*again)) std::abort();
    }
  }
  dialect::RelayedCalls calls(from, "seed");
  for (const std::string_view line : split(input, '\n'))
    if (const auto changed = calls.frame({"", line}))
      if (!json::parse(arena, *changed, {.depth = 300})) std::abort();
  return 0;
}
