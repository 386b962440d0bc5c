#include "lower/names.h"

#include <gtest/gtest.h>

#include <set>

namespace dragoman::lower {
namespace {

TEST(Names, ClassesReadAsWritten) {
  EXPECT_TRUE(in_class("A-Za-z0-9_-", '-'));
  EXPECT_TRUE(in_class("A-Za-z0-9_-", 'q'));
  EXPECT_FALSE(in_class("A-Za-z0-9_-", '.'));
  EXPECT_TRUE(in_class("A-Za-z0-9_:.-", ':'));
  EXPECT_TRUE(in_class("", '\n'));
}

TEST(Names, FittingNamesStay) {
  const Alphabet openai{"A-Za-z_", "A-Za-z0-9_-", 64, 0};
  EXPECT_EQ(fit(openai, "get_weather"), "get_weather");
  EXPECT_EQ(fit(openai, std::string(64, 'a')), std::string(64, 'a'));
}

TEST(Names, OthersAreMadeToFitAndStayDistinct) {
  const Alphabet openai{"A-Za-z_", "A-Za-z0-9_-", 64, 0};
  std::set<std::string> seen;
  for (const std::string& name :
       {std::string("a.b"), std::string("a/b"), std::string("a:b"), std::string("a b"), std::string("1a"),
        std::string(65, 'a'), std::string(66, 'a'), std::string("größe"), std::string("")}) {
    const std::string made = fit(openai, name);
    EXPECT_TRUE(fits(openai, made)) << name << " → " << made;
    EXPECT_TRUE(seen.insert(made).second) << name << " → " << made;
    EXPECT_EQ(made, fit(openai, name));
    EXPECT_NE(made, fit(openai, name, 1));
  }
}

TEST(Names, MistralIdsHaveNineCharacters) {
  const Alphabet mistral{"", "A-Za-z0-9", 0, 9};
  EXPECT_EQ(fit(mistral, "abcDEF123"), "abcDEF123");
  const std::string made = fit(mistral, "call_0123456789abcdef");
  EXPECT_TRUE(fits(mistral, made)) << made;
  EXPECT_NE(made, fit(mistral, "call_0123456789abcdeg"));
}

}  // namespace
}  // namespace dragoman::lower
