// What is mended and what is not: a row a rule.
#include "lower/coerce.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "json/parse.h"
#include "json/write.h"

namespace dragoman::lower {
namespace {

struct Case {
  std::string_view what;
  std::string_view schema;
  std::string_view sent;
  std::string_view want;  // "": cannot be mended
};

// {"type":"object","properties":{"x": SCHEMA}} for a schema of one property.
std::string object_of(std::string_view schema, bool required) {
  return std::string(R"({"type":"object","properties":{"x":)") + std::string(schema) +
         (required ? R"(},"required":["x"]})" : "}}");
}

const Case kValues[] = {
    // one property, "x", that is required
    {"a number in a string", R"({"type":"integer"})", R"("3")", "3"},
    {"and spaces", R"({"type":"number"})", R"(" 3.50 ")", "3.50"},
    {"a fraction is no integer", R"({"type":"integer"})", R"("3.5")", ""},
    {"words are no integer", R"({"type":"integer"})", R"("three")", ""},
    {"a number out of bounds is not mended", R"({"type":"integer","maximum":2})", R"("3")", ""},
    {"truth in a string", R"({"type":"boolean"})", R"("true")", "true"},
    {"as Python says it", R"({"type":"boolean"})", R"("False")", "false"},
    {"yes is a guess", R"({"type":"boolean"})", R"("yes")", ""},
    {"1 is a guess", R"({"type":"boolean"})", "1", ""},
    {"a number for a string", R"({"type":"string"})", "7.10", R"("7.10")"},
    {"truth for a string", R"({"type":"string"})", "true", R"("true")"},
    {"a lone value for an array", R"({"type":"array","items":{"type":"string"}})", R"("a")", R"(["a"])"},
    {"a lone object for an array", R"({"type":"array","items":{"type":"object"}})", R"({"a":1})",
     R"([{"a":1}])"},
    {"a lone value that needs mending too", R"({"type":"array","items":{"type":"integer"}})", R"("5")",
     "[5]"},
    {"an array in a string", R"({"type":"array","items":{"type":"integer"}})", R"("[1, 2]")", "[1,2]"},
    {"an array in a string, whose items need mending", R"({"type":"array","items":{"type":"integer"}})",
     R"("[\"1\", 2]")", "[1,2]"},
    {"one item for no array", R"({"type":"string"})", R"(["a"])", R"("a")"},
    {"two items for no array", R"({"type":"string"})", R"(["a","b"])", ""},
    {"an object in a string", R"({"type":"object","properties":{"a":{"type":"integer"}}})", R"("{\"a\": 1}")",
     R"({"a":1})"},
    {"and its members mended", R"({"type":"object","properties":{"a":{"type":"integer"}}})",
     R"("{\"a\": \"1\"}")", R"({"a":1})"},
    {"half an object in a string", R"({"type":"object"})", R"("{\"a\": 1")", ""},
    {"null in a string", R"({"type":["integer","null"]})", R"("null")", "null"},
    {"a word in another case", R"({"enum":["celsius","fahrenheit"]})", R"("Celsius ")", R"("celsius")"},
    {"a word that two could be", R"({"enum":["a","A"]})", R"(" a")", ""},
    {"a word not of the list", R"({"enum":["celsius","fahrenheit"]})", R"("kelvin")", ""},
    {"a number of the list", R"({"enum":[1,2]})", R"("2")", "2"},
    {"const in another case", R"({"const":"Yes"})", R"("YES")", R"("Yes")"},
    {"pydantic's optional", R"({"anyOf":[{"type":"integer"},{"type":"null"}]})", R"("3")", "3"},
    {"pydantic's optional model, mended inside",
     R"({"anyOf":[{"type":"object","properties":{"a":{"type":"integer"}},"required":["a"]},{"type":"null"}]})",
     R"({"a":"3"})", R"({"a":3})"},
    {"and in a string",
     R"({"anyOf":[{"type":"object","properties":{"a":{"type":"integer"}},"required":["a"]},{"type":"null"}]})",
     R"("{\"a\":\"3\"}")", R"({"a":3})"},
    {"two alternatives it could be mended for",
     R"({"oneOf":[{"properties":{"a":{"type":"integer"}},"required":["a"]},{"properties":{"a":{"type":"array"}},"required":["a"]}]})",
     R"({"a":"3"})", ""},
    {"a string stays a string where it may be one", R"({"type":["string","integer"],"minLength":2})",
     R"("3")", ""},
    {"null for what is required", R"({"type":"string"})", "null", ""},
    {"a pattern is not mended", R"({"type":"string","pattern":"^[a-z]+$"})", R"("A")", ""},
};

// Of many alternatives the ones that call themselves something else are not tried.
std::string union_of(int size, bool references) {
  std::string list, definitions;
  for (int i = 0; i < size; ++i) {
    const std::string one = fmt::format(
        R"({{"type":"object","properties":{{"k":{{"const":"k{}"}},"v":{{"type":"integer"}}}},"required":["k","v"]}})",
        i);
    list += (i ? "," : "") + (references ? fmt::format(R"({{"$ref":"#/$defs/d{}"}})", i) : one);
    definitions += fmt::format(R"({}"d{}":{})", i ? "," : "", i, one);
  }
  return fmt::format(
      R"({{"type":"object","properties":{{"x":{{"oneOf":[{}]}}}},"required":["x"],"$defs":{{{}}}}})", list,
      definitions);
}

std::string mended(std::string_view schema, std::string_view sent) {
  const auto compiled = validate::compile_schema(schema);
  EXPECT_TRUE(compiled->validator) << compiled->why;
  Arena arena;
  const auto value = json::parse(arena, sent);
  EXPECT_TRUE(value) << sent;
  auto found = compiled->validator->check(*value);
  EXPECT_FALSE(found.empty()) << sent << " is valid as it is";
  const Coerced out = coerce(*value, *compiled, found, arena);
  EXPECT_EQ(json::dump_compact(*value), json::dump_compact(*json::parse(arena, sent)))
      << "the input is const";
  if (!out.left.empty()) return "";
  EXPECT_FALSE(out.made.empty());
  EXPECT_TRUE(compiled->validator->check(out.value).empty());
  return json::dump_compact(out.value);
}

TEST(Coerce, OneValue) {
  for (const Case& c : kValues) {
    const std::string want = c.want.empty() ? "" : R"({"x":)" + std::string(c.want) + "}";
    EXPECT_EQ(mended(object_of(c.schema, true), R"({"x":)" + std::string(c.sent) + "}"), want) << c.what;
  }
}

const Case kWholes[] = {
    {"null for what may be absent",
     R"({"properties":{"a":{"type":"string"},"b":{"type":"integer"}},"required":["b"]})",
     R"({"a":null,"b":1})", R"({"b":1})"},
    {"a null that is allowed stays, another goes",
     R"({"properties":{"a":{"type":"string"},"b":{"type":["string","null"]}}})", R"({"a":null,"b":null})",
     R"({"b":null})"},
    {"null for a property that is not known", R"({"properties":{"a":{}},"additionalProperties":false})",
     R"({"a":1,"x":null})", R"({"a":1})"},
    {"a property that is not known and says something",
     R"({"properties":{"a":{}},"additionalProperties":false})", R"({"a":1,"x":2})", ""},
    {"not below the least number of properties",
     R"({"properties":{"a":{"type":"string"}},"minProperties":1})", R"({"a":null})", ""},
    {"arguments encoded twice", R"({"type":"object","properties":{"a":{"type":"integer"}}})",
     R"("{\"a\":1}")", R"({"a":1})"},
    {"through references",
     R"({"$defs":{"n":{"type":"integer"}},"properties":{"a":{"items":{"$ref":"#/$defs/n"}}}})",
     R"({"a":["1",2,"3"]})", R"({"a":[1,2,3]})"},
    {"alternatives that refer to definitions",
     R"({"$defs":{"p":{"type":"object","properties":{"n":{"$ref":"#/$defs/i"}},"required":["n"]},"i":{"type":"integer"}},"properties":{"a":{"anyOf":[{"$ref":"#/$defs/p"},{"type":"null"}]}}})",
     R"({"a":{"n":"1"}})", R"({"a":{"n":1}})"},
    {"the same in draft 7",
     R"({"$schema":"http://json-schema.org/draft-07/schema#","definitions":{"p":{"type":"object","properties":{"n":{"type":"integer"}},"required":["n"]}},"properties":{"a":{"anyOf":[{"$ref":"#/definitions/p"},{"type":"null"}]}}})",
     R"({"a":{"n":"1"}})", R"({"a":{"n":1}})"},
    {"the same with an id of its own",
     R"({"$id":"https://example.com/s","$defs":{"p":{"type":"object","properties":{"n":{"type":"integer"}},"required":["n"]}},"properties":{"a":{"anyOf":[{"$ref":"#/$defs/p"},{"type":"null"}]}}})",
     R"({"a":{"n":"1"}})", R"({"a":{"n":1}})"},
    {"keys with slashes and tildes", R"({"properties":{"a/b~c":{"type":"integer"}}})", R"({"a/b~c":"1"})",
     R"({"a/b~c":1})"},
    {"the order of keys", R"({"properties":{"b":{"type":"integer"}}})", R"({"z":1,"b":"2","a":3})",
     R"({"z":1,"b":2,"a":3})"},
    {"what can be, though not all", R"({"properties":{"a":{"type":"integer"},"b":{"minLength":3}}})",
     R"({"a":"1","b":"x"})", ""},
};

TEST(Coerce, WholeObjects) {
  for (const Case& c : kWholes) EXPECT_EQ(mended(c.schema, c.sent), c.want) << c.what;
}

TEST(Coerce, OneOfManyKinds) {
  for (const bool references : {false, true}) {
    const std::string schema = union_of(30, references);
    EXPECT_EQ(mended(schema, R"({"x":{"k":"k27","v":"7"}})"), R"({"x":{"k":"k27","v":7}})") << references;
    EXPECT_EQ(mended(schema, R"({"x":"{\"k\":\"k27\",\"v\":\"7\"}"})"), R"({"x":{"k":"k27","v":7}})")
        << references;
    EXPECT_EQ(mended(schema, R"({"x":{"k":"k99","v":"7"}})"), "") << references;
  }
}

TEST(Coerce, SaysWhatItDid) {
  const auto schema =
      validate::compile_schema(R"({"properties":{"n":{"type":"integer"},"o":{"type":"string"}}})");
  Arena arena;
  const auto value = json::parse(arena, R"({"n":"3","o":null})");
  const Coerced out = coerce(*value, *schema, schema->validator->check(*value), arena);
  ASSERT_EQ(out.made.size(), 2u);
  EXPECT_EQ(out.made[0].pointer, "/n");
  EXPECT_EQ(out.made[0].keyword, "type");
  EXPECT_EQ(out.made[0].before, "\"3\"");
  EXPECT_EQ(out.made[0].after, "3");
  EXPECT_EQ(out.made[1].pointer, "/o");
  EXPECT_EQ(out.made[1].after, "");
}

// Thousands of broken places cost no more than some fifty checks; what is not reached stays broken.
TEST(Coerce, IsBounded) {
  const auto schema = validate::compile_schema(R"({"items":{"type":"integer"}})");
  std::string text = "[";
  for (int i = 0; i < 5000; ++i) text += "\"1\",";
  text.back() = ']';
  Arena arena;
  const auto value = json::parse(arena, text);
  const Coerced out = coerce(*value, *schema, schema->validator->check(*value), arena);
  EXPECT_FALSE(out.left.empty());
  EXPECT_LE(out.made.size(), 48u);
}

// Nor more steps than a few large checks take: here one takes a third of them.
TEST(Coerce, IsBoundedInSteps) {
  std::string words, sent;
  for (int i = 0; i < 2000; ++i) words += fmt::format("{}\"w{}\"", i ? "," : "", i);
  for (int i = 0; i < 40; ++i) sent += fmt::format("{}\"W1999\"", i ? "," : "");
  const auto schema = validate::compile_schema(R"({"items":{"enum":[)" + words + "]}}");
  Arena arena;
  const auto value = json::parse(arena, "[" + sent + "]");
  const Coerced out = coerce(*value, *schema, schema->validator->check(*value), arena);
  EXPECT_FALSE(out.left.empty());
  EXPECT_GE(out.made.size(), 1u);
  EXPECT_LE(out.made.size(), 4u);
}

TEST(ValidatorCache, HugeSchemasAreNotRead) {
  std::string schema = R"({"enum":[0)";
  for (std::size_t i = 0; i < validate::kAnswerSchemaValues; ++i) schema += ",0";
  const auto compiled = validate::compile_schema(schema + "]}");
  EXPECT_FALSE(compiled->validator);
  EXPECT_NE(compiled->why.find("200000 values"), std::string::npos) << compiled->why;
}

TEST(ValidatorCache, KeepsTheLatestWithinItsBytes) {
  validate::ValidatorCache cache(200);
  Arena arena;
  const auto schema = [&](int i) {
    return *json::parse(arena, R"({"minLength":)" + std::to_string(100 + i) + "}");  // 17 bytes
  };
  const auto first = cache.get(schema(0));
  EXPECT_EQ(cache.get(schema(0)), first) << "the same bytes";
  for (int i = 1; i < 100; ++i) {
    cache.get(schema(i));
    cache.get(schema(0));
    EXPECT_LE(cache.bytes(), 200u);
  }
  EXPECT_EQ(cache.get(schema(0)), first) << "what is in use stays";
  EXPECT_EQ(cache.size(), 11u);
  ASSERT_LE(cache.bytes(), 200u);
  const auto broken = cache.get(*json::parse(arena, "3"));
  EXPECT_FALSE(broken->validator);
  EXPECT_FALSE(broken->why.empty());
  const auto large = cache.get(*json::parse(arena, R"({"title":")" + std::string(300, 'x') + "\"}"));
  EXPECT_TRUE(large->validator);
  EXPECT_EQ(cache.size(), 12u) << "too large to keep, checked all the same";
}

}  // namespace
}  // namespace dragoman::lower
