#include "base/columns.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace dragoman {
namespace {

TEST(Columns, OfLetters) {
  const struct {
    std::string_view text;
    std::size_t columns;
  } rows[] = {
      {"", 0},
      {"abc", 3},
      {"größe", 5},
      {"gro\u0308ße", 5},               // the dots are a character of their own
      {"日本語", 6},                    // wide
      {"ｱｲｳ", 3},                       // of half the width
      {"한국", 4},                      //
      {"\u1112\u1161\u11ab", 2},        // the same letter in its three parts
      {"👍", 2},                        //
      {"a\u200Bb", 2},                  // a zero-width space
      {"…", 1},                         // ambiguous: narrow
      {"\xFF\xC3", 2},                  // no UTF-8: a column a byte
      {"a\xE6\x97", 3},                 // a letter that is cut off
      {"\xEF\xBF\xBD", 1},              // U+FFFD itself
      {"\u0646\u064F\u0648\u0646", 3},  // a vowel sign above
  };
  for (const auto& [text, columns] : rows) EXPECT_EQ(columns_of(text), columns) << text;
}

TEST(Columns, Padded) {
  EXPECT_EQ(padded("日本", 6), "日本  ");
  EXPECT_EQ(padded("e\u0301", 3), "e\u0301  ");
  EXPECT_EQ(padded("日本語", 2), "日本語");
}

std::vector<std::string> broken(std::string_view text, std::size_t width) {
  std::vector<std::string> out;
  while (!text.empty()) out.emplace_back(take_columns(text, width));
  return out;
}

TEST(Columns, AreTakenWholeLetterByLetter) {
  EXPECT_EQ(broken("abcde", 2), (std::vector<std::string>{"ab", "cd", "e"}));
  EXPECT_EQ(broken("a日本語", 3), (std::vector<std::string>{"a日", "本", "語"}));
  // A mark stays with its letter, also where it begins a new line's worth of columns.
  EXPECT_EQ(broken("ae\u0301x", 2), (std::vector<std::string>{"ae\u0301", "x"}));
  // Wider than the page: one letter a line, and an end.
  EXPECT_EQ(broken("日本", 1), (std::vector<std::string>{"日", "本"}));
  EXPECT_EQ(broken("\xFF\xFEz", 2), (std::vector<std::string>{"\xFF\xFE", "z"}));
  EXPECT_EQ(broken("👩‍💻x", 4), (std::vector<std::string>{"👩‍💻", "x"}));
}

}  // namespace
}  // namespace dragoman
