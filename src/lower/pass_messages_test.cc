// GEN-02, GEN-10, GEN-11, GEN-12, GEN-14: turns, blank text, system text, media, reasoning and cache markers.
#include "lower/lower_case.h"

namespace dragoman::lower {
namespace {

using testing::expect_anthropic;
using testing::expect_openai;

constexpr std::string_view kNova = "bedrock/us.amazon.nova-pro-v1:0";
constexpr std::string_view kPng =
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";

std::string turns(std::string_view list) {
  return fmt::format(R"({{"max_tokens":2048,"messages":[{}]}})", list);
}

TEST(LowerTurns, SystemText) {
  const std::string middle = turns(
      R"({"role":"system","content":"A"},{"role":"user","content":"x"},{"role":"developer","content":"B"},{"role":"user","content":"y"})");
  expect_openai({
      {"OAI-roles",
       "openai/gpt-4.1-mini",
       R"({"messages":[{"role":"developer","content":"A"},{"role":"user","content":"x"}]})",
       {{"/messages/0/role", "\"developer\""}},
       {},
       true},
      {"GROQ-developer",
       "groq/llama-3.3-70b-versatile",
       R"({"messages":[{"role":"developer","content":"A"},{"role":"user","content":"x"}]})",
       {{"/messages/0/role", "\"system\""}},
       {"OAI-41 none /messages/0 role"}},
      {"GEN-10",
       "anthropic/claude-sonnet-4-5",
       middle,
       {{"/system", "\"A\""},
        {"/messages/0/content/1/text", R"("<system>\nB\n</system>")"},
        {"/messages/0/content/2/text", "\"y\""}},
       {"ANT-05 narrowed /messages/2 role", "ANT-08 none /messages/3 role"}},
      {"BRM-06",
       "bedrock/mistral.mistral-7b-instruct-v0:2",
       middle,
       {{"/system", ""}, {"/messages/0/content/0/text", "\"A\""}},
       {"BRM-06 narrowed /messages/0 role"}},
      {"GEN-11",
       "openai/gpt-4o",
       R"({"messages":[{"role":"system","content":"A"}]})",
       {{"/messages/1/content", "\"Begin.\""}},
       {"OAI-01 narrowed - messages"}},
      {"GEN-11.last",
       "openai/gpt-4.1",
       R"({"messages":[{"role":"assistant","content":"a"},{"role":"system","content":"B"}]})",
       {{"/messages/1/content", "\"B\""}, {"/messages/2/content", "\"Continue.\""}},
       {"OAI-01 narrowed - messages"}},
      {"GEN-11.blank",
       "openai/gpt-4.1",
       R"({"messages":[{"role":"assistant","content":"a"},{"role":"system","content":"B"},{"role":"user","content":""}]})",
       {{"/messages/1/content", "\"B\""}, {"/messages/2/content", "\"Continue.\""}},
       {"OAI-02 none /messages/2/content text", "OAI-01 narrowed - messages"}},
  });
}

TEST(LowerTurns, OrderAndBlankText) {
  expect_openai({
      {"ANT-06",
       "anthropic/claude-sonnet-4-5",
       turns(R"({"role":"assistant","content":"a"},{"role":"user","content":"x"})"),
       {{"/messages/0/role", "\"user\""}},
       {"ANT-06 narrowed - messages"}},
      {"OAI-free", "openai/gpt-4.1", R"({"messages":[{"role":"assistant","content":"a "}]})", {}, {}, true},
      {"BR-18",
       kNova,
       turns(R"({"role":"user","content":"x"},{"role":"user","content":"y"})"),
       {{"/messages/0/content/1/text", "\"y\""}, {"/messages/1", ""}},
       {"BR-18 none /messages/1 role"}},
      {"GEN-02",
       "openai/gpt-4o",
       R"({"messages":[{"role":"user","content":[{"type":"text","text":" "},{"type":"text","text":"x"}]},
          {"role":"assistant","content":""},{"role":"user","content":"y"}]})",
       {{"/messages/0/content", "\"x\""}, {"/messages/1/role", "\"user\""}},
       {"OAI-02 none /messages/0/content/0 text", "OAI-02 none /messages/1/content text"}},
      {"MIS-22",
       "mistral/mistral-large-latest",
       R"({"messages":[{"role":"user","content":"x"},{"role":"assistant","content":"a"}]})",
       {{"/messages/2/content", "\"Continue.\""}},
       {"MIS-22 narrowed /messages/1 messages"}},
      {"refusal",
       "groq/llama-3.3-70b-versatile",
       R"({"messages":[{"role":"user","content":"x"},{"role":"assistant","content":null,"refusal":"no"},{"role":"user","content":"y"}]})",
       {{"/messages/1/content", "\"no\""}, {"/messages/1/refusal", ""}},
       {"GEN-01 none /messages/1/refusal refusal"}},
  });
  const std::string prefill =
      turns(R"({"role":"user","content":"x"},{"role":"assistant","content":"{\"a\": "})");
  expect_anthropic({
      {"ANT-21",
       "anthropic/claude-sonnet-4-5",
       prefill,
       {{"/messages/1/content", R"("{\"a\":")"}},
       {"ANT-21 none /messages/1/content text"}},
      {"ANT-07",
       "anthropic/claude-opus-5",
       prefill,
       {{"/messages/2/role", "\"user\""}},
       {"ANT-07 narrowed /messages/1 messages"}},
      {"OAI-prefill", "openai/gpt-4.1", prefill, {{"/messages/1/content", R"("{\"a\": ")"}}},
  });
  const std::string mixed = turns(
      R"({"role":"user","content":"x"},{"role":"assistant","content":[{"type":"text","text":"t"},{"type":"tool_use","id":"i","name":"f","input":{}}]},
         {"role":"user","content":[{"type":"tool_result","tool_use_id":"i","content":"1"},{"type":"text","text":"y"}]})");
  expect_anthropic({
      {"BRM-01",
       "bedrock/us.meta.llama4-scout-17b-instruct-v1:0",
       mixed,
       {{"/messages/1/content/0/text", "\"t\""},
        {"/messages/3/content/0/toolUse/name", "\"f\""},
        {"/messages/4/content/1", ""},
        {"/messages/6/content/0/text", "\"y\""}},
       {"BRM-02 narrowed /messages/1 content", "BRM-01 narrowed /messages/2 content"}},
      {"mixed is fine", "anthropic/claude-sonnet-4-5", mixed, {}, {}, true},
  });
}

TEST(LowerMedia, ImagesAndDocuments) {
  const auto image = [](std::string_view type) {
    return turns(fmt::format(
        R"({{"role":"user","content":[{{"type":"image","source":{{"type":"base64","media_type":"{}","data":"{}"}}}}]}})",
        type, kPng));
  };
  const std::string by_url = turns(
      R"({"role":"user","content":[{"type":"image","source":{"type":"url","url":"https://e.x/a.png"}}]})");
  const std::string in_result = turns(fmt::format(
      R"({{"role":"user","content":"x"}},{{"role":"assistant","content":[{{"type":"tool_use","id":"i","name":"f","input":{{}}}}]}},
         {{"role":"user","content":[{{"type":"tool_result","tool_use_id":"i","content":[{{"type":"image","source":{{"type":"base64","media_type":"image/png","data":"{}"}}}}]}}]}})",
      kPng));
  const std::string text_document = turns(
      R"({"role":"user","content":[{"type":"document","title":"a_b.c","source":{"type":"text","media_type":"text/plain","data":"Milk"}}]})");
  expect_anthropic({
      {"ANT-22",
       "anthropic/claude-sonnet-4-5",
       image("image/jpeg"),
       {{"/messages/0/content/0/source/media_type", "\"image/png\""}},
       {"ANT-22 none /messages/0/content/0 media_type"}},
      {"bytes", "anthropic/claude-sonnet-4-5", image("image/png"), {}, {}, true},
      {"DS-04",
       "deepseek/deepseek-chat",
       image("image/png"),
       {{"/messages/0/content", "\"[image (image/png) left out: deepseek-chat does not read it]\""}},
       {"DS-04 semantic /messages/0/content/0 image"}},
      {"KIMI-11", "moonshot/kimi-k2.5", by_url, {}, {}, false, "KIMI-11 /messages/0/content/0"},
      {"GEM-20", "gemini/gemini-2.5-flash", by_url, {}, {}, false, "GEM /messages/0/content/0"},
      {"OAI-url",
       "openai/gpt-4o",
       by_url,
       {{"/messages/0/content/0/image_url/url", "\"https://e.x/a.png\""}},
       {}},
      {"OAI-04",
       "openai/gpt-4o",
       in_result,
       {{"/messages/2/content", "\"[image below]\""}, {"/messages/3/content/1/type", "\"image_url\""}},
       {"OAI-04 none /messages/2/content/0/content/0 image"}},
      {"BR-23",
       kNova,
       text_document,
       {{"/messages/0/content/0/document/name", "\"a b c\""}},
       {"BR-23 none /messages/0/content/0 name", "BR-22 none /messages/0 text"}},
      {"GEN-14",
       "groq/llama-3.3-70b-versatile",
       text_document,
       {{"/messages/0/content", R"("The document \"a_b.c\":\nMilk")"}},
       {"GEN-14 none /messages/0/content/0 document", "GEN-14 none /messages/0/content/0 name"}},
  });
}

TEST(LowerReasoning, Configuration) {
  expect_openai({
      {"OAI-49",
       "openai/gpt-4o",
       R"({"reasoning_effort":"high"})",
       {{"/reasoning_effort", ""}},
       {"OAI-49 semantic /reasoning_effort reasoning"}},
      {"OAI-46",
       "openai/gpt-5.2",
       R"({"reasoning_effort":"max"})",
       {{"/reasoning_effort", "\"xhigh\""}},
       {"OAI-46 narrowed /reasoning_effort effort"}},
      {"OAI-46: gpt-5.1 knows no xhigh",
       "openai/gpt-5.1",
       R"({"reasoning_effort":"max"})",
       {{"/reasoning_effort", "\"high\""}},
       {"OAI-46 narrowed /reasoning_effort effort"}},
      {"OAI-49-none",
       "openai/gpt-5-mini",
       R"({"reasoning_effort":"none"})",
       {{"/reasoning_effort", "\"minimal\""}},
       {"OAI-49 narrowed /reasoning_effort reasoning"}},
      {"ANT-28",
       "anthropic/claude-sonnet-4-5",
       R"({"reasoning_effort":"medium","max_tokens":4000})",
       {{"/thinking/budget_tokens", "2976"}, {"/max_tokens", "4000"}},
       {"ANT-29 none /reasoning_effort budget", "ANT-28 narrowed /reasoning_effort budget"}},
      {"ANT-28-least",
       "anthropic/claude-sonnet-4-5",
       R"({"reasoning_effort":"medium","max_tokens":100})",
       {{"/thinking/budget_tokens", "1024"}, {"/max_tokens", "2048"}},
       {"ANT-28 narrowed /max_tokens max_tokens"}},
      {"ANT-29-47",
       "anthropic/claude-opus-5",
       R"({"reasoning_effort":"medium","max_tokens":4000})",
       {{"/thinking/type", "\"adaptive\""}, {"/output_config/effort", "\"medium\""}}},
      {"GEM-45",
       "gemini/gemini-3-pro-preview",
       R"({"reasoning_effort":"minimal"})",
       {{"/generationConfig/thinkingConfig/thinkingLevel", "\"LOW\""}},
       {"GEM-47 narrowed /reasoning_effort effort"}},
      {"GEM-65",
       "gemini/gemini-2.5-flash",
       R"({"reasoning_effort":"none"})",
       {{"/generationConfig/thinkingConfig/thinkingBudget", "0"}}},
      {"ZAI-10",
       "zai/glm-4.6",
       R"({"reasoning_effort":"low"})",
       {{"/thinking/type", "\"enabled\""}},
       {"ZAI-10 narrowed /reasoning_effort effort"}},
      {"OAI-45",
       "openai/gpt-5.6",
       R"({"tools":[{"type":"function","function":{"name":"f","parameters":{"type":"object","properties":{}}}}]})",
       {{"/reasoning_effort", "\"none\""}},
       {"OAI-45 narrowed - reasoning_effort"}},
  });
  expect_anthropic({
      {"effort alone",
       "anthropic/claude-opus-4-5",
       R"({"output_config":{"effort":"max"}})",
       {{"/output_config/effort", "\"high\""}, {"/thinking", ""}},
       {"ANT-44 narrowed /output_config/effort effort"}},
      {"budget",
       "anthropic/claude-opus-5",
       R"({"max_tokens":9000,"thinking":{"type":"enabled","budget_tokens":2000}})",
       {{"/thinking/type", "\"adaptive\""}, {"/output_config/effort", "\"low\""}},
       {"ANT-29-47 narrowed /thinking effort"}},
  });
}

TEST(LowerReasoning, StateGoesHomeOnly) {
  const std::string state = turns(
      R"({"role":"user","content":"x"},{"role":"assistant","content":[{"type":"thinking","thinking":"t","signature":"c2ln"},{"type":"text","text":"a"}]},
         {"role":"user","content":"y"})");
  expect_anthropic({
      {"GEN-12",
       "anthropic/claude-sonnet-4-5",
       state,
       {{"/messages/1/content/0/signature", "\"c2ln\""}},
       {},
       true},
      {"GEN-12-bedrock",
       "bedrock/us.anthropic.claude-sonnet-4-5-20250929-v1:0",
       state,
       {{"/messages/1/content/0/reasoningContent/reasoningText/signature", "\"c2ln\""}}},
      {"GEN-12-nova",
       kNova,
       state,
       {{"/messages/1/content/0/text", "\"a\""}},
       {"BR-40 semantic /messages/1/content/0 reasoning"}},
      {"GEN-12-openai",
       "openai/gpt-4.1",
       state,
       {{"/messages/1/content", "\"a\""}},
       {"OAI semantic /messages/1/content/0 reasoning"}},
      {"DS-01",
       "deepseek/deepseek-reasoner",
       state,
       {{"/messages/1/reasoning_content", "\" \""}},
       {"DS-01 semantic /messages/1/content/0 reasoning", "DS-01 none /messages/1 reasoning_content"}},
  });
}

TEST(LowerCache, Markers) {
  const std::string many = turns(
      R"({"role":"user","content":[{"type":"text","text":"1","cache_control":{"type":"ephemeral"}},{"type":"text","text":"2","cache_control":{"type":"ephemeral","ttl":"1h"}}]})");
  expect_anthropic({
      {"ANT-42",
       "openai/gpt-4.1",
       many,
       {{"/messages/0/content/0/cache_control", ""}},
       {"ANT-42 none /messages/0/content/0 cache_control"}},
      {"ANT-43",
       kNova,
       many,
       {{"/messages/0/content/3/cachePoint/type", "\"default\""},
        {"/messages/0/content/3/cachePoint/ttl", ""}},
       {"ANT-43 none /messages/0/content/1 ttl"}},
      {"ANT-43-order",
       "anthropic/claude-sonnet-4-5",
       many,
       {{"/messages/0/content/1/cache_control/ttl", ""}},
       {"ANT-43 none /messages/0/content/1 ttl"}},
      {"ANT",
       "anthropic/claude-sonnet-4-5",
       turns(
           R"({"role":"user","content":[{"type":"text","text":"1","cache_control":{"type":"ephemeral","ttl":"1h"}},{"type":"text","text":"2","cache_control":{"type":"ephemeral"}}]})"),
       {},
       {},
       true},
  });
}

}  // namespace
}  // namespace dragoman::lower
