#include "failure/pasted.h"

#include <gtest/gtest.h>

#include <fstream>

#include "base/arena.h"
#include "failure/issuer.h"
#include "json/parse.h"

namespace dragoman::failure {
namespace {

TEST(Pasted, WithoutWhatCameAlong) {
  struct Row {
    std::string_view pasted, text;
    int status;
  };
  const Row rows[] = {
      {"\x1b[31m400\x1b[0m {\"message\":\"no\"}", "400 {\"message\":\"no\"}", 400},
      {"[2m10:01[0m [31mERROR[0m it says no", "10:01 ERROR it says no", 0},
      {"> ```json\n> {\"message\":\n>  \"no\"}\n> ```\n", "{\"message\":\n\"no\"}", 0},
      {"  ⎿  API Error: 400 no", "API Error: 400 no", 400},
      {"│ Error code: 429 │\n│ slow down    │", "Error code: 429\nslow down", 429},
      {"HTTP/2 429 \r\nretry-after: 37\r\n\r\n{\"message\":\"slow\"}", "{\"message\":\"slow\"}", 429},
      {"HTTP/1.1 100 Continue\n\nHTTP/1.1 400 Bad Request\nA: b\n\nno", "no", 400},
      {"HTTP/1.1 400 Bad Request\ncontent-length: 0\n", "", 400},
      {"* Connected\n> POST /v1 HTTP/2\n> Host: api.groq.com\n>\n< HTTP/2 400\n< x: y\n<\n{\"a\":1}\n* done",
       "{\"a\":1}", 400},
      {"a > b is what it says", "a > b is what it says", 0},
  };
  for (const Row& row : rows) {
    const Pasted got = read_pasted(row.pasted);
    EXPECT_EQ(got.text, row.text) << row.pasted;
    EXPECT_EQ(got.status, row.status) << row.pasted;
  }
  EXPECT_EQ(read_pasted("HTTP/2 429\nRetry-After: 37\n\nx").header("retry-after"), "37");
  EXPECT_EQ(read_pasted("{ responseHeaders: { 'retry-after': '12', x: 1 } }").header("retry-after"), "12");
  EXPECT_EQ(read_pasted("headers: Headers([('retry-after', '9')])").header("retry-after"), "9");
  EXPECT_TRUE(read_pasted("caf\xE9").text.ends_with("\xEF\xBF\xBD"));
}

TEST(Issuer, EachSignDecidesItsExample) {
  for (const Sign& sign : signs()) {
    const Issuer got = guess_issuer(sign.example, {});
    EXPECT_EQ(got.provider, sign.provider) << sign.example << " by " << got.sign;
  }
}

// On refusals quoted from public threads, whose provider a person has named. A provider that is not said by
// anything in its text is no mistake; a wrong one is.
TEST(Issuer, IsMostlyRightAboutRefusalsOfOthers) {
  std::ifstream file(DRAGOMAN_SOURCE_DIR "/tests/data/refusals.jsonl");
  // One house under two names.
  const auto same = [](std::string_view guess, std::string_view said) {
    return guess == said || (guess == "zai" && said == "zhipu") ||
           (guess == "vertex_anthropic" && said == "vertex");
  };
  int right = 0, wrong = 0, silent = 0;
  for (std::string line; std::getline(file, line);) {
    Arena arena;
    const auto row = json::parse(arena, line);
    ASSERT_TRUE(row);
    const std::string body((*row)["body"].is_string() ? std::string((*row)["body"].text()) : line);
    const Issuer got = guess_issuer(read_pasted(body).whole, {});
    ++(got.provider.empty() ? silent : same(got.provider, (*row)["provider"].text()) ? right : wrong);
  }
  EXPECT_GT(right, 200);
  EXPECT_GE(right * 100, 92 * (right + wrong)) << right << " right, " << wrong << " wrong";
  EXPECT_LE(silent * 100, 55 * (right + wrong + silent)) << silent << " silent";
}

TEST(Issuer, HostsAndRelays) {
  const Host hosts[] = {
      {"api.openai.com", "openai"}, {"api.groq.com", "groq"}, {"llm.house.example", "house"}};
  EXPECT_EQ(guess_issuer("POST https://api.groq.com/openai/v1: openai.BadRequestError", hosts).provider,
            "groq");
  EXPECT_EQ(guess_issuer("from llm.house.example.", hosts).provider, "house");
  EXPECT_EQ(guess_issuer("from not-api.groq.com.example", hosts).provider, "");
  EXPECT_EQ(guess_issuer("It says no.", hosts).provider, "");
  const Issuer relay = guess_issuer(R"({"metadata":{"raw":"…","provider_name":"Google AI Studio"}})", hosts);
  EXPECT_EQ(relay.provider, "openrouter");
  EXPECT_EQ(relay.upstream, "Google AI Studio");
}

}  // namespace
}  // namespace dragoman::failure
