// What whole requests of a generator found (tests/attack): each row was refused, lost or told wrong once.
#include "lower/lower_case.h"

namespace dragoman::lower {
namespace {

using testing::expect_anthropic;
using testing::expect_bedrock;
using testing::expect_case;
using testing::expect_openai;

constexpr std::string_view kNova = "bedrock/us.amazon.nova-pro-v1:0";
constexpr std::string_view kOpus = "bedrock/us.anthropic.claude-opus-4-6-v1";
constexpr std::string_view kPdf = R"({"type":"base64","media_type":"application/pdf","data":"JVBERi0xLjQK"})";

TEST(WholeRequests, Parameters) {
  const std::string tier = R"({"service_tier":"flex","max_tokens":9})";
  expect_openai({
      {"types of @anthropic-ai/sdk: auto or standard_only",
       "anthropic/claude-opus-5",
       tier,
       {{"/service_tier", ""}},
       {"ANT semantic /service_tier service_tier"}},
      {"BR-38: at least one pair",
       kNova,
       R"({"metadata":{}})",
       {{"/requestMetadata", ""}},
       {"BR-38 none /metadata metadata"}},
      {"OAIS: words of an output format without a field of their own",
       "anthropic/claude-sonnet-4-5",
       R"({"max_tokens":9,"response_format":{"type":"json_schema","json_schema":{"name":"a","description":"for a table",
          "schema":{"type":"object","properties":{"a":{"type":"string"}},"required":["a"],"additionalProperties":false,"description":"a row"}}}})",
       {{"/output_config/format/schema/description", R"("for a table\na row")"}},
       {"GEN-01 none /response_format description"}},
  });
  expect_anthropic({
      {"types of openai: standard_only is Anthropic's word",
       "openai/gpt-4o",
       R"({"service_tier":"standard_only"})",
       {{"/service_tier", "\"default\""}},
       {"OAI-host none /service_tier service_tier"}},
      {"generativelanguage: top_k in [1, …], and 0 is nothing",
       "gemini/gemini-2.5-flash",
       R"({"top_k":0})",
       {{"/generationConfig/topK", ""}},
       {"GEM-49 none /top_k top_k"}},
      {"thinking by a model that does so only when told how much",
       "xai/grok-4.3",
       R"({"thinking":{"type":"adaptive"}})",
       {{"/reasoning_effort", "\"medium\""}},
       {"XAI-02-4-3 narrowed /thinking effort"}},
  });
  expect_case(canon::DialectName::openai_responses,
              {"a summary is OpenAI's to make",
               "groq/openai/gpt-oss-20b",
               R"({"input":"Hi","reasoning":{"effort":"low","summary":"auto"}})",
               {{"/reasoning_effort", "\"low\""}},
               {"GEN-01 none /reasoning/summary summary"}});
  expect_case(
      canon::DialectName::openai_responses,
      {"ANT-15: reasoning of others between results and the user's words does not close the loop",
       "anthropic/claude-sonnet-4-5",
       R"({"input":[{"role":"user","content":"Hi"},{"type":"function_call","call_id":"c1","name":"f","arguments":"{}"},
          {"type":"function_call_output","call_id":"c1","output":"x"},{"type":"reasoning","id":"rs_1","summary":[],"encrypted_content":"gAAA"},
          {"role":"user","content":"Go on"}],"reasoning":{"effort":"low"},"tools":[{"type":"function","name":"f","parameters":{"type":"object","properties":{}}}]})",
       {{"/thinking/type", "\"disabled\""}},
       {"ANT-15 semantic /reasoning/effort thinking"}});
  expect_case(
      canon::DialectName::gemini_generate,
      {"thoughts are shown unasked, or cannot be hidden",
       "deepseek/deepseek-v4-pro",
       R"({"contents":[{"role":"user","parts":[{"text":"Hi"}]}],"generation_config":{"thinkingConfig":{"includeThoughts":false}}})",
       {},
       {"GEN-13 semantic /generation_config/thinkingConfig/includeThoughts includeThoughts"}});
}

TEST(WholeRequests, Media) {
  const std::string s3 =
      R"({"messages":[{"role":"user","content":[{"text":"x"},{"image":{"format":"png","source":{"s3Location":{"uri":"s3://b/k"}}}}]}]})";
  expect_bedrock({
      {"strands-agents/harness-sdk#3610: Nova fetches from S3",
       kNova,
       s3,
       {{"/messages/0/content/1/image/source/s3Location/uri", "\"s3://b/k\""}},
       {},
       true},
      {"and Claude does not", kOpus, s3, {}, {}, false, "BR /messages/0/content/1"},
      {"nor can others", "openai/gpt-4o", s3, {}, {}, false, "KIMI-11 /messages/0/content/1"},
      {"Anthropic's text documents are text/plain",
       "anthropic/claude-opus-5",
       R"({"messages":[{"role":"user","content":[{"text":"x"},{"document":{"format":"csv","name":"d","source":{"text":"a,b"}}}]}]})",
       {{"/messages/0/content/1/source/media_type", "\"text/plain\""},
        {"/messages/0/content/1/source/data", "\"a,b\""}},
       {"GEN-14 none /messages/0/content/1 media_type"}},
      {"BRM-jamba: text only",
       "bedrock/ai21.jamba-1-5-large-v1:0",
       R"({"messages":[{"role":"user","content":[{"text":"x"}]},{"role":"assistant","content":[{"toolUse":{"toolUseId":"t","name":"f","input":{}}}]},
          {"role":"user","content":[{"toolResult":{"toolUseId":"t","content":[{"json":{"a":1}}]}}]}],
          "toolConfig":{"tools":[{"toolSpec":{"name":"f","inputSchema":{"json":{"type":"object","properties":{}}}}}]}})",
       {{"/messages/2/content/0/toolResult/content/0/text", R"("{\"a\":1}")"}},
       {"BRM-jamba none /messages/2/content/0/toolResult/content/0 json"}},
      {"a system turn in the middle (types of boto3 1.44)",
       "anthropic/claude-sonnet-4-5",
       R"({"messages":[{"role":"user","content":[{"text":"x"}]},{"role":"system","content":[{"text":"s"}]}]})",
       {{"/messages/0/content/1/text", R"("<system>\ns\n</system>")"}},
       {"ANT-05 narrowed /messages/1 role"}},
  });
  const std::string blank = fmt::format(
      R"({{"messages":[{{"role":"user","content":[{{"type":"text","text":" "}},{{"type":"document","source":{},"title":"a.pdf","context":"of May"}}]}}]}})",
      kPdf);
  expect_anthropic({
      {"BR-22: a blank text is none",
       kNova,
       blank,
       {{"/messages/0/content/1/text", "\"See the attached document.\""},
        {"/messages/0/content/0/document/context", "\"of May\""}},
       {"BR-22 none /messages/0 text"}},
      {"a document's context",
       "openai/gpt-4o",
       blank,
       {{"/messages/0/content/0/text", "\"of May\""}},
       {"GEN-14 none /messages/0/content/1 context"}},
      {"BR-23 in a tool's result",
       kOpus,
       fmt::format(
           R"({{"messages":[{{"role":"user","content":"x"}},{{"role":"assistant","content":[{{"type":"tool_use","id":"t","name":"f","input":{{}}}}]}},
              {{"role":"user","content":[{{"type":"tool_result","tool_use_id":"t","content":[{{"type":"document","source":{},"title":"a.pdf"}}]}}]}}],
              "tools":[{{"name":"f","input_schema":{{"type":"object"}}}}]}})",
           kPdf),
       {{"/messages/2/content/0/toolResult/content/0/document/name", "\"a pdf\""}},
       {"BR-23 none /messages/2/content/0/content/0 name"}},
  });
}

TEST(WholeRequests, Thinking) {
  // ANT-15: neighbours become one turn, which begins with the first one's text.
  expect_openai({
      {"ANT-15",
       "bedrock/us.anthropic.claude-sonnet-4-5-20250929-v1:0",
       R"({"reasoning_effort":"low","messages":[{"role":"user","content":"x"},{"role":"assistant","content":"a"},
          {"role":"assistant","content":null,"reasoning_details":[{"type":"reasoning.text","text":"t","signature":"c2ln","format":"anthropic-claude-v1"}],
           "tool_calls":[{"id":"c","type":"function","function":{"name":"f","arguments":"{}"}}]},{"role":"tool","tool_call_id":"c","content":"1"}],
          "tools":[{"type":"function","function":{"name":"f","parameters":{"type":"object","properties":{}}}}]})",
       {{"/additionalModelRequestFields/thinking/type", "\"disabled\""}},
       {"ANT-15 semantic /reasoning_effort thinking"}},
      {"KIMI-04: asked off, and thinks all the same",
       "moonshot/kimi-k2-thinking",
       R"({"reasoning_effort":"none","tool_choice":"required","tools":[{"type":"function","function":{"name":"f","description":"d","parameters":{"type":"object","properties":{}}}}]})",
       {{"/tool_choice", "\"auto\""}},
       {"KIMI-02 widened /tool_choice tool_choice"}},
  });
}

TEST(WholeRequests, Tools) {
  expect_case(
      canon::DialectName::gemini_generate,
      {"GEM-60",
       "gemini/gemini-2.5-flash",
       R"({"model":"","contents":[{"role":"user","parts":[{"text":"x"}]}],"tools":[{"codeExecution":{}},
                  {"functionDeclarations":[{"name":"f","description":"d","parametersJsonSchema":{"type":"object","properties":{"a":{"type":"string"}}}}]}]})",
       {{"/tools/0/functionDeclarations/0/name", "\"f\""}, {"/tools/1", ""}},
       {"GEM-60 semantic /tools/0/codeExecution tool"}});
  const auto described = [](std::string_view root) {
    return fmt::format(
        R"({{"tools":[{{"type":"function","function":{{"name":"f","description":"Finds.","parameters":{{"type":"object",{}"properties":{{"a":{{"type":"string"}}}}}}}}}}]}})",
        root);
  };
  const auto pattern = [](std::string_view text) {
    return fmt::format(
        R"({{"tools":[{{"type":"function","function":{{"name":"f","parameters":{{"type":"object","properties":{{"a":{{"type":"string","pattern":"{}"}}}}}}}}}}]}})",
        text);
  };
  expect_openai({
      {"BR-33: a root without description",
       kNova,
       described(R"("description":"By name.",)"),
       {{"/toolConfig/tools/0/toolSpec/description", R"("Finds.\n\nBy name.")"}},
       {"BRM-07 none /tools/0/function/parameters description"}},
      {"OAI-35: flags at the beginning compile in Python", "openai/gpt-4o", pattern("(?i)abc"), {}, {}, true},
      {"OAI-35: Unicode classes do not",
       "openai/gpt-4o",
       pattern(R"(\\p{L}+)"),
       {{"/tools/0/function/parameters/properties/a/pattern", ""}},
       {"OAI-35 widened /tools/0/function/parameters/properties/a pattern"}},
  });
  // The tool that carries the output stays, whatever else may not be called.
  const std::string_view form =
      R"("response_format":{"type":"json_schema","json_schema":{"name":"a","schema":{"type":"object","properties":{"a":{"type":"string"}},"required":["a"]}}},
         "tools":[{"type":"function","function":{"name":"f","description":"d","parameters":{"type":"object","properties":{}}}},
                  {"type":"function","function":{"name":"g","description":"d","parameters":{"type":"object","properties":{}}}}])";
  expect_openai({
      {"structured output beside tool_choice none",
       kNova,
       fmt::format(R"({{"tool_choice":"none",{}}})", form),
       {{"/toolConfig/tools/0/toolSpec/name", "\"json_response\""},
        {"/toolConfig/tools/1", ""},
        {"/toolConfig/toolChoice/tool/name", "\"json_response\""}},
       {"BRM-22 none /tool_choice tools"}},
      {"structured output beside allowed tools",
       kNova,
       fmt::format(
           R"({{"tool_choice":{{"type":"allowed_tools","allowed_tools":{{"mode":"auto","tools":[{{"type":"function","function":{{"name":"g"}}}}]}}}},{}}})",
           form),
       {{"/toolConfig/tools/0/toolSpec/name", "\"g\""},
        {"/toolConfig/tools/1/toolSpec/name", "\"json_response\""}},
       {"BRM-22 none /response_format tools"}},
  });
}

// An output schema is text in Converse: edits point at the text.
TEST(WholeRequests, PointersLeadIntoTheRequest) {
  expect_bedrock({
      {"BR-39",
       "xai/grok-4",
       R"({"messages":[{"role":"user","content":[{"text":"x"}]}],"outputConfig":{"textFormat":{"type":"json_schema","structure":{"jsonSchema":{
          "schema":"{\"type\":\"object\",\"properties\":{\"a\":{\"type\":\"array\",\"maxItems\":900,\"items\":{\"type\":\"string\"}}}}"}}}}})",
       {},
       {"XAI-07 widened /outputConfig/textFormat/structure/jsonSchema/schema maxItems"}},
  });
}

}  // namespace
}  // namespace dragoman::lower
