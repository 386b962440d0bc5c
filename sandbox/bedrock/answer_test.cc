// What an emulated Bedrock model says when it says yes, whole and streamed.
#include <gtest/gtest.h>

#include "net/event_stream.h"
#include "sandbox/bedrock/emulator.h"
#include "sandbox/call_fixture.h"

namespace dragoman::sandbox::bedrock {
namespace {

const HeaderList kBearer = {{"Authorization", "Bearer key"}};
const std::string kAsk =
    R"({"toolConfig":{"tools":[{"toolSpec":{"name":"get_weather","inputSchema":{"json":{"type":"object",)"
    R"("properties":{"city":{"type":"string"}},"required":["city"]}}}}]},)"
    R"("messages":[{"role":"user","content":[{"text":"Weather in Paris?"}]}]})";

struct Event {
  std::string message_type, kind;
  json::Value payload;
};

class BedrockAnswer : public testing::Test {
 protected:
  Reply post(std::string_view model, std::string_view operation, std::string body) {
    return CallFixture("POST", "/model/" + std::string(model) + "/" + std::string(operation), kBearer,
                       std::move(body))
        .play(emulator());
  }
  json::Value parse(std::string_view text) {
    const Result<json::Value> value = json::parse(arena_, text);
    EXPECT_TRUE(value) << text;
    return value ? *value : json::Value();
  }
  std::vector<Event> events(const Reply& reply) {
    std::vector<Event> out;
    net::EventStreamDecoder decoder;
    for (const std::string& frame : reply.frames) {
      EXPECT_TRUE(decoder.feed(frame, [&](const net::EventStreamMessage& message) {
        const std::string_view type = message.text(":message-type");
        out.push_back({std::string(type),
                       std::string(message.text(type == "exception" ? ":exception-type" : ":event-type")),
                       parse(message.payload)});
      }));
    }
    return out;
  }
  Arena arena_;
};

TEST_F(BedrockAnswer, CallsTheTool) {
  for (const std::string_view model :
       {"amazon.nova-lite-v1%3A0", "us.meta.llama4-maverick-17b-instruct-v1%3A0"}) {
    const Reply reply = post(model, "converse", kAsk);
    ASSERT_EQ(reply.status, 200) << reply.body;
    const json::Value body = parse(reply.body);
    EXPECT_EQ(body["stopReason"].text(), "tool_use");
    const json::Value call = body["output"]["message"]["content"].at(0)["toolUse"];
    EXPECT_EQ(call["name"].text(), "get_weather");
    EXPECT_TRUE(call["input"]["city"].is_string());
    EXPECT_EQ(body["usage"]["totalTokens"].integer().value_or(0),
              body["usage"]["inputTokens"].integer().value_or(0) +
                  body["usage"]["outputTokens"].integer().value_or(0));
  }
}

TEST_F(BedrockAnswer, StreamsTheSameAsItAnswers) {
  const json::Value whole =
      parse(post("amazon.nova-lite-v1%3A0", "converse", kAsk).body)["output"]["message"]["content"].at(
          0)["toolUse"];
  const Reply reply = post("amazon.nova-lite-v1%3A0", "converse-stream", kAsk);
  ASSERT_TRUE(reply.streaming);
  std::string order, input;
  for (const Event& event : events(reply)) {
    EXPECT_EQ(event.message_type, "event");
    if (!order.ends_with(event.kind)) order += " " + event.kind;
    input += event.payload["delta"]["toolUse"]["input"].text();
    EXPECT_TRUE(event.payload["p"].is_string());
  }
  EXPECT_EQ(order, " messageStart contentBlockStart contentBlockDelta contentBlockStop messageStop metadata");
  EXPECT_TRUE(json::equal(parse(input), whole["input"]));
}

TEST_F(BedrockAnswer, TextBlocksAreNotAnnounced) {  // BRW-09
  const Reply reply = post("us.meta.llama4-scout-17b-instruct-v1%3A0", "converse-stream",
                           R"({"messages":[{"role":"user","content":[{"text":"Hi there"}]}]})");
  std::string text;
  for (const Event& event : events(reply)) {
    EXPECT_NE(event.kind, "contentBlockStart");
    text += event.payload["delta"]["text"].text();
  }
  EXPECT_EQ(text, "You said: Hi there");
}

TEST_F(BedrockAnswer, ReasoningOfClaudeAndOfOthers) {
  const json::Value claude =
      parse(
          post(
              "us.anthropic.claude-haiku-4-5-20251001-v1%3A0", "converse",
              R"({"inferenceConfig":{"maxTokens":3000},"additionalModelRequestFields":{"thinking":)"
              R"({"type":"enabled","budget_tokens":1024}},"messages":[{"role":"user","content":[{"text":"Hi"}]}]})")
              .body)["output"]["message"]["content"]
          .at(0);
  EXPECT_TRUE(claude["reasoningContent"]["reasoningText"]["signature"].is_string());
  const json::Value oss = parse(post("openai.gpt-oss-20b-1%3A0", "converse",
                                     R"({"messages":[{"role":"user","content":[{"text":"Hi"}]}]})")
                                    .body)["output"]["message"]["content"]
                              .at(0)["reasoningContent"]["reasoningText"];
  EXPECT_TRUE(oss["text"].is_string());
  EXPECT_FALSE(oss["signature"]);
}

TEST_F(BedrockAnswer, CountsTokensForClaudeOnly) {  // BRM-16
  const std::string body =
      R"({"input":{"converse":{"messages":[{"role":"user","content":[{"text":"Hi"}]}]}}})";
  EXPECT_GT(
      parse(post("us.anthropic.claude-haiku-4-5-20251001-v1%3A0", "count-tokens", body).body)["inputTokens"]
          .integer()
          .value_or(0),
      0);
  EXPECT_EQ(post("amazon.nova-lite-v1%3A0", "count-tokens", body).body,
            R"({"message":"The provided model doesn't support counting tokens."})");
}

TEST_F(BedrockAnswer, Errors) {
  const Reply throttled = emulator().error(429, "", "Too many requests");
  EXPECT_EQ(throttled.status, 429);
  EXPECT_EQ(throttled.body, R"({"message":"Too many requests"})");
  Reply broken;
  broken.frames = {emulator().stream_error(429, "", "Too many requests")};
  const std::vector<Event> late = events(broken);
  ASSERT_EQ(late.size(), 1U);
  EXPECT_EQ(late[0].message_type, "exception");
  EXPECT_EQ(late[0].kind, "throttlingException");
}

TEST(BedrockModelOf, DecodesTheLabel) {
  Arena arena;
  const HeaderList none;
  const Call call{.method = "POST",
                  .path = "/model/us.meta.llama4-scout-17b-instruct-v1%3A0/converse",
                  .full_path = "",
                  .query = "",
                  .headers = none,
                  .body_text = "",
                  .body = {},
                  .arena = arena};
  EXPECT_EQ(emulator().model_of(call), "us.meta.llama4-scout-17b-instruct-v1:0");
}

}  // namespace
}  // namespace dragoman::sandbox::bedrock
