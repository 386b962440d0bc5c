#include "sandbox/instance.h"

#include <gtest/gtest.h>

#include "json/parse.h"
#include "sandbox/pattern.h"

namespace dragoman::sandbox {
namespace {

json::Value parse(Arena& arena, std::string_view text) {
  const auto value = json::parse(arena, text);
  EXPECT_TRUE(value) << text;
  return value ? *value : json::Value();
}

// Every schema here has an instance, and whatever is made must pass the validator.
// Every level names the next one several times: what is made of it, or whether, has to be decided soon.
TEST(Instance, DoublingReferencesComeToAnEnd) {
  std::string text = R"({"$ref":"#/$defs/d0","$defs":{"d60":{"type":"string"})";
  for (int i = 0; i < 60; ++i) {
    const std::string next = R"({"$ref":"#/$defs/d)" + std::to_string(i + 1) + "\"}";
    text += ",\"d" + std::to_string(i) + R"(":{"type":"object","properties":{"x":)" + next + R"(,"y":)" +
            next + R"(},"allOf":[)" + next + "," + next + R"(],"anyOf":[)" + next + "," + next + "]}";
  }
  Arena arena;
  const json::Value schema = parse(arena, text + "}}");
  make_instance(schema);
  EXPECT_NE(schema_fault(schema, parse(arena, R"({"x":{"x":{}},"y":{}})")), "");
  EXPECT_EQ(make_arguments(schema), "{}");
}

constexpr std::string_view kSatisfiable[] = {
    R"({})",
    R"(true)",
    R"({"type":"object"})",
    R"({"type":"object","properties":{"city":{"type":"string"},"n":{"type":"integer"}},"required":["city"]})",
    R"({"type":"object","properties":{},"required":["undeclared"]})",
    R"({"type":["string","null"]})",
    R"({"type":"string","minLength":40,"maxLength":41})",
    R"({"type":"string","maxLength":2})",
    R"({"type":"string","maxLength":0})",
    R"({"type":"string","pattern":"^[A-Z]{2,4}-\\d{3}$"})",
    R"({"type":"string","pattern":"^(foo|bar)+$","minLength":9})",
    R"({"type":"string","pattern":"^[^\\s]+@[a-z]+\\.(com|org)$"})",
    R"({"type":"string","pattern":"[0-9a-f]{8}"})",
    R"({"type":"string","pattern":"^\\S{10,}$","maxLength":12})",
    R"({"type":"string","pattern":"a|b"})",
    R"({"type":"string","format":"date-time"})",
    R"({"type":"number","exclusiveMinimum":0,"exclusiveMaximum":1})",
    R"({"type":"number","minimum":0.5,"maximum":0.6})",
    R"({"type":"integer","minimum":10,"maximum":12,"multipleOf":4})",
    R"({"type":"integer","maximum":-5})",
    R"({"type":"integer","minimum":3,"exclusiveMinimum":true,"maximum":4})",
    R"({"type":"number","multipleOf":0.25,"minimum":7.1})",
    R"({"enum":["a","b",3,null]})",
    R"({"type":"integer","enum":["a",3]})",
    R"({"const":{"a":[1,2]}})",
    R"({"type":"array","items":{"type":"integer"},"minItems":3,"uniqueItems":true})",
    R"({"type":"array","items":{"type":"string"},"minItems":3,"uniqueItems":true})",
    R"({"type":"array","items":{"enum":["a","b","c"]},"minItems":3,"uniqueItems":true})",
    R"({"type":"array","prefixItems":[{"type":"string"},{"type":"integer"}],"items":false})",
    R"({"type":"array","items":[{"type":"string"},{"type":"integer"}],"additionalItems":false})",
    R"({"type":"array","items":false})",
    R"({"type":"array","maxItems":0,"items":{"type":"string"}})",
    R"({"type":"array","contains":{"const":7}})",
    R"({"type":"object","additionalProperties":{"type":"integer"},"minProperties":3})",
    R"({"type":"object","patternProperties":{"^x-[a-z]+$":{"type":"integer"}},"additionalProperties":false,
        "minProperties":2})",
    R"({"type":"object","properties":{"a":{},"b":{},"c":{}},"maxProperties":1,"required":["c"]})",
    R"({"allOf":[{"type":"object","properties":{"a":{"type":"integer"}},"required":["a"]},
                 {"properties":{"b":{"type":"string"},"a":{"minimum":9}},"required":["b"]}]})",
    R"({"anyOf":[{"type":"object","properties":{"a":false},"required":["a"]},{"type":"object",
        "properties":{"b":{"type":"string"}},"required":["b"]}]})",
    R"({"oneOf":[{"type":"object","properties":{"kind":{"const":"a"},"x":{"type":"string"}},"required":["kind"]},
                 {"type":"object","properties":{"kind":{"const":"b"}},"required":["kind"]}]})",
    R"({"oneOf":[{"type":"integer"},{"type":"integer","minimum":0}]})",
    R"({"type":"object","properties":{"node":{"$ref":"#/$defs/node"}},"required":["node"],"$defs":{"node":
        {"type":"object","properties":{"value":{"type":"number"},"next":{"anyOf":[{"$ref":"#/$defs/node"},
        {"type":"null"}]}},"required":["value","next"],"additionalProperties":false}}})",
    R"({"type":"object","properties":{"name":{"type":"string"},"children":{"type":"array","items":{"$ref":"#"}}},
        "required":["name","children"]})",
    R"({"$ref":"#/definitions/a~1b","definitions":{"a/b":{"type":"object","properties":{"q":{"type":"string"}}}}})",
    R"({"type":"object","properties":{"if":{"type":"boolean"}},"if":{"properties":{"if":{"const":true}}},
        "then":{"required":["more"]}})",
    R"({"type":"object","properties":{"a":{"type":"string"}},"not":{"required":["a"]}})",
    R"({"type":"object","properties":{"a":{"type":"string"},"b":{"type":"string"}},"required":["a"],
        "dependentRequired":{"a":["b"]}})",
    R"({"type":"object","properties":{"t":{"type":"string","nullable":true,"enum":["x",null]}}})",
    R"({"type":"object","properties":{"deep":{"type":"object","properties":{"deep":{"type":"object","properties":
        {"deep":{"type":"array","items":{"type":"array","items":{"type":"array","items":{"type":"integer"},
        "minItems":1},"minItems":1},"minItems":1}},"required":["deep"]}},"required":["deep"]}}})",
};

TEST(Instance, EverySchemaGetsAValidInstance) {
  for (const std::string_view text : kSatisfiable) {
    for (const std::uint64_t seed : {0, 1, 2, 7}) {
      Arena arena;
      const json::Value schema = parse(arena, text);
      const auto made = make_instance(schema, seed);
      ASSERT_TRUE(made) << text << " seed " << seed;
      EXPECT_EQ(schema_fault(schema, parse(arena, *made)), "") << text << " gave " << *made;
      EXPECT_EQ(made, make_instance(schema, seed)) << "not deterministic: " << text;
    }
  }
}

TEST(Instance, WhatHasNoInstanceGetsNone) {
  for (const std::string_view text : {
           R"(false)",
           R"({"type":"string","minLength":5,"maxLength":4})",
           R"({"type":"integer","minimum":5,"maximum":4})",
           R"({"enum":[]})",
           R"({"type":"array","items":false,"minItems":1})",
           R"({"$ref":"#/$defs/a","$defs":{"a":{"$ref":"#/$defs/a"}}})",
           R"({"type":"object","properties":{"me":{"$ref":"#"}},"required":["me"]})",
       }) {
    Arena arena;
    EXPECT_FALSE(make_instance(parse(arena, text))) << text;
    EXPECT_EQ(make_arguments(parse(arena, text)), "{}") << text;
  }
}

TEST(Instance, NamesGivePlausibleValues) {
  Arena arena;
  const auto schema = parse(arena, R"({"type":"object","properties":{"location":{"type":"string"},
      "unit":{"enum":["celsius","fahrenheit"]},"days":{"type":"integer"}},"required":["location"]})");
  EXPECT_EQ(make_arguments(schema), R"({"location":"Paris","unit":"celsius","days":1})");
  EXPECT_NE(make_arguments(schema, 1), make_arguments(schema));
}

struct Fault {
  std::string_view schema;
  std::string_view instance;
  std::string_view fault;  // "" when valid
};

TEST(SchemaFault, NamesTheFirstFault) {
  constexpr Fault kRows[] = {
      {R"({"type":"integer"})", "3.0", ""},
      {R"({"type":"integer"})", "3.5", R"(/: is not of type "integer")"},
      {R"({"required":["a"]})", "{}", "/a: missing"},
      {R"({"properties":{"a":{"items":{"type":"null"}}}})", R"({"a":[null,1]})",
       R"(/a/1: is not of type "null")"},
      {R"({"additionalProperties":false})", R"({"b":1})", "/b: nothing is allowed here"},
      {R"({"minLength":2})", R"("é")", "/: is too short"},
      {R"({"maxLength":1})", R"("é")", ""},
      {R"({"oneOf":[{"type":"number"},{"type":"integer"}]})", "1", "/: fits several branches of oneOf"},
      {R"({"uniqueItems":true})", "[1,2,1.0]", "/2: is there twice"},
      {R"({"not":{"type":"null"}})", "null", "/: is what `not` excludes"},
      {R"({"pattern":"^a+$"})", R"("ab")", "/: does not match the pattern"},
      {R"({"$defs":{"x":{"const":1}},"items":{"$ref":"#/$defs/x"}})", "[1,2]", "/1: is not 1"},
  };
  for (const Fault& row : kRows) {
    Arena arena;
    EXPECT_EQ(schema_fault(parse(arena, row.schema), parse(arena, row.instance)), row.fault) << row.schema;
  }
}

TEST(Pattern, UnknownSyntaxIsRefused) {
  EXPECT_FALSE(match_text("("));
  EXPECT_FALSE(match_text("[a"));
  EXPECT_FALSE(match_text("*a"));
  EXPECT_EQ(match_text("^(?:ab)?c{2}[x-z]\\d$"), "ccx1");
  EXPECT_EQ(match_text("a*", 3), "aaa");
}

}  // namespace
}  // namespace dragoman::sandbox
