// OpenClaw's compat flags about tools and messages: what is sent, and what is said about it.
#include <gtest/gtest.h>

#include "lower/compat_case.h"

namespace dragoman::lower {
namespace {

using namespace testing;

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

}  // namespace
}  // namespace dragoman::lower
