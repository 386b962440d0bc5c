// Schemas made to be expensive: each comes to an end within the steps that docs/schema-validation.md states,
// or is refused with rule and pointer. Counted, not timed.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include "json/parse.h"
#include "lower/schema_check.h"
#include "lower/test_support.h"
#include "lower/tool_schema.h"
#include "lower/validate/validate.h"

namespace dragoman::lower {
namespace {

std::string joined(int count, const std::function<std::string(int)>& one) {
  std::string out;
  for (int i = 0; i < count; ++i) out += (i ? "," : "") + one(i);
  return out;
}

// Each definition names the next one several times, in every way there is.
std::string doubling(int levels) {
  return R"({"type":"object","properties":{"a":{"$ref":"#/$defs/d0"}},"$defs":{)" +
         joined(
             levels,
             [&](int i) {
               const std::string next = fmt::format(R"({{"$ref":"#/$defs/d{}"}})", i + 1);
               return fmt::format(
                   R"("d{0}":{{"type":"object","properties":{{"x":{1},"y":{1}}},"allOf":[{1},{1}],"anyOf":[{1},{1}]}})",
                   i, next);
             }) +
         fmt::format(R"(,"d{}":{{"type":"string"}}}}}})", levels);
}

std::string object_of(int count, const std::function<std::string(int)>& schema) {
  return R"({"type":"object","properties":{)" +
         joined(count, [&](int i) { return fmt::format(R"("p{}":{})", i, schema(i)); }) +
         R"(},"required":[)" + joined(count, [](int i) { return fmt::format(R"("p{}")", i); }) + "]}";
}

std::string cycle_of_references(int count) {
  const auto to = [&](int i) { return fmt::format(R"({{"$ref":"#/$defs/{}"}})", i % count); };
  return R"({"type":"object","properties":{)" +
         joined(count, [&](int i) { return fmt::format("\"{}\":{}", i, to(i)); }) + R"(},"$defs":{)" +
         joined(count, [&](int i) { return fmt::format("\"{}\":{}", i, to(i + 1)); }) + "}}";
}

std::string nested(int levels, std::string_view open, std::string_view close) {
  std::string out = R"({"type":"object","properties":{"p":)";
  for (int i = 0; i < levels; ++i) out += open;
  out += R"({"type":"string"})";
  for (int i = 0; i < levels; ++i) out += close;
  return out + "}}";
}

// Each definition has all of them, which never ends: as deep as inlining goes.
std::string web(int count) {
  const auto properties = [&](std::string_view name) {
    return joined(count,
                  [&](int i) { return fmt::format(R"("{0}{1}":{{"$ref":"#/$defs/n{1}"}})", name, i); });
  };
  return R"({"type":"object","properties":{)" + properties("p") + R"(},"$defs":{)" +
         joined(count,
                [&](int i) {
                  return fmt::format(R"("n{}":{{"type":"object","properties":{{{}}}}})", i, properties("q"));
                }) +
         "}}";
}

struct Hostile {
  std::string_view name;
  std::string schema;
};

const std::vector<Hostile>& hostile() {
  static const std::vector<Hostile> all = {
      {"doubling references", doubling(12)},
      {"doubling references, deep", doubling(60)},
      {"10,000 properties, all required", object_of(10'000, [](int) { return R"({"type":"string"})"; })},
      {"10,000 unknown keywords",
       "{" + joined(10'000, [](int i) { return fmt::format(R"("x-{}":{})", i, i); }) + "}"},
      {"1,000 references to one enum of 4,000",
       R"({"$defs":{"e":{"enum":[)" +
           joined(4000, [](int i) { return fmt::format(R"("value number {}")", i); }) + "]}}," +
           object_of(1'000, [](int) { return R"({"$ref":"#/$defs/e"})"; }).substr(1)},
      {"an enum of 100,000",
       object_of(1,
                 [](int) {
                   return R"({"enum":[)" + joined(100'000, [](int i) { return fmt::format("\"{}\"", i); }) +
                          "]}";
                 })},
      {"800 references in a ring", cycle_of_references(800)},
      {"the root is its own branch",
       R"({"anyOf":[{"$ref":"#/$defs/r"},{"$ref":"#"}],"$defs":{"r":{"oneOf":[{"$ref":"#"},{"$ref":"#/$defs/r"}]}}})"},
      {"allOf, 60 deep", nested(60, R"({"allOf":[{"minLength":1},)", "]}")},
      {"anyOf beside properties, 60 deep",
       nested(60, R"({"type":"object","anyOf":[{"required":["p"]},{"required":["q"]}],"properties":{"p":)",
              "}}")},
      {"100 branches, each again all of them",
       R"({"type":"object","properties":{"p":{"$ref":"#/$defs/n"}},"$defs":{"n":{"anyOf":[)" +
           joined(100, [](int) { return R"({"$ref":"#/$defs/n"})"; }) + "]}}}"},
      {"200 branches of 40 properties each, told apart by none",
       R"({"type":"object","properties":{"p":{"oneOf":[)" +
           joined(200, [](int) { return object_of(40, [](int) { return R"({"const":1})"; }); }) + "]}}}"},
      {"patterns that backtrack",
       object_of(200, [](int i) { return fmt::format(R"({{"type":"string","pattern":"^(a+)+{}$"}})", i); })},
  };
  return all;
}

TEST(Hostile, LoweringIsBoundedInStepsAndBytes) {
  for (const Hostile& h : hostile()) {
    Arena arena;
    const auto schema = json::parse(arena, h.schema);
    ASSERT_TRUE(schema) << h.name;
    // One of each kind: without references, unions or recursion, strict, and with all of them.
    for (const char* name :
         {"openai-strict", "anthropic-strict", "gemini-parameters", "moonshot", "bedrock-nova", "xai"}) {
      Arena own;
      SchemaOptions options;
      options.target = target_of(keyword_table().column(name));
      options.strict = std::string_view(name).ends_with("strict");
      const LoweredSchema lowered = lower_schema(*schema, options, own);
      SCOPED_TRACE(fmt::format("{} for {}: {} steps", h.name, name, lowered.steps));
      // The last schema is looked at before it is counted.
      EXPECT_LE(lowered.steps, kSchemaSteps + h.schema.size() / 16 + 20'000);
      if (lowered.too_costly.empty())
        EXPECT_LT(json::dump_compact(lowered.schema).size(), (24U << 20) + h.schema.size());
      else
        EXPECT_TRUE(json::resolve(*schema, lowered.costly_at)) << lowered.costly_at;
    }
  }
}

// The same as a client meets it: a refusal with rule and pointer, not a dead gateway.
TEST(Hostile, TooCostlyIsRefusedWithRuleAndPointer) {
  const std::string& schema = hostile()[4].schema;
  testing::ClientRequest request(
      {"hostile", canon::DialectName::openai_chat,
       R"({"model":"m","max_tokens":9,"messages":[{"role":"user","content":"Go"}],"tools":[{"type":"function","function":{"name":"f","parameters":)" +
           schema + "}}]}"});
  const auto nova = request.to("bedrock", "us.amazon.nova-pro-v1:0");
  ASSERT_FALSE(nova);
  EXPECT_EQ(nova.error().rule, "GEN-07");
  EXPECT_TRUE(nova.error().pointer.starts_with("/tools/0/function/parameters/")) << nova.error().pointer;
  EXPECT_NE(nova.error().reason.find("1000000 steps"), std::string::npos) << nova.error().reason;
  EXPECT_TRUE(request.to("openai", "gpt-4o")) << "takes references as they are";
}

// Every tool within its bound, all of them together beyond theirs.
TEST(Hostile, ToolsTogetherAreBounded) {
  const std::string some = R"({"$defs":{"e":{"enum":[)" +
                           joined(1000, [](int i) { return fmt::format(R"("value number {}")", i); }) +
                           "]}}," + object_of(400, [](int) { return R"({"$ref":"#/$defs/e"})"; }).substr(1);
  testing::ClientRequest request(
      {"hostile", canon::DialectName::openai_chat,
       R"({"model":"m","max_tokens":9,"messages":[{"role":"user","content":"Go"}],"tools":[)" +
           joined(20,
                  [&](int i) {
                    return fmt::format(R"({{"type":"function","function":{{"name":"f{}","parameters":{}}}}})",
                                       i, some);
                  }) +
           "]}"});
  const auto nova = request.to("bedrock", "us.amazon.nova-pro-v1:0");
  ASSERT_FALSE(nova);
  EXPECT_EQ(nova.error().rule, "GEN-07");
  EXPECT_NE(nova.error().reason.find("4000000 steps"), std::string::npos) << nova.error().reason;
  EXPECT_TRUE(nova.error().pointer.starts_with("/tools/")) << nova.error().pointer;
}

// A change for each of many keywords: each would be told, kept and written down.
TEST(Hostile, EditsAreBounded) {
  const auto request_of = [](const std::vector<std::string>& schemas) {
    return R"({"model":"m","max_tokens":9,"messages":[{"role":"user","content":"Go"}],"tools":[)" +
           joined(static_cast<int>(schemas.size()),
                  [&](int i) {
                    return fmt::format(R"({{"type":"function","function":{{"name":"f{}","parameters":{}}}}})",
                                       i, schemas[static_cast<std::size_t>(i)]);
                  }) +
           "]}";
  };
  const auto some = [](int count) {
    return object_of(count, [](int) { return R"({"type":"string","x-note":1})"; });
  };
  const std::string one_place = R"({"type":"object","properties":{"p":{"type":"string",)" +
                                joined(21'000, [](int i) { return fmt::format(R"("x-{}":1)", i); }) + "}}}";
  const std::string odd_names = R"({"type":"object","properties":{)" +
                                joined(21'000, [](int i) { return fmt::format(R"("p {}":{{}})", i); }) + "}}";
  struct Row {
    const char *why, *provider, *model, *pointer;
    std::vector<std::string> schemas;
  };
  const Row rows[] = {
      {"in many schemas",
       "bedrock",
       "us.amazon.nova-pro-v1:0",
       "/tools/0/function/parameters/properties/p2",
       {some(21'000)}},
      {"in one",
       "bedrock",
       "us.amazon.nova-pro-v1:0",
       "/tools/0/function/parameters/properties/p",
       {one_place}},
      {"in names", "anthropic", "claude-sonnet-4-5", "/tools/0/function/parameters", {odd_names}},
      {"in several tools",
       "bedrock",
       "us.amazon.nova-pro-v1:0",
       "/tools/2/function/parameters",
       {some(7'000), some(7'000), some(7'000)}},
  };
  for (const Row& row : rows) {
    testing::ClientRequest request({"hostile", canon::DialectName::openai_chat, request_of(row.schemas)});
    const auto lowered = request.to(row.provider, row.model);
    ASSERT_FALSE(lowered) << row.why;
    EXPECT_EQ(lowered.error().rule, "GEN-07") << row.why;
    EXPECT_TRUE(lowered.error().pointer.starts_with(row.pointer))
        << row.why << ": " << lowered.error().pointer;
    EXPECT_NE(lowered.error().reason.find("20000 changes"), std::string::npos) << lowered.error().reason;
    if (row.why != std::string_view("in names") && row.schemas.size() == 1)
      EXPECT_TRUE(request.to("openai", "gpt-4o")) << row.why;
  }
}

// What is sent can be read: references are not inlined to where no reader of JSON goes.
TEST(Hostile, WhatIsSentIsNoDeeperThanWhatIsRead) {
  std::string deep = nested(60, R"({"type":"object","properties":{"p":)", "}}");
  deep.insert(deep.size() - 1,
              R"(,"$defs":{"d":)" + nested(100, R"({"type":"object","properties":{"q":)", "}}") + "}");
  const auto at = deep.find(R"({"type":"string"})");
  deep.replace(at, std::string_view(R"({"type":"string"})").size(), R"({"$ref":"#/$defs/d"})");
  for (const std::string& schema : {web(60), web(3), deep}) {
    testing::ClientRequest request(
        {"hostile", canon::DialectName::openai_chat,
         R"({"model":"m","max_tokens":9,"messages":[{"role":"user","content":"Go"}],"tools":[{"type":"function","function":{"name":"f","parameters":)" +
             schema + "}}]}"});
    for (const auto& [provider, model] :
         {std::pair("bedrock", "us.amazon.nova-pro-v1:0"), std::pair("cerebras", "gpt-oss-120b")}) {
      const auto lowered = request.to(provider, model);
      ASSERT_TRUE(lowered) << lowered.error().reason;
      Arena arena;
      const auto body = json::parse(arena, lowered->body);
      EXPECT_TRUE(body) << provider << ": " << body.error().message;
    }
  }
}

TEST(Hostile, NestingIsRefusedWhereItIsRead) {
  const std::string deep = nested(100'000, R"({"items":)", "}");
  Arena arena;
  const auto schema = json::parse(arena, deep);
  ASSERT_FALSE(schema);
  EXPECT_NE(schema.error().message.find("256"), std::string::npos) << schema.error().message;
  EXPECT_LT(arena.bytes(), std::size_t{1} << 22) << "nothing is built of what is too deep";
}

// Checking arguments: every schema compiles or says why not, and every check ends within its steps.
TEST(Hostile, ValidationIsBoundedInSteps) {
  for (const Hostile& h : hostile()) {
    Arena arena;
    const auto schema = json::parse(arena, h.schema);
    const auto value =
        json::parse(arena, R"({"p":{"p":{"p":"x"}},"a":{"x":{"y":"z"}},"p0":"aaaaaaaaaaaaaaaaaaaaaaaa!"})");
    ASSERT_TRUE(schema && value);
    validate::Validator::Options options;
    options.limits.steps = 20'000;
    const auto validator = validate::Validator::compile(*schema, options);
    if (!validator) {
      const std::string& said = validator.error().message;
      EXPECT_TRUE(said.find("refers to itself") != said.npos || said.find("subschemas") != said.npos)
          << h.name << ": " << said;
      continue;
    }
    // Ends, with words when a limit ended it.
    for (const validate::Violation& violation : validator->check(*value, 5))
      if (violation.undecided) EXPECT_NE(violation.message, "") << h.name;
  }
}

TEST(Hostile, AnExponentialCheckEndsUndecided) {
  Arena arena;
  const auto schema =
      json::parse(arena, R"({"$ref":"#/$defs/n","$defs":{"n":{"anyOf":[)" + joined(8, [](int) {
                           return R"({"type":"array","items":{"$ref":"#/$defs/n"},"minItems":1})";
                         }) + "]}}}");
  std::string deep;
  for (int i = 0; i < 60; ++i) deep += '[';
  for (int i = 0; i < 60; ++i) deep += ']';
  const auto value = json::parse(arena, deep);
  ASSERT_TRUE(schema && value);
  const auto validator = validate::Validator::compile(*schema);
  ASSERT_TRUE(validator) << validator.error().message;
  const auto violations = validator->check(*value, 5);
  ASSERT_FALSE(violations.empty());
  EXPECT_TRUE(violations.back().undecided) << violations.back().message;
}

}  // namespace
}  // namespace dragoman::lower
