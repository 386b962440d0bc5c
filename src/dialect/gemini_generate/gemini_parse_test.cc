// What a Gemini client may get wrong and where it is told; what its words come to. Shapes: the protobuf
// definitions of google.ai.generativelanguage.v1beta.
#include "dialect/gemini_generate/gemini_generate.h"
#include "dialect/request_text.h"

namespace dragoman::dialect {
namespace {

using namespace testing;

struct Bad {
  std::string_view body, pointer, message;
};

const Bad kBad[] = {
    {R"("hi")", "", "expected an object, found string"},
    {R"({})", "/contents", "required, expected an array of contents"},
    {R"({"contents":[]})", "/contents", "expected at least one content, found an empty array"},
    {R"({"contents":"hi"})", "/contents", "expected an array, found string"},
    {R"({"contents":[3]})", "/contents/0", "expected an object, found number"},
    {R"({"contents":[{"role":"assistant","parts":[]}]})", "/contents/0/role",
     R"(expected "user" or "model", found "assistant")"},
    {R"({"contents":[{"parts":["x"]}]})", "/contents/0/parts/0", "expected an object, found string"},
    {R"({"contents":[{"parts":[{"text":1}]}]})", "/contents/0/parts/0/text",
     "expected a string, found number"},
    {R"({"contents":[{"parts":[{"inline_data":{"data":"x"}}]}]})", "/contents/0/parts/0/inline_data/mimeType",
     "required, expected a string"},
    {R"({"contents":[{"parts":[{"fileData":{}}]}]})", "/contents/0/parts/0/fileData/fileUri",
     "required, expected a string"},
    {R"({"contents":[{"role":"model","parts":[{"functionCall":{"name":"f","args":"x"}}]}]})",
     "/contents/0/parts/0/functionCall/args", "expected an object, found string"},
    {R"({"contents":[{"role":"model","parts":[{"functionCall":{}}]}]})",
     "/contents/0/parts/0/functionCall/name", "required, expected a string"},
    {R"({"contents":[{"parts":[{"functionResponse":{"name":"f","response":[]}}]}]})",
     "/contents/0/parts/0/functionResponse/response", "expected an object, found array"},
    {R"({U,"tools":[{"functionDeclarations":[{"description":"d"}]}]})",
     "/tools/0/functionDeclarations/0/name", "required, expected a string"},
    {R"({U,"tools":[{"functionDeclarations":[{"name":""}]}]})", "/tools/0/functionDeclarations/0/name",
     "expected the name of a function, found an empty string"},
    {R"({U,"tools":[{"function_declarations":[{"name":"f","parameters":{},"parametersJsonSchema":{}}]}]})",
     "/tools/0/function_declarations/0/parametersJsonSchema",
     "expected one of parameters and parametersJsonSchema, found both"},
    {R"({U,"toolConfig":{"functionCallingConfig":{"mode":"SOME"}}})",
     "/toolConfig/functionCallingConfig/mode",
     R"(expected "AUTO", "ANY", "NONE" or "VALIDATED", found "SOME")"},
    {R"({U,"generationConfig":{"maxOutputTokens":"many"}})", "/generationConfig/maxOutputTokens",
     "expected a number, found string"},
    {R"({U,"generation_config":{"temperature":true}})", "/generation_config/temperature",
     "expected a number, found boolean"},
    {R"({U,"generationConfig":{"stopSequences":["a",1]}})", "/generationConfig/stopSequences/1",
     "expected a string, found number"},
    {R"({U,"generationConfig":{"responseSchema":[]}})", "/generationConfig/responseSchema",
     "expected an object, found array"},
    {R"({U,"generationConfig":{"thinkingConfig":{"thinkingBudget":1.5}}})",
     "/generationConfig/thinkingConfig/thinkingBudget", "expected a whole number, found 1.5"},
};

std::string whole(std::string_view body) {
  std::string out(body);
  if (const std::size_t at = out.find("{U"); at != std::string::npos)
    out.replace(at, 2, R"({"contents":[{"parts":[{"text":"x"}]}])");
  return out;
}

TEST(GeminiParse, SaysWhereAndWhatWasExpected) {
  for (const Bad& bad : kBad) {
    Arena arena;
    const auto body = json::parse(arena, whole(bad.body));
    ASSERT_TRUE(body) << bad.body;
    const auto request = kGeminiGenerate.parse(arena, *body);
    ASSERT_FALSE(request) << bad.body;
    EXPECT_EQ(request.error().pointer, bad.pointer) << bad.body;
    EXPECT_EQ(request.error().message, bad.message) << bad.body;
  }
}

struct Line {
  std::string_view body, expected;
};

// A line of the described request that the words must come to.
const Line kLines[] = {
    {R"({U,"toolConfig":{"functionCallingConfig":{"mode":"ANY","allowedFunctionNames":["f","g"]}}})",
     R"(choice required allowed "f" allowed "g" at /toolConfig/functionCallingConfig)"},
    {R"({U,"toolConfig":{"functionCallingConfig":{"mode":"ANY","allowedFunctionNames":["f"]}}})",
     R"(choice named tool "f" at /toolConfig/functionCallingConfig)"},
    {R"({U,"toolConfig":{"functionCallingConfig":{"mode":"NONE"}}})",
     "choice none at /toolConfig/functionCallingConfig"},
    {R"({U,"generationConfig":{"thinkingConfig":{"thinkingBudget":-1}}})",
     R"(reasoning adaptive at "/generationConfig/thinkingConfig/thinkingBudget" "")"},
    {R"({U,"generationConfig":{"thinkingConfig":{"thinkingLevel":"LOW"}}})",
     R"(reasoning unset effort "low" at "" "/generationConfig/thinkingConfig/thinkingLevel")"},
    {R"({U,"generationConfig":{"responseMimeType":"application/json"}})",
     "format json_object at /generationConfig/responseMimeType"},
    {R"({U,"generationConfig":{"responseMimeType":"text/x.enum","responseSchema":{"type":"STRING"}}})",
     R"(extra generationConfig.responseMimeType = "text/x.enum" at /generationConfig/responseMimeType)"},
    {R"({U,"safety_settings":[]})", "extra safetySettings = [] at /safety_settings"},
};

TEST(GeminiParse, Words) {
  for (const Line& line : kLines) {
    Arena arena;
    const auto request = kGeminiGenerate.parse(arena, *json::parse(arena, whole(line.body)));
    ASSERT_TRUE(request) << request.error().message;
    const std::string text = describe(*request);
    EXPECT_NE(text.find(std::string(line.expected) + "\n"), std::string::npos) << text;
  }
}

// Without ids, a result belongs to the turn before it, not to a call of the same name that was never
// answered.
TEST(GeminiParse, AnAbortedCallTakesNoLaterResult) {
  Arena arena;
  const auto request = kGeminiGenerate.parse(arena, *json::parse(arena, R"({"contents":[
      {"role":"user","parts":[{"text":"x"}]},
      {"role":"model","parts":[{"functionCall":{"name":"f"}}]},
      {"role":"user","parts":[{"text":"never mind"}]},
      {"role":"model","parts":[{"functionCall":{"name":"f"}}]},
      {"role":"user","parts":[{"functionResponse":{"name":"f","response":{"output":"y"}}}]}]})"));
  ASSERT_TRUE(request) << request.error().message;
  const auto& made = std::get<canon::ToolCall>(request->messages.at(3).blocks.at(0).body);
  const auto& result = std::get<canon::ToolResult>(request->messages.at(4).blocks.at(0).body);
  EXPECT_EQ(result.call_id, made.id);
}

TEST(GeminiSignature, EveryIssuersStateComesBack) {
  struct Case {
    std::string_view issuer, signature, redacted;
  };
  for (const Case& c : {Case{"gemini", "c2ln", ""}, Case{"anthropic", "ErUB+/=.x", ""},
                        Case{"anthropic", "", "redacted.data"}, Case{"deepseek", "", ""},
                        Case{"gemini", "skip_thought_signature_validator", ""}}) {
    Arena arena;
    const std::string packed = gemini::pack_signature(c.issuer, c.signature, c.redacted);
    const canon::Reasoning back = gemini::unpack_signature(arena, packed);
    EXPECT_EQ(back.issuer, c.issuer);
    EXPECT_EQ(back.signature, c.signature);
    EXPECT_EQ(back.redacted, c.redacted);
  }
  // Python's SDK decodes the field and writes it again in the URL-safe alphabet.
  Arena arena;
  EXPECT_EQ(gemini::unpack_signature(arena, "-_-_").signature, "+/+/");
}

TEST(GeminiSchema, AValueThatIsJsonSchemaAlreadyIsLeftAlone) {
  Arena arena;
  const auto schema =
      json::parse(arena, R"({"type":"object","properties":{"a":{"type":["string","null"]}},"x":0.70})");
  EXPECT_EQ(gemini::json_schema_of(arena, *schema).node(), schema->node());
}

TEST(GeminiSchema, IsASchemaMessage) {
  struct Case {
    std::string_view rule, schema;
    bool taken;
  };
  constexpr Case kCases[] = {
      {"plain", R"({"type":"OBJECT","properties":{"a":{"type":"STRING","nullable":true}},"required":["a"]})",
       true},
      {"half of the examples", R"({"type":"ARRAY","items":{"type":"NUMBER"},"min_items":"2"})", true},
      {"a property named as no keyword", R"({"type":"OBJECT","properties":{"multipleOf":{"type":"STRING"}}})",
       true},
      {"GEM-31", R"({"type":"OBJECT","properties":{"n":{"type":"INTEGER","multipleOf":5}}})", false},
      {"GEM-31", R"({"type":"OBJECT","properties":{"a":{"type":"STRING"}},"additionalProperties":false})",
       false},
      {"GEM-32", R"({"type":"STRING","properties":{"a":{"type":"STRING"}}})", false},
      {"GEM-33", R"({"type":"OBJECT","properties":{}})", false},
      {"GEM-34", R"({"type":"ARRAY"})", false},
      {"GEM-34", R"({"type":"STRING","items":{"type":"STRING"}})", false},
      {"GEM-35", R"({"type":"INTEGER","enum":["1"]})", false},
      {"GEM-35", R"({"type":"STRING","enum":["a",""]})", false},
      {"GEM-36", R"({"type":"STRING","format":"email"})", false},
      {"GEM-36", R"({"type":"STRING","format":"date-time"})", true},
      {"GEM-38", R"({"type":["STRING","NULL"]})", false},
      {"GEM-39", R"({"type":"OBJECT","properties":{"a":{"type":"STRING"}},"required":["b"]})", false},
      {"inside an alternative", R"({"anyOf":[{"type":"STRING"},{"type":"NUMBER","exclusiveMinimum":1}]})",
       false},
  };
  for (const Case& c : kCases) {
    Arena arena;
    const auto schema = json::parse(arena, c.schema);
    ASSERT_TRUE(schema) << c.schema;
    EXPECT_EQ(gemini::is_schema_message(*schema), c.taken) << c.rule << " " << c.schema;
  }
}

}  // namespace
}  // namespace dragoman::dialect
