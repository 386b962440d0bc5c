// Nothing is lost in silence: each row was once, to the target it names (found by tests/attack).
#include "lower/lower_case.h"

namespace dragoman::lower {
namespace {

using testing::expect_anthropic;
using testing::expect_bedrock;
using testing::expect_case;
using testing::expect_openai;

using canon::DialectName;

constexpr std::string_view kQwen = "bedrock/qwen.qwen3-32b-v1:0";

std::string gemini(std::string_view more) {
  return fmt::format(R"({{"contents":[{{"role":"user","parts":[{{"text":"x"}}]}}],{}}})", more);
}

// Qwen on Bedrock knows two words for how much, and does not think unless told to (BRM-20).
TEST(LowerSilence, HowMuchToThink) {
  expect_anthropic({
      {"asked to think, by a model that is told how much",
       kQwen,
       R"({"thinking":{"type":"adaptive","display":"summarized"}})",
       {{"/additionalModelRequestFields/reasoning_config", "\"low\""}},
       {"BRM-qwen narrowed /thinking effort", "GEN-13 none /thinking/display display"}},
      {"not to think is what it does unasked",
       kQwen,
       R"({"thinking":{"type":"disabled"}})",
       {{"/additionalModelRequestFields", ""}},
       {"BRM-qwen none /thinking reasoning"}},
  });
  expect_openai({{"the same in OpenAI's word",
                  kQwen,
                  R"({"reasoning_effort":"none"})",
                  {{"/additionalModelRequestFields", ""}},
                  {"BRM-qwen none /reasoning_effort reasoning"}}});
  expect_bedrock({
      {"said twice, differently: the last counts",
       "openai/gpt-5.1",
       R"({"messages":[{"role":"user","content":[{"text":"x"}]}],"outputConfig":{"effort":"high"},
          "additionalModelRequestFields":{"reasoningConfig":{"type":"enabled","maxReasoningEffort":"low"}}})",
       {{"/reasoning_effort", "\"high\""}},
       {"GEN-13 semantic /additionalModelRequestFields/reasoningConfig/maxReasoningEffort reasoning"}},
  });
  expect_case(DialectName::openai_responses,
              {"a summary stays where reasoning cannot be switched off",
               "chatgpt/gpt-5-mini",
               R"({"input":"Hi","reasoning":{"effort":"none","summary":"detailed"}})",
               {{"/reasoning/summary", "\"detailed\""}},
               {"OAI-49 narrowed /reasoning/effort reasoning"}});
}

// Whether thoughts are shown, in each client's word for it.
TEST(LowerSilence, WhetherThoughtsAreShown) {
  expect_case(DialectName::gemini_generate,
              {"by a model that does not think",
               "gemini/gemini-2.0-flash",
               gemini(R"("generationConfig":{"thinkingConfig":{"includeThoughts":true}})"),
               {{"/generationConfig", ""}},
               {"GEN-13 none /generationConfig/thinkingConfig/includeThoughts includeThoughts"}});
  expect_anthropic({
      {"Groq has a word for it (GROQ-10)",
       "groq/openai/gpt-oss-20b",
       R"({"thinking":{"type":"enabled","budget_tokens":2048,"display":"omitted"}})",
       {{"/include_reasoning", "false"}},
       {"GROQ-10 none /thinking/display include_reasoning"}},
      {"DeepSeek shows them always",
       "deepseek/deepseek-v4-pro",
       R"({"thinking":{"type":"enabled","budget_tokens":2048,"display":"omitted"}})",
       {},
       {"GEN-13 semantic /thinking/display display"}},
  });
}

// A turn whose words are blank says nothing, and its reasoning goes with it.
TEST(LowerSilence, ReasoningOfABlankTurn) {
  const std::string_view turn =
      R"({"messages":[{"role":"user","content":"a"},{"role":"assistant","content":"\n","reasoning":"deep"},{"role":"user","content":"b"}]})";
  for (const std::string_view target : {"zai/glm-4.5", "minimax/MiniMax-M2.1", "deepseek/deepseek-v4-flash"})
    expect_openai({{"OAIR-10",
                    target,
                    std::string(turn),
                    {{"/messages/2", ""}},
                    {"OAIR-10 semantic /messages/1/reasoning reasoning"}}});
  expect_case(
      DialectName::openai_responses,
      {"OAIR-10",
       "chatgpt/gpt-5",
       R"({"input":[{"role":"user","content":"a"},{"type":"reasoning","id":"rs_1","summary":[{"type":"summary_text","text":"deep"}],"encrypted_content":"gAAA"},
          {"role":"assistant","content":" "},{"role":"user","content":"b"}]})",
       {{"/input/2", ""}},
       {"OAIR-10 semantic /input/1 reasoning"}});
}

// An item's thoughts beside their summary, of which OpenRouter takes one.
TEST(LowerSilence, ReasoningBesideItsSummary) {
  expect_case(
      DialectName::openai_responses,
      {"GEN-12",
       "openrouter/openai/gpt-4o-mini",
       R"({"input":[{"role":"user","content":"a"},{"type":"reasoning","id":"rs_1","summary":[{"type":"summary_text","text":"short"}],
          "content":[{"type":"reasoning_text","text":"long"}],"encrypted_content":"gAAA"},{"role":"assistant","content":"b"},{"role":"user","content":"c"}]})",
       {{"/messages/1/reasoning_details/0/text", "\"short\""}},
       {"GEN-12 semantic /input/1/content content"}});
}

TEST(LowerSilence, Media) {
  const auto document = [](std::string_view source) {
    return fmt::format(
        R"({{"messages":[{{"role":"user","content":[{{"type":"document","title":"May","context":"of 2026","source":{}}},{{"type":"text","text":"x"}}]}}]}})",
        source);
  };
  const std::string pdf =
      document(R"({"type":"base64","media_type":"application/pdf","data":"JVBERi0xLjQK"})");
  const std::string text = document(R"({"type":"text","media_type":"text/plain","data":"words"})");
  const std::string_view named = R"("The document \"May\":\nof 2026")";
  expect_anthropic({
      {"Gemini's data has no name",
       "gemini/gemini-2.5-pro",
       pdf,
       {{"/contents/0/parts/0/text", named}},
       {"GEM-22 none /messages/0/content/0 name", "GEM-22 none /messages/0/content/0 context"}},
      {"a file has one",
       "openai/gpt-4o",
       pdf,
       {{"/messages/0/content/0/text", "\"of 2026\""}, {"/messages/0/content/1/file/filename", "\"May\""}},
       {"GEN-14 none /messages/0/content/0 context"}},
      {"a document that becomes its text has none",
       "openai/gpt-4o",
       text,
       {{"/messages/0/content/0/text", named}, {"/messages/0/content/1/text", "\"words\""}},
       {"GEN-14 none /messages/0/content/0 name"}},
  });
  const auto image = [](std::string_view detail) {
    return fmt::format(
        R"({{"messages":[{{"role":"user","content":[{{"type":"image_url","image_url":{{"url":"data:image/png;base64,iVBORw0KGgo=","detail":"{}"}}}}]}}]}})",
        detail);
  };
  expect_openai({
      {"Claude looks at an image in one way",
       "anthropic/claude-sonnet-4-5",
       image("low"),
       {},
       {"GEN-14 semantic /messages/0/content/0 detail"}},
      {"which is what auto leaves to it",
       "anthropic/claude-sonnet-4-5",
       image("auto"),
       {},
       {"ANT-01-4-5 narrowed - max_tokens"}},
  });
}

// ANT-42: a marker of the whole request is one of the four.
TEST(LowerSilence, CacheMarkers) {
  expect_anthropic({
      {"ANT-42",
       "anthropic/claude-opus-5",
       R"({"cache_control":{"type":"ephemeral"},"messages":[{"role":"user","content":[
          {"type":"text","text":"a","cache_control":{"type":"ephemeral"}},{"type":"text","text":"b","cache_control":{"type":"ephemeral"}},
          {"type":"text","text":"c","cache_control":{"type":"ephemeral"}},{"type":"text","text":"d","cache_control":{"type":"ephemeral"}}]}]})",
       {{"/cache_control/type", "\"ephemeral\""},
        {"/messages/0/content/0/cache_control", ""},
        {"/messages/0/content/1/cache_control/type", "\"ephemeral\""}},
       {"ANT-42 none /messages/0/content/0 cache_control"}},
      {"ANT-43: nor does it outlive one before it",
       "anthropic/claude-opus-5",
       R"({"cache_control":{"type":"ephemeral","ttl":"1h"},"messages":[{"role":"user","content":[{"type":"text","text":"a","cache_control":{"type":"ephemeral"}}]}]})",
       {{"/cache_control", R"({"type":"ephemeral"})"}},
       {"ANT-43 none /cache_control ttl"}},
      {"ANT-43: nor does one inside of what only Anthropic knows",
       "anthropic/claude-opus-5",
       R"({"messages":[{"role":"user","content":[{"type":"text","text":"a","cache_control":{"type":"ephemeral"}},
          {"type":"document","source":{"type":"content","content":[{"type":"text","text":"w"}]},"cache_control":{"type":"ephemeral","ttl":"1h"}}]}]})",
       {{"/messages/0/content/1/cache_control", R"({"type":"ephemeral"})"}},
       {"ANT-43 none /messages/0/content/1 ttl"}},
      {"ANT-42: which is one of the four",
       "anthropic/claude-opus-5",
       R"({"cache_control":{"type":"ephemeral"},"messages":[{"role":"user","content":[
          {"type":"search_result","source":"s","title":"t","content":[{"type":"text","text":"w"}],"cache_control":{"type":"ephemeral"}},
          {"type":"text","text":"b","cache_control":{"type":"ephemeral"}},
          {"type":"text","text":"c","cache_control":{"type":"ephemeral"}},{"type":"text","text":"d","cache_control":{"type":"ephemeral"}}]}]})",
       {{"/messages/0/content/0/cache_control", ""}, {"/messages/0/content/0/title", "\"t\""}},
       {"ANT-42 none /messages/0/content/0 cache_control"}},
      {"ANT-42: and so is one of a tool of Anthropic's own",
       "anthropic/claude-opus-5",
       R"({"tools":[{"type":"web_search_20250305","name":"web_search","cache_control":{"type":"ephemeral"}},
          {"name":"g","input_schema":{"type":"object","properties":{}},"cache_control":{"type":"ephemeral"}}],"messages":[{"role":"user","content":[
          {"type":"text","text":"b","cache_control":{"type":"ephemeral"}},
          {"type":"text","text":"c","cache_control":{"type":"ephemeral"}},{"type":"text","text":"d","cache_control":{"type":"ephemeral"}}]}]})",
       {{"/tools/0", R"({"type":"web_search_20250305","name":"web_search"})"}},
       {"ANT-42 none /tools/0 cache_control"}},
      {"results stand together in Converse",
       "bedrock/us.anthropic.claude-opus-4-6-v1",
       R"({"messages":[{"role":"user","content":"x"},{"role":"assistant","content":[{"type":"tool_use","id":"t","name":"f","input":{}},{"type":"tool_use","id":"u","name":"f","input":{}}]},
          {"role":"user","content":[{"type":"tool_result","tool_use_id":"t","content":"1","cache_control":{"type":"ephemeral"}},{"type":"tool_result","tool_use_id":"u","content":"2"}]}],
          "tools":[{"name":"f","input_schema":{"type":"object"}}]})",
       {{"/messages/2/content/1/toolResult/toolUseId", "\"u\""},
        {"/messages/2/content/2/cachePoint/type", "\"default\""}},
       {"ANT-42 none /messages/2/content/0 cache_control"}},
  });
}

// A refusal points at what the client wrote, in its words of then and now.
TEST(LowerSilence, RefusalsPointIntoTheRequest) {
  expect_openai({
      {"BRM-05",
       "bedrock/mistral.mistral-7b-instruct-v0:2",
       R"({"functions":[{"name":"f","parameters":{"type":"object","properties":{}}}]})",
       {},
       {},
       false,
       "BRM-05 /functions"},
  });
}

TEST(LowerSilence, GeminiClients) {
  const std::string_view functions = R"("functionDeclarations":[{"name":"f","description":"d"}])";
  const auto tools = [&](std::string_view more) {
    return gemini(fmt::format(R"("tools":[{{{}}},{}])", functions, more));
  };
  expect_case(
      DialectName::gemini_generate,
      {"VTX-09",
       "vertex/gemini-3-pro-preview",
       tools(R"({"urlContext":{}})"),
       {{"/tools/0/functionDeclarations/0/name", "\"f\""}, {"/tools/0/urlContext", "{}"}, {"/tools/1", ""}},
       {"VTX-09 none /tools tools"}});
  expect_case(DialectName::gemini_generate,
              {"VTX-09: searches may be several",
               "vertex/gemini-3-pro-preview",
               gemini(R"("tools":[{"googleSearch":{}},{"enterpriseWebSearch":{}}])"),
               {{"/tools/1/enterpriseWebSearch", "{}"}},
               {},
               true});
  expect_case(
      DialectName::gemini_generate,
      {"GEM-03: older SDKs' role of a function's answer",
       "gemini/gemini-2.5-flash",
       R"({"contents":[{"role":"user","parts":[{"text":"x"}]},{"role":"model","parts":[{"functionCall":{"name":"f","args":{}}}]},
          {"role":"function","parts":[{"functionResponse":{"name":"f","response":{"a":1}}}]}],"tools":[{"functionDeclarations":[{"name":"f","description":"d"}]}]})",
       {{"/contents/2/role", "\"user\""}},
       {"GEM-03 none /contents/2 role"}});
}

TEST(LowerSilence, Refused) {
  expect_anthropic({
      {"ANT-44: an effort beside a budget is one the model knows",
       "bedrock/us.anthropic.claude-opus-4-6-v1",
       R"({"max_tokens":5024,"thinking":{"type":"enabled","budget_tokens":1024},"output_config":{"effort":"xhigh"}})",
       {{"/outputConfig/effort", "\"high\""},
        {"/additionalModelRequestFields/thinking/budget_tokens", "1024"}},
       {"ANT-44 narrowed /output_config/effort effort"}},
  });
  expect_anthropic({
      {"ANTS-15: citations of documents in pieces, and of what was searched",
       "anthropic/claude-sonnet-5",
       R"({"output_config":{"format":{"type":"json_schema","schema":{"type":"object","properties":{"a":{"type":"string"}},"required":["a"],"additionalProperties":false}}},
          "messages":[{"role":"user","content":[{"type":"document","source":{"type":"content","content":[{"type":"text","text":"w"}]},"citations":{"enabled":true}},
          {"type":"search_result","source":"https://s.example/a","title":"t","content":[{"type":"text","text":"w"}],"citations":{"enabled":true}}]}]})",
       {{"/messages/0/content/0/citations", ""},
        {"/messages/0/content/1/citations", ""},
        {"/messages/0/content/1/title", "\"t\""}},
       {"ANTS-15 semantic /messages/0/content/0 citations",
        "ANTS-15 semantic /messages/0/content/1 citations"}},
  });
  // Calls at the very end get their results after them: a loop in progress like any other.
  expect_openai({
      {"ANT-15",
       "anthropic/claude-opus-4-5",
       R"({"reasoning_effort":"medium","messages":[{"role":"user","content":"x"},
          {"role":"assistant","content":"a","tool_calls":[{"id":"c","type":"function","function":{"name":"f","arguments":"{}"}}]}],
          "tools":[{"type":"function","function":{"name":"f","parameters":{"type":"object","properties":{}}}}]})",
       {{"/thinking/type", "\"disabled\""}},
       {"ANT-15 semantic /reasoning_effort thinking"}},
      {"ANT-15: thoughts that nothing came of do not close a loop",
       "anthropic/claude-opus-4-1",
       R"({"reasoning_effort":"medium","messages":[{"role":"user","content":"x"},
          {"role":"assistant","content":"a","tool_calls":[{"id":"c","type":"function","function":{"name":"f","arguments":"{}"}}]},
          {"role":"tool","tool_call_id":"c","content":"1"},
          {"role":"assistant","content":null,"reasoning_details":[{"type":"reasoning.text","text":"t","signature":"c2ln","format":"anthropic-claude-v1"}]},
          {"role":"user","content":"go on"}],"tools":[{"type":"function","function":{"name":"f","parameters":{"type":"object","properties":{}}}}]})",
       {{"/thinking/type", "\"disabled\""}},
       {"ANT-15 semantic /reasoning_effort thinking",
        "OAIR-10 semantic /messages/3/reasoning_details reasoning"}},
      {"GEN-03: images of several results stand behind the last of them",
       "mistral/mistral-large-latest",
       R"({"messages":[{"role":"user","content":"x"},{"role":"assistant","content":null,"tool_calls":[
          {"id":"a","type":"function","function":{"name":"f","arguments":"{}"}},{"id":"b","type":"function","function":{"name":"f","arguments":"{}"}},
          {"id":"c","type":"function","function":{"name":"f","arguments":"{}"}}]},
          {"role":"tool","tool_call_id":"a","content":[{"type":"image_url","image_url":{"url":"data:image/png;base64,iVBORw0KGgo="}}]},
          {"role":"tool","tool_call_id":"b","content":[{"type":"image_url","image_url":{"url":"data:image/png;base64,iVBORw0KGgo="}}]},
          {"role":"tool","tool_call_id":"c","content":"3"}],"tools":[{"type":"function","function":{"name":"f","parameters":{"type":"object","properties":{}}}}]})",
       {{"/messages/4/role", "\"tool\""},
        {"/messages/5/role", "\"user\""},
        {"/messages/5/content/3/type", "\"image_url\""}},
       {"MIS-01 none /messages/2/content/0 image", "MIS-01 none /messages/3/content/0 image"}},
      {"KIMI-10: a forced choice ends thinking, and with it the temperature is another",
       "moonshot/kimi-k2.5",
       R"({"temperature":1,"tool_choice":"required","tools":[{"type":"function","function":{"name":"f","description":"d","parameters":{"type":"object","properties":{}}}}]})",
       {{"/temperature", ""}, {"/thinking/type", "\"disabled\""}},
       {"KIMI-10 none /temperature temperature"}},
      {"COH-11: what the rules make of it may require nothing",
       "cohere/command-a-03-2025",
       R"({"response_format":{"type":"json_schema","json_schema":{"name":"n","schema":{"type":"object","properties":{"a":{"const":{"k":1}}},"required":["a"]}}}})",
       {{"/tools/0/function/name", "\"json_response\""}},
       {"COH-11 none /response_format response_format"}},
  });
}

// VLLM-04, TG-02: a cap beyond a window that is known is lowered before sending. Four bytes of text a token.
TEST(LowerSilence, CapWithinTheWindow) {
  struct Row {
    std::string_view what;
    std::int64_t cap;
    std::string_view sent;
  };
  const std::string words(4 * 2000, 'w');  // 2000 tokens, and four for the turn
  for (const Row& row : {Row{"beyond", 100000, "5996"}, Row{"just beyond", 5997, "5996"},
                         Row{"within", 5996, "5996"}, Row{"small", 16, "16"}}) {
    SCOPED_TRACE(row.what);
    profile::Provider server = *testing::catalogue().find("vllm");
    server.rules.push_back(
        {.id = "context_window",
         .why = "",
         .settings = {{profile::Setting::context_window, profile::SettingValue(std::int64_t{8000})}}});
    testing::ClientRequest request(
        {"window", DialectName::openai_chat,
         fmt::format(R"({{"model":"m","max_tokens":{},"messages":[{{"role":"user","content":"{}"}}]}})",
                     row.cap, words)});
    const auto lowered = request.to(server, "meta-llama/Llama-3.1-8B-Instruct");
    ASSERT_TRUE(lowered) << lowered.error().reason;
    EXPECT_NE(lowered->body.find(fmt::format(R"("max_tokens":{})", row.sent)), std::string::npos);
    EXPECT_EQ(testing::describe(lowered->edits).contains("context_window narrowed /max_tokens max_tokens"),
              std::to_string(row.cap) != row.sent)
        << testing::describe(lowered->edits);
  }
}

// A document's context goes with its text where the model takes no documents.
TEST(LowerSilence, WhatIsSaidOfADocumentThatBecomesText) {
  expect_anthropic({
      {"BRM-21",
       "bedrock/us.amazon.nova-micro-v1:0",
       R"({"messages":[{"role":"user","content":[{"type":"document","title":"t","context":"from 2019",
          "source":{"type":"text","media_type":"text/plain","data":"words"}},{"type":"text","text":"x"}]}]})",
       {{"/messages/0/content/0/text", R"("The document \"t\":\nfrom 2019")"},
        {"/messages/0/content/1/text", "\"words\""}},
       {"GEN-14 none /messages/0/content/0 context"}},
  });
  expect_bedrock({
      {"BR-22: what is said to the guardrail alone is no text beside a document",
       "bedrock/us.amazon.nova-pro-v1:0",
       R"({"messages":[{"role":"user","content":[{"guardContent":{"text":{"text":"x"}}},
          {"document":{"name":"a","format":"pdf","source":{"bytes":"JVBERi0="}}}]}]})",
       {{"/messages/0/content/2/text", "\"See the attached document.\""}},
       {"BR-22 none /messages/0 text"}},
  });
}

}  // namespace
}  // namespace dragoman::lower
