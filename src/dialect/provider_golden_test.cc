// Golden folders of the dialects that only providers speak to us, across dialects:
//   to_providers/<case>/in.<client>.json   a client's request -> out.<provider>.json, as encode() writes it
//   (what
//                                          lowering would have changed first is still as the client said it)
//   <provider>/<case>/stream.txt           a provider's stream -> client.<client>.sse
// DRAGOMAN_UPDATE_GOLDEN=1 writes the expectations.
#include <filesystem>

#include "dialect/test_support.h"

namespace dragoman::dialect {
namespace {

const Dialect* const kClients[] = {&kOpenaiChat, &kAnthropicMessages};
const Dialect* const kProviders[] = {&kBedrockConverse, &kGeminiGenerate, &kCohereChat};

std::vector<std::filesystem::path> folders(const std::string& path) {
  std::vector<std::filesystem::path> found;
  for (const auto& entry : std::filesystem::directory_iterator(testing::golden_folder() + path))
    if (entry.is_directory()) found.push_back(entry.path());
  std::sort(found.begin(), found.end());
  return found;
}

WireOptions options_for(const Dialect& dialect) {
  WireOptions options;
  options.reasoning_style = &dialect == &kBedrockConverse  ? "bedrock_claude"
                            : &dialect == &kGeminiGenerate ? "gemini_budget"
                                                           : "cohere";
  options.top_k_path = "top_k";
  return options;
}

TEST(ProviderGolden, Requests) {
  int cases = 0;
  for (const auto& folder : folders("to_providers")) {
    for (const Dialect* client : kClients) {
      const std::string body =
          testing::read_file(fmt::format("{}/in.{}.json", folder.string(), name(client->name)));
      if (body.empty()) continue;
      ++cases;
      SCOPED_TRACE(folder.string());
      Arena arena;
      const auto parsed = json::parse(arena, body);
      ASSERT_TRUE(parsed) << parsed.error().message;
      const auto request = client->parse(arena, *parsed);
      ASSERT_TRUE(request) << request.error().pointer << ": " << request.error().message;
      for (const Dialect* provider : kProviders) {
        std::string out;
        provider->encode(*request, options_for(*provider), out);
        testing::expect_golden(
            fmt::format("to_providers/{}/out.{}.json", folder.filename().string(), name(provider->name)),
            testing::pretty(out));
      }
    }
  }
  EXPECT_GE(cases, 2);
}

TEST(ProviderGolden, Streams) {
  RenderOptions options;
  options.id = "given-id";
  options.model = "asked-model";
  options.created = 1700000000;
  options.stream_usage = true;
  int cases = 0;
  for (const Dialect* provider : kProviders) {
    const std::string dialect(name(provider->name));
    for (const auto& folder : folders(dialect)) {
      const testing::Frames frames(testing::read_file((folder / "stream.txt").string()));
      if (frames.list.empty()) continue;
      for (const Dialect* client : kClients) {
        ++cases;
        const auto decoder = provider->decoder();
        const auto renderer = client->renderer(options);
        std::string out, failure;
        const canon::EventSink sink = [&](const canon::Event& event) { renderer->render(event, out); };
        for (const Frame& frame : frames.list) {
          const auto pushed = decoder->push(frame, sink);
          if (pushed) continue;
          failure = pushed.error().message;
          break;
        }
        if (failure.empty() && !decoder->finish(sink)) failure = "cut";
        if (!failure.empty())
          renderer->render_error({.status = 502, .kind = "upstream", .message = failure}, out);
        testing::expect_golden(
            fmt::format("{}/{}/client.{}.sse", dialect, folder.filename().string(), name(client->name)), out);
      }
    }
  }
  EXPECT_GE(cases, 20);
}

}  // namespace
}  // namespace dragoman::dialect
