#include "sandbox/answer.h"

#include <gtest/gtest.h>

#include "json/parse.h"

namespace dragoman::sandbox {
namespace {

struct Fixture {
  Arena arena;
  json::Value weather =
      *json::parse(arena, R"({"type":"object","properties":{"city":{"type":"string"}},"required":["city"]})");

  Ask ask(std::string text) const {
    Ask a;
    a.user_text = std::move(text);
    a.tools = {{"get_weather", weather}, {"get_time", {}}};
    return a;
  }
};

std::string names(const Answer& a) {
  std::string out;
  for (const ToolCall& c : a.calls) out += (out.empty() ? "" : ",") + c.name;
  return out;
}

TEST(Plan, CallsToolsWhenItMay) {
  const Fixture f;
  struct Row {
    std::string text;
    Choice choice;
    bool parallel;
    std::string calls;
  };
  for (const Row& row : std::initializer_list<Row>{
           {"weather?", Choice::automatic, true, "get_weather"},
           {"use get_time please", Choice::automatic, true, "get_time"},
           {"both please", Choice::automatic, true, "get_weather,get_time"},
           {"in parallel", Choice::required, true, "get_weather,get_time"},
           {"both please", Choice::automatic, false, "get_weather"},
           {"answer without tools", Choice::automatic, true, ""},
           {"answer without tools", Choice::required, true, "get_weather"},
           {"weather?", Choice::none, true, ""},
           {"weather?", Choice::named, true, "get_time"},
       }) {
    Ask ask = f.ask(row.text);
    ask.choice = row.choice;
    ask.parallel = row.parallel;
    ask.named = "get_time";
    const Answer a = plan(ask);
    EXPECT_EQ(names(a), row.calls) << row.text;
    EXPECT_EQ(a.stop, row.calls.empty() ? Stop::end : Stop::tool_calls);
    EXPECT_EQ(a.text.empty(), !row.calls.empty());
  }
  EXPECT_EQ(plan(f.ask("x")).calls[0].arguments, R"({"city":"Paris"})");
}

TEST(Plan, QuotesResultsWhole) {
  const Fixture f;
  Ask ask = f.ask("weather?");
  ask.last = LastTurn::tool_results;
  ask.results = {"21 °C 🌤\nand windy", "12:00"};
  EXPECT_EQ(plan(ask).text, "Result: 21 °C 🌤\nand windy\nResult: 12:00");
}

TEST(Plan, EchoesTheUser) {
  Ask ask;
  ask.user_text = "héllo 🌍";
  ask.images = 2;
  ask.documents = 1;
  EXPECT_EQ(plan(ask).text, "You said: héllo 🌍 [2 images] [1 document]");
}

TEST(Plan, LimitsAndStops) {
  Ask ask;
  ask.user_text = "one two three";
  ask.max_tokens = 3;
  Answer a = plan(ask);
  EXPECT_EQ(a.text, "You said: on");
  EXPECT_EQ(a.stop, Stop::length);
  ask.max_tokens = 0;
  ask.stop = {"zzz", " two"};
  a = plan(ask);
  EXPECT_EQ(a.text, "You said: one");
  EXPECT_EQ(a.stop, Stop::sequence);
  EXPECT_EQ(a.stop_sequence, " two");
}

TEST(Plan, StructuredOutput) {
  const Fixture f;
  Ask ask;
  ask.output_schema = f.weather;
  EXPECT_EQ(plan(ask).text, R"({"city":"Paris"})");
  ask.output_schema = {};
  ask.json_object = true;
  ask.user_text = "\"q\"";
  EXPECT_EQ(plan(ask).text, R"({"answer":"You said: \"q\""})");
}

TEST(Pieces, JoinToTheWholeAndNeverCutACharacter) {
  for (const std::string_view text :
       {std::string_view(), std::string_view("a"), std::string_view("one two  three\nfour"),
        std::string_view("日本語のとても長い文章にはスペースがない"),
        std::string_view("xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx")}) {
    std::string joined;
    for (const auto p : pieces(text)) {
      EXPECT_FALSE(p.empty());
      EXPECT_NE(static_cast<unsigned char>(p[0]) & 0xC0, 0x80);
      joined += p;
    }
    EXPECT_EQ(joined, text);
  }
  EXPECT_GT(pieces("one two").size(), 1u);
}

TEST(StableId, IsAFunctionOfItsInputs) {
  EXPECT_EQ(stable_id("call_", "a"), stable_id("call_", "a"));
  EXPECT_NE(stable_id("call_", "a"), stable_id("call_", "b"));
  EXPECT_NE(stable_id("call_", "a", 1), stable_id("call_", "a", 2));
  EXPECT_EQ(stable_id("", "a", 0, 9).size(), 9u);
}

}  // namespace
}  // namespace dragoman::sandbox
