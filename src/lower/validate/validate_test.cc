// What the JSON Schema Test Suite (tests/json_schema_suite) does not look at: where violations stand and what
// they say, what is left out, limits.
#include "lower/validate/validate.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "json/parse.h"

namespace dragoman::validate {
namespace {

class Validate : public testing::Test {
 protected:
  json::Value parse(std::string_view text) {
    const auto value = json::parse(arena_, text);
    EXPECT_TRUE(value) << text;
    return value ? *value : json::Value();
  }
  // "instance pointer|schema pointer|message" a line.
  std::string check(std::string_view schema, std::string_view instance, Validator::Options options = {}) {
    const auto validator = Validator::compile(parse(schema), options);
    if (!validator) return "no compile: " + validator.error().pointer + "|" + validator.error().message;
    std::string out;
    for (const Violation& violation : validator->check(parse(instance)))
      out += fmt::format("{}{}|{}|{}", out.empty() ? "" : "\n", violation.instance_pointer,
                         violation.schema_pointer, violation.message);
    return out;
  }

  Arena arena_;
};

TEST_F(Validate, SaysWhereAndWhat) {
  const struct {
    const char *schema, *instance, *violations;
  } cases[] = {
      {R"({"type":"integer"})", "3", ""},
      {R"({"type":"integer"})", R"("3")", "|/type|must be an integer, is a string"},
      {R"({"type":"integer"})", "3.5", "|/type|must be an integer, is 3.5"},
      {R"({"type":["string","null"]})", "[]", "|/type|must be a string or null, is an array"},
      {R"({"properties":{"a/b":{"minimum":2}}})", R"({"a/b":1})",
       "/a~1b|/properties/a~1b/minimum|must be at least 2, is 1"},
      {R"({"items":{"enum":["x","y"]}})", R"(["x","z"])",
       R"(/1|/items/enum|must be one of "x", "y", is "z")"},
      {R"({"const":{"a":1}})", R"({"a":2})", R"(|/const|must be {"a":1}, is {"a":2})"},
      {R"({"required":["a","b"]})", R"({"b":1})", R"(|/required|lacks the required property "a")"},
      {R"({"properties":{"a":{}},"additionalProperties":false})", R"({"a":1,"b":2})",
       R"(/b|/additionalProperties|the property "b" is not one of those allowed)"},
      {R"({"prefixItems":[{}],"items":false})", "[1,2]", "|/items|must have at most 1 items, has 2"},
      {R"({"minLength":2})", R"("ä")", "|/minLength|must have at least 2 characters, has 1"},
      {R"({"maxItems":1})", "[1,2]", "|/maxItems|must have at most 1 item, has 2"},
      {R"({"uniqueItems":true})", "[1,2,1.0]",
       "|/uniqueItems|must not hold the same item twice: items 0 and 2 are both 1"},
      {R"({"pattern":"^a"})", R"("b")", R"(|/pattern|must match the pattern ^a, is "b")"},
      {R"({"format":"date"})", R"("today")", R"(|/format|must be a date like 2024-05-31, is "today")"},
      {R"({"multipleOf":0.01})", "0.015", "|/multipleOf|must be a multiple of 0.01, is 0.015"},
      {R"({"not":{"type":"null"}})", "null", R"(|/not|must not fit {"type":"null"}, is null)"},
      {R"({"contains":{"type":"null"}})", "[1]",
       R"(|/contains|must hold at least 1 item that fits {"type":"null"}, holds 0)"},
      {R"({"dependentRequired":{"a":["b"]}})", R"({"a":1})",
       R"(|/dependentRequired|has "a" and therefore needs "b" too)"},
      {"false", "1", "||is not allowed here"},
      {R"({"properties":{"a":false}})", R"({"a":1})", "/a|/properties/a|is not allowed here"},
      {R"({"unevaluatedProperties":false,"allOf":[{"properties":{"a":{}}}]})", R"({"a":1,"b":2})",
       R"(/b|/unevaluatedProperties|the property "b" is not one of those allowed)"},
      // The schema pointer is where the keyword stands, whichever way the check came.
      {R"({"$ref":"#/$defs/n","$defs":{"n":{"type":"number"}}})", R"("x")",
       "|/$defs/n/type|must be a number, is a string"},
      {R"({"$ref":"#/x-own/n","x-own":{"n":{"items":{"type":"number"}}}})", R"(["x"])",
       "/0|/x-own/n/items/type|must be a number, is a string"},
      // The alternative with the right tag is explained, not all of them.
      {R"({"anyOf":[{"type":"null"},{"type":"object","properties":{"a":{"type":"string"}}}]})", R"({"a":1})",
       "|/anyOf|fits none of the 2 alternatives; the nearest is number 2, but: /a must be a string, is 1"},
      {R"({"oneOf":[{"properties":{"kind":{"const":"a"},"n":{"type":"integer"}}},
                    {"properties":{"kind":{"const":"b"},"n":{"type":"string"}}}]})",
       R"({"kind":"b","n":1})",
       "|/oneOf|fits none of the 2 alternatives; the nearest is number 2, but: /n must be a string, is 1"},
      {R"({"anyOf":[{"type":"string"},{"type":"null"}]})", "1",
       "|/anyOf|fits none of the 2 alternatives: must be a string, is 1; must be null, is 1"},
      {R"({"oneOf":[{"type":"number"},{"type":"integer"}]})", "1",
       "|/oneOf|must fit exactly one of the 2 alternatives, fits 2 (number 1 and number 2)"},
      // All of them, in the order of the schema.
      {R"({"properties":{"a":{"type":"string"},"b":{"type":"string"}},"required":["c"]})", R"({"a":1,"b":2})",
       "|/required|lacks the required property \"c\"\n"
       "/a|/properties/a/type|must be a string, is 1\n"
       "/b|/properties/b/type|must be a string, is 2"},
  };
  for (const auto& [schema, instance, violations] : cases)
    EXPECT_EQ(check(schema, instance), violations) << schema << " " << instance;
}

TEST_F(Validate, TakesTheDraftFromTheSchema) {
  const struct {
    const char *schema, *instance;
    bool valid;
  } cases[] = {
      // Draft 4: bounds of two keywords; 1.0 is no integer; const is unknown.
      {R"({"$schema":"http://json-schema.org/draft-04/schema#","maximum":3,"exclusiveMaximum":true})", "3",
       false},
      {R"({"$schema":"http://json-schema.org/draft-04/schema#","type":"integer"})", "1.0", false},
      {R"({"$schema":"http://json-schema.org/draft-04/schema#","const":1})", "2", true},
      {R"({"$schema":"http://json-schema.org/draft-06/schema#","const":1})", "2", false},
      {R"({"$schema":"http://json-schema.org/draft-06/schema#","if":true,"then":false})", "2", true},
      {R"({"$schema":"http://json-schema.org/draft-07/schema#","if":true,"then":false})", "2", false},
      // Up to draft 7 a $ref stands alone.
      {R"({"$schema":"http://json-schema.org/draft-07/schema#","$ref":"#/definitions/a","type":"null","definitions":{"a":{}}})",
       "2", true},
      {R"({"$schema":"https://json-schema.org/draft/2019-09/schema","$ref":"#/definitions/a","type":"null","definitions":{"a":{}}})",
       "2", false},
      // Without $schema: 2020-12, and the older spellings that mean nothing in it.
      {R"({"items":[{"type":"string"}],"additionalItems":false})", R"(["a",1])", false},
      {R"({"minimum":3,"exclusiveMinimum":true})", "3", false},
      {R"({"dependencies":{"a":["b"]}})", R"({"a":1})", false},
      // OpenAPI.
      {R"({"type":"string","nullable":true})", "null", true},
      {R"({"type":"string","enum":["a"],"nullable":true})", "null", true},
      {R"({"type":"string","nullable":false})", "null", false},
      {R"({"$ref":"#/$defs/n","nullable":true,"$defs":{"n":{"type":"integer"}}})", "null", true},
      {R"({"$ref":"#/$defs/n","nullable":true,"$defs":{"n":{"type":"integer"}}})", R"("x")", false},
      {R"({"anyOf":[{"type":"integer"},{"type":"string"}],"nullable":true})", "null", true},
      {R"({"allOf":[{"type":"integer"}],"nullable":true,"minimum":2})", "null", true},
      {R"({"const":1,"nullable":true})", "null", true},
      {R"({"nullable":true,"properties":{"a":{"oneOf":[{"type":"integer"}]}}})", R"({"a":null})", false},
  };
  for (const auto& [schema, instance, valid] : cases)
    EXPECT_EQ(check(schema, instance).empty(), valid) << schema << " " << instance;
}

TEST_F(Validate, OptionsTurnOffFormatsAndNullable) {
  EXPECT_EQ(check(R"({"format":"date"})", R"("x")", {.assert_formats = false}), "");
  EXPECT_NE(check(R"({"type":"string","nullable":true})", "null", {.openapi_nullable = false}), "");
  EXPECT_EQ(check(R"({"const":1})", "2", {.default_draft = SchemaDraft::draft4}), "");
}

// A keyword named like a property, or the other way round, is what it stands as.
TEST_F(Validate, LeavesPropertiesNamedLikeKeywordsAlone) {
  const char* schema = R"({"type":"object","properties":{"$ref":{"type":"string"},"type":{"type":"integer"},
                           "required":{"type":"boolean"}},"required":["type"]})";
  EXPECT_EQ(check(schema, R"({"$ref":"#/nowhere","type":1,"required":true})"), "");
  EXPECT_EQ(check(schema, R"({"type":"1"})"), "/type|/properties/type/type|must be an integer, is a string");
}

TEST_F(Validate, ListsWhatItDoesNotEnforce) {
  const struct {
    const char *schema, *pointer, *reason;
  } cases[] = {
      {R"({"$ref":"https://example.com/a.json"})", "/$ref", "not fetched"},
      {R"({"$ref":"#/$defs/none"})", "/$ref", "leads nowhere"},
      {R"({"$ref":"https://json-schema.org/draft/2020-12/schema"})", "/$ref", "JSON Schema itself"},
      {R"j({"properties":{"a":{"pattern":"^(?!b)"}}})j", "/properties/a/pattern", "look-around"},
      {R"j({"patternProperties":{"(a)\\1":{}}})j", "/patternProperties", "back-reference"},
      {R"({"minimum":"3"})", "/minimum", "not a number"},
      {R"({"multipleOf":0})", "/multipleOf", "above 0"},
      {R"({"maxLength":-1})", "/maxLength", "whole number"},
      {R"({"type":"float"})", "/type", "seven types"},
      {R"({"required":true})", "/required", "array of strings"},
      {R"({"properties":[]})", "/properties", "not an object"},
      {R"({"anyOf":[]})", "/anyOf", "list of schemas"},
      {R"({"not":3})", "/not", "neither an object"},
      {R"({"format":"float"})", "/format", "not a format"},
  };
  for (const auto& [schema, pointer, reason] : cases) {
    const auto validator = Validator::compile(parse(schema));
    ASSERT_TRUE(validator) << schema;
    ASSERT_EQ(validator->unsupported().size(), 1U) << schema;
    EXPECT_EQ(validator->unsupported()[0].schema_pointer, pointer);
    EXPECT_NE(validator->unsupported()[0].reason.find(reason), std::string::npos)
        << schema << ": " << validator->unsupported()[0].reason;
    EXPECT_TRUE(validator->check(parse(R"({"a":"b"})")).empty()) << schema;
  }
}

// What is not enforced may make a check pass, never fail. The pattern ^(?!b) is such a thing.
TEST_F(Validate, NeverRefusesForWhatItCannotCheck) {
  const struct {
    const char *schema, *instance;
  } cases[] = {
      {R"j({"not":{"pattern":"^(?!b)"}})j", R"("b")"},
      {R"({"not":{"properties":{"a":{"$ref":"other.json"}}}})", R"({"a":1})"},
      {R"j({"oneOf":[{"type":"string"},{"pattern":"^(?!b)"}]})j", R"("b")"},
      {R"j({"if":{"pattern":"^(?!b)"},"then":{"maxLength":0}})j", R"("b")"},
      {R"j({"contains":{"pattern":"^(?!b)"},"maxContains":1})j", R"(["b","b"])"},
      {R"j({"patternProperties":{"^(?!b)":{}},"additionalProperties":false})j", R"({"c":1})"},
      {R"({"$ref":"other.json","unevaluatedProperties":false})", R"({"c":1})"},
      {R"j({"not":{"not":{"not":{"pattern":"^(?!b)"}}}})j", R"("b")"},
  };
  for (const auto& [schema, instance] : cases) EXPECT_EQ(check(schema, instance), "") << schema;
  // The sure part still counts.
  const struct {
    const char *schema, *instance;
  } broken[] = {
      {R"j({"oneOf":[{"type":"string"},{"minLength":1},{"pattern":"^(?!b)"}]})j", R"("b")"},
      {R"j({"contains":{"pattern":"^(?!b)","type":"string"}})j", "[1]"},
      {R"j({"if":{"pattern":"^(?!b)","type":"string"},"else":false})j", "1"},
  };
  for (const auto& [schema, instance] : broken) EXPECT_NE(check(schema, instance), "") << schema;
}

TEST_F(Validate, RefusesCirclesWithoutProgress) {
  for (const char* schema : {R"({"$ref":"#"})", R"({"allOf":[{"$ref":"#"}]})",
                             R"({"$ref":"#/$defs/a","$defs":{"a":{"anyOf":[{"$ref":"#/$defs/b"}]},
        "b":{"not":{"$ref":"#/$defs/a"}}}})",
                             R"({"if":{"$ref":"#"}})", R"({"dependentSchemas":{"a":{"$ref":"#"}}})"})
    EXPECT_NE(check(schema, "1").find("no check would end"), std::string::npos) << schema;
  // Out of reach, or with a step into the instance, they are fine.
  EXPECT_EQ(check(R"({"$defs":{"a":{"$ref":"#/$defs/a"}}})", "1"), "");
  EXPECT_EQ(check(R"({"type":"array","items":{"$ref":"#"}})", "[[[],[]]]"), "");
  EXPECT_NE(check(R"({"type":"array","items":{"$ref":"#"}})", "[[[],[1]]]"), "");
}

TEST_F(Validate, StopsAtItsLimits) {
  // 3^30 ways to fail.
  std::string schema = R"({"$defs":{"d0":{"type":"string"})";
  for (int i = 1; i <= 30; ++i)
    schema += fmt::format(
        R"(,"d{0}":{{"anyOf":[{{"$ref":"#/$defs/d{1}"}},{{"$ref":"#/$defs/d{1}"}},{{"$ref":"#/$defs/d{1}"}}]}})",
        i, i - 1);
  schema += R"(},"$ref":"#/$defs/d30"})";
  const auto wide = Validator::compile(parse(schema));
  ASSERT_TRUE(wide);
  const auto found = wide->check(parse("1"));
  ASSERT_EQ(found.size(), 1U);
  EXPECT_TRUE(found[0].undecided);
  EXPECT_NE(found[0].message.find("more steps"), std::string::npos);
  EXPECT_TRUE(wide->check(parse(R"("x")")).empty());

  // A dynamic reference that never gets on.
  const auto deep = Validator::compile(parse(R"({"$dynamicAnchor":"a","$dynamicRef":"#a"})"));
  ASSERT_TRUE(deep);
  const auto stuck = deep->check(parse("1"));
  ASSERT_EQ(stuck.size(), 1U);
  EXPECT_TRUE(stuck[0].undecided);
  EXPECT_NE(stuck[0].message.find("deeper"), std::string::npos);

  EXPECT_NE(check(R"({"allOf":[{},{},{}]})", "1", {.limits = {.schemas = 3}}).find("more than 3 subschemas"),
            std::string::npos);
  // Patterns beyond a limit are left out; the rest is enforced.
  const struct {
    const char* schema;
    ValidationLimits limits;
  } patterns[] = {{R"({"allOf":[{"pattern":"a"},{"pattern":"b"}]})", {.patterns = 1}},
                  {R"({"allOf":[{"pattern":"a{100}"},{"pattern":"b"}]})", {.pattern_program = 100}}};
  for (const auto& [text, limits] : patterns) {
    const auto some = Validator::compile(parse(text), {.limits = limits});
    ASSERT_TRUE(some);
    ASSERT_EQ(some->unsupported().size(), 1U);
    EXPECT_EQ(some->unsupported()[0].schema_pointer, "/allOf/1/pattern");
    const auto violations = some->check(parse(R"("c")"));
    ASSERT_EQ(violations.size(), 1U);
    EXPECT_EQ(violations[0].schema_pointer, "/allOf/0/pattern");
  }
  EXPECT_NE(check("3", "1").find("object or a boolean, not number"), std::string::npos);
}

TEST_F(Validate, ReportsAsManyAsAskedFor) {
  const auto validator = Validator::compile(parse(R"({"items":{"type":"string"}})"));
  ASSERT_TRUE(validator);
  const json::Value instance = parse("[1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22]");
  EXPECT_EQ(validator->check(instance).size(), 20U);
  EXPECT_EQ(validator->check(instance, 2).size(), 2U);
  EXPECT_EQ(validator->check(instance, 0).size(), 1U);
}

// Values are quoted in part: an argument may be a megabyte.
TEST_F(Validate, CutsLongValues) {
  const std::string text = fmt::format("\"{}\"", std::string(100'000, 'x'));
  EXPECT_LT(check(R"({"const":"a"})", text).size(), 200U);
}

}  // namespace
}  // namespace dragoman::validate
