// What an emulated Gemini says when it says yes, whole and streamed.
#include <gtest/gtest.h>

#include "net/sse.h"
#include "sandbox/call_fixture.h"
#include "sandbox/gemini/emulator.h"

namespace dragoman::sandbox::gemini {
namespace {

const std::string kTools =
    R"("tools":[{"functionDeclarations":[{"name":"get_weather","description":"d","parameters":{"type":"OBJECT",)"
    R"("properties":{"city":{"type":"STRING"}},"required":["city"]}}]}],)";
const std::string kAsk = R"("contents":[{"role":"user","parts":[{"text":"Weather in Paris?"}]}])";

class GeminiAnswer : public testing::Test {
 protected:
  Reply post(std::string_view call, std::string body, std::string query = "") {
    return CallFixture("POST", "/v1beta/models/" + std::string(call), {{"x-goog-api-key", "k"}},
                       std::move(body), std::move(query))
        .play(emulator());
  }
  json::Value parse(std::string_view text) {
    const Result<json::Value> value = json::parse(arena_, text);
    EXPECT_TRUE(value) << text;
    return value ? *value : json::Value();
  }
  Arena arena_;
};

TEST_F(GeminiAnswer, CallsTheFunctionAndTakesItsResponse) {
  const Reply first = post("gemini-3-flash-preview:generateContent", "{" + kTools + kAsk + "}");
  ASSERT_EQ(first.status, 200) << first.body;
  const json::Value candidate = parse(first.body)["candidates"].at(0);
  EXPECT_EQ(candidate["finishReason"].text(), "STOP");
  const json::Value part = candidate["content"]["parts"].at(0);
  EXPECT_EQ(part["functionCall"]["name"].text(), "get_weather");
  EXPECT_TRUE(part["functionCall"]["args"]["city"].is_string());
  EXPECT_TRUE(part["thoughtSignature"].is_string());

  const Reply second = post(
      "gemini-3-flash-preview:generateContent",
      "{" + kTools + R"("contents":[{"role":"user","parts":[{"text":"Weather in Paris?"}]},)" +
          std::string(candidate["content"].raw()) +
          R"(,{"role":"user","parts":[{"functionResponse":{"name":"get_weather","response":{"output":"18 C"}}}]}]})");
  ASSERT_EQ(second.status, 200) << second.body;
  EXPECT_EQ(parse(second.body)["candidates"].at(0)["content"]["parts"].at(0)["text"].text(), "Result: 18 C");
}

TEST_F(GeminiAnswer, StructuredOutputFollowsItsSchema) {
  const std::string text(
      parse(post("gemini-2.5-flash:generateContent",
                 R"({"generationConfig":{"responseMimeType":"application/json","responseSchema":)"
                 R"({"type":"OBJECT","properties":{"n":{"type":"INTEGER"},"tags":{"type":"ARRAY",)"
                 R"("min_items":"2","items":{"type":"STRING"}}},"required":["n","tags"]}},)" +
                     kAsk + "}")
                .body)["candidates"]
          .at(0)["content"]["parts"]
          .at(0)["text"]
          .text());
  EXPECT_TRUE(parse(text)["n"].integer().has_value()) << text;
  EXPECT_GE(parse(text)["tags"].items().size(), 2U) << text;
}

TEST_F(GeminiAnswer, BothStreamsSayTheSame) {
  const std::string body = R"({"contents":[{"role":"user","parts":[{"text":"Hello to you"}]}]})";
  const Reply sse = post("gemini-2.5-flash:streamGenerateContent", body, "alt=sse");
  ASSERT_TRUE(sse.streaming);
  std::string text, finish;
  net::SseParser parser;
  for (const std::string& frame : sse.frames) {
    EXPECT_TRUE(parser.feed(frame, [&](const net::SseEvent& event) {
      const json::Value chunk = parse(event.data);
      text += chunk["candidates"].at(0)["content"]["parts"].at(0)["text"].text();
      finish += chunk["candidates"].at(0)["finishReason"].text();
      EXPECT_TRUE(chunk["usageMetadata"]["promptTokenCount"].is_number());
    }));
  }
  EXPECT_EQ(text, "You said: Hello to you");
  EXPECT_EQ(finish, "STOP");

  const Reply array = post("gemini-2.5-flash:streamGenerateContent", body);
  std::string joined;
  for (const std::string& frame : array.frames) joined += frame;
  std::string again;
  for (const json::Value& chunk : parse(joined).items()) {
    again += chunk["candidates"].at(0)["content"]["parts"].at(0)["text"].text();
  }
  EXPECT_EQ(again, text);
}

TEST_F(GeminiAnswer, ThoughtsAreShownOnlyWhenAskedFor) {
  const std::string contents = R"("contents":[{"role":"user","parts":[{"text":"Hi"}]}])";
  const auto parts = [&](std::string_view config) {
    return parse(post("gemini-2.5-flash:generateContent", "{" + std::string(config) + contents + "}").body);
  };
  const json::Value hidden = parts("");
  EXPECT_FALSE(hidden["candidates"].at(0)["content"]["parts"].at(0)["thought"]);
  EXPECT_GT(hidden["usageMetadata"]["thoughtsTokenCount"].integer().value_or(0), 0);
  const json::Value shown = parts(R"("generationConfig":{"thinkingConfig":{"includeThoughts":true}},)");
  EXPECT_TRUE(shown["candidates"].at(0)["content"]["parts"].at(0)["thought"].boolean());
  const json::Value off = parts(R"("generationConfig":{"thinkingConfig":{"thinkingBudget":0}},)");
  EXPECT_FALSE(off["usageMetadata"]["thoughtsTokenCount"]);
}

TEST_F(GeminiAnswer, CandidatesLengthAndBlocks) {
  const json::Value two = parse(
      post("gemini-2.5-flash:generateContent", R"({"generationConfig":{"candidateCount":2},)" + kAsk + "}")
          .body);
  EXPECT_EQ(two["candidates"].items().size(), 2U);
  const json::Value cut = parse(
      post("gemini-2.0-flash:generateContent", R"({"generationConfig":{"maxOutputTokens":2},)" + kAsk + "}")
          .body);
  EXPECT_EQ(cut["candidates"].at(0)["finishReason"].text(), "MAX_TOKENS");
  const json::Value blocked =
      parse(post("gemini-2.5-flash:generateContent",
                 R"({"contents":[{"parts":[{"text":"sandbox: block this prompt"}]}]})")
                .body);
  EXPECT_EQ(blocked["promptFeedback"]["blockReason"].text(), "PROHIBITED_CONTENT");
  EXPECT_FALSE(blocked["candidates"]);
  const json::Value malformed = parse(post("gemini-2.5-flash:generateContent",
                                           R"({"contents":[{"parts":[{"text":"sandbox: malformed call"}]}]})")
                                          .body);
  EXPECT_EQ(malformed["candidates"].at(0)["finishReason"].text(), "MALFORMED_FUNCTION_CALL");
}

TEST_F(GeminiAnswer, CountsTokensAndListsModels) {
  EXPECT_GT(
      parse(post("gemini-2.5-flash:countTokens", "{" + kAsk + "}").body)["totalTokens"].integer().value_or(0),
      0);
  EXPECT_EQ(post("gemini-2.5-flash:countTokens", "{" + kTools + kAsk + "}").status, 400);
  EXPECT_EQ(post("gemini-2.5-flash:countTokens",
                 R"({"generateContentRequest":{"model":"models/gemini-2.5-flash",)" + kTools + kAsk + "}}")
                .status,
            200);
  const HeaderList key = {{"x-goog-api-key", "k"}};
  EXPECT_TRUE(parse(CallFixture("GET", "/v1beta/models", key, "").play(emulator()).body)["models"]
                  .at(0)["name"]
                  .text()
                  .starts_with("models/"));
  EXPECT_EQ(CallFixture("GET", "/v1beta/models/nothing", key, "").play(emulator()).status, 404);
}

TEST_F(GeminiAnswer, ErrorsBeforeAStreamWithoutSseAreAnArray) {
  const Reply reply = post("gemini-none:streamGenerateContent", "{" + kAsk + "}");
  EXPECT_EQ(reply.status, 404);
  EXPECT_TRUE(reply.body.starts_with(R"([{"error":{"code":404,)")) << reply.body;
}

TEST_F(GeminiAnswer, FailuresInGooglesWords) {  // GEM-56, GEM-58
  const json::Value limited = parse(emulator().failure(429).body)["error"];
  EXPECT_EQ(limited["status"].text(), "RESOURCE_EXHAUSTED");
  EXPECT_EQ(limited["details"].at(2)["retryDelay"].text(), "2s");
  EXPECT_EQ(parse(emulator().failure(503).body)["error"]["message"].text(),
            "The model is overloaded. Please try again later.");
}

}  // namespace
}  // namespace dragoman::sandbox::gemini
