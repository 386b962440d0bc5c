#include "failure/remedy.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "json/parse.h"
#include "json/write.h"

namespace dragoman::failure {
namespace {

using canon::DialectName;

constexpr std::string_view kChat = R"({"model":"m","temperature":3,"max_tokens":9000,
  "messages":[{"role":"user","content":"hi"},
    {"role":"assistant","tool_calls":[{"id":"c","type":"function","function":{"name":"a b","arguments":"{}"}}]},
    {"role":"tool","tool_call_id":"c","content":"x"}],
  "tool_choice":{"type":"function","function":{"name":"a b"}},
  "tools":[{"type":"function","function":{"name":"a b","description":"0123456789012345678901234567890","parameters":
    {"type":"object","properties":{"tags":{"type":"array"},"n":{"enum":[1,2]},"o":{"type":"object"}},"required":["n"]}}}]})";

std::string first(std::string_view message, const std::vector<std::string>& gone = {}) {
  Arena arena;
  const auto body = json::parse(arena, kChat);
  const RequestParts parts(DialectName::openai_chat, *body);
  const auto list = remedies(parts, gone, message);
  if (list.empty()) return "";
  std::string out = list.front().what;
  for (const Change& change : list.front().changes)
    out += fmt::format("\n{} {} {}", change.op, change.pointer, change.value);
  return out;
}

TEST(Remedy, WhatAPersonWouldChange) {
  struct Row {
    std::string_view message, remedy;
    std::vector<std::string> gone = {};
  };
  const std::string at = "/tools/0/function/parameters";
  const Row rows[] = {
      {"In context=('properties', 'tags'), array schema missing items.",
       "say what the array holds\nadd /tools/0/function/parameters/properties/tags/items {}"},
      {"schema must have a 'type' key",
       "give the schema its type\nadd /tools/0/function/parameters/properties/n/type \"number\""},
      {"object schema missing properties",
       "give the object its properties, if only none\nadd "
       "/tools/0/function/parameters/properties/o/properties {}"},
      {"'required' is required to be supplied and to be an array including every key in properties",
       "name every property in `required`\nreplace /tools/0/function/parameters/required "
       "[\"tags\",\"n\",\"o\"]",
       {at + "/properties/o"}},
      {"enum: only string values are allowed",
       "make the values of the enum strings\nreplace /tools/0/function/parameters/properties/n/enum "
       "[\"1\",\"2\"]"},
      {"Invalid 'tools[0].function.name': string does not match pattern",
       "rename the tool, here and wherever the conversation calls it\n"
       "replace /messages/1/tool_calls/0/function/name \"a_b\"\nreplace /tool_choice/function/name \"a_b\"\n"
       "replace /tools/0/function/name \"a_b\""},
      {"description: maximum length is 20",
       "shorten the description to 20 characters\nreplace /tools/0/function/description "
       "\"01234567890123456789\""},
      {"Invalid 'temperature': Expected a value <= 2, but got 3 instead.",
       "ask for 2\nreplace /temperature 2"},
      {"max_tokens is too large: 9000. This model supports at most 4096.",
       "ask for 4096\nreplace /max_tokens 4096"},
      {"Unsupported parameter: 'max_tokens'. Use 'max_completion_tokens' instead.",
       "call it max_completion_tokens\nadd /max_completion_tokens 9000\nremove /max_tokens "},
      {"temperature: range: 0..1", "ask for 1\nreplace /temperature 1"},
      {"Tool call id was c but must be a-z, A-Z, 0-9, with a length of 9.",
       "give the calls ids of nine letters and digits, the same in their results\n"
       "replace /messages/1/tool_calls/0/id \"call00001\"\nreplace /messages/2/tool_call_id \"call00001\""},
      {"m-3-small takes max_tokens of 1-1536, see tools[7]", "ask for 1536\nreplace /max_tokens 1536"},
      {"It is closed on Sundays", ""},
  };
  for (const Row& row : rows) EXPECT_EQ(first(row.message, row.gone), row.remedy) << row.message;
  // Of what is gone nothing is changed.
  EXPECT_EQ(first("array schema missing items", {at + "/properties/tags"}), "");
}

// An only message cannot be left out; one among others can, and is.
TEST(Remedy, SomethingIsSaidInAnOnlyMessage) {
  struct Row {
    DialectName dialect;
    std::string_view body, changes;
  };
  const Row rows[] = {
      {DialectName::openai_chat, R"({"messages":[{"role":"user","content":" \n"}]})",
       "/messages/0/content \".\""},
      {DialectName::anthropic_messages,
       R"({"messages":[{"role":"user","content":[{"type":"text","text":""}]}]})",
       "/messages/0/content/0/text \".\""},
      {DialectName::anthropic_messages, R"({"messages":[{"role":"user","content":[]}]})",
       "/messages/0/content \".\""},
      {DialectName::gemini_generate, R"({"contents":[{"role":"user","parts":[{"text":""}]}]})",
       "/contents/0/parts/0/text \".\""},
      {DialectName::gemini_generate, R"({"contents":[{"role":"user","parts":[]}]})",
       R"(/contents/0/parts [{"text":"."}])"},
      {DialectName::bedrock_converse, R"({"messages":[{"role":"user","content":[{"text":" "}]}]})",
       "/messages/0/content/0/text \".\""},
      {DialectName::openai_responses, R"({"input":""})", "/input \".\""},
      {DialectName::openai_chat,
       R"({"messages":[{"role":"user","content":"hi"},{"role":"user","content":""}]})", ""},
      {DialectName::openai_chat,
       R"({"messages":[{"role":"user","content":[{"type":"image_url","image_url":{"url":""}}]}]})", ""},
  };
  for (const Row& row : rows) {
    Arena arena;
    const auto body = json::parse(arena, row.body);
    const RequestParts parts(row.dialect, *body);
    std::string made;
    for (const Remedy& remedy : remedies(parts, {}, "all messages must have non-empty content"))
      for (const Change& change : remedy.changes) made += change.pointer + " " + change.value;
    EXPECT_EQ(made, row.changes) << row.body;
  }
}

TEST(Remedy, ChangesAreMade) {
  Arena arena;
  const auto body = json::parse(arena, R"({"a":{"b/c":[1,{"d":2}]},"e":3})");
  const Change changes[] = {{"replace", "/a/b~1c/1/d", "[4]"},
                            {"add", "/a/new", "\"x\""},
                            {"remove", "/e"},
                            {"remove", "/a/b~1c/0"},
                            {"replace", "/no/where", "1"}};
  EXPECT_EQ(json::dump_compact(changed(arena, *body, changes)), R"({"a":{"b/c":[{"d":[4]}],"new":"x"}})");
}

}  // namespace
}  // namespace dragoman::failure
