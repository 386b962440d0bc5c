// A 200 that its dialect cannot read, whole or a piece of its stream, is a broken gateway's answer
// (kUnreadableStatus, kUnreadableType of dialect.h) and keeps the bytes, in every dialect a provider speaks.
#include <map>

#include "dialect/embedding.h"
#include "dialect/test_support.h"

namespace dragoman::dialect {
namespace {

struct Row {
  const Dialect* dialect;
  std::string_view message;  // of a JSON object that is none of its answers
  Frame piece;               // of a stream; data "" where it has none
};
const Row kRows[] = {
    {&kOpenaiChat, "the answer has no choices", {"", "{\"choices\":"}},
    {&kAnthropicMessages, "the answer has no content", {"message_start", "{\"type\":"}},
    {&kBedrockConverse, "the answer has no output.message", {"messageStart", "{\"role\":"}},
    {&kGeminiGenerate, "the answer has no candidate with a finishReason", {"", "{\"candidates\":"}},
    {&kOpenaiResponses, "the answer is no response object", {"response.created", "{\"type\":"}},
    {&kCohereChat, "an answer without a message", {"", "{\"type\":"}},
    {&kOpenaiEmbeddings, "the provider's answer has no list `data`", {}},
    {&kGeminiEmbed, "the provider's answer has no list `embeddings`", {}},
    {&kVertexPredict, "the provider's answer has no list `predictions`", {}},
    {&kBedrockInvoke, "the provider's answer has no embedding in it", {}},
    {&kCohereEmbed, "the provider's answer has no list of embeddings", {}},
    {&kOllamaEmbed, "the provider's answer has no list of embeddings", {}},
};

canon::UpstreamError refused(const Dialect& dialect, std::string_view body) {
  Arena arena;
  const auto value = json::parse(arena, body);
  if (!value) return {.message = value.error().message};
  if (dialect.embeddings) {
    const auto part = dialect.embeddings->decode(arena, *value);
    return part ? canon::UpstreamError{} : part.error();
  }
  const auto answer = dialect.decode(arena, *value);
  return answer ? canon::UpstreamError{} : answer.error();
}

TEST(Unreadable, AnswersAreABadGateways) {
  std::map<canon::DialectName, int> seen;
  for (const Row& row : kRows) {
    SCOPED_TRACE(name(row.dialect->name));
    ++seen[row.dialect->name];
    constexpr std::string_view kBody = R"({"pong":1})";
    const canon::UpstreamError error = refused(*row.dialect, kBody);
    EXPECT_EQ(error.status, kUnreadableStatus);
    EXPECT_EQ(error.type, kUnreadableType);
    EXPECT_EQ(error.message, row.message);
    EXPECT_EQ(error.body, kBody);
    EXPECT_FALSE(error.in_stream);
  }
  for (int i = 0; i < canon::kDialects; ++i) EXPECT_EQ(seen[static_cast<canon::DialectName>(i)], 1) << i;
}

TEST(Unreadable, PiecesOfStreamsAreToo) {
  for (const Row& row : kRows) {
    if (row.piece.data.empty()) continue;
    SCOPED_TRACE(name(row.dialect->name));
    const auto pushed = row.dialect->decoder()->push(row.piece, [](const canon::Event&) {});
    ASSERT_FALSE(pushed);
    EXPECT_EQ(pushed.error().status, kUnreadableStatus);
    EXPECT_EQ(pushed.error().type, kUnreadableType);
    EXPECT_EQ(pushed.error().body, row.piece.data);
    EXPECT_TRUE(pushed.error().in_stream);
  }
}

}  // namespace
}  // namespace dragoman::dialect
