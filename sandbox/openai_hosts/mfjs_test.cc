#include "sandbox/openai_hosts/mfjs.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <fstream>

#include "json/parse.h"

namespace dragoman::sandbox::openai {
namespace {

// tests/vectors/moonshot holds the cases of the reference validator, one JSON object a line.
std::vector<std::string> lines(std::string_view name) {
  std::ifstream file(std::string(DRAGOMAN_SOURCE_DIR "/tests/vectors/moonshot/") + std::string(name));
  std::vector<std::string> out;
  for (std::string line; std::getline(file, line);) out.push_back(line);
  EXPECT_FALSE(out.empty()) << name;
  return out;
}

TEST(Mfjs, AcceptsWhatTheReferenceAccepts) {
  for (const std::string& line : lines("valid.jsonl")) {
    Arena arena;
    const auto row = json::parse(arena, line);
    ASSERT_TRUE(row) << line;
    const auto schema = json::parse(arena, (*row)["schema"].text());
    if (!schema) continue;  // the reference also takes what is not JSON to us, such as duplicate keys
    EXPECT_EQ(mfjs_fault(*schema, MfjsLevel::full), "")
        << (*row)["suite"].text() << " " << (*row)["schema"].text();
  }
}

TEST(Mfjs, RefusesWhatTheReferenceRefuses) {
  for (const std::string& line : lines("invalid.jsonl")) {
    Arena arena;
    const auto row = json::parse(arena, line);
    ASSERT_TRUE(row) << line;
    const auto schema = json::parse(arena, (*row)["schema"].text());
    if (!schema) continue;
    const std::string fault = mfjs_fault(*schema, MfjsLevel::full);
    EXPECT_NE(fault.find((*row)["expect"].text()), std::string::npos)
        << (*row)["suite"].text() << " " << (*row)["schema"].text() << "\n  expected "
        << (*row)["expect"].text() << "\n  got      " << fault;
  }
}

// Each definition requires the next one twice: a walk of every way through them would not end.
TEST(Mfjs, WhereReferencesEndIsFoundOutOnce) {
  for (const bool ends : {true, false}) {
    std::string defs;
    for (int i = 0; i < 60; ++i)
      defs += fmt::format(
          R"("d{}":{{"type":"object","properties":{{"a":{{"$ref":"#/$defs/d{}"}},"b":{{"$ref":"#/$defs/d{}"}}}},"required":["a","b"]}},)",
          i, i + 1, i + 1);
    const std::string text = fmt::format(
        R"({{"type":"object","properties":{{"x":{{"$ref":"#/$defs/d0"}}}},"required":["x"],"$defs":{{{}"d60":{}}}}})",
        defs, ends ? R"({"type":"string"})" : R"({"$ref":"#/$defs/d0"})");
    Arena arena;
    EXPECT_EQ(mfjs_fault(*json::parse(arena, text), MfjsLevel::full),
              ends ? "" : "At path 'root': infinite recursion detected");
  }
}

TEST(Mfjs, ToolsLevelIsTolerantOfKeywords) {
  struct Row {
    std::string_view schema;
    std::string_view fault;
  };
  for (
      const Row& row : std::initializer_list<Row>{
          {R"({})", ""},
          {R"({"type":"object","properties":{"x":{"type":"string","pattern":"^a$","format":"uri"}},"$schema":"s"})",
           ""},
          {R"({"type":"object","properties":{"x":{"description":"d"}}})",
           "At path 'properties.x': type is not defined"},
          {R"({"type":"object","properties":{"x":{"type":"string","anyOf":[{"type":"string"}]}}})",
           "At path 'properties.x': when using anyOf, type should be defined in anyOf items instead of the "
           "parent schema"},
          {R"({"type":"object","properties":{"x":{"type":"string","$ref":"#/$defs/a"}},"$defs":{"a":{"type":"string"}}})",
           "At path 'properties.x': when using $ref, type should be defined in the referenced schema instead "
           "of the parent "
           "schema"},
          {R"({"type":"object","properties":{"x":{"$ref":"#/$defs/a","description":"x"}},"$defs":{"a":{"type":"string","description":"y"}}})",
           "At path 'properties.x': conflicting keywords found after $ref expansion: description"},
          {R"({"type":"object","properties":{"x":{"$ref":"#/definitions/a"}},"definitions":{"a":{"type":"string"}}})",
           "At path 'properties.x': references must start with #/$defs/"},
          {R"({"type":"array","items":{"type":"string"}})", "At path 'root': type must be object"},
      }) {
    Arena arena;
    EXPECT_EQ(mfjs_fault(*json::parse(arena, row.schema), MfjsLevel::tools), row.fault) << row.schema;
  }
}

}  // namespace
}  // namespace dragoman::sandbox::openai
