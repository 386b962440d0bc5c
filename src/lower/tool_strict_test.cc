// Strict modes: when they are used, what they cost, and the published budgets that end them.
#include <gtest/gtest.h>

#include "lower/lower_case.h"

namespace dragoman::lower {
namespace {

using testing::expect_anthropic;
using testing::expect_openai;

std::string tool(std::string_view name, std::string_view parameters, std::string_view strict = "true") {
  return fmt::format(
      R"({{"type":"function","function":{{"name":"{}","description":"d","strict":{},"parameters":{}}}}})",
      name, strict, parameters);
}

std::string openai(std::initializer_list<std::string> tools) {
  std::string list;
  for (const std::string& one : tools) list += (list.empty() ? "" : ",") + one;
  return R"({"max_tokens":9,"tools":[)" + list + "]}";
}

// A closed object of that many properties, of which the first `required` are required.
std::string object(int properties, int required, std::string_view schema = R"({"type":"string"})") {
  std::string members, names;
  for (int i = 0; i < properties; ++i) {
    members += fmt::format(R"({}"p{}":{})", i ? "," : "", i, schema);
    if (i < required) names += fmt::format(R"({}"p{}")", i ? "," : "", i);
  }
  return fmt::format(
      R"({{"type":"object","properties":{{{}}},"required":[{}],"additionalProperties":false}})", members,
      names);
}

std::string many_tools(int count, const std::string& parameters) {
  std::string list;
  for (int i = 0; i < count; ++i) list += (i ? "," : "") + tool(fmt::format("f{}", i), parameters);
  return R"({"max_tokens":9,"tools":[)" + list + "]}";
}

std::string nested(int levels) {
  std::string schema = R"({"type":"string"})";
  for (int i = 0; i < levels; ++i)
    schema = R"({"type":"object","properties":{"p":)" + schema +
             R"(},"required":["p"],"additionalProperties":false})";
  return schema;
}

std::string enumeration(int values, int length, std::string_view before = "") {
  std::string list;
  for (int i = 0; i < values; ++i) list += fmt::format(R"({}"{}{:0>{}}")", i ? "," : "", before, i, length);
  return R"({"type":"string","enum":[)" + list + "]}";
}

TEST(Strict, Budgets) {
  expect_openai({
      {"ANTS-09",
       "anthropic/claude-sonnet-4-5",
       many_tools(20, object(0, 0)),
       {{"/tools/19/strict", "true"}}},
      {"ANTS-09 over",
       "anthropic/claude-sonnet-4-5",
       many_tools(21, object(0, 0)),
       {{"/tools/19/strict", "true"}, {"/tools/20/strict", "false"}},
       {"ANTS-09 widened /tools/20 strict"}},
      {"ANTS-10", "anthropic/claude-sonnet-4-5", many_tools(2, object(12, 0)), {{"/tools/1/strict", "true"}}},
      {"ANTS-10 over",
       "anthropic/claude-sonnet-4-5",
       openai({tool("a", object(10, 0)), tool("b", object(12, 0)), tool("c", object(3, 0))}),
       {{"/tools/0/strict", "true"}, {"/tools/1/strict", "false"}, {"/tools/2/strict", "true"}},
       {"ANTS-10 widened /tools/1 strict"}},
      {"ANTS-11 over",
       "anthropic/claude-sonnet-4-5",
       openai({tool("a", object(9, 9, R"({"type":["string","null"]})")),
               tool("b", object(8, 8, R"({"type":["string","null"]})"))}),
       {{"/tools/0/strict", "false"}, {"/tools/1/strict", "true"}},
       {"ANTS-11 widened /tools/0 strict"}},
      {"ANTS-12 over",
       "anthropic/claude-sonnet-4-5",
       openai({tool("a", object(13, 0))}),
       {{"/tools/0/strict", "false"}},
       {"ANTS-12 widened /tools/0 strict"}},
      {"OAIS-08 depth", "azure/gpt-4o-mini", openai({tool("a", nested(10))}), {}, {}, true},
      {"OAIS-08 deeper",
       "azure/gpt-4o-mini",
       openai({tool("a", nested(11))}),
       {{"/tools/0/function/strict", "false"}},
       {"OAIS-08 widened /tools/0 strict"}},
      {"OAIS-08 enums",
       "azure/gpt-4o-mini",
       openai({tool("a", object(1, 1, enumeration(1001, 4)))}),
       {{"/tools/0/function/strict", "false"}},
       {"OAIS-08 widened /tools/0 strict"}},
      {"OAIS-08 long enum",
       "azure/gpt-4o-mini",
       openai({tool("a", object(1, 1, enumeration(251, 60)))}),
       {{"/tools/0/function/strict", "false"}},
       {"OAIS-08 widened /tools/0 strict"}},
      {"OAIS-08 long but few",
       "azure/gpt-4o-mini",
       openai({tool("a", object(1, 1, enumeration(250, 61)))}),
       {},
       {},
       true},
      {"OAIS-08 characters, not bytes",
       "azure/gpt-4o-mini",
       openai({tool("a", object(1, 1, enumeration(251, 38, "ééééééééééééééééééééé")))}),
       {},
       {},
       true},
      {"OAIS-08 properties",
       "azure/gpt-4o-mini",
       openai({tool("a", object(5001, 5001))}),
       {{"/tools/0/function/strict", "false"}},
       {"OAIS-08 widened /tools/0 strict"}},
      {"CER-04",
       "cerebras/gpt-oss-120b",
       openai({tool("a", object(501, 501))}),
       {{"/tools/0/function/strict", "false"}},
       {"CER-04 widened /tools/0 strict"}},
      {"CER-05",
       "cerebras/gpt-oss-120b",
       openai({tool("a", object(1, 1)), tool("b", object(1, 1), "false")}),
       {{"/tools/0/function/strict", "false"}, {"/tools/1/function/strict", "false"}},
       {"CER-03 widened /tools/0 strict"}},
      {"CER-06",
       "cerebras/zai-glm-4.6",
       openai({tool("a", object(1, 1))}),
       {{"/tools/0/function/strict", ""}},
       {"CER-06 widened /tools/0 strict"}},
  });
}

TEST(Strict, WhatCannotBe) {
  const std::string open_map =
      R"({"type":"object","properties":{"m":{"type":"object","additionalProperties":{"type":"string"}}},"required":["m"],"additionalProperties":false})";
  const std::string free_form =
      R"({"type":"object","properties":{"m":{"type":"object"}},"required":["m"],"additionalProperties":false})";
  const std::string same_first =
      R"({"type":"object","properties":{"m":{"anyOf":[{"type":"object","properties":{"k":{"const":"a"}},"required":["k"],"additionalProperties":false},{"type":"object","properties":{"k":{"const":"b"}},"required":["k"],"additionalProperties":false}]}},"required":["m"],"additionalProperties":false})";
  const std::string can_part =
      R"({"type":"object","properties":{"m":{"anyOf":[{"type":"object","properties":{"k":{"const":"a"},"x":{"type":"string"}},"required":["k","x"],"additionalProperties":false},{"type":"object","properties":{"k":{"const":"b"},"y":{"type":"string"}},"required":["k","y"],"additionalProperties":false}]}},"required":["m"],"additionalProperties":false})";
  expect_openai({
      {"OAIS-01: a map stays one",
       "openai/gpt-4o-mini",
       openai({tool("a", open_map)}),
       {{"/tools/0/function/strict", "false"},
        {"/tools/0/function/parameters/properties/m/additionalProperties", R"({"type":"string"})"}},
       {"OAIS-01 widened /tools/0 strict"}},
      {"OAIS-01: an object of anything",
       "openai/gpt-4o-mini",
       openai({tool("a", free_form)}),
       {{"/tools/0/function/strict", "false"}},
       {"OAIS-01 widened /tools/0 strict"}},
      {"OAIS-07",
       "openai/gpt-4o-mini",
       openai({tool("a", same_first)}),
       {{"/tools/0/function/strict", "false"}},
       {"OAIS-01 widened /tools/0 strict"}},
      {"OAIS-07 by order",
       "openai/gpt-4o-mini",
       openai({tool("a", can_part)}),
       {{"/tools/0/function/strict", "true"},
        {"/tools/0/function/parameters/properties/m/anyOf/1/properties",
         R"({"y":{"type":"string"},"k":{"type":"string","const":"b"}})"}},
       {"OAIS-07 none /tools/0/function/parameters anyOf"}},
      {"GROQ-07: an array of anything",
       "groq/openai/gpt-oss-120b",
       openai({tool(
           "a",
           R"({"type":"object","properties":{"m":{"type":"array"}},"required":["m"],"additionalProperties":false})")}),
       {{"/tools/0/function/strict", "false"},
        {"/tools/0/function/parameters/properties/m", R"({"type":"array"})"}},
       {"GROQ-07-schema widened /tools/0 strict"}},
      {"GROQ-07 by order",
       "groq/openai/gpt-oss-120b",
       openai({tool("a", can_part)}),
       {{"/tools/0/function/strict", "true"},
        {"/tools/0/function/parameters/properties/m/anyOf/0/properties",
         R"({"k":{"type":"string","enum":["a"]},"x":{"type":"string"}})"},
        {"/tools/0/function/parameters/properties/m/anyOf/1/properties",
         R"({"y":{"type":"string"},"k":{"type":"string","enum":["b"]}})"}},
       {"GROQ-07-schema none /tools/0/function/parameters anyOf"}},
      {"GROQ-07 with the same first key",
       "groq/openai/gpt-oss-120b",
       openai({tool("a", same_first)}),
       {{"/tools/0/function/strict", "false"}},
       {"GROQ-07-schema widened /tools/0 strict"}},
      {"DS-12",
       "deepseek_beta/deepseek-chat",
       openai({tool("a", object(2, 1))}),
       {{"/tools/0/function/strict", "true"},
        {"/tools/0/function/parameters/required", R"(["p0","p1"])"},
        {"/tools/0/function/parameters/properties/p1/type", R"(["string","null"])"}},
       {"DS-12 none /tools/0/function/parameters required"}},
      {"DS: not in the beta",
       "deepseek/deepseek-chat",
       openai({tool("a", object(2, 1))}),
       {{"/tools/0/function/strict", ""}, {"/tools/0/function/parameters/required", R"(["p0"])"}},
       {"DS-12-beta widened /tools/0 strict"}},
      {"GEM-61",
       "gemini/gemini-2.5-flash",
       openai({tool("a", object(1, 1))}),
       {{"/toolConfig/functionCallingConfig/mode", R"("VALIDATED")"}}},
  });
}

// Nobody asked; a closed schema in the target's words costs nothing.
TEST(Strict, UsedWhereItIsFree) {
  const auto anthropic = [](std::string_view schema) {
    return fmt::format(R"({{"tools":[{{"name":"f","description":"d","input_schema":{}}}]}})", schema);
  };
  expect_anthropic({
      {"OAIS",
       "openai/gpt-4o-mini",
       anthropic(object(2, 1)),
       {{"/tools/0/function/strict", "true"},
        {"/tools/0/function/parameters/properties/p1/type", R"(["string","null"])"}},
       {"OAIS-07 none /tools/0 strict", "OAIS-02 none /tools/0/input_schema required"}},
      {"OAIS: not at a price",
       "openai/gpt-4o-mini",
       anthropic(object(1, 1, R"({"type":"string","minLength":2})")),
       {{"/tools/0/function/strict", ""}}},
      {"ANT: the client's own bytes", "anthropic/claude-sonnet-4-5", anthropic(object(2, 1)), {}, {}, true},
  });
}

}  // namespace
}  // namespace dragoman::lower
