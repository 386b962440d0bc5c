// The cache changes nothing but the time: the same bytes, edits and way back with it and without.
#include "lower/schema_cache.h"

#include <gtest/gtest.h>

#include "lower/test_support.h"

namespace dragoman::lower {
namespace {

struct Place {
  const char* provider;
  const char* model;
};
constexpr Place kPlaces[] = {{"openai", "gpt-4o"},
                             {"anthropic", "claude-sonnet-4-5"},
                             {"bedrock", "us.amazon.nova-pro-v1:0"},
                             {"gemini", "gemini-2.0-flash"},
                             {"groq", "llama-3.3-70b-versatile"},
                             {"moonshot", "kimi-k2-0905-preview"}};

// Every golden request, to every place, twice through one cache that is too small for all of them.
TEST(SchemaCache, SameBytesSameEditsSameWayBack) {
  for (const std::size_t bytes : {std::size_t{4} << 20, std::size_t{2000}}) {
    SchemaCache cache(bytes);
    for (int round = 0; round < 2; ++round) {
      for (const testing::Input& input : testing::golden_inputs()) {
        testing::ClientRequest client(input);
        for (const Place& place : kPlaces) {
          const auto& row = *testing::catalogue().find(place.provider);
          const profile::Profile resolved =
              testing::catalogue().resolve(row, place.model, mode_of(client.get()));
          Arena arena;
          const auto with = lower(client.get(), {&row, place.model, &resolved, {}, &cache}, arena);
          const auto without = lower(client.get(), {&row, place.model, &resolved, {}}, arena);
          ASSERT_EQ(with.has_value(), without.has_value()) << input.name;
          if (!with) continue;
          EXPECT_EQ(with->body, without->body) << input.name << " " << place.provider;
          EXPECT_EQ(testing::describe(with->edits), testing::describe(without->edits)) << input.name;
          EXPECT_EQ(with->same_bytes, without->same_bytes) << input.name;
          EXPECT_EQ(with->restore.empty(), without->restore.empty()) << input.name;
        }
      }
    }
    EXPECT_LE(cache.bytes(), bytes);
    EXPECT_GT(cache.size(), 0u);
  }
}

TEST(SchemaCache, OneSchemaForTwoTargetsIsTwoEntries) {
  SchemaCache cache;
  Arena arena;
  const auto schema =
      *json::parse(arena, R"({"type":"object","properties":{"a":{"type":"string"}},"minProperties":1})");
  SchemaOptions nova{.target = {.column = "bedrock_nova"}}, any;
  const auto first = cache.get(schema, nova);
  EXPECT_EQ(cache.get(schema, nova), first);
  EXPECT_NE(cache.get(schema, any), first);
  any.strict = true;
  cache.get(schema, any);
  EXPECT_EQ(cache.size(), 3u);
}

}  // namespace
}  // namespace dragoman::lower
