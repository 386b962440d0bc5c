// Schemas that look odd and mean something: what goes out means the same, or the edit says what it costs.
// Each row was found by holding generated values against the client's schema and the lowered one.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "json/parse.h"
#include "lower/schema.h"
#include "lower/schema_check.h"

namespace dragoman::lower {
namespace {

struct Case {
  std::string_view why, column, in, out;
  std::vector<std::string> edits;  // "pointer keyword loss"
};

const std::vector<Case>& cases() {
  static const std::vector<Case> all = {
      {"root that no object fits is wrapped, its branches kept",
       "openai",
       R"j({"anyOf":[{"type":"string"}],"type":["string","null"]})j",
       R"j({"type":"object","properties":{"value":{"anyOf":[{"type":"string"}],"type":["string","null"]}},"required":["value"]})j",
       {" type none"}},
      {"a const is of its own type",
       "openai",
       R"j({"anyOf":[{"const":"b"}]})j",
       R"j({"type":"object","properties":{"value":{"anyOf":[{"type":"string","const":"b"}]}},"required":["value"]})j",
       {" type none", "/anyOf/0 type none"}},
      {"an enum at the root too",
       "openai",
       R"j({"enum":["a",1],"title":"T"})j",
       R"j({"type":"object","properties":{"value":{"enum":["a",1],"title":"T"}},"required":["value"]})j",
       {" type none"}},
      {"nothing fits an object and a string",
       "openai",
       R"j({"type":"object","properties":{},"oneOf":[{"type":"string"}]})j",
       R"j({"type":"object","properties":{}})j",
       {" oneOf widened"}},
      {"a branch that says more than its properties",
       "openai",
       R"j({"type":"object","properties":{"a":{"type":"string"}},"oneOf":[{"type":"object","properties":{"a":{"type":"number"}}}]})j",
       R"j({"type":"object","properties":{"a":{"type":"string"}}})j",
       {" oneOf widened"}},
      {"a branch for null takes nothing from arguments",
       "openai",
       R"j({"anyOf":[{"type":"object","properties":{"a":{"type":"string"}}},{"type":"null"}]})j",
       R"j({"type":"object","properties":{"a":{"type":"string"}}})j",
       {" anyOf none", " type none"}},
      {"a branch that takes all",
       "openai",
       R"j({"oneOf":[true,{"type":"object","properties":{"a":{"type":"string"}},"required":["a"],"additionalProperties":false}]})j",
       R"j({"type":"object","properties":{"a":{"type":"string"}},"description":"(give [\"a\"])"})j",
       {" oneOf widened", " type none"}},
      {"another type beside properties is a slip",
       "openai",
       R"j({"type":"array","properties":{"a":{"type":"string"}}})j",
       R"j({"type":"object","properties":{"a":{"type":"string"}}})j",
       {" type widened"}},
      {"OpenAPI's nullable beside a choice",
       "openai",
       R"j({"type":"object","properties":{"p":{"oneOf":[{"type":"string","minLength":1},{"type":"string","maxLength":3}],"nullable":true}}})j",
       R"j({"type":"object","properties":{"p":{"oneOf":[{"type":"string","minLength":1},{"type":"string","maxLength":3},{"type":"null"}]}}})j",
       {"/properties/p nullable none"}},
      {"OpenAPI's nullable beside allOf",
       "openai",
       R"j({"type":"object","properties":{"p":{"allOf":[{"type":"string"},{"minLength":1}],"nullable":true}}})j",
       R"j({"type":"object","properties":{"p":{"anyOf":[{"allOf":[{"type":"string"},{"minLength":1}]},{"type":"null"}]}}})j",
       {"/properties/p nullable none"}},
      {"OpenAPI's nullable beside const",
       "openai",
       R"j({"type":"object","properties":{"p":{"const":"a","nullable":true}}})j",
       R"j({"type":"object","properties":{"p":{"enum":["a",null]}}})j",
       {"/properties/p nullable none"}},
      {"nullable where a choice may not be said",
       "zai",
       R"j({"type":"object","properties":{"p":{"type":"object","allOf":[{"type":"object","properties":{"a":{"type":"string"}}},{"type":"object","properties":{"b":{"type":"string"}}}],"nullable":true}}})j",
       R"j({"type":"object","properties":{"p":{"type":["object","null"],"properties":{"a":{"type":"string"},"b":{"type":"string"}}}}})j",
       {"/properties/p allOf none", "/properties/p nullable none"}},
      {"null of one branch is not null of all",
       "xai",
       R"j({"type":"object","properties":{"p":{"allOf":[{"type":"boolean"},{"type":["string","boolean"],"nullable":true}]}}})j",
       R"j({"type":"object","properties":{"p":{"type":["boolean","null"]}}})j",
       {"/properties/p allOf none", "/properties/p nullable widened", "/properties/p nullable none"}},
      {"an enum with null keeps it beside the type",
       "moonshot",
       R"j({"type":"object","properties":{"p":{"enum":["a",null]}}})j",
       R"j({"type":"object","properties":{"p":{"type":["string","null"],"enum":["a",null]}}})j",
       {"/properties/p type none"}},
      {"types of a mixed enum",
       "moonshot",
       R"j({"type":"object","properties":{"p":{"enum":["a",1,null]}}})j",
       R"j({"type":"object","properties":{"p":{"anyOf":[{"type":"string","enum":["a"]},{"type":"integer","enum":[1]},{"type":"null"}]}}})j",
       {"/properties/p enum none"}},
      {"a guessed type inside not",
       "moonshot",
       R"j({"type":"object","properties":{"p":{"type":"object","not":{"required":["path"]}}}})j",
       R"j({"type":"object","properties":{"p":{"type":"object","description":"(not: {\"required\":[\"path\"]})"}}})j",
       {"/properties/p/not type widened", "/properties/p not widened"}},
      {"not of something wider is narrower",
       "cohere",
       R"j({"type":"object","properties":{"p":{"type":"string","not":{"type":"string","minLength":3}}}})j",
       R"j({"type":"object","properties":{"p":{"type":"string","description":"(not: {\"type\":\"string\",\"minLength\":3})"}}})j",
       {"/properties/p not widened"}},
      {"if of something wider",
       "anthropic-strict",
       R"j({"type":"object","properties":{"p":{"type":"string","if":{"minLength":3},"then":{"enum":["abc"]}}},"additionalProperties":false})j",
       R"j({"type":"object","properties":{"p":{"type":"string","description":"(if: {\"minLength\":3}, then: {\"enum\":[\"abc\"]})"}},"additionalProperties":false})j",
       {"/properties/p if widened", "/properties/p then widened"}},
      {"oneOf of something wider is anyOf",
       "cohere",
       R"j({"type":"object","properties":{"p":{"oneOf":[{"type":"string","minLength":3},{"type":"string","enum":["a"]}]}}})j",
       R"j({"type":"object","properties":{"p":{"anyOf":[{"type":"string","description":"(minLength: 3)"},{"type":"string","enum":["a"]}]}}})j",
       {"/properties/p oneOf widened", "/properties/p/oneOf/0 minLength widened"}},
      {"null twice fits no oneOf",
       "groq",
       R"j({"type":"object","properties":{"p":{"oneOf":[{"type":"string","nullable":true},{"type":"null"}]}}})j",
       R"j({"type":"object","properties":{"p":{"oneOf":[{"type":["string","null"]},{"type":"null"}]}}})j",
       {"/properties/p/oneOf/0 nullable none"}},
      {"branches that nothing fits",
       "deepseek",
       R"j({"type":"object","properties":{"p":{"type":["string","null"],"anyOf":[{"const":"a"},{"const":true}]}}})j",
       R"j({"type":"object","properties":{"p":{"type":"string","enum":["a"]}}})j",
       {"/properties/p anyOf none", "/properties/p const none", "/properties/p type none"}},
      {"no branch is left",
       "deepseek",
       R"j({"type":"object","properties":{"p":{"type":"string","anyOf":[{"type":"integer"},{"const":true}]}}})j",
       R"j({"type":"object","properties":{"p":{"type":"string"}}})j",
       {"/properties/p anyOf widened"}},
      {"true says something beside unevaluatedProperties",
       "zai",
       R"j({"type":"object","properties":{},"additionalProperties":true,"unevaluatedProperties":false})j",
       R"j({"type":"object","properties":{},"additionalProperties":true,"unevaluatedProperties":false})j",
       {}},
      {"patternProperties opened a closed object",
       "cerebras",
       R"j({"type":"object","properties":{"p":{"type":"object","properties":{"a":{"type":"string"}},"patternProperties":{"^x-":{"type":"string"}},"additionalProperties":false}}})j",
       R"j({"type":"object","properties":{"p":{"type":"object","properties":{"a":{"type":"string"}}}}})j",
       {"/properties/p patternProperties widened", "/properties/p additionalProperties widened"}},
      {"minContains 0 made contains say nothing",
       "xai",
       R"j({"type":"object","properties":{"p":{"type":"array","items":{"type":"string"},"contains":{"type":"string","enum":["a"]},"minContains":0}}})j",
       R"j({"type":"object","properties":{"p":{"type":"array","items":{"type":"string"},"description":"(minContains: 0)"}}})j",
       {"/properties/p minContains widened", "/properties/p contains widened"}},
      {"items count as looked at",
       "openai",
       R"j({"type":"object","properties":{"p":{"type":"array","unevaluatedItems":false}}})j",
       R"j({"type":"object","properties":{"p":{"type":"array","unevaluatedItems":false,"items":{}}}})j",
       {"/properties/p items widened"}},
      {"two closed objects leave nothing of each other",
       "xai",
       R"j({"type":"object","properties":{"p":{"allOf":[{"type":"object","properties":{"a":{"type":"string"}},"additionalProperties":false},{"type":"object","additionalProperties":false}]}}})j",
       R"j({"type":"object","properties":{"p":{"type":"object","properties":{"a":{"type":"string"}},"additionalProperties":false}}})j",
       {"/properties/p allOf none", "/properties/p additionalProperties widened"}},
      {"what was lifted keeps its place",
       "openai",
       R"j({"type":"object","properties":{"p":{"type":"string","required":true,"nullable":true}}})j",
       R"j({"type":"object","properties":{"p":{"type":["string","null"]}},"required":["p"]})j",
       {"/properties/p required none", "/properties/p nullable none"}},
      {"a strict mode is not tried with tuples",
       "openai-strict",
       R"j({"type":"object","properties":{"p":{"type":"array","prefixItems":[{"type":"string"},{"type":"integer"}],"items":false}},"required":["p"],"additionalProperties":false})j",
       R"j({"type":"object","properties":{"p":{"type":"array","items":{"anyOf":[{"type":"string"},{"type":"integer"}]},"maxItems":2,"description":"(prefixItems: [{\"type\":\"string\"},{\"type\":\"integer\"}])"}},"required":["p"],"additionalProperties":false})j",
       {"/properties/p prefixItems widened"}},
      {"nor with a list that must be empty",
       "anthropic-strict",
       R"j({"type":"object","properties":{"p":{"type":"array","items":false}},"additionalProperties":false})j",
       R"j({"type":"object","properties":{"p":{"type":"array","description":"(maxItems: 0)"}},"additionalProperties":false})j",
       {"/properties/p items none", "/properties/p maxItems widened"}},
      {"references that are compared as they are written",
       "llama.cpp",
       R"j({"type":"object","properties":{"p":{"$ref":"#/$defs/a~1b"},"q":{"$ref":"#/$defs/c%20d"},"r":{"$ref":"#/$defs/e"}},"$defs":{"a/b":{"type":"string"},"c d":{"type":"integer"},"e":{"type":"null"}}})j",
       R"j({"type":"object","properties":{"p":{"type":"string"},"q":{"type":"integer"},"r":{"$ref":"#/$defs/e"}},"$defs":{"a/b":{"type":"string"},"c d":{"type":"integer"},"e":{"type":"null"}}})j",
       {"/properties/p $ref none", "/properties/q $ref none"}},
      {"a bound beside null",
       "moonshot",
       R"j({"type":"object","properties":{"p":{"type":["integer","null"],"minimum":1,"description":"d"}}})j",
       R"j({"type":"object","properties":{"p":{"description":"d","anyOf":[{"type":"integer","minimum":1},{"type":"null"}]}}})j",
       {"/properties/p type none"}},
      {"false is a schema where lists are closed, too",
       "moonshot",
       R"j({"type":"object","properties":{"p":{"type":"array","prefixItems":[{"type":"string"}],"items":false}}})j",
       R"j({"type":"object","properties":{"p":{"type":"array","prefixItems":[{"type":"string"}],"maxItems":1}}})j",
       {"/properties/p items none"}},
  };
  return all;
}

TEST(SchemaMeaning, OneOddityEach) {
  for (const Case& c : cases()) {
    Arena arena;
    const auto schema = json::parse(arena, c.in);
    ASSERT_TRUE(schema) << c.in;
    std::vector<std::string> edits;
    const Column& column = keyword_table().column(c.column);
    const json::Value out = rewrite_schema(*schema, target_of(column), "", arena, [&](const Edit& e) {
      edits.push_back(e.pointer + " " + e.keyword + " " + std::string(name(e.loss)));
    });
    EXPECT_EQ(json::dump_compact(out), c.out) << c.why;
    EXPECT_EQ(edits, c.edits) << c.why;
    EXPECT_EQ(fault_of(*schema, column), "") << c.why;
  }
}

}  // namespace
}  // namespace dragoman::lower
