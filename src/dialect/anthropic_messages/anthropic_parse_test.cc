// What an Anthropic client may get wrong, and where it is told. The shapes are those of the SDK's
// messages.d.ts.
#include "dialect/reasoning_state.h"
#include "dialect/request_text.h"
#include "dialect/test_support.h"

namespace dragoman::dialect {
namespace {

using namespace testing;

struct Bad {
  std::string_view body, pointer, message;
};

constexpr std::string_view kUser = R"("model":"c","max_tokens":9,"messages":[{"role":"user","content":"x"}])";

const Bad kBad[] = {
    {R"("hi")", "", "expected an object, found string"},
    {R"({"max_tokens":9})", "/model", "required, expected a string"},
    {R"({"model":"c","messages":[{"role":"user","content":"x"}]})", "/max_tokens",
     "required, expected a number"},  // ANT-01
    {R"({"model":"c","max_tokens":"9"})", "/max_tokens", "expected a number, found string"},
    {R"({"model":"c","max_tokens":9})", "/messages", "required, expected an array"},
    {R"({"model":"c","max_tokens":9,"messages":[]})", "/messages",
     "expected at least one message, found an empty array"},  // ANT-04
    {R"({"model":"c","max_tokens":9,"messages":[{"role":"tool","content":"x"}]})", "/messages/0/role",
     R"(expected "user", "assistant" or "system", found "tool")"},
    {R"({"model":"c","max_tokens":9,"messages":[{"role":"user"}]})", "/messages/0/content",
     "required, expected a string or an array of content blocks"},
    {R"({"model":"c","max_tokens":9,"messages":[{"role":"user","content":3}]})", "/messages/0/content",
     "expected a string or an array of content blocks, found number"},
    {R"({"model":"c","max_tokens":9,"messages":[{"role":"user","content":[{"type":"text"}]}]})",
     "/messages/0/content/0/text", "required, expected a string"},
    {R"({"model":"c","max_tokens":9,"messages":[{"role":"user","content":["x"]}]})", "/messages/0/content/0",
     "expected an object, found string"},
    {R"({"model":"c","max_tokens":9,"messages":[{"role":"user","content":[{"type":"image"}]}]})",
     "/messages/0/content/0/source", "required, expected an object"},
    {R"({"model":"c","max_tokens":9,"messages":[{"role":"user","content":[{"type":"image","source":{"type":"base64","data":"x"}}]}]})",
     "/messages/0/content/0/source/media_type", "required, expected a string"},
    {R"({"model":"c","max_tokens":9,"messages":[{"role":"assistant","content":[{"type":"tool_use","id":"a","name":"f","input":"x"}]}]})",
     "/messages/0/content/0/input", "expected an object, found string"},  // ANT-14
    {R"({"model":"c","max_tokens":9,"messages":[{"role":"assistant","content":[{"type":"tool_use","name":"f","input":{}}]}]})",
     "/messages/0/content/0/id", "required, expected a string"},
    {R"({"model":"c","max_tokens":9,"messages":[{"role":"user","content":[{"type":"tool_result"}]}]})",
     "/messages/0/content/0/tool_use_id", "required, expected a string"},
    {R"({"model":"c","max_tokens":9,"messages":[{"role":"user","content":[{"type":"tool_result","tool_use_id":"a","is_error":"y"}]}]})",
     "/messages/0/content/0/is_error", "expected a boolean, found string"},
    {R"({"model":"c","max_tokens":9,"messages":[{"role":"assistant","content":[{"type":"redacted_thinking"}]}]})",
     "/messages/0/content/0/data", "required, expected a string"},
    {R"({U,"system":7})", "/system", "expected a string or an array of content blocks, found number"},
    {R"({U,"tools":[{"name":"f"}]})", "/tools/0/input_schema", "required, expected an object"},
    {R"({U,"tools":[{"input_schema":{}}]})", "/tools/0/name", "required, expected a string"},
    {R"({U,"tool_choice":"auto"})", "/tool_choice", "expected an object, found string"},
    {R"({U,"tool_choice":{"type":"required"}})", "/tool_choice/type",
     R"(expected "auto", "any", "tool" or "none", found "required")"},
    {R"({U,"tool_choice":{"type":"tool"}})", "/tool_choice/name", "required, expected a string"},
    {R"({U,"stop_sequences":"x"})", "/stop_sequences", "expected an array, found string"},
    {R"({U,"stop_sequences":["x",1]})", "/stop_sequences/1", "expected a string, found number"},
    {R"({U,"thinking":{"type":"enabled"}})", "/thinking/budget_tokens", "required, expected a number"},
    {R"({U,"metadata":{"user_id":1}})", "/metadata/user_id", "expected a string, found number"},
    {R"({U,"top_k":1.5})", "/top_k", "expected a whole number, found 1.5"},
    {R"({U,"output_config":{"format":{"type":"json_schema"}}})", "/output_config/format/schema",
     "required, expected an object"},
    {R"({U,"output_config":{"format":{"type":"xml"}}})", "/output_config/format/type",
     R"(expected "json_schema", found "xml")"},
    {R"({U,"stream":1})", "/stream", "expected a boolean, found number"},
};

TEST(AnthropicParse, RefusesAndSaysWhere) {
  for (const Bad& row : kBad) {
    std::string body(row.body);
    if (body.starts_with("{U")) body.replace(1, 1, kUser);
    Arena arena;
    const auto value = json::parse(arena, body);
    ASSERT_TRUE(value) << body;
    const auto request = kAnthropicMessages.parse(arena, *value);
    ASSERT_FALSE(request) << body;
    EXPECT_EQ(request.error().pointer, row.pointer) << body;
    EXPECT_EQ(request.error().message, row.message) << body;
  }
}

// Reasoning that somebody else signed goes through an Anthropic client and comes back as what it was.
TEST(AnthropicParse, TaggedSignaturesComeBack) {
  struct Row {
    std::string_view issuer, signature;
  };
  for (const Row& row : {Row{"anthropic", "EqRk"}, Row{"gemini", "a.b.c"}, Row{"bedrock", ""}, Row{"", ""},
                         Row{"openai", "x"}}) {
    const std::string tagged = tag_signature(row.issuer, row.signature);
    const TaggedSignature back = untag_signature(tagged);
    EXPECT_EQ(back.issuer, row.issuer) << tagged;
    EXPECT_EQ(back.signature, row.signature) << tagged;
  }
  EXPECT_EQ(tag_signature("gemini", "S"), "dragoman.gemini.S");
  EXPECT_EQ(tag_signature("bedrock", ""), "dragoman.bedrock.");
  for (const std::string_view issuer : {"anthropic", "gemini", "openai", "bedrock", "mistral"})
    EXPECT_EQ(format_issuer(issuer_format(issuer)), issuer);
  EXPECT_EQ(issuer_format("anthropic"), "anthropic-claude-v1");
  EXPECT_EQ(format_issuer("google-gemini-v1"), "gemini");
}

struct Choice {
  std::string_view fields, expected;
};
// What an upstream out of order says after its stop, or in a block of another kind, reaches nobody.
TEST(AnthropicDecode, KeepsTheOrderOfEvents) {
  const testing::Frames frames(
      "data: {\"type\":\"message_start\",\"message\":{\"id\":\"m\"}}\n\n"
      "data: "
      "{\"type\":\"content_block_start\",\"content_block\":{\"type\":\"tool_use\",\"id\":\"t\",\"name\":"
      "\"f\","
      "\"thinking\":\"stray\",\"signature\":\"stray\",\"citations\":[{\"stray\":1}]}}\n\n"
      "data: "
      "{\"type\":\"content_block_delta\",\"delta\":{\"type\":\"citations_delta\",\"citation\":{\"stray\":1}}}"
      "\n\n"
      "data: {\"type\":\"message_delta\",\"delta\":{\"stop_reason\":\"tool_use\"}}\n\n"
      "data: {\"type\":\"content_block_start\",\"content_block\":{\"type\":\"text\",\"text\":\"stray\"}}\n\n"
      "data: {\"type\":\"message_stop\"}\n\n");
  const std::string events = testing::run(*kAnthropicMessages.decoder(), frames.list);
  EXPECT_EQ(events.find("stray"), std::string::npos) << events;
  EXPECT_NE(events.find("stop tool_use"), std::string::npos) << events;
  EXPECT_TRUE(events.ends_with("end\n")) << events;
}

TEST(AnthropicEncode, ToolChoice) {
  const Choice rows[] = {
      {R"("tool_choice":"auto")", R"({"type":"auto"})"},
      {R"("tool_choice":"required","parallel_tool_calls":false)",
       R"({"type":"any","disable_parallel_tool_use":true})"},
      {R"("tool_choice":"none","parallel_tool_calls":false)", R"({"type":"none"})"},
      {R"("tool_choice":{"type":"function","function":{"name":"f"}})", R"({"type":"tool","name":"f"})"},
      {R"("parallel_tool_calls":false)", R"({"type":"auto","disable_parallel_tool_use":true})"},
      {R"("parallel_tool_calls":true)", ""},
  };
  for (const Choice& row : rows) {
    Arena arena;
    const auto value =
        json::parse(arena, fmt::format(R"({{"model":"m","messages":[{{"role":"user","content":"x"}}],)"
                                       R"("tools":[{{"type":"function","function":{{"name":"f"}}}}],{}}})",
                                       row.fields));
    ASSERT_TRUE(value);
    const auto request = kOpenaiChat.parse(arena, *value);
    ASSERT_TRUE(request);
    std::string out;
    kAnthropicMessages.encode(*request, {.model = "c"}, out);
    const auto written = json::parse(arena, out);
    const json::Value choice = (*written)["tool_choice"];
    EXPECT_EQ(choice ? json::dump(choice) : "", row.expected) << row.fields;
  }
}

// A key that merely looks like a member of a known object stays where it was.
TEST(AnthropicEncode, DottedKeysAreNotMembers) {
  Arena arena;
  const std::string body =
      R"({"model":"c","max_tokens":1,"messages":[{"role":"user","content":"x"}],"metadata":{"a":1},"metadata.a":2})";
  const auto value = json::parse(arena, body);
  const auto request = kAnthropicMessages.parse(arena, *value);
  ASSERT_TRUE(request);
  std::string out;
  kAnthropicMessages.encode(*request, {.model = "c"}, out);
  EXPECT_EQ(out, body);
}

// Vertex and Bedrock take the model from the URL and want a version in the body.
TEST(AnthropicEncode, ModelInUrl) {
  Arena arena;
  const auto value =
      json::parse(arena, R"({"model":"c","max_tokens":1,"messages":[{"role":"user","content":"x"}]})");
  const auto request = kAnthropicMessages.parse(arena, *value);
  std::string out;
  kAnthropicMessages.encode(
      *request, {.model = "c", .stream = true, .model_in_body = false, .version = "vertex-2023-10-16"}, out);
  EXPECT_EQ(
      out,
      R"({"anthropic_version":"vertex-2023-10-16","max_tokens":1,"messages":[{"role":"user","content":"x"}],"stream":true})");
}

}  // namespace
}  // namespace dragoman::dialect
