// What must hold of every schema, whatever it says: over the schemas of published tools
// (tests/vectors/tool_schemas) and over generated ones. Values are made by the sandbox's generator and judged
// by the gateway's validator, which share no code.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <random>

#include "json/parse.h"
#include "json/write.h"
#include "lower/argument_filter.h"
#include "lower/schema_check.h"
#include "lower/tool_schema.h"
#include "lower/validate.h"
#include "sandbox/instance.h"

namespace dragoman::conformance {
namespace {

using lower::Column;

struct Sample {
  std::string name, schema;
};

std::vector<Sample> published() {
  std::vector<Sample> all;
  std::vector<std::filesystem::path> files;
  for (const auto& file :
       std::filesystem::directory_iterator(std::string(DRAGOMAN_SOURCE_DIR) + "/tests/vectors/tool_schemas"))
    if (file.path().extension() == ".jsonl") files.push_back(file.path());
  std::sort(files.begin(), files.end());
  for (const auto& path : files) {
    std::ifstream in(path);
    for (std::string line; std::getline(in, line);) {
      Arena arena;
      const auto row = json::parse(arena, line);
      if (!row) throw std::runtime_error(path.string() + ": " + row.error().message);
      all.push_back({std::string((*row)["package"].text()) + " " + std::string((*row)["tool"].text()),
                     json::dump((*row)["schema"])});
    }
  }
  return all;
}

// A schema of the keywords people use, nested a few levels.
class Generator {
 public:
  explicit Generator(unsigned seed) : random_(seed) {}

  std::string object(int depth) {
    std::string members, required;
    const int count = pick(4) + 1;
    for (int i = 0; i < count; ++i) {
      const std::string name = kNames[static_cast<std::size_t>(pick(8))] + std::to_string(i);
      members += (i ? ",\"" : "\"") + name + "\":" + schema(depth - 1);
      if (pick(2)) required += (required.empty() ? "\"" : ",\"") + name + "\"";
    }
    std::string out = R"({"type":"object","properties":{)" + members + "}";
    if (!required.empty()) out += R"(,"required":[)" + required + "]";
    if (pick(3) == 0) out += R"(,"additionalProperties":false)";
    return out + "}";
  }

 private:
  int pick(int n) { return static_cast<int>(random_() % static_cast<unsigned>(n)); }

  std::string schema(int depth) {
    switch (pick(depth > 0 ? 12 : 7)) {
      case 0:
        return pick(2) ? R"({"type":"string"})" : R"({"type":"string","minLength":1,"maxLength":8})";
      case 1:
        return pick(2) ? R"({"type":"integer","minimum":0,"maximum":9})"
                       : R"({"type":"integer","exclusiveMinimum":0,"exclusiveMaximum":10})";
      case 2:
        return R"({"type":"number","description":"How much"})";
      case 3:
        return pick(2) ? R"({"enum":["a","b"]})" : R"({"type":"integer","enum":[1,2,3]})";
      case 4:
        return pick(2) ? R"({"const":"x"})" : R"({"type":["string","null"]})";
      case 5:
        return pick(2) ? R"({"type":"string","nullable":true})" : R"({"type":"boolean","default":true})";
      case 6:
        return R"({"type":"string","format":"date-time","title":"When"})";
      case 7:
        return R"({"type":"array","items":)" + schema(depth - 1) + (pick(2) ? R"(,"minItems":1})" : "}");
      case 8:
        return R"({"anyOf":[)" + schema(depth - 1) + R"(,{"type":"null"}]})";
      case 9:
        return R"({"oneOf":[{"type":"string"},{"type":"array","items":)" + schema(depth - 1) + "}]}";
      case 10:
        return R"({"allOf":[{"type":"string"},{"minLength":2}]})";
      default:
        return object(depth);
    }
  }

  static constexpr const char* kNames[] = {"name", "type",  "$ref", "user name",
                                           "ref",  "größe", "id",   "title"};
  std::mt19937 random_;
};

std::vector<Sample> generated() {
  std::vector<Sample> all;
  for (unsigned seed = 1; seed <= 60; ++seed)
    all.push_back({"seed " + std::to_string(seed), Generator(seed).object(3)});
  return all;
}

struct Mode {
  const Column* column;
  lower::SchemaOptions options;
};

std::vector<Mode> modes() {
  std::vector<Mode> all;
  for (const Column& column : lower::keyword_table().columns()) {
    lower::SchemaOptions o;
    o.target = lower::target_of(column);
    o.keys = {{}, "A-Za-z0-9_.-", 64, 0};
    o.keys_rule = "ANT-35";
    if (column.traits().closed) {
      o.strict = true;
      o.strict_rule = "OAIS-02";
      o.rules.all_required = column.name() != "anthropic-strict";
    }
    all.push_back({&column, o});
  }
  return all;
}

// `values`: how many were made and held against the original.
void hold(const Sample& sample, const Mode& mode, int& values) {
  SCOPED_TRACE(sample.name + " for " + std::string(mode.column->name()) + ": " +
               sample.schema.substr(0, 600));
  Arena arena;
  const auto schema = json::parse(arena, sample.schema);
  ASSERT_TRUE(schema);
  // Legal, deterministic, idempotent, the input untouched.
  EXPECT_EQ(lower::fault_of(*schema, *mode.column), "");
  const lower::LoweredSchema made = lower::lower_schema(*schema, mode.options, arena);
  const std::string bytes = json::dump(made.schema);
  EXPECT_EQ(json::dump(lower::lower_schema(*schema, mode.options, arena).schema), bytes);
  EXPECT_EQ(json::dump(*schema), sample.schema);
  EXPECT_EQ(json::dump(lower::lower_schema(made.schema, mode.options, arena).schema), bytes)
      << "twice is not once";
  if (mode.options.strict && made.fault.empty())
    EXPECT_EQ(lower::strict_fault(made.schema, mode.options.rules), "");
  // Whatever fits the lowered schema fits the client's, when nothing was said to be lost.
  if (!made.lossless()) return;
  const auto validator = lower::Validator::compile(*schema);
  ASSERT_TRUE(validator) << validator.error().message;
  for (std::uint64_t seed = 0; seed < 3; ++seed) {
    const auto value = sandbox::make_instance(made.schema, seed);
    if (!value) continue;
    const std::string back = made.plan ? lower::filtered(*made.plan, *value) : *value;
    const auto parsed = json::parse(arena, back);
    ASSERT_TRUE(parsed) << back;
    const auto broken = validator->check(*parsed, 1);
    EXPECT_TRUE(broken.empty()) << back << " under " << json::dump_compact(made.schema) << ": "
                                << broken.front().instance_pointer << " " << broken.front().message;
    ++values;
  }
}

TEST(SchemaProperties, PublishedTools) {
  const auto samples = published();
  ASSERT_GE(samples.size(), 120U);
  int values = 0;
  for (const Sample& sample : samples)
    for (const Mode& mode : modes()) hold(sample, mode, values);
  EXPECT_GT(values, 1000);
}

TEST(SchemaProperties, GeneratedSchemas) {
  int values = 0;
  for (const Sample& sample : generated())
    for (const Mode& mode : modes()) hold(sample, mode, values);
  EXPECT_GT(values, 200);
}

}  // namespace
}  // namespace dragoman::conformance
