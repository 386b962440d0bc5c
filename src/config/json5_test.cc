#include "config/json5.h"

#include <gtest/gtest.h>

namespace dragoman::config {
namespace {

TEST(Json5, BecomesYaml) {
  for (const auto& [from, to] : std::initializer_list<std::pair<std::string_view, std::string_view>>{
           {"{a:1}", R"({"a": 1})"},
           {"{ // c\n 'b': 'it\\'s \"q\"', }", "{     \n \"b\":  \"it's \\\"q\\\"\"  }"},
           {"[+1, .5, 0x10, 2., -3,]", "[1, 0.5, 16, 2, -3 ]"},
           {"/* x\n*/{a:{b:[true,null,],},}", "    \n  {\"a\": {\"b\": [true,null ] } }"},
           {R"({"a\u0041":"\ud83d\ude00\x41"})", "{\"aA\": \"😀A\"}"},
           {"{a:\"x\\\ny\"}", "{\"a\": \"xy\"\n}"}})
    EXPECT_EQ(json5_to_yaml(from).value_or("none"), to) << from;
  // YAML, or broken.
  for (const std::string_view other : {"", "a: 1", "{a: sk-x}", "{a: 'it''s'}", "{a: [}", "{a 1}", "{a: 1} b",
                                       "{a: 5s}", "{", "{a: \"x", "{a: *b}"})
    EXPECT_FALSE(json5_to_yaml(other)) << other;
  EXPECT_FALSE(json5_to_yaml(std::string(1000, '[')));
}

}  // namespace
}  // namespace dragoman::config
