// Any frames into any client dialect's decoder, and what it delivers into all renderers and a Folder. The
// first byte picks the dialect; the rest is cut into frames at newlines.
#include "dialect/dialect.h"
#include "dialect/error_body.h"
#include "json/parse.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace dragoman;
  if (size == 0) return 0;
  const dialect::Dialect* const all[] = {&dialect::kOpenaiChat, &dialect::kAnthropicMessages,
                                         &dialect::kOpenaiResponses};
  const dialect::Dialect& from = *all[data[0] % 3];
  std::string_view rest(reinterpret_cast<const char*>(data) + 1, size - 1);
  dialect::read_error_body(500, rest);
  {
    Arena arena;
    if (const auto body = json::parse(arena, rest)) {
      if (const auto response = from.decode(arena, *body)) {
        std::string out;
        for (const dialect::Dialect* to : all) to->render(*response, {.model = "m"}, out);
        for (const dialect::Dialect* to : {&dialect::kGeminiGenerate, &dialect::kBedrockConverse}) {
          std::string text;
          to->render(*response, {.model = "m"}, text);
          // What they write of any answer is JSON that their own decoder reads.
          const auto written = json::parse(arena, text, {.depth = 600});
          if (!written) __builtin_trap();
        }
      }
    }
  }
  Arena arena;
  canon::Folder folder(arena);
  const auto openai = dialect::kOpenaiChat.renderer({.model = "m", .stream_usage = true});
  const auto anthropic = dialect::kAnthropicMessages.renderer({.model = "m"});
  const auto gemini = dialect::kGeminiGenerate.renderer({.model = "m", .json_array = true});
  const auto bedrock = dialect::kBedrockConverse.renderer({.model = "m"});
  const auto responses = dialect::kOpenaiResponses.renderer({.model = "m"});
  std::string out, array, frames;
  // The decoder's promises (canon/response.h).
  bool started = false, ended = false;
  std::vector<int> open(256, -1), next(256, 0);
  const canon::EventSink sink = [&](const canon::Event& event) {
    if (ended) __builtin_trap();
    if (event.type == canon::EventType::start) {
      if (started) __builtin_trap();
      started = true;
    } else if (!started && event.type != canon::EventType::ping) {
      __builtin_trap();
    }
    if (event.choice < 0 || event.choice > 127) __builtin_trap();
    const auto choice = static_cast<std::size_t>(event.choice);
    if (event.type == canon::EventType::block_start) {
      if (open[choice] != -1 || event.block != next[choice]) __builtin_trap();
      open[choice] = event.block;
    }
    if (event.type == canon::EventType::block_stop) {
      if (open[choice] != event.block) __builtin_trap();
      open[choice] = -1;
      ++next[choice];
    }
    ended = event.type == canon::EventType::end;
    folder.add(event);
    openai->render(event, out);
    anthropic->render(event, out);
    gemini->render(event, array);
    bedrock->render(event, frames);
    responses->render(event, out);
  };
  const auto decoder = from.decoder();
  bool failed = false;
  while (!rest.empty() && !failed) {
    const std::string_view line = rest.substr(0, rest.find('\n'));
    rest.remove_prefix(std::min(rest.size(), line.size() + 1));
    failed = !decoder->push({.data = line}, sink);
  }
  if (!failed && decoder->finish(sink) != ended) __builtin_trap();
  folder.take();
  // A whole stream is one JSON array.
  if (ended && !json::parse(arena, array, {.depth = 600})) __builtin_trap();
  return 0;
}
