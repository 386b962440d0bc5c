// However a stream arrives, its events are the same: every provider's, cut in two at every byte, and byte by
// byte.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <set>

#include "conformance/targets.h"
#include "dialect/test_support.h"
#include "lower/test_support.h"
#include "serve/wire_frames.h"

namespace dragoman::conformance {
namespace {

std::string events_of(const dialect::Dialect& wire, std::span<const std::string_view> pieces) {
  const auto decoder = wire.decoder();
  serve::WireFrames frames(wire.framing);
  std::string out;
  const canon::EventSink sink = [&](const canon::Event& e) {
    // Adjacent pieces of one text are one text, however many reads they took.
    out += fmt::format("{} {} {} {} {} {} {} {}\n", static_cast<int>(e.type), e.choice, e.block,
                       static_cast<int>(e.block_type), e.text, e.id, e.name, e.signature);
  };
  const auto one = [&](const dialect::Frame& frame) {
    if (auto pushed = decoder->push(frame, sink); !pushed) out += "error " + pushed.error().message + "\n";
  };
  for (const std::string_view piece : pieces)
    if (auto fed = frames.feed(piece, one); !fed) out += "unreadable\n";
  if (auto fed = frames.finish(one); !fed) out += "unreadable\n";
  out += decoder->finish(sink) ? "complete" : "cut";
  return out;
}

TEST(Split, AnywhereGivesTheSameEvents) {
  struct One {
    std::string_view provider, model;
    bool responses = false;  // at its Responses endpoint
  };
  const One kOfEach[] = {{"openai", "gpt-4o-mini"},
                         {"openai", "gpt-5.6", true},
                         {"anthropic", "claude-sonnet-4-5"},
                         {"gemini", "gemini-3-pro-preview"},
                         {"bedrock", "us.anthropic.claude-sonnet-4-5-20250929-v1:0"},
                         {"deepseek", "deepseek-reasoner"},
                         {"mistral", "magistral-medium-latest"},
                         {"cohere", "command-a-reasoning-08-2025"}};
  const std::string body =
      R"({"model":"m","stream":true,"max_tokens":2000,"reasoning_effort":"low","messages":[
    {"role":"user","content":"read \ud83e\udd80"}],"tools":[{"type":"function","function":{"name":"read","parameters":{"type":"object","properties":{"path":{"type":"string"}}}}}]})";
  std::set<canon::DialectName> seen;
  for (const auto& [provider, model, responses] : kOfEach) {
    auto target = target_named(lower::testing::catalogue(), provider, model);
    ASSERT_TRUE(target && target->emulator) << provider;
    if (responses) target->provider = target->provider->responses.get();
    seen.insert(target->provider->dialect);
    lower::testing::ClientRequest request({"split", canon::DialectName::openai_chat, body});
    const auto lowered = request.to(*target->provider, target->model);
    ASSERT_TRUE(lowered) << provider;
    const sandbox::Reply reply = send(*target, lowered->body, true, false);
    ASSERT_EQ(reply.status, 200) << reply.body;
    std::string bytes;
    for (const std::string& frame : reply.frames) bytes += frame;
    ASSERT_LT(bytes.size(), 20'000u);
    const dialect::Dialect& wire = dialect::get(target->provider->dialect);
    const std::string_view all = bytes;
    const std::string_view whole[] = {all};
    const std::string expected = events_of(wire, whole);
    EXPECT_TRUE(expected.ends_with("complete")) << provider << "\n" << expected;
    for (std::size_t at = 1; at < all.size(); ++at) {
      const std::string_view pieces[] = {all.substr(0, at), all.substr(at)};
      ASSERT_EQ(events_of(wire, pieces), expected) << provider << " cut at " << at;
    }
    std::vector<std::string_view> single;
    for (std::size_t at = 0; at < all.size(); ++at) single.push_back(all.substr(at, 1));
    EXPECT_EQ(events_of(wire, single), expected) << provider << " byte by byte";
  }
  for (const Target& target : targets(lower::testing::catalogue()))
    EXPECT_TRUE(seen.contains(target.provider->dialect)) << target.name() << " speaks a dialect not cut here";
}

}  // namespace
}  // namespace dragoman::conformance
