// What the emulated Claude says when it says yes, whole and streamed.
#include <gtest/gtest.h>

#include "net/sse.h"
#include "sandbox/anthropic/emulator.h"
#include "sandbox/call_fixture.h"

namespace dragoman::sandbox::anthropic {
namespace {

const HeaderList kHeaders = {{"x-api-key", "sk-test"}, {"anthropic-version", "2023-06-01"}};
constexpr std::string_view kTools =
    R"("tools":[{"name":"get_weather","description":"d","input_schema":{"type":"object",)"
    R"("properties":{"city":{"type":"string"}},"required":["city"]}}],)";

class AnthropicAnswer : public testing::Test {
 protected:
  Reply post(std::string body, std::string path = "/v1/messages") {
    return CallFixture("POST", std::move(path), kHeaders, std::move(body)).play(emulator());
  }
  json::Value parse(std::string_view text) {
    const Result<json::Value> value = json::parse(arena_, text);
    EXPECT_TRUE(value) << text;
    return value ? *value : json::Value();
  }
  std::vector<std::pair<std::string, json::Value>> events(const Reply& reply) {
    std::vector<std::pair<std::string, json::Value>> out;
    net::SseParser parser;
    for (const std::string& frame : reply.frames) {
      EXPECT_TRUE(parser.feed(frame, [&](const net::SseEvent& event) {
        out.emplace_back(std::string(event.event), parse(event.data));
      }));
    }
    return out;
  }
  Arena arena_;
};

TEST_F(AnthropicAnswer, CallsTheToolAndTakesItsResult) {
  const std::string start = R"({"model":"claude-haiku-4-5","max_tokens":500,)" + std::string(kTools);
  const Reply first = post(start + R"("messages":[{"role":"user","content":"Weather in Paris?"}]})");
  ASSERT_EQ(first.status, 200) << first.body;
  const json::Value message = parse(first.body);
  EXPECT_EQ(message["stop_reason"].text(), "tool_use");
  const json::Value call = message["content"].at(0);
  EXPECT_EQ(call["type"].text(), "tool_use");
  EXPECT_EQ(call["name"].text(), "get_weather");
  EXPECT_TRUE(call["input"]["city"].is_string());
  EXPECT_GT(message["usage"]["input_tokens"].integer().value_or(0), 0);

  const Reply second = post(
      start + R"("messages":[{"role":"user","content":"Weather in Paris?"},{"role":"assistant","content":)" +
      std::string(message["content"].raw()) +
      R"(},{"role":"user","content":[{"type":"tool_result","tool_use_id":")" +
      std::string(call["id"].text()) + R"(","content":"18 C"}]}]})");
  ASSERT_EQ(second.status, 200) << second.body;
  EXPECT_EQ(parse(second.body)["content"].at(0)["text"].text(), "Result: 18 C");
  EXPECT_EQ(parse(second.body)["stop_reason"].text(), "end_turn");
}

TEST_F(AnthropicAnswer, StreamsTheSameAsItAnswers) {
  const std::string body = R"({"model":"claude-haiku-4-5","max_tokens":3000,"thinking":{"type":"enabled",)"
                           R"("budget_tokens":1024},)" +
                           std::string(kTools) +
                           R"("messages":[{"role":"user","content":"Weather in Paris?"}])";
  const json::Value whole = parse(post(body + "}").body);
  const Reply reply = post(body + R"(,"stream":true})");
  ASSERT_TRUE(reply.streaming);
  std::string thinking, signature, json, order;
  for (const auto& [name, data] : events(reply)) {
    EXPECT_EQ(data["type"].text(), name);
    if (order.size() < name.size() || !order.ends_with(name)) order += " " + name;
    thinking += data["delta"]["thinking"].text();
    signature += data["delta"]["signature"].text();
    json += data["delta"]["partial_json"].text();
  }
  EXPECT_TRUE(
      order.starts_with(" message_start content_block_start ping content_block_delta content_block_stop"))
      << order;
  EXPECT_TRUE(order.ends_with(" message_delta message_stop")) << order;
  EXPECT_EQ(thinking, whole["content"].at(0)["thinking"].text());
  EXPECT_EQ(signature, whole["content"].at(0)["signature"].text());
  EXPECT_TRUE(json::equal(parse(json), whole["content"].at(1)["input"]));
}

TEST_F(AnthropicAnswer, ThinkingGoesBackAsItCame) {
  const std::string start =
      R"({"model":"claude-haiku-4-5","max_tokens":3000,"thinking":{"type":"enabled","budget_tokens":1024},)" +
      std::string(kTools);
  const json::Value message =
      parse(post(start + R"("messages":[{"role":"user","content":"Weather in Paris?"}]})").body);
  ASSERT_EQ(message["content"].at(0)["type"].text(), "thinking");
  const std::string id(message["content"].at(1)["id"].text());
  const Reply next = post(start + R"("messages":[{"role":"user","content":"Weather in Paris?"},)" +
                          R"({"role":"assistant","content":)" + std::string(message["content"].raw()) +
                          R"(},{"role":"user","content":[{"type":"tool_result","tool_use_id":")" + id +
                          R"(","content":"18 C"}]}]})");
  EXPECT_EQ(next.status, 200) << next.body;
}

TEST_F(AnthropicAnswer, CachedTokensAreCountedBesideTheInput) {
  const json::Value usage = parse(
      post(R"({"model":"claude-haiku-4-5","max_tokens":50,"system":[{"type":"text","text":"Long prompt",)"
           R"("cache_control":{"type":"ephemeral"}}],"messages":[{"role":"user","content":"Hi"}]})")
          .body)["usage"];
  EXPECT_GT(usage["cache_read_input_tokens"].integer().value_or(0), 0);
}

TEST_F(AnthropicAnswer, RefusalAndRedaction) {
  const auto ask = [&](std::string_view model, std::string_view text) {
    return parse(post(R"({"model":")" + std::string(model) +
                      R"(","max_tokens":500,"messages":[{"role":"user",)" + R"("content":")" +
                      std::string(text) + "\"}]}")
                     .body);
  };
  const json::Value refused = ask("claude-haiku-4-5", "ANTHROPIC_MAGIC_STRING_TRIGGER_REFUSAL_1");
  EXPECT_EQ(refused["stop_reason"].text(), "refusal");
  EXPECT_TRUE(refused["content"].items().empty());
  const json::Value redacted = ask("claude-sonnet-5", "ANTHROPIC_MAGIC_STRING_TRIGGER_REDACTED_THINKING_4");
  EXPECT_EQ(redacted["content"].at(0)["type"].text(), "redacted_thinking");
}

TEST_F(AnthropicAnswer, CountsTokensAndListsModels) {
  const Reply counted = post(R"({"model":"claude-haiku-4-5","messages":[{"role":"user","content":"Hi"}]})",
                             "/v1/messages/count_tokens");
  EXPECT_GT(parse(counted.body)["input_tokens"].integer().value_or(0), 0);
  const Reply refused =
      post(R"({"model":"claude-haiku-4-5","max_tokens":5,"messages":[]})", "/v1/messages/count_tokens");
  EXPECT_NE(refused.body.find("max_tokens: Extra inputs are not permitted"), std::string::npos);
  const Reply models = CallFixture("GET", "/v1/models", kHeaders, "").play(emulator());
  const json::Value first = parse(models.body)["data"].at(0);
  EXPECT_EQ(first["type"].text(), "model");
  EXPECT_GT(first["max_tokens"].integer().value_or(0), 0);
  EXPECT_EQ(CallFixture("GET", "/v1/models/claude-none", kHeaders, "").play(emulator()).status, 404);
}

TEST(AnthropicError, InItsOwnShape) {
  const Reply reply = emulator().error(529, "", "Overloaded");
  EXPECT_EQ(reply.status, 529);
  EXPECT_TRUE(reply.body.starts_with(
      R"({"type":"error","error":{"type":"overloaded_error","message":"Overloaded"},"request_id":"req_01)"));
}

TEST(AnthropicError, InsideAStream) {  // ANT-53
  EXPECT_EQ(emulator().stream_error(529, "", "Overloaded"),
            "event: error\ndata: {\"type\":\"error\",\"error\":{\"type\":\"overloaded_error\","
            "\"message\":\"Overloaded\"}}\n\n");
}

}  // namespace
}  // namespace dragoman::sandbox::anthropic
