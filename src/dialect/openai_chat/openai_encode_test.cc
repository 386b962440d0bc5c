// How targets want the dialect spelled: one row an option.
#include "dialect/openai_chat/wire.h"
#include "dialect/request_text.h"

namespace dragoman::dialect {
namespace {

using namespace testing;

struct Row {
  std::string_view what;
  std::string_view body;  // after {"model":"m",
  std::string_view path;  // JSON pointer into what was written; "" is the whole body's absence of `path`
  std::string_view expected;
  WireOptions options;
};

constexpr std::string_view kUser = R"("messages":[{"role":"user","content":"x"}])";

const Row kRows[] = {
    {"max_tokens by default", R"(U,"max_completion_tokens":5)", "/max_tokens", "5", {}},
    {"max_completion_tokens where OpenAI wants it (OAI-41)",
     R"(U,"max_tokens":5)",
     "/max_completion_tokens",
     "5",
     {.max_tokens_field = "max_completion_tokens"}},
    {"Mistral's name for the seed (MIS-01)",
     R"(U,"seed":5)",
     "/random_seed",
     "5",
     {.seed_field = "random_seed"}},
    {"no style, no reasoning fields", R"(U,"reasoning_effort":"high")", "/reasoning_effort", "", {}},
    {"developer becomes system",
     R"("messages":[{"role":"developer","content":"x"}])",
     "/messages/0/role",
     "\"system\"",
     {.system_role = "system"}},
    {"roles as the client wrote them",
     R"("messages":[{"role":"developer","content":"x"}])",
     "/messages/0/role",
     "\"developer\"",
     {}},
    {"one text as a string",
     R"("messages":[{"role":"user","content":[{"type":"text","text":"a"}]}])",
     "/messages/0/content",
     "\"a\"",
     {}},
    {"texts joined for hosts that take strings only (SN-01)",
     R"("messages":[{"role":"user","content":[{"type":"text","text":"a"},{"type":"text","text":"b"}]}])",
     "/messages/0/content",
     "\"a\\nb\"",
     {.string_content = true}},
    {"stream with usage", kUser, "/stream_options", R"({"include_usage":true})", {.stream = true}},
    {"stream without usage (FW-01)", kUser, "/stream_options", "", {.stream = true, .stream_usage = false}},
    {"no stream_options without stream (OAI-53)", kUser, "/stream_options", "", {}},
    {"model in the URL (Azure deployments)", kUser, "/model", "", {.model_in_body = false}},
    {"effort",
     R"(U,"reasoning_effort":"low")",
     "/reasoning_effort",
     "\"low\"",
     {.reasoning_style = "effort"}},
    {"OpenRouter effort (OR-10)",
     R"(U,"reasoning_effort":"low")",
     "/reasoning",
     R"({"effort":"low"})",
     {.reasoning_style = "openrouter"}},
    {"OpenRouter budget",
     R"(U,"reasoning":{"max_tokens":9,"exclude":true})",
     "/reasoning",
     R"({"max_tokens":9,"exclude":true})",
     {.reasoning_style = "openrouter"}},
    {"OpenRouter off",
     R"(U,"reasoning_effort":"none")",
     "/reasoning",
     R"({"enabled":false})",
     {.reasoning_style = "openrouter"}},
    {"Z.ai on (ZAI-10)",
     R"(U,"reasoning_effort":"high")",
     "/thinking",
     R"({"type":"enabled"})",
     {.reasoning_style = "zai"}},
    {"Z.ai off",
     R"(U,"reasoning_effort":"none")",
     "/thinking",
     R"({"type":"disabled"})",
     {.reasoning_style = "zai"}},
    {"DeepSeek switch and effort",
     R"(U,"reasoning_effort":"high")",
     "/reasoning_effort",
     "\"high\"",
     {.reasoning_style = "deepseek"}},
    {"Qwen switch (QWEN-02)",
     R"(U,"thinking":{"type":"enabled","budget_tokens":7})",
     "/enable_thinking",
     "true",
     {.reasoning_style = "qwen"}},
    {"Qwen budget (QWEN-03)",
     R"(U,"thinking":{"type":"enabled","budget_tokens":7})",
     "/thinking_budget",
     "7",
     {.reasoning_style = "qwen"}},
    {"silence where the host has no word",
     R"(U,"reasoning_effort":"high")",
     "/reasoning_effort",
     "",
     {.reasoning_style = "none"}},
    {"reasoning left out of the history (GROQ-01)",
     R"("messages":[{"role":"assistant","content":"a","reasoning_content":"r"}])",
     "/messages/0/reasoning_content",
     "",
     {}},
    {"reasoning replayed as DeepSeek wants it (DS-01)",
     R"("messages":[{"role":"assistant","content":"a","reasoning":"r"}])",
     "/messages/0/reasoning_content",
     "\"r\"",
     {.reasoning_replay = "reasoning_content"}},
    {"reasoning replayed as Cerebras wants it (CER-12)",
     R"("messages":[{"role":"assistant","content":"a","reasoning_content":"r"}])",
     "/messages/0/reasoning",
     "\"r\"",
     {.reasoning_replay = "reasoning"}},
    {"signatures stay at home when told so",
     R"("messages":[{"role":"assistant","content":"a","reasoning_details":[{"type":"reasoning.text","text":"r","signature":"s"}]}])",
     "/messages/0/reasoning_details",
     R"([{"type":"reasoning.text","text":"r","index":0}])",
     {.reasoning_replay = "reasoning_details", .send_signatures = false}},
    {"a schema's own bytes",
     R"(U,"tools":[{"type":"function","function":{"name":"f","parameters":{"maximum":1.50}}}])",
     "/tools/0/function/parameters",
     R"({"maximum":1.50})",
     {}},
    {"a format without a name gets one (OAI-51)",
     R"(U,"response_format":{"type":"json_schema","json_schema":{"schema":{}}})",
     "/response_format/json_schema/name",
     "\"response\"",
     {}},
};

TEST(OpenaiEncode, Options) {
  for (const Row& row : kRows) {
    std::string body = fmt::format(R"({{"model":"m",{}}})", row.body);
    if (const auto at = body.find(",U"); at != std::string::npos) body.replace(at + 1, 1, kUser);
    Arena arena;
    const auto value = json::parse(arena, body);
    ASSERT_TRUE(value) << body;
    const auto request = kOpenaiChat.parse(arena, *value);
    ASSERT_TRUE(request) << row.what << request.error().pointer << request.error().message;
    std::string out;
    kOpenaiChat.encode(*request, row.options, out);
    const auto written = json::parse(arena, out);
    ASSERT_TRUE(written) << out;
    const json::Value found = json::resolve(*written, row.path);
    EXPECT_EQ(found ? json::dump(found) : "", row.expected) << row.what << "\n" << out;
  }
}

// Tool results stand before everything else of their user turn, in their order (OAI-21, OAI-24).
TEST(OpenaiEncode, ToolResultsFirst) {
  Arena arena;
  const auto value = json::parse(arena, R"({"model":"c","max_tokens":1,"messages":[{"role":"user","content":[
      {"type":"text","text":"and"},{"type":"tool_result","tool_use_id":"b","content":"2"},
      {"type":"tool_result","tool_use_id":"a"}]}]})");
  const auto request = kAnthropicMessages.parse(arena, *value);
  ASSERT_TRUE(request);
  std::string out;
  kOpenaiChat.encode(*request, {.model = "m"}, out);
  EXPECT_EQ(
      out,
      R"({"model":"m","messages":[{"role":"tool","tool_call_id":"b","content":"2"},)"
      R"({"role":"tool","tool_call_id":"a","content":""},{"role":"user","content":"and"}],"max_tokens":1})");
}

TEST(OpenaiEncode, EveryStyleOfTheTableSaysSomethingAndOthersNothing) {
  Arena arena;
  const auto value = json::parse(
      arena, R"({"model":"c","messages":[{"role":"user","content":"hi"}],"reasoning_effort":"high"})");
  const auto request = kOpenaiChat.parse(arena, *value);
  ASSERT_TRUE(request);
  const auto written = [&](std::string_view style) {
    std::string out;
    kOpenaiChat.encode(*request, {.model = "m", .reasoning_style = style}, out);
    return out;
  };
  const std::string silent = R"({"model":"m","messages":[{"role":"user","content":"hi"}]})";
  for (const std::string_view style : {"", "none", "loud"}) EXPECT_EQ(written(style), silent) << style;
  for (const std::string_view style :
       {"effort", "openrouter", "zai", "deepseek", "qwen", "qwen_template", "together", "minimax"})
    EXPECT_NE(written(style), silent) << style;
}

}  // namespace
}  // namespace dragoman::dialect
