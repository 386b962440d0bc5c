// One row a rule: what a target is sent for a schema, and what that costs. Larger cases are in
// tests/golden/schema.
#include "lower/schema.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "json/parse.h"
#include "lower/schema_check.h"

namespace dragoman::lower {
namespace {

struct Outcome {
  std::string json;
  std::vector<std::string> edits;  // "RULE pointer keyword loss"
};

Outcome rewrite(std::string_view column, std::string_view text) {
  Arena arena;
  const auto schema = json::parse(arena, text);
  EXPECT_TRUE(schema) << text;
  Outcome out;
  const auto result =
      rewrite_schema(*schema, target_of(keyword_table().column(column)), "", arena, [&](const Edit& e) {
        out.edits.push_back(fmt::format("{} {} {} {}", e.rule, e.pointer, e.keyword, name(e.loss)));
      });
  out.json = json::dump_compact(result);
  return out;
}

// A property `p` with this schema, and what the target gets for it.
struct Case {
  std::string_view rule, column, in, out;
  std::vector<std::string> edits;
};

const std::vector<Case>& cases() {
  static const std::vector<Case> all = {
      {"OAI-31",
       "openai",
       R"j({"type":"array"})j",
       R"j({"type":"array","items":{}})j",
       {"OAI-31 /properties/p items none"}},
      {"OAI-33",
       "openai",
       R"j({"type":"object","properties":[],"required":null})j",
       R"j({"type":"object"})j",
       {"OAI-33 /properties/p properties none", "OAI-33 /properties/p required none"}},
      {"OAI-36",
       "openai",
       R"j({"type":"float"})j",
       R"j({"type":"number"})j",
       {"OAI-36 /properties/p type none"}},
      {"OAI-36", "openai", R"j({"type":"any"})j", R"j({})j", {"OAI-36 /properties/p type none"}},
      {"OAIS-01",
       "openai-strict",
       R"j({"type":"object","properties":{},"additionalProperties":{"type":"string"}})j",
       R"j({"type":"object","properties":{},"additionalProperties":false,"description":"(additionalProperties: {\"type\":\"string\"})"})j",
       {"OAIS-01 /properties/p additionalProperties narrowed"}},
      {"OAIS-05",
       "openai-strict",
       R"j({"type":"string","format":"uri"})j",
       R"j({"type":"string","description":"(format: uri)"})j",
       {"OAIS-05 /properties/p format widened"}},
      {"OAIS-06",
       "openai-strict",
       R"j({"$ref":"#","title":"T"})j",
       R"j({"$ref":"#"})j",
       {"OAIS-06 /properties/p title none"}},
      {"ANT-34",
       "anthropic",
       R"j({"type":"number","minimum":1,"exclusiveMinimum":true})j",
       R"j({"type":"number","exclusiveMinimum":1})j",
       {"ANT-34 /properties/p exclusiveMinimum none"}},
      {"ANT-34",
       "anthropic",
       R"j({"type":"array","items":[{"type":"string"}],"additionalItems":false})j",
       R"j({"type":"array","prefixItems":[{"type":"string"}],"items":false})j",
       {"ANT-34 /properties/p items none"}},
      {"ANTS-02",
       "anthropic-strict",
       R"j({"type":"integer","minimum":1,"maximum":10,"description":"How many"})j",
       R"j({"type":"integer","description":"How many (minimum: 1, maximum: 10)"})j",
       {"ANTS-02 /properties/p minimum widened", "ANTS-02 /properties/p maximum widened"}},
      {"ANTS-03",
       "anthropic-strict",
       R"j({"type":"array","items":{"type":"string"},"minItems":1})j",
       R"j({"type":"array","items":{"type":"string"},"minItems":1})j",
       {}},
      {"ANTS-16",
       "anthropic-strict",
       R"j({"type":["string","null"],"enum":["a",null]})j",
       R"j({"type":["string","null"],"enum":["a",null]})j",
       {}},
      {"ANTS-01: closed branches of an allOf would leave nothing",
       "anthropic-strict",
       R"j({"allOf":[{"type":"object","properties":{"a":{"type":"string"}}},{"properties":{"b":{"type":"string"}}}]})j",
       R"j({"type":"object","properties":{"a":{"type":"string"},"b":{"type":"string"}},"additionalProperties":false})j",
       {"ANTS-01 /properties/p allOf none", "ANTS-01 /properties/p additionalProperties narrowed"}},
      {"OAIS-06: what describes a reference stays beside it",
       "openai-strict",
       R"j({"$ref":"#","description":"D"})j",
       R"j({"anyOf":[{"$ref":"#"}],"description":"D"})j",
       {"OAIS-06 /properties/p $ref none"}},
      {"BRM-07",
       "bedrock-nova",
       R"j({"const":"x"})j",
       R"j({"type":"string","enum":["x"]})j",
       {"BRM-07 /properties/p const none", "BRM-07 /properties/p type none"}},
      {"GEM-31",
       "gemini-parameters",
       R"j({"type":"object","properties":{"q":{"type":"string"}},"additionalProperties":true})j",
       R"j({"type":"object","properties":{"q":{"type":"string"}}})j",
       {"GEM-31 /properties/p additionalProperties none"}},
      {"GEM-32",
       "gemini-parameters",
       R"j({"type":"string","properties":{"q":{"type":"string"}}})j",
       R"j({"type":"string"})j",
       {"GEM-32 /properties/p properties none"}},
      {"GEM-33",
       "gemini-parameters",
       R"j({"type":"object"})j",
       R"j({"type":"object","properties":{"_":{"type":"string","description":"Unused: leave it out."}}})j",
       {"GEM-33 /properties/p properties narrowed"}},
      {"GEM-35",
       "gemini-parameters",
       R"j({"type":"integer","enum":[1,2,3]})j",
       R"j({"type":"integer","minimum":1,"maximum":3})j",
       {"GEM-35 /properties/p enum none"}},
      {"GEM-36",
       "gemini-parameters",
       R"j({"type":"string","format":"date-time"})j",
       R"j({"type":"string","format":"date-time"})j",
       {}},
      {"GEM-36",
       "gemini-parameters",
       R"j({"type":"string","format":"email"})j",
       R"j({"type":"string","description":"(format: email)"})j",
       {"GEM-36 /properties/p format widened"}},
      {"GEM-38",
       "gemini-parameters",
       R"j({"type":["string","null"]})j",
       R"j({"type":"string","nullable":true})j",
       {"GEM-38 /properties/p type none"}},
      {"GEM-39",
       "gemini-parameters",
       R"j({"type":"object","properties":{"a":{"type":"string"}},"required":["a","b"]})j",
       R"j({"type":"object","properties":{"a":{"type":"string"}},"required":["a"]})j",
       {"GEM-39 /properties/p required widened"}},
      {"GEM-43",
       "gemini-jsonschema",
       R"j({"type":"integer","exclusiveMinimum":0})j",
       R"j({"type":"integer","minimum":1})j",
       {"GEM-43 /properties/p exclusiveMinimum none"}},
      {"GEM-43",
       "gemini-jsonschema",
       R"j({"allOf":[{"type":"string"},{"minLength":2}]})j",
       R"j({"type":"string","minLength":2})j",
       {"GEM-43 /properties/p allOf none"}},
      {"VTX-02",
       "vertex",
       R"j({"properties":{"a":{"type":"string"}}})j",
       R"j({"type":"object","properties":{"a":{"type":"string"}}})j",
       {"VTX-02 /properties/p type narrowed"}},
      {"KIMI-20",
       "moonshot",
       R"j({"enum":["a"]})j",
       R"j({"type":"string","enum":["a"]})j",
       {"KIMI-20 /properties/p type none"}},
      {"KIMI-21",
       "moonshot",
       R"j({"type":"string","anyOf":[{"minLength":2},{"enum":["x"]}]})j",
       R"j({"anyOf":[{"type":"string","minLength":2},{"type":"string","enum":["x"]}]})j",
       {"KIMI-21 /properties/p anyOf none"}},
      {"XAI-06",
       "xai",
       R"j({"type":"array","items":[{"type":"string"}]})j",
       R"j({"type":"array","prefixItems":[{"type":"string"}]})j",
       {"XAI-06 /properties/p items none"}},
      {"XAI-07",
       "xai",
       R"j({"type":"object"})j",
       R"j({"type":"object","additionalProperties":true})j",
       {"XAI-07 /properties/p additionalProperties none"}},
      {"VLLM-02",  // descriptions are not read by a grammar, so none is written
       "vllm-xgrammar",
       R"j({"type":"array","items":{"type":"string"},"uniqueItems":true})j",
       R"j({"type":"array","items":{"type":"string"}})j",
       {"VLLM-02 /properties/p uniqueItems widened"}},
      // Known to nobody: kept where leaving it out would cost something.
      {"unknown",
       "zai",
       R"j({"type":"string","minLength":2,"x-note":1})j",
       R"j({"type":"string","minLength":2})j",
       {"SCHEMA-x-note /properties/p x-note none"}},
      {"OAI-35",
       "openai-strict",
       R"j({"type":"string","pattern":"^(?!a)b"})j",
       R"j({"type":"string","description":"(pattern: ^(?!a)b)"})j",
       {"OAI-35 /properties/p pattern widened"}},
      {"LCPP-10",
       "llama.cpp",
       R"j({"type":"string","pattern":"^[a-z]{2,3}(-[A-Z]+)?$"})j",
       R"j({"type":"string","pattern":"^[a-z]{2,3}(-[A-Z]+)?$"})j",
       {}},
      {"LCPP-10",
       "llama.cpp",
       R"j({"type":"string","pattern":"a|^b$"})j",
       R"j({"type":"string"})j",
       {"LCPP-10 /properties/p pattern widened"}},
      {"XAI-07",
       "xai",
       R"j({"type":"string","maxLength":2049})j",
       R"j({"type":"string","description":"(maxLength: 2049)"})j",
       {"XAI-07 /properties/p maxLength widened"}},
      {"COH-11",
       "cohere",
       R"j({"type":"string","pattern":"^a"})j",
       R"j({"type":"string","description":"(pattern: ^a)"})j",
       {"COH-11 /properties/p pattern widened"}},
      // Taken and not enforced: kept, and no edit.
      {"ignore",
       "ollama",
       R"j({"type":"string","pattern":"^a"})j",
       R"j({"type":"string","pattern":"^a"})j",
       {}},
      // "" is no value of an enum there; it is the string of no letters.
      {"GEM-35",
       "gemini-parameters",
       R"j({"enum":["","a"]})j",
       R"j({"anyOf":[{"type":"string","enum":["a"]},{"type":"string","maxLength":0}]})j",
       {"GEM-35 /properties/p enum none", "GEM-32 /properties/p type none"}},
      {"GEM-35",
       "vertex",
       R"j({"type":"string","const":""})j",
       R"j({"type":"string","maxLength":0})j",
       {"GEM-31 /properties/p const none", "GEM-35 /properties/p enum none"}},
      {"GEM-35",
       "gemini-parameters",
       R"j({"enum":["",null]})j",
       R"j({"type":"string","maxLength":0,"nullable":true})j",
       {"GEM-35 /properties/p enum none"}},
      {"GEM-35",
       "vertex",
       R"j({"type":["string","null"],"enum":["",null,"a"]})j",
       R"j({"anyOf":[{"type":"string","enum":["a"],"nullable":true},{"type":"string","maxLength":0}]})j",
       {"GEM-35 /properties/p enum none", "GEM-35 /properties/p enum none"}},
      {"GEM-35",
       "gemini-parameters",
       R"j({"type":"array","items":{"enum":[""]}})j",
       R"j({"type":"array","items":{"type":"string","maxLength":0}})j",
       {"GEM-35 /properties/p/items enum none"}},
      {"GEM-35",
       "gemini-parameters",
       R"j({"type":"integer","enum":["",1]})j",
       R"j({"type":"integer","minimum":1,"maximum":1})j",
       {"GEM-35 /properties/p enum none", "GEM-35 /properties/p enum none"}},
      {"GEM-35: where there is a choice already",
       "gemini-parameters",
       R"j({"type":"string","enum":["","a"],"anyOf":[{"maxLength":3},{"minLength":5}]})j",
       R"j({"anyOf":[{"type":"string","enum":["a"],"maxLength":3},{"type":"string","enum":["a"],"minLength":5}]})j",
       {"GEM-35 /properties/p enum narrowed", "GEM-31 /properties/p anyOf none"}},
  };
  return all;
}

TEST(Schema, OneRuleEach) {
  for (const Case& c : cases()) {
    const std::string head = R"j({"type":"object","properties":{"p":)j";
    const Outcome out = rewrite(c.column, head + std::string(c.in) + "}}");
    std::string expected = head + std::string(c.out) + "}";
    if (keyword_table().column(c.column).traits().closed) expected += R"j(,"additionalProperties":false)j";
    EXPECT_EQ(out.json, expected + "}") << c.rule;
    std::vector<std::string> below;
    for (const std::string& edit : out.edits)
      if (edit.find(" /properties/p") != edit.npos) below.push_back(edit);
    EXPECT_EQ(below, c.edits) << c.rule;
  }
}

// The definitions go; what is told of them in words must not name them.
TEST(Schema, HintsNameNoDefinitions) {
  const struct {
    std::string_view in, hint;
  } rows[] = {
      {R"j({"propertyNames":{"$ref":"#/$defs/k"}})j", R"j((propertyNames: {"maxLength":3}))j"},
      {R"j({"contains":{"$ref":"#/$defs/k","minLength":1}})j",
       R"j((contains: {"allOf":[{"maxLength":3}],"minLength":1}))j"},
      {R"j({"type":"string","not":{"anyOf":[{"$ref":"#/$defs/k"},{"type":"null"}]}})j",
       R"j((not: {"anyOf":[{"maxLength":3},{"type":"null"}]}))j"},
      {R"j({"patternProperties":{"^$ref":{"$ref":"#/$defs/k"}}})j",
       R"j((patternProperties: {"^$ref":{"maxLength":3}}))j"},
      {R"j({"contains":{"$ref":"#/$defs/round"}})j", ""},
      {R"j({"contains":{"$ref":"#/$defs/gone"}})j", ""},
      {R"j({"contains":{"$ref":"#/$defs/wide"}})j", ""},
      // Data is the user's own.
      {R"j({"contains":{"const":{"$ref":"#/$defs/k"}}})j", R"j((contains: {"const":{"$ref":"#/$defs/k"}}))j"},
  };
  const std::string defs =
      R"j("$defs":{"k":{"maxLength":3},"round":{"not":{"$ref":"#/$defs/round"}},"wide":{"enum":[")j" +
      std::string(300, 'x') + R"j("]}})j";
  for (const auto& [in, hint] : rows) {
    const std::string schema =
        R"j({"type":"object","properties":{"p":)j" + std::string(in) + "}," + defs + "}";
    Arena arena;
    const auto said = json::parse(arena, rewrite("gemini-parameters", schema).json);
    ASSERT_TRUE(said);
    EXPECT_EQ((*said)["properties"]["p"]["description"].text(), hint) << in;
  }
}

// A type that is added to the root narrows what is held to "#" as it is, and widens what must not fit it.
TEST(Schema, AddedTypesTellTheLossThatIsTrue) {
  const struct {
    std::string_view in;
    std::vector<std::string> losses;
  } rows[] = {
      {R"j({"properties":{"p":{"type":"string"}}})j", {"none"}},
      {R"j({"properties":{"p":{"$ref":"#"}}})j", {"narrowed"}},
      {R"j({"properties":{"p":{"not":{"$ref":"#"}}}})j", {"widened"}},
      {R"j({"properties":{"p":{"not":{"not":{"$ref":"#"}}}}})j", {"narrowed"}},
      {R"j({"properties":{"p":{"if":{"$ref":"#"},"then":{"type":"object"}}}})j", {"narrowed", "widened"}},
      {R"j({"properties":{"p":{"oneOf":[{"$ref":"#"},{"type":"string"}]}}})j", {"narrowed", "widened"}},
      {R"j({"properties":{"p":{"not":{"$ref":"#/$defs/d"}}},"$defs":{"d":{"items":{"$ref":"#"}}}})j",
       {"widened"}},
      {R"j({"properties":{"p":{"$ref":"#/$defs/d"},"q":{"not":{"$ref":"#/$defs/d"}}},"$defs":{"d":{"items":{"$ref":"#"}}}})j",
       {"narrowed", "widened"}},
      {R"j({"properties":{"p":{"not":{"$ref":"#r"}}},"$anchor":"r"})j", {"widened"}},
      {R"j({"properties":{"p":{"type":"string"}},"$defs":{"unused":{"not":{"$ref":"#"}}}})j", {"none"}},
  };
  for (const auto& [in, losses] : rows) {
    std::vector<std::string> told;
    for (const std::string& edit : rewrite("anthropic", in).edits)
      if (edit.find("  type ") != edit.npos) told.push_back(edit.substr(edit.rfind(' ') + 1));
    EXPECT_EQ(told, losses) << in;
  }
}

TEST(Schema, UnchangedKeepsItsBytes) {
  Arena arena;
  const std::string_view text =
      "{ \"type\" : \"object\",\n \"properties\": {\"a\": {\"type\":\"number\", \"minimum\": 0.70, \"x\": "
      "\"\\u00e9\"}} }";
  const auto schema = json::parse(arena, text);
  for (const std::string_view column : {"openai", "anthropic", ""}) {
    const auto result = rewrite_schema(*schema, target_of(keyword_table().column(column)), "", arena, {});
    EXPECT_EQ(result.node(), schema->node()) << column;
  }
}

TEST(Schema, OnlyTheChangedBranchIsNew) {
  Arena arena;
  const auto schema = json::parse(
      arena, R"j({"type":"object","properties":{"a":{"type": "array"},"b":{"type": "string"}}})j");
  const auto result = rewrite_schema(*schema, target_of(keyword_table().column("openai")), "", arena, {});
  EXPECT_EQ(json::dump(result),
            R"j({"type":"object","properties":{"a":{"type":"array","items":{}},"b":{"type": "string"}}})j");
  EXPECT_EQ(result["properties"]["b"].node(), (*schema)["properties"]["b"].node());
}

TEST(Schema, AbsentIsAnEmptyObject) {
  Arena arena;
  const SchemaTarget target{.column = "openai"};
  EXPECT_EQ(json::dump(rewrite_schema({}, target, "", arena, {})), R"j({"type":"object","properties":{}})j");
  const SchemaTarget any{.column = "openai", .object_root = false};
  EXPECT_FALSE(rewrite_schema({}, any, "", arena, {}));
}

TEST(Schema, OutputFormatsMayHaveAnyRoot) {
  Arena arena;
  const auto schema =
      json::parse(arena, R"j({"anyOf":[{"type":"string","exclusiveMinimum":true},{"type":"array"}]})j");
  const SchemaTarget target{.column = "openai", .root_composition = true, .object_root = false};
  EXPECT_EQ(json::dump(rewrite_schema(*schema, target, "", arena, {})),
            R"j({"anyOf":[{"type":"string"},{"type":"array","items":{}}]})j");
}

TEST(Schema, PointersStandBelowTheClients) {
  Arena arena;
  const auto schema =
      json::parse(arena, R"j({"type":"object","properties":{"a/b":{"items":[{"type":"float"}]}}})j");
  std::vector<std::string> pointers;
  rewrite_schema(*schema, {.column = "openai"}, "/tools/0/function/parameters", arena,
                 [&](const Edit& e) { pointers.emplace_back(e.pointer); });
  EXPECT_THAT(pointers, testing::ElementsAre("/tools/0/function/parameters/properties/a~1b",
                                             "/tools/0/function/parameters/properties/a~1b/items/0"));
}

TEST(Schema, UnknownColumnPassesAllButTheRoot) {
  EXPECT_EQ(rewrite("no-such", R"j({"oneOf":[{"properties":{"a":{"type":"zzz"}}}]})j").json,
            R"j({"type":"object","properties":{"a":{"type":"zzz"}}})j");
}

}  // namespace
}  // namespace dragoman::lower
