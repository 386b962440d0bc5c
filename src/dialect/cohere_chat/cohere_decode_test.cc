#include <gtest/gtest.h>

#include "dialect/cohere_chat/cohere_chat.h"
#include "dialect/test_support.h"

namespace dragoman::dialect {
namespace {

using testing::describe;

// Folders under tests/golden/dialect/cohere_chat: stream.txt becomes events.txt event by event, and folded it
// is the answer that answer.json is (the same answer, not streamed).
TEST(CohereDecode, Goldens) {
  for (const std::string name : {"text", "tool_calls", "thoughts", "cut", "error", "failed"}) {
    const std::string folder = "cohere_chat/" + name + "/";
    SCOPED_TRACE(folder);
    const testing::Frames frames(testing::read_file(testing::golden_folder() + folder + "stream.txt"));
    ASSERT_FALSE(frames.list.empty());
    testing::expect_golden(folder + "events.txt", testing::run(*kCohereChat.decoder(), frames.list));
    const std::string answer = testing::read_file(testing::golden_folder() + folder + "answer.json");
    if (answer.empty()) continue;
    testing::expect_golden(folder + "answer.txt", testing::decode_text(kCohereChat, answer));
  }
}

// Streamed or whole, the client gets the same answer. Citations and log probabilities of a stream stand where
// they came; here they are taken out of both.
TEST(CohereDecode, StreamedAndWholeSayTheSame) {
  for (const std::string name : {"text", "tool_calls", "thoughts"}) {
    const std::string folder = testing::golden_folder() + "cohere_chat/" + name + "/";
    SCOPED_TRACE(name);
    const testing::Frames frames(testing::read_file(folder + "stream.txt"));
    const std::string answer = testing::read_file(folder + "answer.json");
    EXPECT_EQ(testing::run_folded(*kCohereChat.decoder(), frames.list),
              testing::decode_text(kCohereChat, answer));
  }
}

TEST(CohereDecode, FinishReasons) {
  using canon::StopReason;
  for (const auto& [word, reason] :
       std::vector<std::pair<std::string_view, StopReason>>{{"COMPLETE", StopReason::end_turn},
                                                            {"STOP_SEQUENCE", StopReason::stop_sequence},
                                                            {"MAX_TOKENS", StopReason::max_tokens},
                                                            {"TOOL_CALL", StopReason::tool_use},
                                                            {"SOMETHING_NEW", StopReason::unknown},
                                                            {"", StopReason::unknown}})
    EXPECT_EQ(cohere::stop_reason(word), reason) << word;
}

TEST(CohereDecode, GenerationsThatFailedAreErrors) {
  const std::string body =
      R"({"id":"x","finish_reason":"TIMEOUT","message":{"role":"assistant","content":[{"type":"text","text":"half"}]}})";
  EXPECT_EQ(testing::decode_text(kCohereChat, body),
            "error 504 type \"TIMEOUT\" code \"\" param \"\" message \"the generation was stopped because it "
            "exceeded the allowed time limit\"\n");
  EXPECT_TRUE(testing::decode_text(kCohereChat, R"({"message":"no"})").starts_with("error 502"));
  EXPECT_TRUE(testing::decode_text(kCohereChat, R"({"id":"x"})").starts_with("error 502"));
}

TEST(CohereDecode, Errors) {
  struct Row {
    std::string_view rule, body, type, message, id;
    int status;
  };
  const std::vector<Row> rows = {
      {"COH-14",
       R"({"error_type":"TOO_MANY_TOKENS","id":"a1","message":"too many tokens: size limit exceeded by 25836 tokens."})",
       "TOO_MANY_TOKENS", "too many tokens: size limit exceeded by 25836 tokens.", "a1", 400},
      {"COH-03", R"({"id":"b2","message":"tool call id not found in previous tool calls"})", "",
       "tool call id not found in previous tool calls", "b2", 400},
      {"a proxy's page", "<html><head><title>502 Bad Gateway</title></head></html>", "", "502 Bad Gateway",
       "", 502},
      {"nothing", "", "", "", "", 500},
  };
  for (const Row& row : rows) {
    const canon::UpstreamError error = kCohereChat.decode_error(row.status, row.body, {});
    EXPECT_EQ(error.status, row.status) << row.rule;
    EXPECT_EQ(error.type, row.type) << row.rule;
    EXPECT_EQ(error.message, row.message) << row.rule;
    EXPECT_EQ(error.request_id, row.id) << row.rule;
    EXPECT_EQ(error.body, row.body) << row.rule;
  }
}

// Pieces without the events around them, as some relays send them.
TEST(CohereDecode, IncompleteStreams) {
  const testing::Frames bare(
      "data: {\"type\":\"content-delta\",\"delta\":{\"message\":{\"content\":{\"text\":\"Hi\"}}}}\n\n"
      "data: "
      "{\"type\":\"tool-call-start\",\"delta\":{\"message\":{\"tool_calls\":{\"function\":{\"name\":\"f\"}}}}"
      "}\n\n"
      "data: {\"type\":\"message-end\",\"delta\":{\"finish_reason\":\"TOOL_CALL\"}}\n\n");
  const std::string events = testing::run(*kCohereChat.decoder(), bare.list);
  EXPECT_NE(events.find("0.0 text \"Hi\"\n0.0 close text\n0.1 open tool_call id \"call_"), std::string::npos)
      << events;
  EXPECT_NE(events.find("0.1 arguments \"{}\"\n0.1 close tool_call\n0 stop tool_use (TOOL_CALL)\nend\n"),
            std::string::npos)
      << events;
  EXPECT_EQ(testing::run(*kCohereChat.decoder(), bare.list), events);

  const testing::Frames more(
      "data: {\"type\":\"message-end\",\"delta\":{\"finish_reason\":\"COMPLETE\"}}\n\n"
      "data: {\"type\":\"content-delta\",\"delta\":{\"message\":{\"content\":{\"text\":\"late\"}}}}\n\n");
  EXPECT_EQ(testing::run(*kCohereChat.decoder(), more.list).find("late"), std::string::npos)
      << "nothing can follow message-end";
}

}  // namespace
}  // namespace dragoman::dialect
