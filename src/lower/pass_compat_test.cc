// OpenClaw's compat flags about parameters, reasoning, caches and headers: what is sent, and what is said
// about it.
#include <gtest/gtest.h>

#include "lower/compat_case.h"

namespace dragoman::lower {
namespace {

using namespace testing;

TEST(Compat, Parameters) {
  const std::string plain = "{}";
  expect({host({{"supportsStore", is("true")}}),
          plain,
          {{"/store", "false"}},
          {"compat.supportsStore none - store"}});
  expect({host({{"supportsStore", is("true")}}), R"({"store":true})", {{"/store", "true"}}});
  expect({host({{"supportsStore", is("false")}}),
          R"({"store":true})",
          {{"/store", ""}},
          {"compat.supportsStore semantic /store store"}});
  expect({host({{"supportsPromptCacheKey", is("true")}}),
          R"({"prompt_cache_key":"k"})",
          {{"/prompt_cache_key", R"("k")"}}});
  expect({host({{"supportsTemperature", is("false")}}),
          R"({"temperature":0.5})",
          {{"/temperature", ""}},
          {"compat.supportsTemperature semantic /temperature temperature"}});
  expect({host({{"maxTokensField", is("max_completion_tokens")}}),
          R"({"max_tokens":7})",
          {{"/max_completion_tokens", "7"}, {"/max_tokens", ""}},
          {"compat.maxTokensField none /max_tokens max_tokens"}});
  expect({host({{"supportsUsageInStreaming", is("false")}}),
          R"({"stream":true})",
          {{"/stream", "true"}, {"/stream_options", ""}}});
  expect({host({{"supportsLongCacheRetention", is("true")}}),
          R"({"prompt_cache_retention":"24h"})",
          {{"/prompt_cache_retention", R"("24h")"}}});
}

TEST(Compat, Reasoning) {
  const std::string high = R"({"reasoning_effort":"high"})";
  const std::string off = R"({"reasoning_effort":"none"})";
  expect({host({{"supportsReasoningEffort", is("true")}}), high, {{"/reasoning_effort", R"("high")"}}});
  expect({host({{"supportsReasoningEffort", is("true")}}),
          R"({"reasoning_effort":"xhigh"})",
          {{"/reasoning_effort", R"("high")"}},
          {"compat.supportsReasoningEffort narrowed /reasoning_effort effort"}});
  expect({host({{"supportsReasoningEffort", is("false")}, {"thinkingFormat", is("openai")}}),
          high,
          {{"/reasoning_effort", ""}},
          {"compat.supportsReasoningEffort semantic /reasoning_effort reasoning_effort"}});
  expect(
      {host({{"supportsReasoningEffort", is("true")}, {"supportedReasoningEfforts", list({"low", "xhigh"})}}),
       high,
       {{"/reasoning_effort", R"("xhigh")"}},
       {"compat.supportedReasoningEfforts narrowed /reasoning_effort effort"}});
  expect({host({{"supportsReasoningEffort", is("true")},
                {"reasoningEffortMap", list({"high=turbo", "off=min"})}}),
          high,
          {{"/reasoning_effort", R"("turbo")"}},
          {"compat.reasoningEffortMap none /reasoning_effort effort"}});
  expect({host({{"supportsReasoningEffort", is("true")},
                {"reasoningEffortMap", list({"high=turbo", "off=min"})}}),
          off,
          {{"/reasoning_effort", R"("min")"}},
          {"compat.reasoningEffortMap none /reasoning_effort effort"}});
  expect({host({{"thinkingFormat", is("deepseek")}}),
          high,
          {{"/thinking", R"({"type":"enabled"})"}, {"/reasoning_effort", R"("high")"}},
          {"compat.thinkingFormat none /reasoning_effort thinking"}});
  expect({host({{"thinkingFormat", is("deepseek")}}),
          off,
          {{"/thinking", R"({"type":"disabled"})"}},
          {"compat.thinkingFormat none /reasoning_effort thinking"}});
  expect({host({{"supportsReasoningEffort", is("false")}, {"thinkingFormat", is("deepseek")}}),
          high,
          {{"/thinking", R"({"type":"enabled"})"}, {"/reasoning_effort", ""}},
          {"compat.supportsReasoningEffort narrowed /reasoning_effort effort"}});
  for (const auto& [format, pointer, on, no] :
       {std::tuple("together", "/reasoning", R"({"enabled":true})", R"({"enabled":false})"),
        std::tuple("zai", "/thinking", R"({"type":"enabled"})", R"({"type":"disabled"})"),
        std::tuple("qwen", "/enable_thinking", "true", "false"),
        std::tuple("qwen-chat-template", "/chat_template_kwargs", R"({"enable_thinking":true})",
                   R"({"enable_thinking":false})")}) {
    expect({host({{"thinkingFormat", is(format)}}),
            high,
            {{pointer, on}, {"/reasoning_effort", ""}},
            {"compat.thinkingFormat narrowed /reasoning_effort effort"}});
    expect({host({{"thinkingFormat", is(format)}}),
            off,
            {{pointer, no}, {"/reasoning_effort", ""}},
            {fmt::format("compat.thinkingFormat none /reasoning_effort {}",
                         std::string_view(pointer).substr(1))}});
  }
  // The labels, or the map, alone: by OpenAI's word.
  expect({host({{"supportedReasoningEfforts", list({"low", "max"})}}),
          R"({"reasoning_effort":"xhigh"})",
          {{"/reasoning_effort", "\"max\""}},
          {"compat.supportedReasoningEfforts narrowed /reasoning_effort effort"}});
  expect({host({{"supportsReasoningEffort", is("true")}, {"thinkingFormat", is("together")}}),
          high,
          {{"/reasoning", R"({"enabled":true})"}, {"/reasoning_effort", R"("high")"}},
          {"compat.thinkingFormat none /reasoning_effort reasoning"}});
  expect({host({{"thinkingFormat", is("openrouter")},
                {"supportsReasoningEffort", is("true")},
                {"supportedReasoningEfforts", list({"high"})}}),
          R"({"reasoning_effort":"high"})",
          {{"/reasoning/effort", R"("high")"}, {"/reasoning_effort", ""}},
          {"compat.thinkingFormat none /reasoning_effort reasoning"}});
  // OpenClaw says the word inside `reasoning`, whatever the endpoint does with `reasoning_effort`.
  for (const bool field : {true, false})
    expect({host({{"thinkingFormat", is("openrouter")},
                  {"supportsReasoningEffort", is(field ? "true" : "false")}}),
            R"({"reasoning_effort":"xhigh"})",
            {{"/reasoning", R"({"effort":"xhigh"})"}, {"/reasoning_effort", ""}},
            {"compat.thinkingFormat none /reasoning_effort reasoning"}});
}

TEST(Compat, ReasoningInTheHistory) {
  const std::string thought =
      R"({"messages":[{"role":"user","content":"Hi"},{"role":"assistant","reasoning_content":"Hm.","content":"Yes."},{"role":"user","content":"So?"},{"role":"assistant","content":"No."},{"role":"user","content":"Oh."}]})";
  expect({host({{"requiresThinkingAsText", is("true")}}),
          thought,
          {{"/messages/1/content", R"([{"type":"text","text":"Hm."},{"type":"text","text":"Yes."}])"},
           {"/messages/1/reasoning_content", ""}},
          {"compat.requiresThinkingAsText narrowed /messages/1/reasoning_content reasoning"}});
  expect({host({{"requiresReasoningContentOnAssistantMessages", is("true")}}),
          thought,
          {{"/messages/1/reasoning_content", R"("Hm.")"}, {"/messages/3/reasoning_content", R"("")"}},
          {"compat.requiresReasoningContentOnAssistantMessages none /messages/3 reasoning_content"}});
}

TEST(Compat, BodiesAndCaches) {
  expect({host({{"openRouterRouting", {.json = R"({"only":["a"],"zdr":true})"}}}),
          "{}",
          {{"/provider", R"({"only":["a"],"zdr":true})"}},
          {"compat.openRouterRouting none - provider"}});
  expect({host({{"vercelGatewayRouting", {.json = R"({"order":["x","y"]})"}}}),
          "{}",
          {{"/providerOptions/gateway/order", R"(["x","y"])"}},
          {"compat.vercelGatewayRouting none - providerOptions"}});
  expect({host({{"cacheControlFormat", is("anthropic")}}),
          with(kTools, R"("messages":[{"role":"system","content":"s"},{"role":"user","content":"Hi"}])"),
          {{"/messages/0/content/0/cache_control/type", R"("ephemeral")"},
           {"/tools/0/cache_control/type", R"("ephemeral")"},
           {"/messages/1/content/0/cache_control/type", R"("ephemeral")"}},
          {"compat.cacheControlFormat none /messages/0/content cache_control",
           "compat.cacheControlFormat none /tools/0 cache_control",
           "compat.cacheControlFormat none /messages/1/content cache_control"}});
  expect(
      {host({{"supportsJsonSchemaResponseFormat", is("true")}}),
       R"({"response_format":{"type":"json_schema","json_schema":{"name":"o","schema":{"type":"object","properties":{}}}}})",
       {{"/response_format/type", R"("json_schema")"}}});
}

TEST(Compat, Responses) {
  constexpr auto kWire = canon::DialectName::openai_responses;
  const std::string chat = R"({"messages":[{"role":"system","content":"s"},{"role":"user","content":"Hi"}]})";
  const std::string own = R"({"model":"m","instructions":"s","input":"Hi"})";
  expect({host({{"supportsInstructions", is("true")}}, kWire),
          chat,
          {{"/instructions", R"("s")"}, {"/input/0/role", R"("user")"}}});
  expect({host({{"supportsInstructions", is("false")}}, kWire),
          chat,
          {{"/instructions", ""}, {"/input/0/role", R"("system")"}}});
  expect({host({{"supportsInstructions", is("false")}}, kWire),
          own,
          {{"/instructions", ""}, {"/input/0/content/0/text", R"("s")"}},
          {"compat.supportsInstructions none /instructions instructions"},
          kWire});
  expect({host({{"supportsInstructions", is("true")}}, kWire),
          R"({"model":"m","input":[{"role":"system","content":"s"},{"role":"user","content":"Hi"}]})",
          {{"/instructions", R"("s")"}, {"/input/0/role", R"("user")"}},
          {"compat.supportsInstructions none /input/0 instructions"},
          kWire});
  expect({host({{"supportsReasoningEffort", is("true")}}, kWire),
          R"({"reasoning_effort":"high"})",
          {{"/reasoning/effort", R"("high")"}}});
  expect({host({{"supportsReasoningEffort", is("false")}, {"thinkingFormat", is("openai")}}, kWire),
          R"({"reasoning_effort":"high"})",
          {{"/reasoning/effort", ""}},
          {"compat.supportsReasoningEffort semantic /reasoning_effort reasoning_effort"}});
}

TEST(Compat, Headers) {
  const auto headers = [](profile::Provider row, std::string body,
                          canon::DialectName client = canon::DialectName::openai_chat) {
    std::string out;
    for (const auto& [name, value] : lowered({std::move(row), std::move(body), {}, {}, client}).headers)
      out += fmt::format("{}={} ", name, value);
    return out;
  };
  EXPECT_EQ(headers(host({{"sendSessionAffinityHeaders", is("true")}}), R"({"prompt_cache_key":"conv-1"})"),
            "session_id=conv-1 x-client-request-id=conv-1 x-session-affinity=conv-1 ");
  EXPECT_EQ(
      headers(host({{"sendSessionAffinityHeaders", is("true")}, {"sessionAffinityFormat", is("openrouter")}}),
              R"({"user":"u 1"})")
          .substr(0, 15),
      "x-session-id=s-");
  EXPECT_EQ(headers(host({{"sendSessionIdHeader", is("true")}}), R"({"prompt_cache_key":"conv-1"})"),
            "session_id=conv-1 ");
  EXPECT_EQ(headers(host({{"sendSessionIdHeader", is("true")}}), "{}"), "");
  EXPECT_EQ(
      headers(
          host({{"supportsEagerToolInputStreaming", is("false")}}, canon::DialectName::anthropic_messages),
          R"({"tools":[{"name":"f","input_schema":{"type":"object"},"eager_input_streaming":true}]})",
          canon::DialectName::anthropic_messages),
      "anthropic-beta=fine-grained-tool-streaming-2025-05-14 ");
}

}  // namespace
}  // namespace dragoman::lower
