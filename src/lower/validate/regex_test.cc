#include "lower/validate/regex.h"

#include <gtest/gtest.h>

#include "lower/validate/ecma_regex.h"

namespace dragoman::validate {
namespace {

// ECMA-262 is the source of every row.
TEST(Regex, MatchesAsEcmaDoes) {
  const struct {
    const char *pattern, *text;
    bool found;
  } cases[] = {
      {"b", "abc", true},  // not anchored
      {"^b", "abc", false},
      {"c$", "abc", true},
      {"^abc$", "abc\n", false},  // $ is the very end without the m flag
      {"^.$", "\xC3\xA4", true},  // a character, not a byte
      {"^.$", "\n", false},
      {"^.$", "\xE2\x80\xA8", false},  // U+2028 ends a line
      {"^[^]$", "\n", true},
      {"[]", "a", false},
      {"^\\d$", "\xDF\x80", false},  // NKO digit zero: \d is ASCII
      {"^\\s$", "\xC2\xA0", true},   // \s is not
      {"^\\s$", "\xEF\xBB\xBF", true},
      {"^\\S$", "\xC2\xA0", false},
      {"^[\\S]$", "\xC2\xA0", false},
      {"^[^\\S]$", "\t", true},
      {"^\\w$", "\xC3\xA9", false},
      {"^\\cC$", "\x03", true},
      {"^\\x41\\u0042\\u{1F600}$", "AB\xF0\x9F\x98\x80", true},
      {"^\\uD83D\\uDC32*$", "\xF0\x9F\x90\xB2\xF0\x9F\x90\xB2", true},
      {"^\\p{Letter}+$", "\xC3\xA9t\xC3\xA9", true},
      {"^\\p{L}\\P{L}$", "a1", true},
      {"^\\p{Script=Greek}$", "\xCE\xB1", true},
      {"^[\\p{Lu}\\d]$", "7", true},
      {"^[[:a]$", "[", true},    // no POSIX classes
      {"^[\\w-.]$", "-", true},  // Annex B: no range
      {"^[a\\b]$", "\b", true},
      {"^(?<year>\\d{4})$", "2024", true},
      {"^(?:a|b){2,3}?$", "abb", true},
      {"^a{,2}$", "a{,2}", true},  // a brace that is no quantifier
      {"^{$", "{", true},
      {"^\\/\\-\\.$", "/-.", true},
      {"^\\0$", "0", false},
  };
  for (const auto& [pattern, text, found] : cases) {
    const auto compiled = Pattern::compile(pattern);
    ASSERT_TRUE(compiled) << pattern << ": " << compiled.error().message;
    EXPECT_EQ(compiled->found_in(text), found) << pattern << " in " << text;
  }
}

TEST(Regex, SaysWhatItCannotDo) {
  const struct {
    const char *pattern, *reason;
    bool syntax;  // it is ECMA-262 all the same
  } cases[] = {
      {"^(?!a)", "look-around", true},
      {"(?<=a)b", "look-around", true},
      {"(a)\\1", "back-reference", true},
      {"(?<x>a)\\k<x>", "back-reference", true},
      {"\\uD83D", "surrogate", true},
      {"a{1001}", "repetition", true},
      {"(", "not closed", false},
      {"a)", "without its (", false},
      {"[a", "without its ]", false},
      {"*a", "nothing before", false},
      {"a**", "after a quantifier", false},
      {"a\\", "backslash at the end", false},
      {"\\a", "escaped letter", false},
      {"\\Z", "escaped letter", false},
      {"\\p{Nonsense=1}", "Unicode property", false},
      {"(?P<x>a)", "does not have", false},
      {"(?>a)", "does not have", false},
  };
  for (const auto& [pattern, reason, syntax] : cases) {
    const auto compiled = Pattern::compile(pattern);
    ASSERT_FALSE(compiled) << pattern;
    EXPECT_NE(compiled.error().message.find(reason), std::string::npos)
        << pattern << ": " << compiled.error().message;
    EXPECT_EQ(is_ecma_regex(pattern), syntax) << pattern;
  }
}

TEST(Regex, MatchesInLinearTime) {
  // Both take longer than the age of the universe by backtracking.
  for (const char* pattern : {"^(a+)+$", "^(a|aa)+$"}) {
    const auto compiled = Pattern::compile(pattern);
    ASSERT_TRUE(compiled);
    EXPECT_FALSE(compiled->found_in(std::string(20'000, 'a') + "!")) << pattern;
  }
}

}  // namespace
}  // namespace dragoman::validate
