// What a Bedrock client may get wrong and where it is told. Shapes: the bedrock-runtime service model of
// 2023-09-30.
#include "dialect/request_text.h"

namespace dragoman::dialect {
namespace {

using namespace testing;

struct Bad {
  std::string_view body, pointer, message;
};

const Bad kBad[] = {
    {R"([])", "", "expected an object, found array"},
    {R"({})", "/messages", "required, expected an array"},
    {R"({"messages":[]})", "/messages", "expected at least one message, found an empty array"},
    {R"({"messages":[{"role":"tool","content":[]}]})", "/messages/0/role",
     R"(expected "user", "assistant" or "system", found "tool")"},
    {R"({"messages":[{"role":"user"}]})", "/messages/0/content", "required, expected an array"},
    {R"({"messages":[{"role":"user","content":[{}]}]})", "/messages/0/content/0",
     "expected one of text, image, toolUse … in a content block, found none"},
    {R"({"messages":[{"role":"user","content":[{"text":"a","image":{}}]}]})", "/messages/0/content/0",
     "expected one of text, image, toolUse … in a content block, found several"},
    {R"({"messages":[{"role":"user","content":[{"text":1}]}]})", "/messages/0/content/0/text",
     "expected a string, found number"},
    {R"({"messages":[{"role":"assistant","content":[{"toolUse":{"name":"f","input":{}}}]}]})",
     "/messages/0/content/0/toolUse/toolUseId", "required, expected a string"},
    {R"({"messages":[{"role":"assistant","content":[{"toolUse":{"toolUseId":"a","name":"f","input":"x"}}]}]})",
     "/messages/0/content/0/toolUse/input", "expected an object, found string"},
    {R"({"messages":[{"role":"user","content":[{"toolResult":{"toolUseId":"a","content":[],"status":"bad"}}]}]})",
     "/messages/0/content/0/toolResult/status", R"(expected "success" or "error", found "bad")"},
    {R"({"messages":[{"role":"assistant","content":[{"reasoningContent":{}}]}]})",
     "/messages/0/content/0/reasoningContent/reasoningText", "required, expected an object"},
    {R"({U,"system":"x"})", "/system", "expected an array, found string"},
    {R"({U,"inferenceConfig":{"maxTokens":1.5}})", "/inferenceConfig/maxTokens",
     "expected a whole number, found 1.5"},
    {R"({U,"inferenceConfig":{"stopSequences":[1]}})", "/inferenceConfig/stopSequences/0",
     "expected a string, found number"},
    {R"({U,"toolConfig":{}})", "/toolConfig/tools", "required, expected an array"},
    {R"({U,"toolConfig":{"tools":[{"toolSpec":{"name":"","inputSchema":{"json":{}}}}]}})",
     "/toolConfig/tools/0/toolSpec/name", "expected the name of a tool, found an empty string"},
    {R"({U,"toolConfig":{"tools":[{"toolSpec":{"name":"f","inputSchema":{}}}]}})",
     "/toolConfig/tools/0/toolSpec/inputSchema/json", "required, expected an object"},
    {R"({U,"toolConfig":{"tools":[],"toolChoice":{}}})", "/toolConfig/toolChoice",
     "expected one of auto, any and tool"},
    {R"({U,"additionalModelRequestFields":{"thinking":{"type":"on"}}})",
     "/additionalModelRequestFields/thinking/type",
     R"(expected "enabled", "disabled" or "adaptive", found "on")"},
    {R"({U,"outputConfig":{"textFormat":{"type":"json_schema","structure":{"jsonSchema":{"schema":"no"}}}}})",
     "/outputConfig/textFormat/structure/jsonSchema/schema",
     "expected the text of a JSON object (a JSON Schema)"},
};

TEST(BedrockParse, SaysWhereAndWhatWasExpected) {
  for (const Bad& bad : kBad) {
    std::string text(bad.body);
    if (const std::size_t at = text.find("{U"); at != std::string::npos)
      text.replace(at, 2, R"({"messages":[{"role":"user","content":[{"text":"x"}]}])");
    Arena arena;
    const auto body = json::parse(arena, text);
    ASSERT_TRUE(body) << text;
    const auto request = kBedrockConverse.parse(arena, *body);
    ASSERT_FALSE(request) << text;
    EXPECT_EQ(request.error().pointer, bad.pointer) << text;
    EXPECT_EQ(request.error().message, bad.message) << text;
  }
}

TEST(BedrockRender, SealedReasoningOfEveryIssuerComesBack) {
  struct Case {
    std::string_view issuer, redacted;
  };
  for (const Case& c :
       {Case{"anthropic", "RW5jcnlwdGVk"}, Case{"anthropic", "not base64!"}, Case{"openai", "gAAA.b"}}) {
    canon::Response response;
    canon::Block block;
    block.body = canon::Reasoning{.redacted = c.redacted, .issuer = c.issuer};
    response.choices.push_back({.blocks = {block}, .stop = canon::StopReason::end_turn});
    std::string out;
    kBedrockConverse.render(response, {}, out);
    Arena arena;
    const auto answer = json::parse(arena, out);
    ASSERT_TRUE(answer) << out;
    const json::Builder build(arena);
    const json::Value turns[] = {(*answer)["output"]["message"]};
    const json::Member member{"messages", build.array(turns)};
    const auto request = kBedrockConverse.parse(arena, build.object({&member, 1}));
    ASSERT_TRUE(request) << request.error().message;
    const auto& back = std::get<canon::Reasoning>(request->messages.at(0).blocks.at(0).body);
    EXPECT_EQ(back.redacted, c.redacted);
    EXPECT_EQ(back.issuer, c.issuer);
  }
}

}  // namespace
}  // namespace dragoman::dialect
