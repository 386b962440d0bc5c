// OpenClaw's compat flags, one row a flag and value: what is sent, and what is said about it. The meanings
// are those of docs/openclaw.md.
#include <gtest/gtest.h>

#include "canon/fold.h"
#include "lower/lower_case.h"
#include "lower/restore.h"
#include "profile/compat.h"

namespace dragoman::lower {
namespace {

using namespace testing;
using profile::CompatType;
using profile::CompatValue;

// A host of which nothing is known, with some flags set.
profile::Provider host(std::initializer_list<std::pair<std::string_view, CompatValue>> flags,
                       canon::DialectName dialect = canon::DialectName::openai_chat) {
  profile::Provider row;
  row.name = "host";
  row.dialect = dialect;
  for (const auto& flag : catalogue().compat().flags()) {
    for (const auto& [name, value] : flags)
      if (name == flag.name) row.rules.push_back(flag.rule(value).value());
  }
  EXPECT_EQ(row.rules.size(), flags.size()) << "an unknown flag";
  return row;
}

CompatValue is(std::string_view word) { return {.word = std::string(word)}; }
CompatValue list(std::vector<std::string> entries) { return {.entries = std::move(entries)}; }

struct Row {
  profile::Provider row;
  std::string body;
  std::vector<Sent> sent;
  std::vector<std::string> edits = {};  // all there are
  canon::DialectName client = canon::DialectName::openai_chat;
};

Lowered lowered(const Row& row) {
  const Case made{.rule = "compat", .target = "host/m", .body = row.body};
  Input input = make_input(row.client, made);
  if (row.client == canon::DialectName::openai_responses) input.body = row.body;  // it has no messages
  ClientRequest request(input);
  auto out = request.to(row.row, "m");
  if (!out) {
    ADD_FAILURE() << row.body << ": " << describe(out.error());
    return {};
  }
  return *std::move(out);
}

void expect(const Row& row) {
  SCOPED_TRACE(row.body);
  const Lowered out = lowered(row);
  Arena arena;
  const auto body = json::parse(arena, out.body);
  ASSERT_TRUE(body) << out.body;
  for (const Sent& want : row.sent) {
    const json::Value found = json::resolve(*body, want.pointer);
    if (want.json.empty()) {
      EXPECT_FALSE(found) << want.pointer << " in " << out.body;
      continue;
    }
    const auto value = json::parse(arena, want.json);
    ASSERT_TRUE(value) << want.json;
    EXPECT_TRUE(found && json::equal(found, *value)) << want.pointer << " is not " << want.json << "\n"
                                                     << out.body;
  }
  std::string said, wanted;
  for (const Edit& e : out.edits)
    said +=
        fmt::format("{} {} {} {}\n", e.rule, name(e.loss), e.pointer.empty() ? "-" : e.pointer, e.keyword);
  for (const std::string& edit : row.edits) wanted += fmt::format("{}\n", edit);
  EXPECT_EQ(said, wanted);
}

constexpr std::string_view kTools =
    R"("tools":[{"type":"function","function":{"name":"f","parameters":{"type":"object","properties":{}}}}])";
constexpr std::string_view kLoop =
    R"("messages":[{"role":"user","content":"Hi"},{"role":"assistant","content":null,"tool_calls":[{"id":"c1","type":"function","function":{"name":"f","arguments":"{}"}}]},{"role":"tool","tool_call_id":"c1","content":"42"},{"role":"user","content":"And?"}])";

std::string with(std::string_view a, std::string_view b = "") {
  return fmt::format("{{{}{}{}}}", a, b.empty() ? "" : ",", b);
}

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

TEST(Compat, Tools) {
  expect({host({{"supportsTools", is("false")}}),
          with(kTools, R"("tool_choice":"auto","parallel_tool_calls":false)"),
          {{"/tools", ""},
           {"/tool_choice", ""},
           {"/parallel_tool_calls", ""},
           {"/messages/0/role", R"("system")"},
           {"/messages/1/content", R"("Hi")"}},
          {"compat.supportsTools semantic /tools tools",
           "compat.supportsTools semantic /tool_choice tool_choice",
           "compat.supportsTools none /parallel_tool_calls parallel_tool_calls"}});
  // The calls of the history become text: no tool_calls, no tool message, no empty `tools` as a marker.
  expect({host({{"supportsTools", is("false")}}),
          with(kTools, kLoop),
          {{"/tools", ""}, {"/messages/2/tool_calls", ""}, {"/messages/3/role", R"("user")"}},
          {"compat.supportsTools semantic /tools tools", "GEN-09 narrowed /messages/1/tool_calls/0 tool_call",
           "GEN-09 narrowed /messages/2 tool_result"}});
  const std::string strict =
      R"({"tools":[{"type":"function","function":{"name":"f","strict":true,"parameters":{"type":"object","properties":{}}}}]})";
  expect({host({{"supportsStrictMode", is("false")}}),
          strict,
          {{"/tools/0/function/strict", ""}},
          {"compat.supportsStrictMode widened /tools/0 strict"}});
  expect({host({{"requiresMistralToolIds", is("true")}}),
          with(kTools, kLoop),
          {},
          {"compat.requiresMistralToolIds none /messages/1/tool_calls/0 id"}});
  expect({host({{"zaiToolStream", is("true")}}),
          with(kTools, R"("stream":true)"),
          {{"/tool_stream", "true"}},
          {"compat.zaiToolStream none - tool_stream"}});
  expect({host({{"zaiToolStream", is("true")}}), with(kTools), {{"/tool_stream", ""}}});
}

TEST(Compat, ToolSchemas) {
  const auto tool = [](std::string_view parameters) {
    return fmt::format(R"({{"tools":[{{"type":"function","function":{{"name":"f","parameters":{}}}}}]}})",
                       parameters);
  };
  // A property that is named like a keyword is no keyword.
  const std::string names = tool(
      R"({"type":"object","properties":{"minLength":{"type":"string","minLength":2,"title":"T"},"list":{"type":"array","items":{"type":"string","minLength":1}}},"required":["minLength"]})");
  expect({host({{"unsupportedToolSchemaKeywords", list({"minLength", "title"})}}),
          names,
          {{"/tools/0/function/parameters/properties/minLength", R"({"type":"string"})"},
           {"/tools/0/function/parameters/properties/list/items", R"({"type":"string"})"},
           {"/tools/0/function/parameters/required", R"(["minLength"])"}},
          {"compat.unsupportedToolSchemaKeywords widened "
           "/tools/0/function/parameters/properties/minLength/minLength minLength",
           "compat.unsupportedToolSchemaKeywords none "
           "/tools/0/function/parameters/properties/minLength/title title",
           "compat.unsupportedToolSchemaKeywords widened "
           "/tools/0/function/parameters/properties/list/items/minLength minLength"}});
  expect({host({{"omitEmptyArrayItems", is("true")}}),
          tool(R"({"type":"object","properties":{"a":{"type":"array","items":{}}}})"),
          {{"/tools/0/function/parameters/properties/a", R"({"type":"array"})"}},
          {"compat.omitEmptyArrayItems none /tools/0/function/parameters/properties/a/items items"}});
  const std::string lengths = tool(
      R"({"type":"object","properties":{"a":{"type":"string","maxLength":2000},"b":{"type":"string","maxLength":1999}}})");
  expect(
      {host({{"toolSchemaProfile", is("llamacpp")}}),
       lengths,
       {{"/tools/0/function/parameters/properties/a/maxLength", ""},
        {"/tools/0/function/parameters/properties/b/maxLength", "1999"}},
       {"compat.toolSchemaProfile widened /tools/0/function/parameters/properties/a/maxLength maxLength"}});
  expect(
      {host({{"toolSchemaProfile", is("xai")}}),
       lengths,
       {{"/tools/0/function/parameters/properties/a/maxLength", ""}},
       {"compat.toolSchemaProfile widened /tools/0/function/parameters/properties/a/maxLength maxLength",
        "compat.toolSchemaProfile widened /tools/0/function/parameters/properties/b/maxLength maxLength"}});
}

TEST(Compat, Messages) {
  const std::string parts =
      R"({"messages":[{"role":"user","content":[{"type":"text","text":"a"},{"type":"text","text":"b"}]}]})";
  const std::string mixed =
      R"({"messages":[{"role":"user","content":[{"type":"text","text":"a"},{"type":"image_url","image_url":{"url":"https://x/y.png"}}]}]})";
  expect({host({{"requiresStringContent", is("true")}}),
          parts,
          {{"/messages/0/content", R"("a\nb")"}},
          {"compat.requiresStringContent none /messages/0 content"}});
  // Parts of a tool's result alone are no reason to send the client's bytes.
  expect(
      {host({{"requiresStringContent", is("true")}}),
       R"({"messages":[{"role":"user","content":"Hi"},{"role":"assistant","content":null,"tool_calls":[{"id":"c1","type":"function","function":{"name":"f","arguments":"{}"}}]},{"role":"tool","tool_call_id":"c1","content":[{"type":"text","text":"a"},{"type":"text","text":"b"}]}]})",
       {{"/messages/2/content", R"("a\nb")"}},
       {"compat.requiresStringContent none /messages/2 content"}});
  expect({host({{"requiresStringContent", is("true")}}),
          mixed,
          {{"/messages/0/content/1/type", R"("image_url")"}}});
  expect({host({{"strictMessageKeys", is("true")}}),
          with(kTools, kLoop),
          {{"/messages/1", R"({"role":"assistant","content":""})"},
           {"/messages/2", R"({"role":"tool","content":"42"})"}},
          {"compat.strictMessageKeys semantic /messages/1/tool_calls/0 tool_calls",
           "compat.strictMessageKeys none /messages/1 content",
           "compat.strictMessageKeys semantic /messages/2 tool_call_id"}});
  expect({host({{"requiresToolResultName", is("true")}}),
          with(kTools, kLoop),
          {{"/messages/2", R"({"role":"tool","tool_call_id":"c1","name":"f","content":"42"})"}},
          {"compat.requiresToolResultName none /messages/2 name"}});
  expect({host({{"requiresAssistantAfterToolResult", is("true")}}),
          with(kTools, kLoop),
          {{"/messages/1/content", R"("")"},
           {"/messages/3/role", R"("assistant")"},
           {"/messages/4", R"({"role":"user","content":"And?"})"}},
          {"compat.requiresAssistantAfterToolResult narrowed /messages/3 messages",
           "compat.requiresAssistantAfterToolResult none /messages/1 content"}});
  const std::string roles =
      R"({"messages":[{"role":"developer","content":"d"},{"role":"user","content":"Hi"}]})";
  expect({host({{"supportsDeveloperRole", is("false")}}),
          roles,
          {{"/messages/0/role", R"("system")"}},
          {"compat.supportsDeveloperRole none /messages/0 role"}});
  expect({host({{"supportsDeveloperRole", is("true")}}),
          R"({"messages":[{"role":"system","content":"d"},{"role":"user","content":"Hi"}]})",
          {{"/messages/0/role", R"("developer")"}},
          {"compat.supportsDeveloperRole none /messages/0 role"}});
  const std::string wordless =
      R"({"messages":[{"role":"assistant","content":null,"tool_calls":[{"id":"c1","type":"function","function":{"name":"f","arguments":"{}"}}]},{"role":"tool","tool_call_id":"c1","content":"42"}],)" +
      std::string(kTools) + "}";
  expect({host({{"requiresNonEmptyUserOrAssistantMessage", is("true")}}),
          wordless,
          {{"/messages/2", R"({"role":"user","content":"Continue."})"}},
          {"compat.requiresNonEmptyUserOrAssistantMessage narrowed - messages"}});
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

TEST(Compat, OpenaiToolsOnAnthropicsWire) {
  expect({host({{"requiresOpenAiAnthropicToolPayload", is("true")}}, canon::DialectName::anthropic_messages),
          with(kTools, R"("tool_choice":{"type":"function","function":{"name":"f"}},"max_tokens":9)"),
          {{"/tools/0/type", R"("function")"},
           {"/tools/0/function/name", R"("f")"},
           {"/tools/0/function/parameters/type", R"("object")"},
           {"/tools/0/input_schema", ""},
           {"/tool_choice", R"({"type":"function","function":{"name":"f"}})"}}});
  // The client's own bytes would be in Anthropic's shape.
  const Lowered same = lowered(
      {host({{"requiresOpenAiAnthropicToolPayload", is("true")}}, canon::DialectName::anthropic_messages),
       R"({"tools":[{"name":"f","input_schema":{"type":"object","properties":{}}}]})",
       {},
       {},
       canon::DialectName::anthropic_messages});
  EXPECT_NE(same.body.find(R"("function":{"name":"f")"), std::string::npos) << same.body;
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

// --- goldens ---------------------------------------------------------------------------------------------

// A flag's value in compat.json, as `compat:` of a config has it.
CompatValue value_of(json::Value value, CompatType type) {
  CompatValue out;
  if (value.is_bool()) out.word = value.boolean() ? "true" : "false";
  if (value.is_string()) out.word = value.text();
  for (const json::Value item : value.items()) out.entries.emplace_back(item.text());
  if (type == CompatType::map)
    for (const json::Member& m : value.members())
      out.entries.push_back(fmt::format("{}={}", m.key, m.value.text()));
  if (type == CompatType::object) out.json = json::dump_compact(value);
  return out;
}

void expect_golden(const std::filesystem::path& path, const std::string& actual) {
  if (std::getenv("DRAGOMAN_UPDATE_GOLDEN")) std::ofstream(path, std::ios::binary) << actual;
  EXPECT_EQ(read_file(path), actual) << path;
}

// tests/golden/compat/<case>/: flags (compat.json) of a host nothing else is known of, the client's request,
// what is sent (out.json) with which headers, and what was changed (edits.txt). DRAGOMAN_UPDATE_GOLDEN=1
// writes them anew.
TEST(Compat, Goldens) {
  int seen = 0;
  for (const auto& folder :
       std::filesystem::directory_iterator(std::string(DRAGOMAN_SOURCE_DIR) + "/tests/golden/compat")) {
    SCOPED_TRACE(folder.path());
    ++seen;
    Arena arena;
    const std::string flags_text = read_file(folder.path() / "compat.json");
    const auto flags = json::parse(arena, flags_text);
    ASSERT_TRUE(flags);
    profile::Provider row = host({});
    for (const auto& flag : catalogue().compat().flags())
      if (const json::Value value = (*flags)[flag.name])
        row.rules.push_back(flag.rule(value_of(value, flag.type)).value());
    EXPECT_EQ(row.rules.size(), flags->members().size()) << "an unknown flag";
    ClientRequest request({folder.path().filename().string(), canon::DialectName::openai_chat,
                           read_file(folder.path() / "in.openai_chat.json")});
    const auto out = request.to(row, "m");
    ASSERT_TRUE(out);
    const auto body = json::parse(arena, out->body);
    ASSERT_TRUE(body);
    expect_golden(folder.path() / "out.json", json::dump_pretty(*body) + "\n");
    std::string said = describe(out->edits);
    for (const auto& [name, value] : out->headers) said += fmt::format("header {}: {}\n", name, value);
    expect_golden(folder.path() / "edits.txt", said);
  }
  EXPECT_GE(seen, 12);
}

// --- the way back ----------------------------------------------------------------------------------------

constexpr std::string_view kEncoded =
    R"({"id":"x","model":"m","choices":[{"index":0,"finish_reason":"tool_calls","message":{"role":"assistant","content":null,"reasoning_details":[{"type":"reasoning.text","text":"Hm."},{"type":"response.output_text","text":"Shown."},{"type":"other","text":"Hidden."}],"tool_calls":[{"id":"c1","type":"function","function":{"name":"f","arguments":"{\"cmd\":\"a &amp;&amp; b\"}"}}]}}]})";

void expect_put_back(const canon::Response& response) {
  ASSERT_EQ(response.choices.size(), 1u);
  std::string seen;
  for (const canon::Block& block : response.choices[0].blocks) {
    if (const auto* text = std::get_if<canon::Text>(&block.body))
      seen += fmt::format("text:{} ", text->text.view());
    if (const auto* r = std::get_if<canon::Reasoning>(&block.body))
      seen += fmt::format("thought:{} ", r->text);
    if (const auto* call = std::get_if<canon::ToolCall>(&block.body))
      seen += call->arguments ? json::dump_compact(call->arguments) : std::string(call->arguments_text);
  }
  EXPECT_EQ(seen, R"(thought:Hm. text:Shown. thought:Hidden. {"cmd":"a && b"})");
}

TEST(Compat, AnswersArePutBack) {
  const Lowered out = lowered({host({{"toolCallArgumentsEncoding", is("html-entities")},
                                     {"visibleReasoningDetailTypes", list({"response.output_text"})}}),
                               with(kTools),
                               {}});
  EXPECT_FALSE(out.restore.empty());
  Arena arena;
  const auto body = json::parse(arena, kEncoded);
  ASSERT_TRUE(body);
  auto response = dialect::kOpenaiChat.decode(arena, *body);
  ASSERT_TRUE(response);
  restore(*response, out.restore, arena);
  expect_put_back(*response);
}

TEST(Compat, StreamsArePutBackWhereverTheyAreCut) {
  const Lowered out = lowered({host({{"toolCallArgumentsEncoding", is("html-entities")},
                                     {"visibleReasoningDetailTypes", list({"response.output_text"})}}),
                               with(kTools),
                               {}});
  const std::string arguments = R"({"cmd":"a &amp;&amp; b"})";
  for (std::size_t cut = 0; cut <= arguments.size(); ++cut) {
    Arena arena;
    canon::Folder folder(arena);
    EventRestorer restorer(out.restore);
    const auto decoder = dialect::kOpenaiChat.decoder();
    const canon::EventSink sink = [&](const canon::Event& event) {
      restorer(event, [&](const canon::Event& e) { folder.add(e); });
    };
    const auto chunk = [&](std::string_view delta, std::string_view finish = "null") {
      const std::string data =
          fmt::format(R"({{"id":"x","model":"m","choices":[{{"index":0,"delta":{},"finish_reason":{}}}]}})",
                      delta, finish);
      ASSERT_TRUE(decoder->push({"", data, false}, sink));
    };
    const auto piece = [&](std::string_view text) {
      std::string quoted;
      json::write_string(quoted, text);
      chunk(fmt::format(R"({{"tool_calls":[{{"index":0,"function":{{"arguments":{}}}}}]}})", quoted));
    };
    chunk(R"({"reasoning_details":[{"type":"reasoning.text","text":"Hm."}]})");
    chunk(R"({"reasoning_details":[{"type":"response.output_text","text":"Sho"}]})");
    chunk(R"({"reasoning_details":[{"type":"response.output_text","text":"wn."}]})");
    chunk(R"({"reasoning_details":[{"type":"other","text":"Hidden."}]})");
    chunk(
        R"({"tool_calls":[{"index":0,"id":"c1","type":"function","function":{"name":"f","arguments":""}}]})");
    piece(std::string_view(arguments).substr(0, cut));
    piece(std::string_view(arguments).substr(cut));
    chunk("{}", R"("tool_calls")");
    ASSERT_TRUE(decoder->push({"", "[DONE]", false}, sink));
    expect_put_back(folder.take());
  }
}

}  // namespace
}  // namespace dragoman::lower
