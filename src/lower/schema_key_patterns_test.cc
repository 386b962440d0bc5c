// Renamed keys beside `propertyNames` and `patternProperties`: each row is a schema, values the client would
// take and refuse, and what the renaming had to change. Without an edit that loses something the wire's
// schema says the same of the values as the wire has them; with one it takes all that the client's takes.
#include "lower/schema_key_patterns.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "json/parse.h"
#include "json/write.h"
#include "lower/tool_schema.h"
#include "lower/validate/validate.h"

namespace dragoman::lower {
namespace {

using ::testing::ElementsAreArray;

bool valid(json::Value schema, json::Value value) {
  const auto validator = validate::Validator::compile(schema);
  EXPECT_TRUE(validator);
  return validator && validator->check(value, 1).empty();
}

struct Row {
  std::string_view what, schema;
  std::vector<std::string_view> good, bad;
  std::vector<std::string> edits;  // "pointer keyword loss", of what is no property's name
};

void expect(const Row& row, std::string_view column) {
  SCOPED_TRACE(row.what);
  Arena arena;
  const auto schema = json::parse(arena, row.schema);
  ASSERT_TRUE(schema) << row.schema;
  SchemaOptions options;
  options.target.column = column;
  options.keys = {{}, "A-Za-z0-9_.-", 64, 0};
  options.keys_rule = "ANT-35";
  const LoweredSchema lowered = lower_schema(*schema, options, arena);
  const std::string wire = json::dump_compact(lowered.schema);
  std::vector<std::string> edits;
  for (const Edit& e : lowered.edits)
    if (e.keyword != "property name") {
      EXPECT_EQ(e.rule, "ANT-35");
      EXPECT_TRUE(json::resolve(*schema, e.pointer)) << e.pointer;
      edits.push_back(fmt::format("{} {} {}", e.pointer, e.keyword, name(e.loss)));
    }
  EXPECT_THAT(edits, ElementsAreArray(row.edits)) << wire;
  ASSERT_TRUE(lowered.back);
  const auto sent = [&](std::string_view text) {
    return to_wire(lowered.back->plan(), *json::parse(arena, text), json::Builder(arena));
  };
  for (const std::string_view text : row.good) {
    EXPECT_TRUE(valid(*schema, *json::parse(arena, text))) << text;
    EXPECT_TRUE(valid(lowered.schema, sent(text))) << text << " for " << wire;
  }
  for (const std::string_view text : row.bad) {
    EXPECT_FALSE(valid(*schema, *json::parse(arena, text))) << text;
    if (lowered.lossless()) EXPECT_FALSE(valid(lowered.schema, sent(text))) << text << " for " << wire;
  }
}

const Row kRows[] = {
    {"names: letters the new name has not",
     R"j({"type":"object","properties":{"größe":{"type":"integer"}},"propertyNames":{"pattern":"^[a-zäöüß]+$"}})j",
     {R"j({"größe":3})j", R"j({"länge":"x","größe":3})j"},
     {R"j({"größe":"3"})j", R"j({"A":1})j", R"j({"größe":3,"x_1":1})j"},
     {" propertyNames none"}},
    {"names: all of them",
     R"j({"type":"object","properties":{"a b":{"type":"integer"}},"propertyNames":{"enum":["a b","c"]}})j",
     {R"j({"a b":3,"c":{}})j"},
     {R"j({"d":1})j"},
     {" propertyNames none"}},
    {"names: by a definition",
     R"j({"type":"object","properties":{"a b":{"type":"integer"}},"propertyNames":{"$ref":"#/$defs/n"},"$defs":{"n":{"maxLength":4}}})j",
     {R"j({"a b":3})j"},
     {R"j({"abcde":1})j"},
     {" propertyNames none"}},
    {"names: both fit",
     R"j({"type":"object","properties":{"a b":{"type":"integer"}},"propertyNames":{"minLength":2}})j",
     {R"j({"a b":3})j"},
     {R"j({"a":1})j"},
     {}},
    {"names: only the new one fits",
     R"j({"type":"object","properties":{"a b":{"type":"integer"}},"propertyNames":{"pattern":"^[a-zA-Z_0-9-]*$"}})j",
     {R"j({"c":3})j"},
     {R"j({"a b":1})j"},
     {" propertyNames widened"}},
    {"names: nobody can run it",
     R"j({"type":"object","properties":{"a b":{"type":"integer"}},"propertyNames":{"pattern":"^(?!x)"}})j",
     {R"j({"a b":3})j"},
     {},
     {" propertyNames widened"}},
    {"names: of another object",
     R"j({"type":"object","properties":{"a b":{"type":"integer"},"m":{"type":"object","propertyNames":{"pattern":"^[a-z ]+$"}}}})j",
     {R"j({"a b":3,"m":{"a b":1}})j"},
     {R"j({"m":{"X":1}})j"},
     {}},
    {"names: declared in a branch",
     R"j({"type":"object","properties":{"o":{"type":"object","allOf":[{"properties":{"a b":{"type":"integer"}}},{"propertyNames":{"pattern":"^[a-z ]+$"}}]}}})j",
     {R"j({"o":{"a b":3}})j"},
     {R"j({"o":{"a b":"3"}})j", R"j({"o":{"X":1}})j"},
     {"/properties/o/allOf/1 propertyNames none"}},
    {"names: in a definition that may stand anywhere",
     R"j({"type":"object","$defs":{"n":{"propertyNames":{"pattern":"^[a-z ]+$"}}},"properties":{"o":{"$ref":"#/$defs/n","properties":{"a b":{"type":"integer"}}}}})j",
     {R"j({"o":{"a b":3}})j"},
     {R"j({"o":{"X":1}})j"},
     {"/$defs/n propertyNames widened"}},
    {"a pattern about the old name",
     R"j({"type":"object","properties":{"größe x":{"type":"integer"}},"patternProperties":{"^größe":{"minimum":3}}})j",
     {R"j({"größe x":3})j", R"j({"größe y":4})j"},
     {R"j({"größe x":2})j", R"j({"größe y":2})j", R"j({"größe x":"3"})j"},
     {" patternProperties none"}},
    {"a pattern about both",
     R"j({"type":"object","properties":{"a b":{"type":"integer"}},"patternProperties":{"a":{"minimum":3}}})j",
     {R"j({"a b":3})j"},
     {R"j({"a b":2})j"},
     {}},
    {"a pattern about the new name only",
     R"j({"type":"object","properties":{"a b":{"type":"integer"}},"patternProperties":{"^[^ ]+$":{"type":"string"},"^z":{"minLength":1}},"additionalProperties":false})j",
     {R"j({"a b":2})j", R"j({"ab":"x","z":"y"})j"},
     {R"j({"ab":1})j"},
     {" patternProperties widened", " additionalProperties widened"}},
    {"what only a pattern lets in, beside the property",
     R"j({"type":"object","properties":{"o":{"allOf":[{"properties":{"a b":{"type":"integer"}}},{"patternProperties":{" b$":{"minimum":3}},"additionalProperties":false}]}}})j",
     {R"j({"o":{"a b":3}})j"},
     {R"j({"o":{"a b":2}})j", R"j({"o":{"c":3}})j"},
     {"/properties/o/allOf/1 patternProperties none"}},
    {"inside of a not",
     R"j({"type":"object","properties":{"o":{"type":"object","properties":{"a b":{"type":"integer"}},"not":{"patternProperties":{"^[^ ]+$":{"type":"string"}},"required":["x"]}}}})j",
     {R"j({"o":{"a b":2}})j", R"j({"o":{"x":2}})j"},
     {R"j({"o":{"a b":2,"x":"s"}})j"},
     {"/properties/o/not patternProperties widened", "/properties/o not widened"}},
    {"a branch of one",
     R"j({"type":"object","properties":{"o":{"properties":{"a b":{"type":"integer"}},"oneOf":[{"patternProperties":{"^[^ ]+$":{"type":"string"}}},{"required":["x"]}]}}})j",
     {R"j({"o":{"a b":2}})j", R"j({"o":{"x":2}})j"},
     {R"j({"o":{"x":"s"}})j"},
     {"/properties/o/oneOf/0 patternProperties widened", "/properties/o oneOf widened"}},
};

TEST(KeyPatterns, KeepTheirMeaning) {
  for (const Row& row : kRows) expect(row, "anthropic");
}

}  // namespace
}  // namespace dragoman::lower
