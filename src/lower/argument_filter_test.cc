// The way back of arguments: each row is a schema as the client declared it, what the model writes under the
// lowered one, and what the client gets. Every text is cut at every place, as streams are.
#include "lower/argument_filter.h"

#include <gtest/gtest.h>

#include "json/parse.h"
#include "json/write.h"
#include "lower/tool_schema.h"

namespace dragoman::lower {
namespace {

SchemaOptions strict_options() {
  SchemaOptions o;
  o.target.column = "openai-strict";
  o.strict = true;
  o.rules = {.all_required = true, .typed = true, .first_keys = true};
  o.strict_rule = "OAIS-02";
  return o;
}

SchemaOptions keyed_options() {
  SchemaOptions o;
  o.target.column = "anthropic";
  o.keys = {{}, "A-Za-z0-9_.-", 64, 0};
  o.keys_rule = "ANT-35";
  return o;
}

struct Row {
  std::string_view what, schema, wire, client;
};

void expect_rows(const SchemaOptions& options, std::initializer_list<Row> rows) {
  for (const Row& row : rows) {
    SCOPED_TRACE(row.what);
    Arena arena;
    const auto schema = json::parse(arena, row.schema);
    ASSERT_TRUE(schema) << row.schema;
    const LoweredSchema lowered = lower_schema(*schema, options, arena);
    EXPECT_EQ(lowered.fault, "");
    if (!lowered.back) {
      EXPECT_EQ(row.wire, row.client) << "no plan for " << json::dump_compact(lowered.schema);
      continue;
    }
    for (std::size_t cut = 0; cut <= row.wire.size(); ++cut) {
      std::string out;
      ArgumentFilter filter(lowered.back->plan());
      filter.push(row.wire.substr(0, cut), out);
      filter.push(row.wire.substr(cut), out);
      filter.finish(out);
      EXPECT_EQ(out, row.client) << "cut at " << cut << ", schema " << json::dump_compact(lowered.schema);
    }
    std::string bytes;
    ArgumentFilter filter(lowered.back->plan());
    for (const char& c : row.wire) filter.push({&c, 1}, bytes);
    filter.finish(bytes);
    EXPECT_EQ(bytes, row.client) << "byte by byte";
  }
}

constexpr std::string_view kTwo =
    R"({"type":"object","properties":{"a":{"type":"string"},"b":{"type":"integer"}},"required":["a"]})";
constexpr std::string_view kNested =
    R"({"type":"object","properties":{"list":{"type":"array","items":{"type":"object","properties":{
      "x":{"type":"string"},"y":{"type":["string","null"]}}}}},"required":["list"]})";
constexpr std::string_view kTree =
    R"({"type":"object","properties":{"n":{"$ref":"#/$defs/n"}},"required":["n"],"$defs":{"n":{"type":"object",
      "properties":{"v":{"type":"integer"},"next":{"$ref":"#/$defs/n"}},"required":["v"]}}})";
constexpr std::string_view kKinds =
    R"({"type":"object","required":["k"],"properties":{"k":{"anyOf":[
      {"type":"object","properties":{"kind":{"const":"a"},"x":{"type":"string"}},"required":["kind"]},
      {"type":"object","properties":{"sort":{"const":"b"},"x":{"type":["string","null"]}},"required":["sort","x"]}]}}})";

TEST(ArgumentFilter, NullsForOptionalPropertiesGo) {
  expect_rows(strict_options(),
              {
                  {"last", kTwo, R"({"a":"1","b":null})", R"({"a":"1"})"},
                  {"first", kTwo, R"({"b":null,"a":"1"})", R"({"a":"1"})"},
                  {"only", kTwo, R"({ "b" : null })", R"({ })"},
                  {"spaces", kTwo, R"({ "b": null , "a": "x" })", R"({  "a": "x" })"},
                  {"a value stays", kTwo, R"({"a":"null","b":3})", R"({"a":"null","b":3})"},
                  {"the required one's null is not ours", kTwo, R"({"a":null,"b":null})", R"({"a":null})"},
                  {"escaped key", kTwo, R"({"a":"1","\u0062":null})", R"({"a":"1"})"},
                  {"nested", kNested, R"({"list":[{"x":null,"y":null},{"x":"","y":"1"},[],3]})",
                   R"({"list":[{"y":null},{"x":"","y":"1"},[],3]})"},
                  {"strings with brackets", kNested, R"({"list":[{"x":"{\"x\":null}\\","y":null}]})",
                   R"({"list":[{"x":"{\"x\":null}\\","y":null}]})"},
                  {"recursive", kTree, R"({"n":{"v":1,"next":{"v":2,"next":null}}})",
                   R"({"n":{"v":1,"next":{"v":2}}})"},
                  {"a branch of one kind", kKinds, R"({"k":{"kind":"a","x":null}})", R"({"k":{"kind":"a"}})"},
                  {"a branch of another kind", kKinds, R"({"k":{"sort":"b","x":null}})",
                   R"({"k":{"sort":"b","x":null}})"},
                  {"no JSON", kTwo, R"(I cannot.)", R"(I cannot.)"},
                  {"broken off", kTwo, R"({"a":"un)", R"({"a":"un)"},
                  {"broken off before a value", kTwo, R"({"a":"1","b")", R"({"a":"1","b")"},
                  {"not JSON after all", kTwo, R"({"a":1]x)", R"({"a":1]x)"},
              });
}

constexpr std::string_view kOdd =
    R"({"type":"object","properties":{"user name":{"type":"string"},"$top":{"type":"object","properties":{
      "größe":{"type":"integer"}}},"map":{"type":"object","additionalProperties":{"type":"string"}}},
      "required":["user name"]})";

TEST(ArgumentFilter, RenamedKeysComeBack) {
  Arena arena;
  const auto schema = json::parse(arena, kOdd);
  const LoweredSchema lowered = lower_schema(*schema, keyed_options(), arena);
  ASSERT_TRUE(lowered.back);
  const auto client = json::parse(
      arena,
      R"({"user name":"Ann","$top":{"größe":3},"map":{"user name":"free","$top":"data"},"more":[{}]})");
  const json::Value wire = to_wire(lowered.back->plan(), *client, json::Builder(arena));
  EXPECT_FALSE(wire["user name"]);
  EXPECT_TRUE(json::equal(wire["map"], (*client)["map"])) << "keys of data are the client's";
  for (const json::Member& member : wire.members())
    EXPECT_TRUE(member.key == "more" || lowered.schema["properties"][member.key]) << member.key;
  const std::string text = json::dump_compact(wire);
  EXPECT_EQ(filtered(lowered.back->plan(), text), json::dump_compact(*client));
  EXPECT_EQ(lowered.schema["required"].at(0).text(), lowered.schema["properties"].members()[0].key);
}

// An output whose root is no object travels inside one.
TEST(ArgumentFilter, WrappedRootsAreUnwrapped) {
  SchemaOptions options = strict_options();
  options.target.wrap_choices = true;
  constexpr std::string_view kList =
      R"({"type":"array","items":{"type":"object","properties":{"a":{"type":"string"}}}})";
  expect_rows(
      options,
      {
          {"list", kList, R"({"value":[{"a":"1"},{"a":null}]})", R"([{"a":"1"},{}])"},
          {"spaces", kList, R"( { "value" : [ ] } )", R"( [ ])"},
          {"text", R"({"type":"string","enum":["a","b"]})", R"({"value":"a"})", R"("a")"},
          {"number", R"({"type":"integer"})", R"({"value":12})", R"(12)"},
          {"choice", R"({"anyOf":[{"type":"object","properties":{"a":{"type":"string"}}},{"type":"null"}]})",
           R"({"value":{"a":null}})", R"({})"},
          {"not as asked", kList, R"({"values":[1]})", R"({"values":[1]})"},
          {"empty", kList, R"({})", R"({})"},
          {"unwrapped already", kList, R"([{"a":"1"}])", R"([{"a":"1"}])"},
          {"broken off", kList, R"({"value":[{"a":"1)", R"([{"a":"1)"},
      });
}

// GEM-33's filler is nobody's business.
TEST(ArgumentFilter, FillersGo) {
  SchemaOptions options;
  options.target.column = "gemini-parameters";
  expect_rows(options,
              {{"filler", R"({"type":"object","properties":{"o":{"type":"object"},"p":{"type":"string"}}})",
                R"({"o":{"_":{"deep":[1,{}]},"k":1},"p":"x"})", R"({"o":{"k":1},"p":"x"})"},
               {"alone", R"({"type":"object","properties":{"o":{"type":"object"}}})", R"({"o":{"_":""}})",
                R"({"o":{}})"}});
}

// A long value is not held back.
TEST(ArgumentFilter, ValuesStreamOn) {
  Arena arena;
  const LoweredSchema lowered = lower_schema(*json::parse(arena, kTwo), strict_options(), arena);
  ASSERT_TRUE(lowered.back);
  ArgumentFilter filter(lowered.back->plan());
  std::string out;
  filter.push(R"({"a":"first )", out);
  EXPECT_EQ(out, R"({"a":"first )");
  filter.push("more", out);
  EXPECT_EQ(out, R"({"a":"first more)");
}

}  // namespace
}  // namespace dragoman::lower
