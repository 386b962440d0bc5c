#include "sandbox/openai/python_regex.h"

#include <gtest/gtest.h>

namespace dragoman::sandbox::openai {
namespace {

// Each was put to re.compile of Python 3.12.
TEST(PythonRegex, CompilesWhatPythonDoes) {
  for (const char* pattern : {"",
                              "^[a-z]+$",
                              "(?i)abc",
                              "(?i:abc)d",
                              "^(?!x).*",
                              "(?<=a)b",
                              "(?P<n>a)(?P=n)",
                              "a{2,}b{x}",
                              "a+?",
                              "a??b?",
                              "[^/]+",
                              "[]a]",
                              "\\d{3}-\\d{4}",
                              "\\u0041\\x41",
                              "a|b|",
                              "()",
                              "(?#no)a",
                              "{",
                              "\\.\\/\\-",
                              "a*+"})
    EXPECT_TRUE(is_python_regex(pattern)) << pattern;
}

TEST(PythonRegex, NothingElse) {
  for (const char* pattern : {"\\p{L}+", "(?<n>a)", "a(?i)b", "*a", "a**", "a{2}{3}", "[a", "(a", "a)", "\\",
                              "\\k<n>", "\\u{1F600}", "\\c1", "[]", "(?a", "\\z", "a???", "\\x4"})
    EXPECT_FALSE(is_python_regex(pattern)) << pattern;
}

}  // namespace
}  // namespace dragoman::sandbox::openai
