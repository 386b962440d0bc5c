#include "dialect/python_literal.h"

#include <gtest/gtest.h>

namespace dragoman::dialect {
namespace {

TEST(PythonLiteral, BecomesJson) {
  struct Row {
    std::string_view python, json;
  };
  const Row rows[] = {
      {"{'error': {'message': 'no', 'code': None, 'ok': True, 'n': -1.5e3}}",
       R"({"error":{"message":"no","code":null,"ok":true,"n":-1.5e3}})"},
      {R"({'a': "it's", "b": 'say "x"'})", R"({"a":"it's","b":"say \"x\""})"},
      {R"({'loc': ('body', 'messages', 0)})", R"({"loc":["body","messages",0]})"},
      {R"({'t': b'{"error": 1}'})", R"({"t":"{\"error\": 1}"})"},
      {R"({'t': 'a\nb\x41\u00e9\U0001F600\'\\'})", "{\"t\":\"a\\nbA\xC3\xA9\xF0\x9F\x98\x80'\\\\\"}"},
      {"['a' 'b', (1,), {}]", R"(["ab",[1],{}])"},
      {"{1: 'x', }", R"({"1":"x"})"},
      {R"({'r': r'\d'})", R"({"r":"\\d"})"},
  };
  for (const Row& row : rows) {
    const auto got = read_python_literal(row.python);
    ASSERT_TRUE(got) << row.python;
    EXPECT_EQ(got->json, row.json);
    EXPECT_EQ(got->size, row.python.size());
  }
  EXPECT_EQ(read_python_literal("{'a': 1}. Received Model Group=x")->size, 8u);
}

TEST(PythonLiteral, IsNothingElse) {
  for (const std::string_view text :
       {"", "{", "{'a'", "{'a': }", "{'a': Thing()}", "{'a': ...}", "'open", "-", "{[1]: 2}", "{'a' 1}"})
    EXPECT_FALSE(read_python_literal(text)) << text;
  EXPECT_FALSE(read_python_literal(std::string(100, '[') + std::string(100, ']'))) << "nesting is bounded";
}

}  // namespace
}  // namespace dragoman::dialect
