// What an answer is held to: the client's schemas, whatever the target was told.
#include "lower/promises.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "lower/test_support.h"

namespace dragoman::lower {
namespace {

using canon::DialectName;
using ::testing::HasSubstr;

std::string chat(std::string_view members) {
  return fmt::format(R"({{"model":"m","messages":[{{"role":"user","content":"hi"}}],{}}})", members);
}

std::string tool(std::string_view schema) {
  return fmt::format(
      R"("tools":[{{"type":"function","function":{{"name":"hotels.search","parameters":{}}}}}])", schema);
}

constexpr std::string_view kHotels =
    R"({"type":"object","properties":{"city":{"type":"string","pattern":"^[A-Z]"},"n":{"type":"integer","maximum":5}},"required":["city"],"additionalProperties":false})";

struct Held {
  explicit Held(const std::string& body) : client({"t", DialectName::openai_chat, body}) {}
  testing::ClientRequest client;
  ValidatorCache schemas;
  Verdict call(std::string_view arguments, bool coerce = false, std::span<const Edit> edits = {},
               std::string_view name = "hotels.search") {
    return Promises(client.get(), edits, schemas).judge_call(name, arguments, coerce);
  }
  Verdict output(std::string_view text, bool coerce = false) {
    return Promises(client.get(), {}, schemas).judge_output(text, coerce);
  }
};

// "keyword@pointer" of each
std::string places(const std::vector<Broken>& broken) {
  std::string out;
  for (const Broken& one : broken)
    out += fmt::format("{}{}@{}", out.empty() ? "" : " ", one.keyword, one.pointer);
  return out;
}

TEST(Promises, WhatNobodyChecksIsSaid) {
  Held held(chat(tool(
      R"x({"type":"object","properties":{"city":{"type":"string","pattern":"^(?=P)"}
}
, "required" : ["city"]
})x")));
  const Edit edits[] = {
      {"X", "/tools/0/function/parameters/properties/city", "pattern", "", "", Loss::widened}};
  const Verdict open = held.call(R"({"city":"Paris"})", false, edits);
  ASSERT_EQ(open.broken.size(), 1U);
  EXPECT_TRUE(open.good());
  EXPECT_EQ(open.broken[0].schema_pointer, "/tools/0/function/parameters/properties/city/pattern");
  EXPECT_THAT(open.broken[0].message, HasSubstr("was not checked"));
  EXPECT_TRUE(held.call(R"({"city":"Paris"})").broken.empty()) << "the target was told";
  EXPECT_EQ(places(held.call(R"({"city":1})", false, edits).broken), "type@/city")
      << "what is known comes first";
}

TEST(Promises, CallsAreHeldToTheClientsSchema) {
  Held held(chat(tool(kHotels)));
  struct Case {
    std::string_view arguments;
    std::string_view want;
  };
  for (const Case& c : {Case{R"({"city":"Paris","n":3})", ""},
                        {R"({"city":"paris"})", "pattern@/city"},
                        {R"({"n":9})", "required@ maximum@/n"},
                        {R"({"city":"P","x":1})", "additionalProperties@/x"},
                        {"", "required@"},
                        {R"({"city":"P)", "json@"},
                        {R"("Paris")", "type@"}}) {
    const Verdict verdict = held.call(c.arguments);
    EXPECT_EQ(places(verdict.broken), c.want) << c.arguments;
    EXPECT_EQ(verdict.good(), c.want.empty());
    EXPECT_FALSE(verdict.text);
  }
  EXPECT_TRUE(held.call(R"({"anything":1})", false, {}, "other").good()) << "nobody declared it";
}

TEST(Promises, AViolationIsFoundInTheClientsRequest) {
  Held held(chat(tool(kHotels)));
  const Verdict verdict = held.call(R"({"city":"paris"})");
  ASSERT_EQ(verdict.broken.size(), 1u);
  EXPECT_EQ(verdict.broken[0].schema_pointer, "/tools/0/function/parameters/properties/city/pattern");
  EXPECT_TRUE(json::resolve(held.client.get().source, verdict.broken[0].schema_pointer));
  EXPECT_THAT(describe(verdict.broken),
              HasSubstr("the call of hotels.search breaks its schema at /city: must match the pattern"));
}

// Gemini's OpenAPI subset and Groq's strict mode cannot say everything; what they were not told is marked.
TEST(Promises, WhatAnEditKeptFromTheTargetWasNotTold) {
  Held held(chat(tool(kHotels)));
  const Edit pattern{"X", "/tools/0/function/parameters/properties/city", "pattern", "", "", Loss::widened};
  const Edit other{"X", "/tools/0/function/parameters", "additionalProperties", "", "", Loss::widened};
  const Edit strict{"X", "/tools/0", "strict", "true", "", Loss::widened};
  const Edit name{"X", "/tools/0/function/parameters/properties/n", "maximum", "", "", Loss::none};
  const Verdict verdict =
      held.call(R"({"city":"paris","n":9})", false, std::array{pattern, other, strict, name});
  ASSERT_EQ(verdict.broken.size(), 2u);
  EXPECT_FALSE(verdict.broken[0].told);
  EXPECT_TRUE(verdict.broken[1].told);
  const Edit whole{"X", "/tools/0/function/parameters", "schema", "", "", Loss::widened};
  EXPECT_FALSE(held.call(R"({"n":9,"city":"P"})", false, {&whole, 1}).broken[0].told);
}

TEST(Promises, AWidenedSchemaOfARealTargetIsRemembered) {
  Held held(chat(tool(
      R"({"type":"object","properties":{"a":{"type":"string"}},"not":{"required":["b"]},"patternProperties":{"^x":{"type":"integer"}}})")));
  const auto lowered = held.client.to("gemini", "gemini-2.0-flash");
  ASSERT_TRUE(lowered);
  const Verdict verdict = held.call(R"({"a":"s","x1":"no"})", false, lowered->edits);
  ASSERT_EQ(places(verdict.broken), "type@/x1") << testing::describe(lowered->edits);
}

TEST(Promises, RepairMendsWhatItCanAndKeepsTheRest) {
  Held held(chat(tool(kHotels)));
  const Verdict all = held.call(R"({"city":"Paris","n":"3"})", true);
  EXPECT_TRUE(all.good());
  EXPECT_EQ(all.text, R"({"city":"Paris","n":3})");
  EXPECT_EQ(places(all.coerced), "type@/n");
  const Verdict some = held.call(R"({"city":"paris","n":"3"})", true);
  EXPECT_EQ(places(some.broken), "pattern@/city");
  EXPECT_EQ(places(some.coerced), "type@/n");
  EXPECT_EQ(some.text, R"({"city":"paris","n":3})");
}

TEST(Promises, StructuredOutput) {
  Held held(chat(
      R"("response_format":{"type":"json_schema","json_schema":{"name":"r","schema":{"type":"object","properties":{"n":{"type":"integer"}},"required":["n"]}}})"));
  EXPECT_TRUE(held.output(R"({"n":1})").good());
  const Verdict wrong = held.output(R"({"n":"1"})");
  EXPECT_EQ(places(wrong.broken), "type@/n");
  EXPECT_EQ(wrong.broken[0].schema_pointer, "/response_format/json_schema/schema/properties/n/type");
  EXPECT_EQ(held.output(R"({"n":"1"})", true).text, R"({"n":1})");
  const std::string fenced = "Here you are:\n```json\n{\"n\": 1}\n```";
  EXPECT_EQ(places(held.output(fenced).broken), "json@");
  const Verdict unwrapped = held.output(fenced, true);
  EXPECT_TRUE(unwrapped.good());
  EXPECT_EQ(unwrapped.text, R"({"n": 1})");
  EXPECT_EQ(places(unwrapped.coerced), "json@");
  EXPECT_FALSE(held.output("I cannot.", true).good());
  EXPECT_TRUE(Held(chat(R"("n":1)")).output("anything").good()) << "nothing was promised";
  Held mode(chat(R"("response_format":{"type":"json_object"})"));
  EXPECT_TRUE(mode.output("{}").good());
  EXPECT_EQ(places(mode.output("[1]").broken), "type@");
}

TEST(Promises, ASchemaThatCannotBeCompiledHoldsNobody) {
  Held held(chat(tool(R"({"type":"object","properties":{"a":{"$ref":"#/properties/a"}}})")));
  const Verdict verdict = held.call(R"({"a":1})");
  EXPECT_TRUE(verdict.good());
  EXPECT_EQ(places(verdict.broken), "limit@");
}

// Deeper than what is read is neither JSON nor no JSON.
TEST(Promises, WhatIsNestedTooDeepIsNotChecked) {
  const auto nested = [](int levels, std::string_view inner) {
    std::string text(inner);
    for (int i = 1; i < levels; ++i) text = R"({"a":)" + text + "}";
    return text;
  };
  Held held(chat(tool(R"({"type":"object","properties":{"a":{"$ref":"#"}}})")));
  EXPECT_TRUE(held.call(nested(100, "{}")).broken.empty());
  for (const int levels : {257, 1200, 3000}) {
    const Verdict verdict = held.call(nested(levels, "{}"), true);
    EXPECT_TRUE(verdict.good()) << levels;
    ASSERT_EQ(places(verdict.broken), "limit@") << levels;
    EXPECT_EQ(verdict.broken[0].message, "was not checked: it is nested deeper than 256 levels");
    EXPECT_EQ(places(held.call(nested(levels, "{"), true).broken), "json@") << levels;
  }
  Held output(chat(R"("response_format":{"type":"json_object"})"));
  EXPECT_EQ(places(output.output(nested(300, "{}"), true).broken), "limit@");
}

TEST(Promises, AskingAgainCarriesTheCallAndWhatIsWrongWithIt) {
  Held held(chat(tool(kHotels) + R"(,"stream":true)"));
  canon::Choice answer;
  canon::ToolCall good, bad;
  good.id = "c1";
  bad.id = "c2";
  good.name = bad.name = "hotels.search";
  good.arguments_text = R"({"city":"Paris"})";
  bad.arguments_text = R"({"city":"paris"})";
  answer.blocks.push_back({.body = canon::Text{"Let me see."}});
  answer.blocks.push_back({.body = good});
  answer.blocks.push_back({.body = bad});
  const BrokenBlock broken{2, held.call(bad.arguments_text).broken};
  Arena arena;
  const canon::Request again = ask_again(held.client.get(), answer, {&broken, 1}, arena);
  EXPECT_FALSE(again.stream);
  EXPECT_EQ(held.client.get().messages.size() + 2, again.messages.size());
  const canon::Message& reply = again.messages.back();
  ASSERT_EQ(reply.blocks.size(), 2u);
  const auto& first = std::get<canon::ToolResult>(reply.blocks[0].body);
  const auto& second = std::get<canon::ToolResult>(reply.blocks[1].body);
  EXPECT_EQ(first.call_id, "c1");
  EXPECT_EQ(second.call_id, "c2");
  EXPECT_TRUE(second.is_error);
  const std::string_view words = std::get<canon::Text>(second.content[0].body).text;
  EXPECT_THAT(std::string(words), HasSubstr("/city: must match the pattern ^[A-Z]"));

  // It is a request like any other: every target takes it, and its bytes hold the whole conversation.
  for (const auto& [provider, model] :
       {std::pair{"openai", "gpt-4o"}, {"anthropic", "claude-sonnet-4-5"}, {"gemini", "gemini-2.5-flash"}}) {
    const auto& row = *testing::catalogue().find(provider);
    const profile::Profile resolved = testing::catalogue().resolve(row, model, mode_of(again));
    const auto lowered = lower(again, {&row, model, &resolved, {}}, arena);
    ASSERT_TRUE(lowered) << provider;
    EXPECT_THAT(lowered->body, HasSubstr("must match the pattern")) << provider;
    EXPECT_FALSE(lowered->stream);
  }
}

}  // namespace
}  // namespace dragoman::lower
