// What reduce() says to change where leaving one part out is not it: too many of something, something
// missing.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include "failure/reduce.h"
#include "json/parse.h"
#include "json/write.h"

namespace dragoman::failure {
namespace {

using canon::DialectName;

Reply refused(std::string message) {
  return {.kind = Reply::Kind::refused,
          .cls = FailureClass::schema_rejected,
          .message = std::move(message),
          .status = 400};
}

std::string tools(int count, std::string_view schema = R"({"type":"object"})") {
  std::string out;
  for (int i = 0; i < count; ++i)
    out += fmt::format(R"({}{{"type":"function","function":{{"name":"t{}","parameters":{}}}}})", i ? "," : "",
                       i, schema);
  return out;
}

TEST(ReduceFix, TooManyTools) {
  Arena arena;
  // Two of the last are called: they stay.
  const std::string text = fmt::format(
      R"({{"model":"m","messages":[{{"role":"user","content":"x"}},{{"role":"assistant","tool_calls":[
        {{"id":"c","type":"function","function":{{"name":"t139","arguments":"{{}}"}}}}]}},
        {{"role":"tool","tool_call_id":"c","content":"y"}}],"tools":[{}]}})",
      tools(140));
  const auto body = json::parse(arena, text);
  int calls = 0;
  const Reduction found =
      reduce(DialectName::openai_chat, *body, [&](const std::string& request, const Step&) {
        ++calls;
        Arena own;
        const std::size_t count = (*json::parse(own, request))["tools"].items().size();
        return count > 128
                   ? refused(fmt::format("array too long: maximum length 128, but got length {}", count))
                   : Reply{.kind = Reply::Kind::passed};
      });
  ASSERT_EQ(found.faults.size(), 1u);
  const Fault& fault = found.faults[0];
  ASSERT_TRUE(fault.count);
  EXPECT_EQ(fault.count->most, 128u);
  EXPECT_EQ(fault.count->sent, 140u);
  EXPECT_EQ(fault.count->pointer, "/tools");
  EXPECT_EQ(fault.fix.size(), 12u);
  EXPECT_EQ(std::ranges::count(fault.fix, "/tools/139"), 0) << "the conversation calls it";
  EXPECT_EQ(std::ranges::count(fault.fix, "/tools/127"), 1);
  EXPECT_EQ(found.unfinished, "");
  EXPECT_EQ((*json::parse(arena, found.fixed))["tools"].items().size(), 128u);
  EXPECT_EQ((*json::parse(arena, fault.request))["tools"].items().size(), 129u);
  EXPECT_LT(calls, 25);
}

Ask wants_items() {
  return [](const std::string& request, const Step&) {
    Arena own;
    for (const json::Value tool : (*json::parse(own, request))["tools"].items())
      for (const json::Member& m : tool["function"]["parameters"]["properties"].members())
        if (m.value["type"].text() == "array" && !m.value["items"])
          return refused(fmt::format("Invalid schema for function '{}': array schema missing items",
                                     tool["function"]["name"].text()));
    return Reply{.kind = Reply::Kind::passed};
  };
}

TEST(ReduceFix, SaysWhatIsMissing) {
  Arena arena;
  const std::string text = fmt::format(
      R"({{"model":"m","messages":[{{"role":"user","content":"x"}}],"tools":[{},{}]}})", tools(20),
      R"({"type":"function","function":{"name":"odd","parameters":{"type":"object","properties":{"tags":{"type":"array"}}}}})");
  const Reduction found = reduce(DialectName::openai_chat, *json::parse(arena, text), wants_items());
  ASSERT_EQ(found.faults.size(), 1u);
  EXPECT_EQ(found.faults[0].remedy, "say what the array holds");
  const std::vector<Change> expected = {{"add", "/tools/20/function/parameters/properties/tags/items", "{}"}};
  EXPECT_EQ(found.faults[0].changes, expected);
  EXPECT_EQ(found.changes, expected);
  EXPECT_TRUE(found.faults[0].fix.empty() && found.fix.empty());
  EXPECT_NE(found.fixed.find(R"("tags":{"type":"array","items":{}})"), std::string::npos);
}

TEST(ReduceFix, TheSameEverywhereIsOneChange) {
  Arena arena;
  const std::string text =
      fmt::format(R"({{"model":"m","messages":[{{"role":"user","content":"x"}}],"tools":[{}]}})",
                  tools(30, R"({"type":"object","properties":{"tags":{"type":"array"}}})"));
  const Reduction found = reduce(DialectName::openai_chat, *json::parse(arena, text), wants_items());
  ASSERT_EQ(found.faults.size(), 1u) << "not one a tool";
  EXPECT_EQ(found.changes.size(), 30u);
  EXPECT_EQ(found.unfinished, "");
}

// A remedy that helps nothing is not taken: then the part goes.
TEST(ReduceFix, ElsePartsGo) {
  Arena arena;
  const std::string text =
      R"({"model":"m","messages":[{"role":"user","content":"x"}],"tools":[{"type":"function","function":{"name":"t",
        "parameters":{"type":"object","properties":{"tags":{"type":"array","description":"items of it"}}}}}]})";
  const Reduction found = reduce(
      DialectName::openai_chat, *json::parse(arena, text), [](const std::string& request, const Step&) {
        return request.contains("items of it") ? refused("items of what?")
                                               : Reply{.kind = Reply::Kind::passed};
      });
  ASSERT_EQ(found.faults.size(), 1u);
  EXPECT_EQ(found.faults[0].remedy, "");
  EXPECT_EQ(found.fix, std::vector<std::string>{"/tools/0/function/parameters/properties/tags/description"});
}

}  // namespace
}  // namespace dragoman::failure
