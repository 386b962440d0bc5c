// Any JSON body as a client's request in either dialect: refused with a place, or parsed and writable
// everywhere.
#include "dialect/dialect.h"
#include "json/parse.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace dragoman;
  Arena arena;
  const auto body = json::parse(arena, std::string_view(reinterpret_cast<const char*>(data), size));
  if (!body) return 0;
  const dialect::Dialect* const all[] = {&dialect::kOpenaiChat, &dialect::kAnthropicMessages,
                                         &dialect::kGeminiGenerate, &dialect::kBedrockConverse,
                                         &dialect::kOpenaiResponses};
  for (const dialect::Dialect* from : all) {
    const auto request = from->parse(arena, *body);
    if (!request) {
      if (request.error().message.empty()) __builtin_trap();
      continue;
    }
    for (const dialect::Dialect* to : all) {
      dialect::WireOptions options;
      options.model = "m";
      options.stream = true;
      options.reasoning_replay = "reasoning_details";
      std::string out;
      to->encode(*request, options, out);
      // Well-formed JSON; only another dialect's unknown keys, which lowering takes out, may collide with
      // ours, and wrapping may take the depth over the limit.
      const auto written = json::parse(arena, out, {.depth = 600});
      if (!written && (to == from || written.error().message.find("twice") == std::string::npos))
        __builtin_trap();
    }
  }
  return 0;
}
