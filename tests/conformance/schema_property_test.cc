// What must hold of every schema, whatever it says: over the schemas of published tools
// (tests/vectors/tool_schemas) and over generated ones. Values are made by the sandbox's generator and judged
// by the gateway's validator, which share no code.
#include <gtest/gtest.h>

#include "conformance/schema_samples.h"
#include "json/parse.h"
#include "json/write.h"
#include "lower/argument_filter.h"
#include "lower/schema_check.h"
#include "lower/tool_schema.h"
#include "lower/validate/validate.h"
#include "sandbox/instance.h"

namespace dragoman::conformance {
namespace {

using lower::Column;

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
  const auto validator = validate::Validator::compile(*schema);
  ASSERT_TRUE(validator) << validator.error().message;
  for (std::uint64_t seed = 0; seed < 3; ++seed) {
    const auto value = sandbox::make_instance(made.schema, seed);
    if (!value) continue;
    const std::string back = made.back ? lower::filtered(made.back->plan(), *value) : *value;
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
