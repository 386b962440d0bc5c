#include "profile/rule_sources.h"

#include <gtest/gtest.h>

namespace dragoman::profile {
namespace {

TEST(RuleSources, EveryRowLoadsOnce) {
  const auto loaded = RuleSources::builtin();
  ASSERT_TRUE(loaded) << loaded.error().message;
  EXPECT_GT(loaded->all().size(), 500u);
  for (const RuleSource& row : loaded->all()) {
    EXPECT_FALSE(row.what.empty()) << row.rule;
    EXPECT_EQ(loaded->find(row.rule), &row) << row.rule << " is there twice";
    EXPECT_TRUE(row.evidence.size() <= 1 && std::string_view("LIDCA").contains(row.evidence)) << row.rule;
  }
}

TEST(RuleSources, ASuffixLeadsToTheFactAKeywordToItsRow) {
  const auto loaded = RuleSources::builtin();
  ASSERT_TRUE(loaded) << loaded.error().message;
  const RuleSource* fact = loaded->find("GROQ-15");
  ASSERT_NE(fact, nullptr);
  EXPECT_EQ(loaded->find("GROQ-15-llama4"), fact);
  EXPECT_NE(loaded->find("SCHEMA-pattern"), nullptr);
  EXPECT_NE(loaded->find("SCHEMA-additionalProperties"), nullptr);  // rows for false, true and a schema
  EXPECT_NE(loaded->find("SCHEMA-oneOf"), nullptr);
  EXPECT_EQ(loaded->find("SCHEMA-no-such-keyword"), nullptr);
  // Rows that tell forms of one keyword apart, or several keywords together.
  for (const std::string_view keyword : {"oneOf", "allOf", "items", "exclusiveMinimum", "externalDocs",
                                         "then", "x-note", "true", "additionalProperties"}) {
    const RuleSource* row = loaded->find(std::string("SCHEMA-").append(keyword));
    ASSERT_NE(row, nullptr) << keyword;
    EXPECT_FALSE(row->source.empty()) << keyword;
  }
  EXPECT_EQ(loaded->find("NO-SUCH-RULE"), nullptr);
  EXPECT_EQ(loaded->find(""), nullptr);
}

using Rows = std::vector<std::vector<std::string>>;

TEST(Csv, QuotesAsRfc4180HasThem) {
  EXPECT_EQ(csv_rows("a,b\n1,2\n"), (Rows{{"a", "b"}, {"1", "2"}}));
  EXPECT_EQ(csv_rows("\"a,b\",\"say \"\"hi\"\"\"\r\n"), (Rows{{"a,b", "say \"hi\""}}));
  EXPECT_EQ(csv_rows("\"two\nlines\",x"), (Rows{{"two\nlines", "x"}}));
  EXPECT_EQ(csv_rows(",\n\n"), (Rows{{"", ""}}));
  EXPECT_EQ(csv_rows(""), Rows{});
}

}  // namespace
}  // namespace dragoman::profile
