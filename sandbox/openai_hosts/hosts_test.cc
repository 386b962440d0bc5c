// What the OpenAI-compatible hosts have in common, and habits of single ones. Their rules:
// maker_rules_test.cc, open_model_rules_test.cc.
#include <gtest/gtest.h>

#include "sandbox/openai_hosts/host_case.h"

namespace dragoman::sandbox::openai {
namespace {

// What every host must take: a plain call, an agent's second turn, a stream. And what none takes: a bad key.
TEST(HostRules, EveryHostAnswersAndStreams) {
  for (const auto& [name, host] : hosts()) {
    SCOPED_TRACE(std::string(name));
    for (const std::string_view body :
         {R"("n":1)", R"("tools":[@T])", R"("stream":true,"tools":[@T])", R"("stream":true)"}) {
      CaseResult got;
      run_case(host.row, host.path, expand(body, host.model), true, got);
      ASSERT_EQ(got.reply.status, 200) << body << got.reply.body;
      std::string all = got.reply.body;
      for (const std::string& f : got.reply.frames) all += f;
      if (body.find("tools") != std::string_view::npos) {
        EXPECT_NE(all.find("get_weather"), std::string::npos) << all;
      } else {
        EXPECT_NE(all.find("You"), std::string::npos) << all;
      }
      if (got.reply.streaming) EXPECT_EQ(got.reply.frames.back(), "data: [DONE]\n\n");
      for (const std::string& f : got.reply.frames) {
        if (!f.starts_with("data: {")) continue;
        EXPECT_TRUE(json::parse(got.arena, std::string_view(f).substr(6))) << f;
      }
    }
    CaseResult bad;
    run_case(host.row, host.path, expand("", host.model), false, bad,
             {{"authorization", "Bearer bad"}, {"api-key", "bad"}});
    EXPECT_EQ(bad.reply.status, name == "xai" ? 400 : 401);
    EXPECT_TRUE(json::parse(bad.arena, bad.reply.body)) << bad.reply.body;
    for (const int status : {402, 429, 500, 503}) {
      const Reply failed = host.row.failure(status);
      EXPECT_GE(failed.status, 400);
      EXPECT_TRUE(json::parse(bad.arena, failed.body)) << failed.body;
    }
  }
}

TEST(Hosts, ThoughtsAreShownInTheHostsWay) {
  CaseResult deepseek;
  run_case(hosts().at("deepseek").row, "/chat/completions", expand("", "deepseek-reasoner"), false, deepseek);
  EXPECT_NE(deepseek.body["choices"].at(0)["message"]["reasoning_content"].text(), "");
  EXPECT_TRUE(deepseek.body["usage"]["prompt_cache_miss_tokens"].is_number());
  CaseResult mistral;
  run_case(hosts().at("mistral").row, "/v1/chat/completions", expand("", "magistral-medium-latest"), false,
           mistral);
  EXPECT_EQ(mistral.body["choices"].at(0)["message"]["content"].at(0)["type"].text(), "thinking");
  CaseResult kimi;
  run_case(hosts().at("moonshot").row, "/v1/chat/completions",
           expand(R"("tools":[@T])", "kimi-k2-0905-preview"), false, kimi);
  EXPECT_EQ(kimi.body["choices"].at(0)["message"]["tool_calls"].at(0)["id"].text(),
            "functions.get_weather:0");
}

TEST(Hosts, AzureStreamsBeginWithTheFiltersReport) {
  CaseResult got;
  run_case(hosts().at("azure").row, "/openai/v1/chat/completions", expand(R"("stream":true)", "gpt-4o"),
           false, got);
  ASSERT_FALSE(got.reply.frames.empty());
  EXPECT_NE(got.reply.frames[0].find(R"("choices":[])"), std::string::npos);
  EXPECT_NE(got.reply.frames[0].find("prompt_filter_results"), std::string::npos);
}

}  // namespace
}  // namespace dragoman::sandbox::openai
