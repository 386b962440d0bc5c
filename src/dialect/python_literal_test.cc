#include "dialect/python_literal.h"

#include <gtest/gtest.h>

namespace dragoman::dialect {
namespace {

TEST(NodeLiteral, BecomesJson) {
  struct Row {
    std::string_view node, json;
  };
  const Row rows[] = {
      {"{ status: 400, headers: Headers { 'x-a': 'b' }, cause: undefined }",
       R"({"status":400,"headers":{"x-a":"b"},"cause":null})"},
      {"{ data: [Object], [Symbol(vercel.ai.error)]: true }",
       R"({"data":"[Object]","[Symbol(vercel.ai.error)]":true})"},
      {"{ list: [ 1, 2, ... 3 more items ], m: Map(1) { 'a' => 1 } }", R"({"list":[1,2],"m":{"a":1}})"},
      {"{ long: 'one ' +\n    'two', tick: `it's` }", R"({"long":"one two","tick":"it's"})"},
      {"{ type: 'error', $x_1: null }", R"({"type":"error","$x_1":null})"},
  };
  for (const Row& row : rows) {
    const auto got = read_node_literal(row.node);
    ASSERT_TRUE(got) << row.node;
    EXPECT_EQ(got->json, row.json);
  }
  for (const std::string_view broken : {"{ a: }", "{ a: Foo }", "{ [x: 1 }", "{ a: [ ... 1 more item"})
    EXPECT_FALSE(read_node_literal(broken)) << broken;
}

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
