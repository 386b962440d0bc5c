// GEN-06, GEN-07, GEN-08: tools, their names and the choice among them; structured output.
#include "lower/lower_case.h"

namespace dragoman::lower {
namespace {

using testing::expect_anthropic;
using testing::expect_openai;

constexpr std::string_view kLlama = "bedrock/us.meta.llama4-maverick-17b-instruct-v1:0";
constexpr std::string_view kNova = "bedrock/us.amazon.nova-pro-v1:0";
constexpr std::string_view kSchema = R"({"type":"object","properties":{"a":{"type":"integer"}}})";

std::string tool(std::string_view name, std::string_view more = "") {
  return fmt::format(
      R"({{"type":"function","function":{{"name":"{}","description":"d","parameters":{}{}}}}})", name,
      kSchema, more);
}
// Two tools, and the rest of the body.
std::string two(std::string_view more) {
  return fmt::format(R"({{"tools":[{},{}]{}}})", tool("f"), tool("g"), more);
}

TEST(LowerTools, Choice) {
  const std::string named = R"(,"tool_choice":{"type":"function","function":{"name":"g"}})";
  expect_openai({
      {"GEN-08",
       "openai/gpt-4o",
       R"({"tool_choice":"auto","parallel_tool_calls":true})",
       {{"/tool_choice", ""}, {"/parallel_tool_calls", ""}},
       {"OAI-12 none /tool_choice tool_choice", "OAI-13 none /parallel_tool_calls parallel_tool_calls"}},
      {"GEN-08-required",
       "openai/gpt-4o",
       R"({"tool_choice":"required"})",
       {},
       {},
       false,
       "OAI-12 /tool_choice"},
      {"OAI-15",
       "openai/gpt-4o",
       two(R"(,"tool_choice":{"type":"function","function":{"name":"h"}})"),
       {},
       {},
       false,
       "OAI-15 /tool_choice"},
      {"bytes", "openai/gpt-4o", two(named), {{"/tool_choice/function/name", "\"g\""}}, {}, true},
      {"BRM-04-auto",
       kLlama,
       two(R"(,"tool_choice":"auto")"),
       {{"/toolConfig/toolChoice", ""}},
       {"BRM-04 none /tool_choice tool_choice"}},
      {"BRM-04-required",
       kLlama,
       two(R"(,"tool_choice":"required")"),
       {{"/toolConfig/toolChoice", ""},
        {"/system/0/text", R"("Call one of the tools now; do not answer in text.")"}},
       {"BRM-04 widened /tool_choice tool_choice"}},
      {"BRM-04-named",
       kLlama,
       two(named),
       {{"/toolConfig/tools/0/toolSpec/name", "\"g\""},
        {"/toolConfig/tools/1", ""},
        {"/system/0/text", R"("Call the tool g now; do not answer in text.")"}},
       {"BRM-22 none /tool_choice tools", "BRM-04 widened /tool_choice tool_choice"}},
      {"BR-named", kNova, two(named), {{"/toolConfig/toolChoice/tool/name", "\"g\""}}},
      {"BR-35",
       kNova,
       two(R"(,"tool_choice":"none")"),
       {{"/toolConfig", ""}},
       {"BR-35 none /tool_choice tools"}},
      {"BRM-05-none",
       "bedrock/us.deepseek.r1-v1:0",
       two(R"(,"tool_choice":"none")"),
       {{"/toolConfig", ""}},
       {"BRM-05 none /tools tools"}},
      {"BRM-05", "bedrock/us.deepseek.r1-v1:0", two(""), {}, {}, false, "BRM-05 /tools"},
      {"LCPP-06",
       "llamacpp/default",
       two(named),
       {{"/tool_choice", "\"required\""}, {"/tools/1", ""}},
       {"LCPP-06 none /tool_choice tool_choice"}},
      {"ZAI-03",
       "zai/glm-4.6",
       two(R"(,"tool_choice":"required")"),
       {{"/tool_choice", "\"auto\""}},
       {"ZAI-03 widened /tool_choice tool_choice"}},
      {"ANT-39",
       "anthropic/claude-fable-5",
       two(R"(,"tool_choice":"required","max_tokens":9)"),
       {{"/tool_choice/type", "\"auto\""}},
       {"ANT-39 widened /tool_choice tool_choice"}},
      {"ANT-38",
       "anthropic/claude-sonnet-5",
       two(R"(,"tool_choice":"required","max_tokens":9)"),
       {{"/tool_choice/type", "\"any\""}, {"/thinking/type", "\"disabled\""}},
       {"ANT-38 narrowed /tool_choice thinking"}},
      {"DS-03",
       "deepseek/deepseek-reasoner",
       two(R"(,"tool_choice":"required")"),
       {{"/tool_choice", "\"required\""}, {"/thinking/type", "\"disabled\""}},
       {"DS-03 narrowed /tool_choice thinking"}},
      {"KIMI-02",
       "moonshot/kimi-k2-thinking",
       two(R"(,"tool_choice":"required")"),
       {{"/tool_choice", "\"auto\""}},
       {"KIMI-02 widened /tool_choice tool_choice"}},
      {"allowed",
       "groq/llama-3.3-70b-versatile",
       two(R"(,"tool_choice":{"type":"allowed_tools","allowed_tools":{"mode":"required","tools":[{"type":"function","function":{"name":"g"}}]}})"),
       {{"/tool_choice/function/name", "\"g\""}, {"/tools/0/function/name", "\"g\""}, {"/tools/1", ""}},
       {"OAI none /tool_choice tools"}},
  });
}

TEST(LowerTools, Names) {
  const auto body = [](std::string_view name) {
    return fmt::format(
        R"({{"tools":[{}],"tool_choice":{{"type":"function","function":{{"name":"{}"}}}},"messages":[{{"role":"user","content":"x"}},
            {{"role":"assistant","content":null,"tool_calls":[{{"id":"x","type":"function","function":{{"name":"{}","arguments":"{{}}"}}}}]}},
            {{"role":"tool","tool_call_id":"x","content":"1"}}]}})",
        tool(name), name, name);
  };
  const auto sent = [](std::string_view wire) {
    return std::vector<testing::Sent>{{"/tools/0/function/name", wire},
                                      {"/tool_choice/function/name", wire},
                                      {"/messages/1/tool_calls/0/function/name", wire}};
  };
  expect_openai({
      {"GEN-06-fits", "openai/gpt-4o", body("get_weather-2"), sent("\"get_weather-2\""), {}, true},
      {"GEN-06-dot", "openai/gpt-4o", body("a.b"), sent("\"a_b_YyF6L4Gv\""), {"OAI-10 none /tools/0 name"}},
      {"KIMI-15",
       "moonshot/kimi-k2-0905-preview",
       body("_a"),
       sent("\"x_a_59ESz7Tj\""),
       {"KIMI-15 none /tools/0 name"}},
      {"OAI-11",
       "openai/gpt-4o",
       [] {
         std::string tools;
         for (int i = 0; i < 129; ++i) tools += (i ? "," : "") + tool(fmt::format("t{}", i));
         return "{\"tools\":[" + tools + "]}";
       }(),
       {},
       {},
       false,
       "OAI-11 /tools"},
      {"ANT-40",
       "openai/gpt-4o",
       fmt::format(R"({{"tools":[{},{}]}})", tool("f"), tool("f", R"(,"strict":false)")),
       {{"/tools/0/function/strict", "false"}, {"/tools/1", ""}},
       {"ANT-40 semantic /tools/0 tool"}},
  });
}

TEST(LowerTools, Definitions) {
  expect_openai({
      {"GEN-07",
       "openai/gpt-4o",
       R"({"tools":[{"type":"function","function":{"name":"f"}}]})",
       {{"/tools/0/function/parameters", R"({"type":"object","properties":{}})"}},
       {"OAI-30 none /tools/0 schema"}},
      {"GEM-33",
       "gemini/gemini-2.5-flash",
       R"({"tools":[{"type":"function","function":{"name":"f","description":"d"}}]})",
       {{"/tools/0/functionDeclarations/0/parametersJsonSchema", ""}}},
      {"GEM-64",
       "gemini/gemini-2.5-flash",
       R"({"tools":[{"type":"function","function":{"name":"f"}}]})",
       {{"/tools/0/functionDeclarations/0/description", "\"f\""}},
       {"GEM-64 none /tools/0 description"}},
      {"BRM-17",
       kNova,
       fmt::format(R"({{"tools":[{}]}})", tool("f", R"(,"strict":true)")),
       {{"/toolConfig/tools/0/toolSpec/strict", ""}},
       {"BRM-17 widened /tools/0 strict"}},
      {"BRM-03",
       kLlama,
       fmt::format(R"({{"stream":true,"tools":[{}]}})", tool("f")),
       {{"/toolConfig/tools/0/toolSpec/name", "\"f\""}}},
      {"custom",
       "groq/llama-3.3-70b-versatile",
       R"({"tools":[{"type":"custom","custom":{"name":"sh","description":"d"}}],"messages":[{"role":"user","content":"x"},
           {"role":"assistant","content":null,"tool_calls":[{"id":"x","type":"custom","custom":{"name":"sh","input":"ls"}}]},
           {"role":"tool","tool_call_id":"x","content":"1"}]})",
       {{"/tools/0/type", "\"function\""},
        {"/tools/0/function/parameters/required", R"(["input"])"},
        {"/messages/1/tool_calls/0/function/arguments", R"("{\"input\":\"ls\"}")"}},
       {"OAIR-17 widened /tools/0 type", "OAIR-17 none /messages/1/tool_calls/0 type"}},
  });
  expect_anthropic({
      {"BR-47",
       kNova,
       R"({"tools":[{"type":"web_search_20250305","name":"web_search"}]})",
       {{"/toolConfig", ""}},
       {"BR-47 semantic /tools/0 tool"}},
      {"keep",
       "anthropic/claude-sonnet-4-5",
       R"({"tools":[{"type":"web_search_20250305","name":"web_search"}]})",
       {{"/tools/0/name", "\"web_search\""}},
       {},
       true},
  });
}

TEST(LowerTools, Strict) {
  const auto strict = [](std::string_view schema) {
    return fmt::format(
        R"({{"tools":[{{"type":"function","function":{{"name":"f","description":"d","strict":true,"parameters":{}}}}}],"max_tokens":9}})",
        schema);
  };
  const std::string closed = strict(
      R"({"type":"object","properties":{"a":{"type":"string"}},"required":["a"],"additionalProperties":false})");
  const std::string limited = strict(
      R"({"type":"object","properties":{"a":{"type":"string","minLength":2}},"required":["a"],"additionalProperties":false})");
  const std::string optional =
      strict(R"({"type":"object","properties":{"a":{"type":"string"}},"additionalProperties":false})");
  expect_openai({
      {"OAIS", "azure/gpt-4o-mini", closed, {{"/tools/0/function/strict", "true"}}, {}, true},
      {"OAIS-all-required",
       "azure/gpt-4o-mini",
       optional,
       {{"/tools/0/function/strict", "true"},
        {"/tools/0/function/parameters/required", R"(["a"])"},
        {"/tools/0/function/parameters/properties/a/type", R"(["string","null"])"}},
       {"OAIS-02 none /tools/0/function/parameters required"}},
      {"ANTS", "anthropic/claude-sonnet-4-5", optional, {{"/tools/0/strict", "true"}}},
      {"ANTS-limited",
       "anthropic/claude-sonnet-4-5",
       limited,
       {{"/tools/0/strict", "true"}, {"/tools/0/input_schema/properties/a/minLength", ""}},
       {"ANTS-04 widened /tools/0/function/parameters/properties/a minLength"}},
  });
}

TEST(LowerTools, CalledWholeWhereToolsDoNotStream) {
  for (
      const auto& [body, stream] : std::initializer_list<std::pair<std::string, bool>>{
          {R"({"model":"m","stream":true,"messages":[{"role":"user","content":"x"}]})", true},
          {R"({"model":"m","stream":true,"messages":[{"role":"user","content":"x"}],"tools":[)" + tool("f") +
               "]}",
           false},
          {R"({"model":"m","stream":true,"messages":[{"role":"user","content":"x"}],"response_format":{"type":"json_schema",
               "json_schema":{"name":"n","schema":{"type":"object"}}}})",
           false}}) {
    testing::ClientRequest request({"BRM-03", canon::DialectName::openai_chat, body});
    const auto lowered = request.to("bedrock", "us.meta.llama4-maverick-17b-instruct-v1:0");
    ASSERT_TRUE(lowered) << lowered.error().reason;
    EXPECT_EQ(lowered->stream, stream) << body;
  }
}

TEST(LowerTools, StructuredOutput) {
  const auto body = [](std::string_view more) {
    return fmt::format(
        R"({{"response_format":{{"type":"json_schema","json_schema":{{"name":"n","strict":true,"schema":{}}}}}{}}})",
        R"({"type":"object","properties":{"a":{"type":"integer"}},"required":["a"],"additionalProperties":false})",
        more);
  };
  const std::string with_tool = fmt::format(R"(,"tools":[{}])", tool("f"));
  const std::string json_mode = R"({"response_format":{"type":"json_object"}})";
  expect_openai({
      {"native", "openai/gpt-4o", body(""), {{"/response_format/json_schema/strict", "true"}}, {}, true},
      {"BRM-10",
       kNova,
       body(""),
       {{"/toolConfig/tools/0/toolSpec/name", "\"json_response\""},
        {"/toolConfig/toolChoice/tool/name", "\"json_response\""}},
       {"BRM-10 none /response_format response_format"}},
      {"BRM-10-tools",
       kNova,
       body(with_tool),
       {{"/toolConfig/tools/1/toolSpec/name", "\"json_response\""}, {"/toolConfig/toolChoice/any", "{}"}},
       {"BRM-10 none /response_format response_format"}},
      {"GROQ-07",
       "groq/moonshotai/kimi-k2-instruct",
       body(""),
       {{"/response_format/json_schema/strict", ""}},
       {"GROQ-07-strict widened /response_format strict"}},
      {"GROQ-06",
       "groq/openai/gpt-oss-20b",
       body(with_tool),
       {{"/response_format", ""}, {"/tool_choice", "\"required\""}},
       {"GROQ-06 none /response_format response_format"}},
      {"OAI-52",
       "openai/gpt-4o",
       json_mode,
       {{"/messages/0/content", "\"Answer with a JSON object.\""}},
       {"OAI-52 none /response_format messages"}},
      {"OAI-52-said",
       "openai/gpt-4o",
       R"({"response_format":{"type":"json_object"},"messages":[{"role":"user","content":"As JSON"}]})",
       {},
       {},
       true},
      {"ANT-json",
       "anthropic/claude-sonnet-4-5",
       R"({"max_tokens":9,"response_format":{"type":"json_object"}})",
       {{"/system", R"("Answer with a single JSON object and nothing else: no prose, no code fence.")"}},
       {"ANT widened /response_format response_format"}},
  });
}

TEST(LowerTools, Count) {
  const auto body = [](int count) {
    std::string list;
    for (int i = 0; i < count; ++i) list += (i ? "," : "") + tool(fmt::format("f{}", i));
    return R"({"tools":[)" + list + "]}";
  };
  expect_openai({
      {"OAI-11", "openai/gpt-4o", body(128), {{"/tools/127/function/name", "\"f127\""}}, {}, true},
      {"OAI-11 over", "openai/gpt-4o", body(129), {}, {}, false, "OAI-11 /tools"},
      {"MIS-15", "mistral/mistral-large-latest", body(129), {}, {}, false, "MIS-15 /tools"},
      {"a server of one's own knows no limit",
       "ollama/qwen3",
       body(129),
       {{"/tools/128/function/name", "\"f128\""}},
       {},
       true},
  });
}

}  // namespace
}  // namespace dragoman::lower
