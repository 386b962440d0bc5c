// The cache changes nothing but the time: the same bytes, edits and way back with it and without.
#include "lower/schema_cache.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <set>

#include "lower/test_support.h"

namespace dragoman::lower {
namespace {

struct Place {
  const char* provider;
  const char* model;
};
// As lower_schema() asks it, without a limit to what is kept.
std::shared_ptr<const SchemaCache::Entry> get(SchemaCache& cache, json::Value schema,
                                              const KeyedOptions& options) {
  const SchemaCache::Key key = cache.key(schema, options);
  const MetOfLate::Known known = cache.meet(key);
  if (known == MetOfLate::Known::nothing) return nullptr;
  if (auto kept = known == MetOfLate::Known::kept ? cache.find(key) : nullptr) return kept;
  Arena arena;
  return cache.keep(key, options, lower_schema(schema, options.options, arena));
}

constexpr Place kPlaces[] = {{"openai", "gpt-4o"},
                             {"anthropic", "claude-sonnet-4-5"},
                             {"bedrock", "us.amazon.nova-pro-v1:0"},
                             {"gemini", "gemini-2.0-flash"},
                             {"groq", "llama-3.3-70b-versatile"},
                             {"moonshot", "kimi-k2-0905-preview"}};

// Every golden request, to every place, through one cache that is too small for all of them: met, kept,
// found.
TEST(SchemaCache, SameBytesSameEditsSameWayBack) {
  for (const std::size_t bytes : {std::size_t{32} << 20, std::size_t{64} << 10}) {
    SchemaCache cache(bytes);
    for (int round = 0; round < 3; ++round) {
      for (const testing::Input& input : testing::golden_inputs()) {
        testing::ClientRequest client(input);
        for (const Place& place : kPlaces) {
          const auto& row = *testing::catalogue().find(place.provider);
          const profile::Profile resolved =
              testing::catalogue().resolve(row, place.model, mode_of(client.get()));
          Arena arena;
          const auto with = lower(client.get(), {&row, place.model, &resolved, {}, {}, {}, &cache}, arena);
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

// A profile with one thing learned, or set, more than its rows say.
profile::Rule row(profile::Setting setting, profile::SettingValue value) {
  return {.id = "learned", .why = "", .settings = {{setting, std::move(value)}}};
}

// Whatever a profile can say about schemas, one at a time, through one cache: no two share what they must
// not.
TEST(SchemaCache, NoProfileGetsWhatAnotherOneMade) {
  using profile::Setting;
  std::vector<profile::Rule> more = {
      row(Setting::schema_column, "bedrock-nova"),
      row(Setting::schema_column, "gemini-parameters"),
      row(Setting::schema_column, ""),
      row(Setting::schema_root_keys, std::vector<std::string>{"type", "properties"}),
      row(Setting::schema_root_composition, true),
      row(Setting::schema_drop, std::vector<std::string>{"minimum", "description"}),
      row(Setting::schema_length_max, std::int64_t{1}),
      row(Setting::empty_items, false),
      row(Setting::empty_keys, false),
      row(Setting::property_first, "A-Z"),
      row(Setting::property_chars, "b-z"),
      row(Setting::property_max, std::int64_t{2}),
      row(Setting::strict_tools, false),
      row(Setting::strict_lossless, true),
      row(Setting::strict_column, "openai-strict"),
      row(Setting::strict_column, "deepseek-strict"),
      row(Setting::strict_column, ""),
      row(Setting::strict_all_required, false),
      row(Setting::strict_typed, true),
      row(Setting::strict_first_keys, true),
      row(Setting::strict_plain_unions, true),
      row(Setting::json_schema_column, "bedrock-nova"),
      row(Setting::json_schema_root, "any"),
      row(Setting::json_schema_root, "object")};
  for (profile::Rule& rule : std::vector(more)) {  // the same under another name: edits cite it
    rule.id = "another";
    more.push_back(std::move(rule));
  }
  SchemaCache cache;
  std::set<std::string> bodies;
  const testing::Input tools{"tools", canon::DialectName::openai_chat,
                             R"({"model":"m","messages":[{"role":"user","content":"hi"}],"tools":[
    {"type":"function","function":{"name":"f","strict":true,"parameters":{"type":"object","title":"T",
      "properties":{"alpha":{"type":"integer","minimum":1,"description":"d"},"b c":{"type":["string","object"],"maxLength":9},
        "list":{"type":"array","items":{}},"any":{},"":{"type":"null"},
        "one":{"anyOf":[{"type":"object","properties":{"k":{"type":"string"}},"required":["k"],"additionalProperties":false},
                        {"type":"object","properties":{"k":{"type":"null"}},"required":["k"],"additionalProperties":false}]}},
      "required":["alpha"],"additionalProperties":false}}},
    {"type":"function","function":{"name":"g","parameters":{"type":"object","anyOf":[{"required":["a"]},{"required":["b"]}],
      "properties":{"a":{"type":"string"},"b":{"type":"string"}}}}}],
    "response_format":{"type":"json_schema","json_schema":{"name":"o","strict":true,"schema":{"anyOf":[
      {"type":"object","properties":{"a":{"type":"string","minLength":2}},"required":["a"]},{"type":"string"}]}}}})"};
  testing::ClientRequest client(tools);
  for (int round = 0; round < 3; ++round) {
    for (const Place& place : kPlaces) {
      for (const profile::Rule& rule : more) {
        const auto& provider = *testing::catalogue().find(place.provider);
        const profile::Profile resolved =
            testing::catalogue().resolve(provider, place.model, mode_of(client.get()), {&rule, 1});
        Arena arena;
        const auto with = lower(client.get(), {&provider, place.model, &resolved, {}, {}, {}, &cache}, arena);
        const auto without = lower(client.get(), {&provider, place.model, &resolved, {}}, arena);
        SCOPED_TRACE(std::string(place.provider) + " " + std::string(info(rule.settings.front().first).name));
        ASSERT_EQ(with.has_value(), without.has_value());
        if (!with) continue;
        EXPECT_EQ(with->body, without->body);
        EXPECT_EQ(testing::describe(with->edits), testing::describe(without->edits));
        bodies.insert(with->body);
      }
    }
  }
  EXPECT_GT(bodies.size(), 40u);  // else the settings above change nothing, and the test shows nothing
}

// Every option alone makes another entry; the key reads none of them for another.
TEST(SchemaCache, EveryOptionIsPartOfTheKey) {
  const std::vector<std::string> ab = {"a", "b"}, joined = {"a\nb"}, a = {"a"};
  const SchemaOptions base{.target = {.column = "bedrock-nova"}};
  std::vector<SchemaOptions> all = {base};
  const auto add = [&](auto change) {
    SchemaOptions options = base;
    change(options);
    all.push_back(options);
  };
  add([](SchemaOptions& o) { o.target.column = ""; });
  add([&](SchemaOptions& o) { o.target.root_keys = ab; });
  add([&](SchemaOptions& o) { o.target.root_keys = joined; });
  add([&](SchemaOptions& o) { o.target.root_keys = a; });
  add([](SchemaOptions& o) { o.target.root_composition = true; });
  add([](SchemaOptions& o) { o.target.object_root = false; });
  add([](SchemaOptions& o) { o.target.wrap_choices = true; });
  add([](SchemaOptions& o) { o.target.lossless = true; });
  add([](SchemaOptions& o) { o.target.every_step = true; });
  add([](SchemaOptions& o) { o.keys.first = "a-z"; });
  add([](SchemaOptions& o) { o.keys.rest = "a-z"; });
  add([](SchemaOptions& o) { o.keys.max = 1; });
  add([](SchemaOptions& o) { o.keys.max = 11; });
  add([](SchemaOptions& o) { o.keys.exact = 1; });
  add([](SchemaOptions& o) { o.keys_rule = "a"; });
  add([](SchemaOptions& o) { o.strict_rule = "a"; });
  add([](SchemaOptions& o) { o.first_keys_rule = "a"; });
  add([](SchemaOptions& o) { o.strict = true; });
  add([](SchemaOptions& o) { o.rules.all_required = false; });
  add([](SchemaOptions& o) { o.rules.typed = true; });
  add([](SchemaOptions& o) { o.rules.first_keys = true; });
  add([](SchemaOptions& o) { o.rules.plain_unions = true; });

  SchemaCache cache;
  Arena arena;
  const auto schema =
      *json::parse(arena, R"({"type":"object","properties":{"a":{"type":"string"}},"minProperties":1})");
  std::set<const void*> entries;
  for (const SchemaOptions& options : all) {
    EXPECT_FALSE(get(cache, schema, options)) << "met for the first time";
    const auto entry = get(cache, schema, options);
    ASSERT_TRUE(entry);
    EXPECT_EQ(get(cache, schema, options), entry);
    entries.insert(entry.get());
  }
  EXPECT_EQ(entries.size(), all.size());
  EXPECT_EQ(cache.size(), all.size());
}

// A few hundred bytes that become megabytes once inlined: they count as what they are.
TEST(SchemaCache, WhatASchemaBecomesCounts) {
  std::string text = R"({"type":"object","properties":{"a":{"$ref":"#/$defs/d0"}},"$defs":{)";
  for (int i = 0; i < 9; ++i)
    text += fmt::format(
        R"("d{}":{{"type":"object","properties":{{"x":{{"$ref":"#/$defs/d{}"}},"y":{{"$ref":"#/$defs/d{}"}},)"
        R"("z":{{"$ref":"#/$defs/d{}"}}}}}},)",
        i, i + 1, i + 1, i + 1);
  text += R"("d9":{"type":"string"}}})";
  Arena arena;
  const auto schema = *json::parse(arena, text);
  SchemaCache large, small(64 * 1024);
  const SchemaOptions nova{.target = {.column = "bedrock-nova"}};
  EXPECT_FALSE(get(large, schema, nova));
  const auto entry = get(large, schema, nova);
  ASSERT_TRUE(entry);
  EXPECT_GT(json::dump_compact(entry->lowered.schema).size(), 100 * text.size());
  EXPECT_GT(entry->bytes, json::dump_compact(entry->lowered.schema).size() / 2);
  EXPECT_EQ(large.bytes(), entry->bytes);
  EXPECT_FALSE(get(small, schema, nova));
  EXPECT_FALSE(get(small, schema, nova)) << "it would push out too many others";
  EXPECT_EQ(small.size(), 0u);
}

// 20 tools of which each is changed, and 20 of which none is: no request keeps more than its share of them.
TEST(SchemaCache, NoRequestKeepsMoreThanSome) {
  const auto tools = [](std::string_view more) {
    std::string body = R"({"model":"m","messages":[{"role":"user","content":"hi"}],"tools":[)";
    for (int i = 0; i < 20; ++i)
      body += fmt::format(
          R"({}{{"type":"function","function":{{"name":"f{}","parameters":{{"type":"object","properties":{{"a{}":{{"type":"string"{}}}}}}}}}}})",
          i ? "," : "", i, i, more);
    return testing::Input{"tools", canon::DialectName::openai_chat, body + "]}"};
  };
  struct Case {
    std::string_view more;
    std::size_t each;
    const char* why;
  };
  for (const Case& row : {Case{"", 2, "not changed"}, Case{R"(,"default":"x")", 1, "changed"}}) {
    testing::ClientRequest client(tools(row.more));
    const auto& provider = *testing::catalogue().find("bedrock");
    const profile::Profile resolved =
        testing::catalogue().resolve(provider, "us.amazon.nova-pro-v1:0", mode_of(client.get()));
    SchemaCache cache;
    std::size_t kept = 0;
    for (int turn = 0; turn < 30; ++turn) {
      Arena arena;
      const auto with =
          lower(client.get(), {&provider, "us.amazon.nova-pro-v1:0", &resolved, {}, {}, {}, &cache}, arena);
      ASSERT_TRUE(with);
      const std::size_t more = cache.size() - kept;
      EXPECT_EQ(more, turn == 0 ? 0 : std::min(row.each, 20 - kept)) << row.why << ", turn " << turn;
      kept += more;
    }
    EXPECT_EQ(kept, 20u);
  }
}

TEST(MetOfLate, RemembersSomeThousandsAndForgetsThemAll) {
  using Known = MetOfLate::Known;
  MetOfLate met;
  for (const Known known : {Known::nothing, Known::met})
    for (std::uint64_t i = 1; i <= 3000; ++i) EXPECT_EQ(met.meet(i << 33), known) << i;
  met.keep(std::uint64_t{7} << 33);
  EXPECT_EQ(met.meet(std::uint64_t{7} << 33), Known::kept);
  EXPECT_EQ(met.meet(std::uint64_t{8} << 33), Known::met);
  for (std::uint64_t i = 1; i <= 2000; ++i) met.meet((i + 3000) << 33);
  EXPECT_EQ(met.meet(std::uint64_t{7} << 33), Known::nothing) << "5,000 are more than it holds";
}

// Kept all the same, and found again once it is met again.
TEST(SchemaCache, WhatIsForgottenIsKeptOnce) {
  Arena arena;
  const KeyedOptions nova{SchemaOptions{.target = {.column = "bedrock-nova"}}};
  const auto schema = *json::parse(arena, R"({"type":"object","properties":{"a":{"default":1}}})");
  SchemaCache cache;
  EXPECT_FALSE(get(cache, schema, nova));
  const auto entry = get(cache, schema, nova);
  ASSERT_TRUE(entry);
  for (int i = 0; i < 5000; ++i)
    get(cache,
        *json::parse(arena,
                     arena.copy(std::string_view(fmt::format(R"({{"type":"object","title":"{}"}})", i)))),
        nova);
  EXPECT_FALSE(get(cache, schema, nova)) << "met for the first time, as far as it knows";
  EXPECT_EQ(get(cache, schema, nova), entry);
  EXPECT_EQ(cache.size(), 1u);
}

}  // namespace
}  // namespace dragoman::lower
