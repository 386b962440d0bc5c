// What is told at a look is what all the steps come to: the same schema, edits, way back and strictness.
#include "lower/schema_plain.h"

#include <gtest/gtest.h>

#include <random>

#include "json/parse.h"
#include "lower/schema_check.h"
#include "lower/schema_trim.h"
#include "lower/schema_walk_check.h"

namespace dragoman::lower {
namespace {

// Members a schema may have, each alone harmless to some column and not to another.
constexpr std::string_view kMembers[] = {
    R"("type":"string")",
    R"("type":"integer")",
    R"("type":"number")",
    R"("type":"boolean")",
    R"("type":"object")",
    R"("type":"array")",
    R"("type":"null")",
    R"("type":"str")",
    R"("type":["string","null"])",
    R"("type":["null","integer"])",
    R"("type":["string"])",
    R"("type":["string","integer"])",
    R"("type":["string","null","object"])",
    R"("description":"d")",
    R"("description":null)",
    R"("title":"t")",
    R"("default":1)",
    R"("examples":["a"])",
    R"("$comment":"c")",
    R"("x-note":1)",
    R"("maxLength":9)",
    R"("$schema":"http://json-schema.org/draft-07/schema#")",
    R"("enum":["a","b"])",
    R"("enum":["a",null])",
    R"("enum":["a",""])",
    R"("enum":[1,2,3])",
    R"("enum":["a",1])",
    R"("enum":[])",
    R"("const":"a")",
    R"("minLength":0)",
    R"("minLength":1)",
    R"("maxLength":99999)",
    R"("pattern":"^a+$")",
    R"("pattern":"(?=a)b")",
    R"("pattern":"(")",
    R"("format":"date-time")",
    R"("format":"odd")",
    R"("minimum":1)",
    R"("maximum":5)",
    R"("exclusiveMinimum":1)",
    R"("exclusiveMaximum":true)",
    R"("multipleOf":1)",
    R"("items":{"type":"string"})",
    R"("items":{})",
    R"("items":true)",
    R"("items":[{"type":"string"}])",
    R"("prefixItems":[{"type":"string"}])",
    R"("minItems":1)",
    R"("minItems":2)",
    R"("maxItems":3)",
    R"("uniqueItems":true)",
    R"("uniqueItems":false)",
    R"("properties":{"a":{"type":"string"}})",
    R"("properties":{"a":{"type":"string","required":true},"b":{"type":"null"}})",
    R"("properties":{"a":true,"b":false})",
    R"("properties":{"a b":{"type":"string"},"_":{"type":"string","description":"Unused: leave it out."}})",
    R"("properties":{})",
    R"("properties":[])",
    R"("required":["a"])",
    R"("required":["zz"])",
    R"("required":[1])",
    R"("required":true)",
    R"("additionalProperties":false)",
    R"("additionalProperties":true)",
    R"("additionalProperties":{})",
    R"("additionalProperties":{"type":"string"})",
    R"("minProperties":1)",
    R"("patternProperties":{"^x":{"type":"string"}})",
    R"("anyOf":[{"type":"string"},{"type":"null"}])",
    R"("anyOf":[{"type":"string"},false])",
    R"("anyOf":[])",
    R"("oneOf":[{"type":"string"},{"type":"integer"}])",
    R"("allOf":[{"minLength":1}])",
    R"("not":{"type":"null"})",
    R"("nullable":true)",
    R"("nullable":false)",
    R"("readOnly":true)",
    R"("$id":"i")",
    R"("$ref":"#/properties/p")",
};

// A type or null, and what may stand beside it: apart at some targets, in several ways (schema_null_apart.h).
constexpr std::string_view kOrNull[] = {
    R"("type":["string","null"])", R"("type":["null","string"])",  R"("type":["integer","null"])",
    R"("type":["null","number"])", R"("type":["boolean","null"])", R"("type":["object","null"])",
    R"("type":["array","null"])",  R"("type":["null","null"])",    R"("type":["string","null","string"])",
    R"("type":"string")",
};
constexpr std::string_view kBesideNull[] = {
    R"("enum":["a","b",null])",
    R"("enum":[null,"a"])",
    R"("enum":["a","b"])",
    R"("enum":["a","a",null,null])",
    R"("enum":[null])",
    R"("enum":["",null])",
    R"("enum":["a","",null])",
    R"("enum":["a",1,null])",
    R"("enum":[1,2,null])",
    R"("enum":[true,null])",
    R"("const":null)",
    R"("description":"d")",
    R"("title":"t")",
    R"("default":null)",
    R"("examples":["a",null])",
    R"("x-note":{"a":1})",
    R"("$comment":"c")",
    R"("$schema":"http://json-schema.org/draft-07/schema#")",
    R"("$id":"i")",
    R"("id":"i")",
    R"("minLength":0)",
    R"("maxLength":9)",
    R"("pattern":"^a+$")",
    R"("format":"date-time")",
    R"("minimum":1)",
    R"("multipleOf":1)",
    R"("items":{"type":["string","null"],"minLength":1})",
    R"("properties":{"a":{"type":["string","null"],"enum":["a",null],"x-note":1}})",
    R"("required":["a"])",
    R"("propertyOrdering":["a"])",
    R"("additionalProperties":false)",
    R"("anyOf":[{"type":"string"},{"type":"null"}])",
    R"("nullable":true)",
    R"("nullable":false)",
};

// Each alone beside each type, then some at a time, in any order and place.
std::vector<std::string> or_null() {
  std::vector<std::string> all;
  const auto add = [&](std::string_view part) {
    all.push_back(fmt::format(
        R"({{"type":"object","properties":{{"p":{{{}}},"q":{{"type":"string"}}}},"required":["q"],"additionalProperties":false}})",
        part));
  };
  for (const std::string_view type : kOrNull) {
    add(type);
    for (const std::string_view beside : kBesideNull) {
      add(fmt::format("{},{}", type, beside));
    }
  }
  for (const std::string_view beside : kBesideNull) add(beside);
  for (const std::string_view root :
       {R"("nullable":true)", R"("nullable":false)", R"("type":["object","null"])"})
    all.push_back(fmt::format(R"({{{}{},"properties":{{"p":{{"type":["string","null"],"nullable":true}}}}}})",
                              root.starts_with("\"type") ? "" : R"("type":"object",)", root));
  std::mt19937 random(3);
  const auto key = [](std::string_view member) { return member.substr(0, member.find(':')); };
  for (int i = 0; i < 200; ++i) {
    std::vector<std::string_view> members = {kOrNull[random() % 7], kBesideNull[random() % 10]};
    for (std::size_t more = random() % 4; more > 0; --more) {
      const std::string_view one = kBesideNull[random() % std::size(kBesideNull)];
      if (std::ranges::find(members, key(one), key) == members.end()) members.push_back(one);
    }
    std::ranges::shuffle(members, random);
    const std::string part = fmt::format("{}", fmt::join(members, ","));
    add(i % 4   ? part
        : i % 8 ? fmt::format(R"("anyOf":[{{{}}},{{"type":"integer"}}])", part)
                : fmt::format(R"("items":{{{}}},"type":"array")", part));
  }
  return all;
}

// Some members and, a few levels down, more of them; keys that stand twice are left out.
std::string drawn(std::mt19937& random, int depth) {
  std::string out = "{";
  std::vector<std::string> used;
  const auto add = [&](std::string_view member) {
    const std::string_view key = member.substr(0, member.find(':'));
    if (std::ranges::find(used, key) != used.end()) return;
    used.emplace_back(key);
    out += (out.size() > 1 ? "," : "") + std::string(member);
  };
  // Most are of one type with what belongs to it, or nothing would ever be plain.
  const int kind = static_cast<int>(random() % 6);
  if (depth > 0 && kind < 2) {
    add(R"("type":"object")");
    const std::string more =
        fmt::format(R"("properties":{{"p":{},"q":{}}})", drawn(random, depth - 1), drawn(random, depth - 1));
    add(more);
    if (kind == 0) add(R"("required":["p"])");
    if (random() % 2) add(R"("additionalProperties":false)");
  } else if (depth > 0 && kind == 2) {
    add(R"("type":"array")");
    const std::string items = R"("items":)" + drawn(random, depth - 1);
    add(items);
  } else if (kind < 5) {
    add(kMembers[random() % 6]);
  }
  // Every second has only what may be left out by itself.
  const std::string_view* first = std::ranges::find(kMembers, R"("description":"d")");
  const bool notes = random() % 2;
  for (std::size_t i = random() % 4; i > 0; --i)
    add(notes ? first[random() % 8] : kMembers[random() % std::size(kMembers)]);
  return out + "}";
}

std::vector<std::string> schemas() {
  std::vector<std::string> all;
  for (const std::string_view member : kMembers) {  // alone, in a property and at the root
    all.push_back(fmt::format(R"({{"type":"object","properties":{{"p":{{{}}}}}}})", member));
    all.push_back(fmt::format(R"({{{}}})", member));
  }
  for (const std::string_view a : {R"("type":"string")", R"("type":"object")", R"("type":"array")"})
    for (const std::string_view member : kMembers)
      if (!member.starts_with("\"type\""))
        all.push_back(fmt::format(R"({{"type":"object","properties":{{"p":{{{},{}}}}}}})", a, member));
  std::mt19937 random(1);
  for (int i = 0; i < 250; ++i)
    all.push_back(fmt::format(R"({{"type":"object","properties":{{"p":{},"q":{}}},"required":["q"]}})",
                              drawn(random, 2), drawn(random, 1)));
  return all;
}

TEST(SchemaPlain, AtALookIsWhatEveryStepComesTo) {
  std::size_t plain = 0, trimmed = 0, stepped = 0, parts = 0, lost = 0;
  for (const std::string& text : schemas()) {
    Arena arena;
    const auto schema = json::parse(arena, text);
    ASSERT_TRUE(schema) << text;
    for (const Column& column : keyword_table().columns()) {
      SchemaOptions options;
      options.target = target_of(column);
      options.strict = column.name().ends_with("strict");
      if (column.name() == "anthropic") options.keys = {"a-z", "a-z_", 64, 0};
      const auto keys = judge_of_keys(options);
      const PlainJudge judge(column);
      std::vector<Edit> edits;
      const auto quick_walk =
          Trimmer(column, options.target, keys ? &*keys : nullptr, nullptr, arena).run(*schema, edits);
      plain += quick_walk ? 1 : 0;
      trimmed += quick_walk && !edits.empty() ? 1 : 0;
      stepped += quick_walk && quick_walk->filled ? 1 : 0;
      parts += judge.judge((*schema)["properties"]["p"].members()) == PlainJudge::Plain::no ? 0 : 1;
      const std::string quick = all_of(lower_schema(*schema, options, arena));
      options.target.every_step = true;
      EXPECT_EQ(quick, all_of(lower_schema(*schema, options, arena))) << column.name() << ": " << text;
      if (!options.strict) continue;
      // Lossless or not is all that is asked of these.
      options.target.lossless = true;
      const LoweredSchema slow = lower_schema(*schema, options, arena);
      if (!judge.loses(*schema)) continue;
      ++lost;
      EXPECT_EQ(slow.fault, "it would lose something") << column.name() << ": " << text;
    }
  }
  EXPECT_GT(plain, 1000u) << "else this shows nothing";
  EXPECT_GT(trimmed, 400u);
  EXPECT_GT(stepped, 100u);
  EXPECT_GT(parts, 3000u);
  EXPECT_GT(lost, 10u);
}

TEST(SchemaPlain, NullApartIsWhatEveryStepComesTo) {
  std::size_t turn = 0, mode = 0, apart = 0;
  for (const std::string& text : or_null()) {
    Arena arena;
    const auto schema = json::parse(arena, text);
    ASSERT_TRUE(schema) << text;
    for (const Column& column : keyword_table().columns()) {
      // Most columns take it as it is: some of all are enough.
      if (column[Row::type_or_null] == Cell::ok && turn++ % 8) continue;
      for (SchemaOptions options : {SchemaOptions(), strict_modes()[mode++ % 8]}) {
        options.target = target_of(column);
        const std::string made = all_of(lower_schema(*schema, options, arena));
        StrictWalk walk(options.rules, options.close, arena);  // beside it no part goes through the steps
        std::vector<Edit> edits;
        if (Trimmer(column, options.target, nullptr, &walk, arena).run(*schema, edits))
          apart += static_cast<std::size_t>(std::ranges::count_if(
              edits, [](const Edit& edit) { return edit.keyword == "type" || edit.keyword == "enum"; }));
        options.target.every_step = true;
        EXPECT_EQ(made, all_of(lower_schema(*schema, options, arena))) << column.name() << ": " << text;
      }
    }
  }
  EXPECT_GT(apart, 300u) << "else this shows nothing";
}

TEST(SchemaPlain, StrictInOneWalkIsWhatAWalkForEachConditionComesTo) {
  std::vector<std::string> texts = {
      R"({"type":"object","properties":{"a":{"anyOf":[{"type":"object","properties":{"k":{"type":"string"}},"additionalProperties":false},{"type":"object","properties":{"k":{"type":"integer"},"l":{}},"additionalProperties":false}]}},"additionalProperties":false})",
      R"({"type":"object","properties":{"a":{"anyOf":[{"type":"string"},{"type":"object","properties":{"k":{"type":"string","minLength":1}},"additionalProperties":false}],"description":"d"},"é":{"type":"array","items":{"type":"object","properties":{"x":{"type":"string"}},"additionalProperties":false}}},"required":["b","a"],"additionalProperties":false})",
  };
  std::mt19937 random(2);
  for (int i = 0; i < 400; ++i)
    texts.push_back(
        fmt::format(R"({{"type":"object","properties":{{"p":{},"q":{},"r":{}}},"required":[{}]{}}})",
                    drawn(random, 2), drawn(random, 1), drawn(random, 0), i % 3 ? R"("q")" : "",
                    i % 7 ? R"(,"additionalProperties":false)" : ""));
  std::size_t quick = 0, nulled = 0, closed = 0, faults = 0;
  for (const std::string& text : texts)
    for (const Column& column : keyword_table().columns())
      for (SchemaOptions options : strict_modes()) {
        Arena arena;
        const auto schema = json::parse(arena, text);
        ASSERT_TRUE(schema) << text;
        options.target = target_of(column);
        StrictWalk walk(options.rules, options.close, arena);
        std::vector<Edit> edits;
        if (Trimmer(column, options.target, nullptr, &walk, arena).run(*schema, edits)) {
          ++quick;
          nulled += walk.outcome().nulled.size();
          closed += walk.outcome().closed ? 1 : 0;
          faults += walk.outcome().fault.empty() ? 0 : 1;
        } else {
          continue;  // the steps have it anyhow
        }
        const std::string made = all_of(lower_schema(*schema, options, arena));
        options.target.every_step = true;
        EXPECT_EQ(made, all_of(lower_schema(*schema, options, arena))) << column.name() << ": " << text;
      }
  EXPECT_GT(quick, 1000u) << "else this shows nothing";
  EXPECT_GT(nulled, 1000u);
  EXPECT_GT(closed, 100u);
  EXPECT_GT(faults, 100u);
}

}  // namespace
}  // namespace dragoman::lower
