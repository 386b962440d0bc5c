#include "lower/schema_keywords.h"

#include <gtest/gtest.h>

namespace dragoman::lower {
namespace {

TEST(SchemaKeywords, FileIsWhole) {
  EXPECT_EQ(keyword_table().columns().size(), 26U);
  const Column& gemini = keyword_table().column("gemini-parameters");
  EXPECT_EQ(gemini[Row::ref], Cell::reject);
  EXPECT_EQ(gemini.format("date-time"), Cell::ok);
  EXPECT_EQ(gemini.format("email"), Cell::reject);
  EXPECT_EQ(gemini.format("int64"), Cell::ok);
  EXPECT_EQ(gemini.format("made-up"), Cell::reject);
  EXPECT_TRUE(keyword_table().column("vertex").traits().typed);
  EXPECT_TRUE(keyword_table().column("nobody").passes_all());
}

TEST(SchemaKeywords, BrokenFilesAreSaid) {
  EXPECT_FALSE(KeywordTable::parse("keyword,group,a,notes,source\n$ref,core,maybe,,\n"));
  EXPECT_FALSE(KeywordTable::parse("keyword,group,a,notes,source\n$ref,core,ok,,\n"));     // rows missing
  EXPECT_FALSE(KeywordTable::parse("keyword,group,a,notes,source\n$ref,core,ok,,,,,\n"));  // fields too many
}

}  // namespace
}  // namespace dragoman::lower
