#include "json/fault.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

namespace dragoman::json {
namespace {

std::string at(std::string_view text) {
  const auto fault = find_fault(text);
  return fault ? fmt::format("{}:{}: {}", fault->line, fault->column, fault->what) : "";
}

TEST(Fault, SaysWhereAndWhat) {
  struct Row {
    std::string_view text, fault;
  };
  const Row rows[] = {
      {R"({"a": [1, -2.5e3, true, null, "x\"y", {}, []]})", ""},
      {"  7 ", ""},
      {"{\"a\": 1\n \"b\": 2}", R"(2:2: expected ',' or '}', found '"')"},
      {"[1, 2,]", "1:7: expected a value, found ']'"},
      {R"({"a": 1,})", "1:9: expected a name in double quotes, found '}'"},
      {"{a: 1}", "1:2: expected a name in double quotes, found 'a'"},
      {"{'a': 1}", "1:2: expected a name in double quotes, found '''"},
      {R"({"a" 1})", "1:6: expected ':', found '1'"},
      {R"({"a": None})", "1:7: expected a value, found 'None'"},
      {R"({"a": [1, {"b": 2})", "1:19: expected ',' or ']', found the end of the text"},
      {R"({"a": "never)", "1:7: a string begins here and never ends"},
      {"{} {}", "1:4: expected the end of the text, found '{'"},
      {"{\"a\": é}", "1:7: expected a value, found 'é'"},
      {"[1 🎉]", "1:4: expected ',' or ']', found '🎉'"},
      {"\xff\xfe{", "1:1: expected a value, found the byte 0xff"},
      {"[\xc3]", "1:2: expected a value, found the byte 0xc3"},
      {"", "1:1: expected a value, found the end of the text"},
  };
  for (const Row& row : rows) EXPECT_EQ(at(row.text), row.fault) << row.text;
  EXPECT_TRUE(at("{\"a\": \"broken\nline\"}").starts_with("1:14: expected '\"' before the end of the line"));
}

TEST(Fault, Nesting) {
  const struct {
    std::string_view text;
    std::size_t depth;
  } rows[] = {{"7", 0},  {"{}", 1}, {R"([{"a": [1]}, []])", 3}, {R"("[[[")", 0}, {R"({"\\": "\"[["})", 1},
              {"]]{", 1}};
  for (const auto& [text, depth] : rows) EXPECT_EQ(nesting(text), depth) << text;
}

}  // namespace
}  // namespace dragoman::json
