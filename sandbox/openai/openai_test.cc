#include <gtest/gtest.h>

#include "json/write.h"
#include "sandbox/openai/rows.h"
#include "sandbox/openai/rules_case.h"

namespace dragoman::sandbox::openai {
namespace {

constexpr std::string_view kPath = "/v1/chat/completions";

TEST(OpenAiAuth, KeysAreChecked) {
  const Emulator row = openai_row();
  CaseResult bad;
  run_case(row, kPath, expand("", "gpt-4o"), false, bad, {{"authorization", "Bearer bad-key-12345"}});
  EXPECT_EQ(bad.reply.status, 401);
  EXPECT_EQ(bad.body["error"]["code"].text(), "invalid_api_key");
  EXPECT_EQ(bad.body["error"]["message"].text(),
            "Incorrect API key provided: bad-*****2345. You can find your API key at "
            "https://platform.openai.com/account/api-keys.");
  CaseResult none;
  run_case(row, kPath, expand("", "gpt-4o"), false, none, {});
  EXPECT_EQ(none.reply.status, 401);
  CaseResult elsewhere;
  run_case(row, "/chat/completions", expand("", "gpt-4o"), false, elsewhere);
  EXPECT_EQ(elsewhere.reply.status, 404);
  EXPECT_EQ(elsewhere.reply.body, "");
}

TEST(OpenAiAnswer, ToolCallsTextAndUsage) {
  const Emulator row = openai_row();
  CaseResult call;
  run_case(row, kPath, expand(R"("tools":[@T])", "gpt-4o"), false, call);
  const json::Value choice = call.body["choices"].at(0);
  EXPECT_EQ(choice["finish_reason"].text(), "tool_calls");
  EXPECT_TRUE(choice["message"]["content"].is_null());
  const json::Value made = choice["message"]["tool_calls"].at(0);
  EXPECT_EQ(made["function"]["name"].text(), "get_weather");
  EXPECT_EQ(made["function"]["arguments"].text(), R"({"city":"Paris"})");
  EXPECT_TRUE(made["id"].text().starts_with("call_"));

  CaseResult result;
  run_case(row, kPath, expand(R"("messages":[@U,@A,@R],"tools":[@T])", "gpt-4o"), false, result);
  EXPECT_EQ(result.body["choices"].at(0)["message"]["content"].text(), "Result: 21 degrees");
  EXPECT_EQ(result.body["choices"].at(0)["finish_reason"].text(), "stop");
  EXPECT_GT(result.body["usage"]["prompt_tokens"].integer().value_or(0), 0);

  CaseResult several;
  run_case(row, kPath, expand(R"("n":2,"logprobs":true,"top_logprobs":2)", "gpt-4o"), false, several);
  EXPECT_EQ(several.body["choices"].items().size(), 2u);
  EXPECT_EQ(several.body["choices"].at(1)["message"]["content"].text(), "You said: hi (2)");
  EXPECT_EQ(several.body["choices"].at(0)["logprobs"]["content"].at(0)["top_logprobs"].items().size(), 2u);

  CaseResult refused;
  run_case(row, kPath, expand(R"("messages":[{"role":"user","content":"[refuse]"}])", "gpt-4o"), false,
           refused);
  EXPECT_TRUE(refused.body["choices"].at(0)["message"]["content"].is_null());
  EXPECT_NE(refused.body["choices"].at(0)["message"]["refusal"].text(), "");
}

// The deltas of a stream add up to what the whole answer says.
TEST(OpenAiAnswer, StreamsSayTheSame) {
  const Emulator row = openai_row();
  for (const std::string_view more :
       {R"("tools":[@T])", R"("n":1)", R"("messages":[{"role":"user","content":"é🌍 x"}])",
        R"("tools":[@T],"messages":[{"role":"user","content":"both"}])"}) {
    CaseResult whole;
    run_case(row, kPath, expand(more, "gpt-4o"), false, whole);
    CaseResult stream;
    run_case(
        row, kPath,
        expand(std::string(more) + R"(,"stream":true,"stream_options":{"include_usage":true})", "gpt-4o"),
        false, stream);
    ASSERT_TRUE(stream.reply.streaming);
    std::string content;
    std::vector<std::string> arguments(4);
    std::string finish;
    bool usage = false;
    for (const std::string& frame : stream.reply.frames) {
      ASSERT_TRUE(frame.starts_with("data: "));
      ASSERT_TRUE(frame.ends_with("\n\n"));
      if (frame == "data: [DONE]\n\n") continue;
      const auto chunk = json::parse(stream.arena, std::string_view(frame).substr(6));
      ASSERT_TRUE(chunk) << frame;
      EXPECT_EQ((*chunk)["object"].text(), "chat.completion.chunk");
      if ((*chunk)["choices"].items().empty()) {
        usage = (*chunk)["usage"].is_object();
        continue;
      }
      const json::Value choice = (*chunk)["choices"].at(0);
      content += choice["delta"]["content"].text();
      for (const json::Value c : choice["delta"]["tool_calls"].items()) {
        arguments[static_cast<std::size_t>(c["index"].integer().value_or(0))] +=
            c["function"]["arguments"].text();
      }
      if (choice["finish_reason"].present()) finish = choice["finish_reason"].text();
    }
    const json::Value message = whole.body["choices"].at(0)["message"];
    EXPECT_EQ(content, message["content"].text());
    EXPECT_EQ(finish, whole.body["choices"].at(0)["finish_reason"].text());
    for (std::size_t i = 0; i < message["tool_calls"].items().size(); ++i) {
      EXPECT_EQ(arguments[i], message["tool_calls"].at(i)["function"]["arguments"].text());
    }
    EXPECT_TRUE(usage);
    EXPECT_EQ(stream.reply.frames.back(), "data: [DONE]\n\n");
  }
}

TEST(OpenAiAnswer, IsDeterministic) {
  const Emulator row = openai_row();
  CaseResult a;
  CaseResult b;
  run_case(row, kPath, expand(R"("tools":[@T])", "gpt-4o"), false, a);
  run_case(row, kPath, expand(R"("tools":[@T])", "gpt-4o"), false, b);
  EXPECT_EQ(a.reply.body, b.reply.body);
}

}  // namespace
}  // namespace dragoman::sandbox::openai
