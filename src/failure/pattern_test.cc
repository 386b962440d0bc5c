#include "failure/pattern.h"

#include <gtest/gtest.h>

#include <string>

namespace dragoman::failure {
namespace {

TEST(Pattern, Occurs) {
  struct Row {
    std::string pattern;
    std::string text;
    bool want;
  };
  const Row rows[] = {
      {"credit", "a credit b", true},
      {"credit", "cred it", false},
      {"insufficient{25}credit", "insufficient " + std::string(24, 'x') + "credit", true},
      {"insufficient{25}credit", "insufficient " + std::string(25, 'x') + "credit", false},
      {"insufficient{25}credit", "insufficient. credit", false},
      {"insufficient{25}credit", "insufficient gpt-4.1 credit", true},
      {"insufficient{25}credit", "insufficient\ncredit", false},
      {"insufficient{25}credit", "insufficient insufficient " + std::string(20, 'x') + "credit", true},
      {"a{3}b{3}c", "a.xb..c", true},
      {"~overloaded~", "is overloaded.", true},
      {"~overloaded~", "overloaded", true},
      {"~overloaded~", "overloaded_error", false},
      {"limit: 0~", "limit: 0, model", true},
      {"limit: 0~", "limit: 05", false},
      {"> #", "1 > 2", true},
      {"> #", "1 > x", false},
      {"", "x", false},
      {"x", "", false},
  };
  for (const Row& row : rows)
    EXPECT_EQ(occurs(row.pattern, row.text), row.want) << row.pattern << " in " << row.text;
}

TEST(Pattern, WellFormed) {
  EXPECT_TRUE(is_well_formed("a{200}b#~"));
  for (const char* bad : {"", "{2}a", "a{2}", "a{201}b", "a{x}b", "A", "a{1}b{1}c{1}d", "a{"}) {
    EXPECT_FALSE(is_well_formed(bad)) << bad;
  }
}

}  // namespace
}  // namespace dragoman::failure
