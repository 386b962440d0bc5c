// What an OpenAI client may get wrong, and where it is told. One row a rule; the shapes are OpenAI's
// openapi.yaml.
#include "dialect/request_text.h"

namespace dragoman::dialect {
namespace {

using namespace testing;

struct Bad {
  std::string_view body, pointer, message;
};

constexpr std::string_view kUser = R"("messages":[{"role":"user","content":"x"}])";

const Bad kBad[] = {
    {R"([])", "", "expected an object, found array"},
    {R"({"messages":[]})", "/model", "required, expected a string"},
    {R"({"model":"","messages":[{"role":"user","content":"x"}]})", "/model",
     "expected the name of a model, found an empty string"},
    {R"({"model":7})", "/model", "expected a string, found number"},
    {R"({"model":"m"})", "/messages", "required, expected an array"},
    {R"({"model":"m","messages":{}})", "/messages", "expected an array, found object"},
    {R"({"model":"m","messages":[]})", "/messages", "expected at least one message, found an empty array"},
    {R"({"model":"m","messages":["hi"]})", "/messages/0", "expected an object, found string"},
    {R"({"model":"m","messages":[{"content":"x"}]})", "/messages/0/role", "required, expected a string"},
    {R"({"model":"m","messages":[{"role":"robot","content":"x"}]})", "/messages/0/role",
     R"(expected "system", "developer", "user", "assistant", "tool" or "function", found "robot")"},
    {R"({"model":"m","messages":[{"role":"user"}]})", "/messages/0/content",
     "required, expected a string or an array of content parts"},
    {R"({"model":"m","messages":[{"role":"user","content":{}}]})", "/messages/0/content",
     "expected a string or an array of content parts, found object"},
    {R"({"model":"m","messages":[{"role":"user","content":[{"text":"x"}]}]})", "/messages/0/content/0/type",
     "required, expected a string"},
    {R"({"model":"m","messages":[{"role":"user","content":[{"type":"text","text":1}]}]})",
     "/messages/0/content/0/text", "expected a string, found number"},
    {R"({"model":"m","messages":[{"role":"user","content":[{"type":"image_url"}]}]})",
     "/messages/0/content/0/image_url", "required, expected an object"},
    {R"({"model":"m","messages":[{"role":"user","content":[{"type":"image_url","image_url":{}}]}]})",
     "/messages/0/content/0/image_url/url", "required, expected a string"},
    {R"({"model":"m","messages":[{"role":"user","content":[{"type":"input_audio","input_audio":{"data":"x"}}]}]})",
     "/messages/0/content/0/input_audio/format", "required, expected a string"},
    {R"({"model":"m","messages":[{"role":"user","content":[{"type":"file","file":{}}]}]})",
     "/messages/0/content/0/file", R"(expected "file_data" or "file_id")"},
    {R"({"model":"m","messages":[{"role":"assistant","tool_calls":{}}]})", "/messages/0/tool_calls",
     "expected an array, found object"},
    {R"({"model":"m","messages":[{"role":"assistant","tool_calls":[{"type":"function","function":{"name":"f","arguments":"{}"}}]}]})",
     "/messages/0/tool_calls/0/id", "required, expected a string"},
    {R"({"model":"m","messages":[{"role":"assistant","tool_calls":[{"id":"a","type":"tool"}]}]})",
     "/messages/0/tool_calls/0/type", R"(expected "function" or "custom", found "tool")"},
    {R"({"model":"m","messages":[{"role":"assistant","tool_calls":[{"id":"a","function":{"name":"f","arguments":[]}}]}]})",
     "/messages/0/tool_calls/0/function/arguments", "expected a string, found array"},
    {R"({"model":"m",U,"tools":[{"type":"function","function":{"name":"f","parameters":false}}]})",
     "/tools/0/function/parameters",
     "no arguments satisfy the schema false; a tool without arguments has "
     R"({"type":"object","properties":{}})"},  // OAI-25
    {R"({"model":"m","messages":[{"role":"tool","content":"x"}]})", "/messages/0/tool_call_id",
     "required, expected a string"},  // OAI-23
    {R"({"model":"m","messages":[{"role":"tool","tool_call_id":"a"}]})", "/messages/0/content",
     "required, expected a string or an array of content parts"},
    {R"({"model":"m",U,"tools":{}})", "/tools", "expected an array, found object"},
    {R"({"model":"m",U,"tools":[{"function":{}}]})", "/tools/0/type", "required, expected a string"},
    {R"({"model":"m",U,"tools":[{"type":"function"}]})", "/tools/0/function", "required, expected an object"},
    {R"({"model":"m",U,"tools":[{"type":"function","function":{}}]})", "/tools/0/function/name",
     "required, expected a string"},
    {R"({"model":"m",U,"tools":[{"type":"function","function":{"name":"f","parameters":[]}}]})",
     "/tools/0/function/parameters", "expected an object, found array"},
    {R"({"model":"m",U,"tool_choice":"maybe"})", "/tool_choice",
     R"(expected "none", "auto", "required" or an object, found "maybe")"},
    {R"({"model":"m",U,"tool_choice":3})", "/tool_choice", "expected a string or an object, found number"},
    {R"({"model":"m",U,"tool_choice":{"type":"function"}})", "/tool_choice/function",
     "required, expected an object"},
    {R"({"model":"m",U,"tool_choice":{"type":"allowed_tools","allowed_tools":{"mode":"auto"}}})",
     "/tool_choice/allowed_tools/tools", "required, expected an array"},
    {R"({"model":"m",U,"parallel_tool_calls":"no"})", "/parallel_tool_calls",
     "expected a boolean, found string"},
    {R"({"model":"m",U,"temperature":"hot"})", "/temperature", "expected a number, found string"},
    {R"({"model":"m",U,"max_tokens":1.5})", "/max_tokens", "expected a whole number, found 1.5"},
    {R"({"model":"m",U,"max_completion_tokens":"9"})", "/max_completion_tokens",
     "expected a number, found string"},
    {R"({"model":"m",U,"n":0.5})", "/n", "expected a whole number, found 0.5"},
    {R"({"model":"m",U,"stop":[1]})", "/stop/0", "expected a string, found number"},
    {R"({"model":"m",U,"stop":1})", "/stop", "expected a string or an array of strings, found number"},
    {R"({"model":"m",U,"stream":"yes"})", "/stream", "expected a boolean, found string"},
    {R"({"model":"m",U,"stream_options":{"include_usage":1}})", "/stream_options/include_usage",
     "expected a boolean, found number"},
    {R"({"model":"m",U,"response_format":"json"})", "/response_format", "expected an object, found string"},
    {R"({"model":"m",U,"response_format":{"type":"json_schema"}})", "/response_format/json_schema",
     "required, expected an object"},
    {R"({"model":"m",U,"reasoning_effort":1})", "/reasoning_effort", "expected a string, found number"},
    {R"({"model":"m",U,"metadata":[]})", "/metadata", "expected an object, found array"},
};

TEST(OpenaiParse, RefusesAndSaysWhere) {
  for (const Bad& row : kBad) {
    std::string body(row.body);
    if (const auto at = body.find(",U"); at != std::string::npos) body.replace(at + 1, 1, kUser);
    Arena arena;
    const auto value = json::parse(arena, body);
    ASSERT_TRUE(value) << body;
    const auto request = kOpenaiChat.parse(arena, *value);
    ASSERT_FALSE(request) << body;
    EXPECT_EQ(request.error().pointer, row.pointer) << body;
    EXPECT_EQ(request.error().message, row.message) << body;
  }
}

// An explicit null is the same as nothing, everywhere it is not a required field.
TEST(OpenaiParse, NullMeansUnset) {
  Arena arena;
  const auto value = json::parse(
      arena,
      R"({"model":"m","messages":[{"role":"assistant","content":null,"refusal":null,"tool_calls":null,"name":null},
      {"role":"user","content":"x"}],"tools":null,"tool_choice":null,"temperature":null,"stop":null,"stream":null,
      "stream_options":null,"response_format":null,"reasoning_effort":null,"max_tokens":null,"metadata":null})");
  ASSERT_TRUE(value);
  const auto request = kOpenaiChat.parse(arena, *value);
  ASSERT_TRUE(request) << request.error().pointer << request.error().message;
  EXPECT_EQ(describe(*request),
            "openai_chat model \"m\"\nassistant at /messages/0\nuser at /messages/1\n  text \"x\" at "
            "/messages/1/content\n");
}

struct Wish {
  std::string_view fields, config;
};
// How clients of the compatible hosts ask for reasoning (RULES sections 14 to 24).
const Wish kWishes[] = {
    {R"("reasoning_effort":"low")", R"(reasoning unset effort "low" at "" "/reasoning_effort")"},
    {R"("reasoning_effort":"none")",
     R"(reasoning off effort "none" at "/reasoning_effort" "/reasoning_effort")"},
    {R"("reasoning":{"effort":"high"})", R"(reasoning unset effort "high" at "" "/reasoning/effort")"},
    {R"("reasoning":{"max_tokens":500})", R"(reasoning on budget 500 at "/reasoning/max_tokens" "")"},
    {R"("reasoning":{"enabled":false})", R"(reasoning off at "/reasoning/enabled" "")"},
    {R"("reasoning":{"exclude":true})", R"(reasoning unset include false at "" "")"},
    {R"("thinking":{"type":"enabled","budget_tokens":9})", R"(reasoning on budget 9 at "/thinking" "")"},
    {R"("thinking":{"type":"disabled"})", R"(reasoning off at "/thinking" "")"},
    {R"("enable_thinking":true,"thinking_budget":8)", R"(reasoning on budget 8 at "/enable_thinking" "")"},
};

TEST(OpenaiParse, ReadsEveryWayToAskForReasoning) {
  for (const Wish& row : kWishes) {
    Arena arena;
    const auto value = json::parse(arena, fmt::format(R"({{"model":"m",{},{}}})", kUser, row.fields));
    const auto request = kOpenaiChat.parse(arena, *value);
    ASSERT_TRUE(request) << row.fields;
    const std::string text = describe(*request);
    EXPECT_NE(text.find(std::string(row.config) + "\n"), std::string::npos) << row.fields << "\n" << text;
  }
}

}  // namespace
}  // namespace dragoman::dialect
