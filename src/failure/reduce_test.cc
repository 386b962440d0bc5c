#include "failure/reduce.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <random>

#include "base/arena.h"
#include "json/parse.h"
#include "json/write.h"

namespace dragoman::failure {
namespace {

using canon::DialectName;

json::Value read(Arena& arena, std::string_view text) {
  const auto value = json::parse(arena, text);
  EXPECT_TRUE(value) << value.error().message << "\n" << text;
  return value ? *value : json::Value();
}

// A provider that refuses requests in which a pattern stands, in the order of the list.
struct Provider {
  std::vector<std::pair<std::string, std::string>> refuses;  // compact JSON text → its words
  bool typed = false;                                        // schemas must have a type
  bool lists = false;                                        // all that is wrong, a line each
  std::vector<std::string> got = {};

  static bool untyped(json::Value schema) {
    if (!schema["type"]) return true;
    if (schema["items"] && untyped(schema["items"])) return true;
    return std::ranges::any_of(schema["properties"].members(),
                               [](const json::Member& m) { return untyped(m.value); });
  }

  Ask ask() {
    return [this](const std::string& text, const Step&) -> Reply {
      Arena arena;
      const json::Value body = read(arena, text);
      const std::string compact = json::dump_compact(body);
      EXPECT_EQ(std::ranges::count(got, compact), 0) << "asked twice: " << compact;
      got.push_back(compact);
      if (body["messages"] && body["messages"].items().empty())
        return {
            .kind = Reply::Kind::refused, .cls = FailureClass::message_rejected, .message = "no messages"};
      std::string all;
      for (const auto& [pattern, words] : refuses)
        if (lists && compact.find(pattern) != std::string::npos) all += words + "\n";
      if (!all.empty())
        return {.kind = Reply::Kind::refused,
                .cls = FailureClass::schema_rejected,
                .message = all,
                .status = 400};
      for (const auto& [pattern, words] : refuses)
        if (compact.find(pattern) != std::string::npos)
          return {.kind = Reply::Kind::refused,
                  .cls = FailureClass::schema_rejected,
                  .message = words,
                  .status = 400};
      for (const json::Value tool : body["tools"].items())
        if (const json::Value schema = tool["function"]["parameters"]; typed && schema && untyped(schema))
          return {.kind = Reply::Kind::refused, .cls = FailureClass::schema_rejected, .message = "no type"};
      return {.kind = Reply::Kind::passed};
    };
  }
};

std::string tool(int i, std::string_view inner = "") {
  return fmt::format(
      R"({{"type":"function","function":{{"name":"tool_{}","description":"d","parameters":{{"type":"object",)"
      R"("properties":{{"a":{{"type":"string"}},"b":{{"type":"object","properties":{{"c":{{"type":"array",)"
      R"("items":{{"type":"integer"{}}}}}}},"required":["c"]}}}},"required":["a","b"]}}}}}})",
      i, inner);
}

std::string request(std::string_view inner, std::string_view message = R"({"role":"user","content":"more"})",
                    std::string_view params = "") {
  std::string tools;
  for (int i = 0; i < 60; ++i) tools += (i ? "," : "") + tool(i, i == 37 ? inner : "");
  return fmt::format(
      R"({{"model":"m","messages":[{{"role":"system","content":"s"}},{{"role":"user","content":"one"}},)"
      R"({{"role":"assistant","content":null,"tool_calls":[{{"id":"c1","type":"function","function":)"
      R"({{"name":"tool_1","arguments":"{{}}"}}}}]}},{{"role":"tool","tool_call_id":"c1","content":"r"}},)"
      R"({{"role":"assistant","content":"well"}},{},{{"role":"user","content":"last"}}],)"
      R"("tools":[{}],"temperature":0.5{}}})",
      message, tools, params);
}

TEST(Reduce, KeywordDeepInOneToolOfSixty) {
  Arena arena;
  const std::string text = request(R"(,"multipleOf":5)");
  Provider provider{{{"multipleOf", "keyword multipleOf is not supported"}}};
  const Reduction found = reduce(DialectName::openai_chat, read(arena, text), provider.ask());
  const std::string at = "/tools/37/function/parameters/properties/b/properties/c/items/multipleOf";
  ASSERT_EQ(found.faults.size(), 1u);
  EXPECT_EQ(found.fix, std::vector<std::string>{at});
  EXPECT_TRUE(found.faults[0].minimal);
  EXPECT_EQ(found.unfinished, "");
  const json::Value smallest = read(arena, found.faults[0].request);
  EXPECT_EQ(
      json::dump_compact(smallest["tools"]),
      R"([{"type":"function","function":{"name":"tool_37","parameters":{"type":"object","properties":{"b":)"
      R"({"properties":{"c":{"items":{"multipleOf":5}}}}}}}}])");
  EXPECT_EQ(smallest["messages"].items().size(), 1u);
  EXPECT_FALSE(smallest["temperature"]);
  EXPECT_LT(found.asked, 75u);
  EXPECT_EQ(found.asked, provider.got.size());
  // All but that keyword is in the fixed request, to the byte.
  std::string expected = text;
  expected.erase(expected.find(R"(,"multipleOf":5)"), 15);
  EXPECT_EQ(json::dump_compact(read(arena, found.fixed)), json::dump_compact(read(arena, expected)));
}

TEST(Reduce, MessageParameterAndPair) {
  struct Case {
    std::string message, params, pattern;
    std::vector<std::string> fix;
  };
  const Case cases[] = {
      {R"({"role":"user","content":"cursed"})", "", "cursed", {"/messages/5"}},
      {R"({"role":"user","content":[{"type":"text","text":"fine"},{"type":"image_url","image_url":{"url":"cursed"}}]})",
       "",
       "cursed",
       {"/messages/5/content/1"}},
      {R"({"role":"user","content":"x","mood":"cursed"})", "", "cursed", {"/messages/5/mood"}},
      {R"({"role":"user","content":"x"})", R"(,"seed":7)", "\"seed\"", {"/seed"}},
      {R"({"role":"user","content":"x"})",
       R"(,"metadata":{"a":"b","c":"cursed"})",
       "cursed",
       {"/metadata/c"}},
      {R"({"role":"user","content":"x"})", R"(,"tool_choice":"cursed")", "cursed", {"/tool_choice"}},
      // A call goes with its result.
      {R"({"role":"user","content":"x"})", "", R"("id":"c1")", {"/messages/2", "/messages/3"}},
  };
  for (const Case& c : cases) {
    Arena arena;
    const std::string text = request("", c.message, c.params);
    Provider provider{{{c.pattern, "cursed things are not taken"}}};
    const Reduction found = reduce(DialectName::openai_chat, read(arena, text), provider.ask());
    EXPECT_EQ(found.fix, c.fix) << text;
    EXPECT_EQ(found.unfinished, "");
    for (const std::string& sent : provider.got)
      EXPECT_EQ(sent.find(R"("id":"c1")") != std::string::npos,
                sent.find(R"("tool_call_id":"c1")") != std::string::npos)
          << "a call without its result: " << sent;
  }
}

TEST(Reduce, IndependentFaultsAndTheSameOneTwice) {
  Arena arena;
  const std::string two = request(R"(,"multipleOf":5)", R"({"role":"user","content":"cursed"})");
  Provider provider{{{"cursed", "a bad word"}, {"multipleOf", "a bad keyword"}}};
  const Reduction found = reduce(DialectName::openai_chat, read(arena, two), provider.ask());
  ASSERT_EQ(found.faults.size(), 2u);
  EXPECT_EQ(found.faults[0].refusal.message, "a bad word");
  EXPECT_EQ(found.faults[1].refusal.message, "a bad keyword");
  EXPECT_EQ(found.fix,
            (std::vector<std::string>{
                "/messages/5", "/tools/37/function/parameters/properties/b/properties/c/items/multipleOf"}));

  const std::string twice = request(R"(,"multipleOf":5)", R"({"role":"user","content":"x"})", R"(,"seed":3)");
  std::string both = twice;
  both.replace(both.find(tool(12)), tool(12).size(), tool(12, R"(,"multipleOf":7)"));
  Provider strict{{{"multipleOf", "a bad keyword"}}};
  const Reduction again = reduce(DialectName::openai_chat, read(arena, both), strict.ask());
  EXPECT_EQ(again.fix, (std::vector<std::string>{
                           "/tools/12/function/parameters/properties/b/properties/c/items/multipleOf",
                           "/tools/37/function/parameters/properties/b/properties/c/items/multipleOf"}));
  EXPECT_EQ(again.unfinished, "");
}

TEST(Reduce, EveryDialect) {
  struct Case {
    DialectName dialect;
    std::string body, pattern;
    std::vector<std::string> fix;
  };
  const std::string schema =
      R"({"type":"object","properties":{"x":{"type":"string","bad":1},"y":{"type":"string"}},"required":["x"]})";
  const std::string good = R"({"type":"object","properties":{"x":{"type":"string"}}})";
  const Case cases[] = {
      {DialectName::anthropic_messages,
       R"({"model":"m","max_tokens":9,"system":[{"type":"text","text":"s"}],"messages":[{"role":"user","content":"hi"}],)"
       R"("tools":[{"name":"g","input_schema":)" +
           good + R"(},{"name":"t","input_schema":)" + schema + "}]}",
       "\"bad\"",
       {"/tools/1/input_schema/properties/x/bad"}},
      {DialectName::anthropic_messages,
       R"({"model":"m","max_tokens":9,"messages":[{"role":"user","content":"hi"},{"role":"assistant","content":)"
       R"([{"type":"text","text":"a"},{"type":"tool_use","id":"u1","name":"g","input":{}},{"type":"tool_use","id":"u2","name":"g","input":{"bad":1}}]},)"
       R"({"role":"user","content":[{"type":"tool_result","tool_use_id":"u1","content":"1"},{"type":"tool_result","tool_use_id":"u2","content":"2"}]}]})",
       "\"bad\"",
       {"/messages/1/content/2", "/messages/2/content/1"}},
      {DialectName::openai_responses,
       R"({"model":"m","input":[{"role":"user","content":"hi"},{"type":"reasoning","id":"r","summary":[]},)"
       R"({"type":"function_call","call_id":"c","name":"g","arguments":"bad!"},{"type":"function_call_output","call_id":"c","output":"1"},)"
       R"({"role":"user","content":"go on"}]})",
       "bad!",
       {"/input/1", "/input/2", "/input/3"}},
      {DialectName::openai_responses,
       R"({"model":"m","input":"hi","tools":[{"type":"function","name":"t","parameters":)" + schema + "}]}",
       "\"bad\"",
       {"/tools/0/parameters/properties/x/bad"}},
      {DialectName::gemini_generate,
       R"({"contents":[{"role":"user","parts":[{"text":"hi"}]}],"tools":[{"functionDeclarations":[{"name":"g","parameters":)" +
           good + R"(},{"name":"t","parameters":)" + schema + R"(}]}],"generationConfig":{"seed":1}})",
       "\"bad\"",
       {"/tools/0/functionDeclarations/1/parameters/properties/x/bad"}},
      {DialectName::gemini_generate,
       R"({"contents":[{"role":"user","parts":[{"text":"hi"}]}],"generationConfig":{"seed":1,"bad":2}})",
       "\"bad\"",
       {"/generationConfig/bad"}},
      {DialectName::bedrock_converse,
       R"({"messages":[{"role":"user","content":[{"text":"hi"}]}],"toolConfig":{"tools":[{"toolSpec":{"name":"t","inputSchema":{"json":)" +
           schema + R"(}}}],"toolChoice":{"auto":{}}},"inferenceConfig":{"maxTokens":5}})",
       "\"bad\"",
       {"/toolConfig/tools/0/toolSpec/inputSchema/json/properties/x/bad"}},
  };
  for (const Case& c : cases) {
    Arena arena;
    Provider provider{{{c.pattern, "it is bad"}}};
    const Reduction found = reduce(c.dialect, read(arena, c.body), provider.ask());
    EXPECT_EQ(found.fix, c.fix) << c.body;
  }
}

TEST(Reduce, WhatHangsOnToolsGoesWithThem) {
  Arena arena;
  const json::Value body = read(
      arena,
      R"({"messages":[{"role":"user","content":[{"text":"hi"}]}],"toolConfig":{"tools":[{"toolSpec":{"name":"t"}}],"toolChoice":{"auto":{}}}})");
  const RequestParts parts(DialectName::bedrock_converse, body);
  EXPECT_EQ(parts.without({"/toolConfig/tools/0"}),
            R"({"messages":[{"role":"user","content":[{"text":"hi"}]}]})");
  const json::Value chat = read(
      arena,
      R"({"messages":[],"tools":[{"type":"function","function":{"name":"a"}},{"type":"function","function":{"name":"b"}}],"tool_choice":{"type":"function","function":{"name":"b"}},"parallel_tool_calls":false})");
  const RequestParts of_chat(DialectName::openai_chat, chat);
  EXPECT_EQ(of_chat.gone({"/tools/0", "/tools/1"}),
            (std::vector<std::string>{"/parallel_tool_calls", "/tool_choice", "/tools"}));
  ASSERT_EQ(of_chat.top(Side::tools).size(), 2u);
  EXPECT_EQ(of_chat.top(Side::tools)[1].also, std::vector<std::string>{"/tool_choice"});
}

TEST(Reduce, OnlyTheSameRefusalCounts) {
  const auto refused = [](FailureClass cls, std::string message) {
    return Reply{.kind = Reply::Kind::refused, .cls = cls, .message = std::move(message)};
  };
  using enum FailureClass;
  EXPECT_TRUE(same_refusal(refused(schema_rejected, "tools.14.custom: bad (req_01AB)"),
                           refused(schema_rejected, "tools.2.custom: bad (req_99Z)")));
  EXPECT_TRUE(same_refusal(refused(schema_rejected, "bad: {'a': {'b': 1}} is not of type"),
                           refused(schema_rejected, "bad: {'c': 2} is not of type")));
  EXPECT_TRUE(same_refusal(refused(schema_rejected, "bad x"), refused(schema_rejected, "no type\nbad x")));
  EXPECT_FALSE(same_refusal(refused(schema_rejected, "no type\nbad x"), refused(schema_rejected, "bad x")));
  EXPECT_FALSE(same_refusal(refused(schema_rejected, "bad keyword"), refused(param_rejected, "bad keyword")));
  EXPECT_FALSE(same_refusal(refused(schema_rejected, "bad keyword"), refused(schema_rejected, "no type")));
  EXPECT_FALSE(same_refusal(refused(schema_rejected, "x"), Reply{.kind = Reply::Kind::passed}));
}

TEST(Reduce, BoundsEndTheSearchWithWhatWasFound) {
  Arena arena;
  const std::string text = request(R"(,"multipleOf":5)");
  for (std::size_t budget = 0; budget < 40; budget += 7) {
    Provider provider{{{"multipleOf", "bad"}}};
    const Ask inner = provider.ask();
    std::size_t used = 0;
    const Ask ask = [&](const std::string& body, const Step& step) {
      if (used++ >= budget) return Reply{.message = "the bound is reached"};
      return inner(body, step);
    };
    const Reduction found = reduce(DialectName::openai_chat, read(arena, text), ask);
    EXPECT_EQ(found.unfinished, "the bound is reached");
    EXPECT_EQ(found.asked, budget + 1) << "asks once more than it may, and then no more";
    EXPECT_EQ(found.fixed, "");
    if (!found.faults.empty()) {
      EXPECT_FALSE(found.faults[0].minimal);
      EXPECT_NE(found.faults[0].request.find("multipleOf"), std::string::npos);
    }
  }
}

TEST(Reduce, NothingToFindInWhatPasses) {
  Arena arena;
  Provider provider;
  const std::string text = request("");
  const Reduction found = reduce(DialectName::openai_chat, read(arena, text), provider.ask());
  EXPECT_EQ(found.first.kind, Reply::Kind::passed);
  EXPECT_TRUE(found.faults.empty());
  EXPECT_EQ(found.asked, 1u);
}

TEST(Reduce, TheEstimateIsNear) {
  Arena arena;
  const std::string text = request(R"(,"multipleOf":5)");
  const Estimate guess = estimate(DialectName::openai_chat, read(arena, text));
  Provider provider{{{"multipleOf", "bad"}}};
  const Reduction found = reduce(DialectName::openai_chat, read(arena, text), provider.ask());
  EXPECT_GT(guess.requests, found.asked / 2);
  EXPECT_LT(guess.requests, found.asked * 2);
  EXPECT_GT(guess.bytes, text.size());
}

// Any two keywords of any tools, planted: the fix is those two and nothing else.
TEST(ReduceProperty, PlantedKeywords) {
  std::mt19937 random(3);
  for (int round = 0; round < 25; ++round) {
    const int first = static_cast<int>(random() % 20), second = static_cast<int>(random() % 20);
    std::string tools;
    std::vector<std::string> expected;
    for (int i = 0; i < 20; ++i) {
      std::string inner;
      const auto plant = [&](int at, std::string_view keyword) {
        if (i != at) return;
        inner += fmt::format(R"(,"{}":1)", keyword);
        expected.push_back(
            fmt::format("/tools/{}/function/parameters/properties/b/properties/c/items/{}", i, keyword));
      };
      plant(first, "kfirst");
      plant(second, "ksecond");
      tools += (i ? "," : "") + tool(i, inner);
    }
    std::ranges::sort(expected);
    Arena arena;
    const std::string text =
        fmt::format(R"({{"model":"m","messages":[{{"role":"user","content":"x"}}],"tools":[{}]}})", tools);
    Provider provider{{{"kfirst", "the first"}, {"ksecond", round % 5 ? "another" : "the first"}},
                      .typed = round % 2 == 1,
                      .lists = round % 3 == 0};
    const Reduction found = reduce(DialectName::openai_chat, read(arena, text), provider.ask());
    EXPECT_EQ(found.fix, expected) << round;
    EXPECT_EQ(found.unfinished, "") << round;
  }
}

}  // namespace
}  // namespace dragoman::failure
