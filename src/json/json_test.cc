#include <gtest/gtest.h>

#include "json/parse.h"
#include "json/value.h"
#include "json/write.h"

namespace dragoman::json {
namespace {

Value ok(Arena& arena, std::string_view text) {
  const auto value = parse(arena, text);
  EXPECT_TRUE(value) << text << ": " << value.error().message;
  return value ? *value : Value();
}

TEST(Parse, KeepsEveryByte) {
  for (const std::string_view text :
       {R"({"b":0.70,"a":1e400,"c":-0,"z":[1.0,2E+3,[],{}],"s":"\u00e9\n\/é","":null})", R"([])", R"({})",
        R"(  { "a" : [ 1 , 2 ] , "b" : { } }  )", R"("just a string")", R"(12.50)", R"(true)", R"(null)",
        R"([[[[1]]],{"a":{"b":{"c":[true,false,null]}}}])", "[1,\n\t2\r\n]"}) {
    Arena arena;
    const Value value = ok(arena, text);
    std::string trimmed(text);
    while (trimmed.front() == ' ') trimmed.erase(0, 1);
    while (trimmed.back() == ' ') trimmed.pop_back();
    EXPECT_EQ(dump(value), trimmed);
  }
}

TEST(Parse, SubtreesKeepTheirOwnBytes) {
  Arena arena;
  const Value root = ok(arena, R"({ "a" : [ 1 , {"x" : "y" } ] , "b":{"c" : 1.50 } })");
  EXPECT_EQ(root["a"].raw(), R"([ 1 , {"x" : "y" } ])");
  EXPECT_EQ(root["a"].at(1).raw(), R"({"x" : "y" })");
  EXPECT_EQ(root["b"].raw(), R"({"c" : 1.50 })");
  EXPECT_EQ(root["b"]["c"].number_text(), "1.50");
  EXPECT_FALSE(root["nothing"]);
  EXPECT_EQ(dump_compact(root), R"({"a":[1,{"x":"y"}],"b":{"c":1.50}})");
}

TEST(Parse, CountsValues) {
  Arena arena;
  const std::string_view text = R"({"a":[1,2],"b":{}})";  // five
  EXPECT_TRUE(parse(arena, text, {.values = 5}));
  const auto over = parse(arena, text, {.values = 4});
  ASSERT_FALSE(over);
  EXPECT_EQ(over.error().pointer, "/b");
  EXPECT_NE(over.error().message.find("more than 4 values"), std::string::npos);
}

TEST(Parse, DecodesEscapes) {
  Arena arena;
  EXPECT_EQ(ok(arena, R"("a\"\\\/\b\f\n\r\t\u0041\u00e9\u20ac\ud83d\ude00")").text(),
            "a\"\\/\b\f\n\r\tA\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80");
  EXPECT_EQ(ok(arena, R"({"k\u0065y":1})")["key"].integer(), 1);
}

struct Refused {
  std::string_view text, pointer, words;
};

TEST(Parse, RefusesWithThePlace) {
  const std::string deep = std::string(300, '[') + std::string(300, ']');
  for (const Refused& row :
       std::initializer_list<Refused>{{"", "", "empty"},
                                      {"   ", "", "empty"},
                                      {"{", "", "JSON"},
                                      {"\fnull", "", "JSON"},  // no white space of JSON's
                                      {"{}\v", "", ""},
                                      {R"({"a":1)", "", "found the end of the text (line 1, column 7)"},
                                      {"{\"a\":\n[1,]}", "", "(line 2, column 4)"},
                                      {R"({"a":1}x)", "", ""},
                                      {R"({"a":1}{"b":2})", "", ""},
                                      {R"({"a":{"b":[0,01]}})", "/a/b/1", "JSON"},
                                      {R"({"a":{"b":[0,1.]}})", "/a/b/1", "JSON"},
                                      {R"({"a":nul})", "/a", "JSON"},
                                      {R"({"a":truee})", "/a", "JSON"},
                                      {R"({"a":NaN})", "/a", "JSON"},
                                      {R"({"a":+1})", "/a", "JSON"},
                                      {R"({"a":1,"b":{"c":1,"c":2}})", "/b/c", "twice"},
                                      {R"({"a":1,"\u0061":2})", "/a", "twice"},
                                      {R"({"a":["\ud800"]})", "/a/0", "surrogate"},
                                      {R"({"a":["\udc00"]})", "/a/0", "surrogate"},
                                      {R"({"a":["\ud800\u0041"]})", "/a/0", "surrogate"},
                                      {R"({"a":"\x"})", "/a", "escape"},
                                      {R"({"a":"\u12g4"})", "/a", "hex"},
                                      {"{\"a\":\"\xff\"}", "", "UTF-8 near byte 6"},
                                      {"{\"a\":\"\n\"}", "", "JSON"},
                                      {R"({a:1})", "", "JSON"},
                                      {R"(['a'])", "/0", "JSON"},
                                      {deep, "", "256"}}) {
    Arena arena;
    const auto value = parse(arena, row.text);
    ASSERT_FALSE(value) << row.text;
    if (!row.pointer.empty()) EXPECT_EQ(value.error().pointer, row.pointer) << row.text;
    EXPECT_NE(value.error().message.find(row.words), std::string::npos)
        << row.text << " " << value.error().message;
  }
}

TEST(Parse, DepthIsALimitNotAnEstimate) {
  Arena arena;
  EXPECT_TRUE(parse(arena, std::string(256, '[') + std::string(256, ']')));
  EXPECT_FALSE(parse(arena, std::string(257, '[') + std::string(257, ']')));
}

TEST(Value, NumbersByValue) {
  Arena arena;
  EXPECT_EQ(ok(arena, "3.0").integer(), 3);
  EXPECT_EQ(ok(arena, "3e2").integer(), 300);
  EXPECT_EQ(ok(arena, "3.5").integer(), std::nullopt);
  EXPECT_EQ(ok(arena, "9223372036854775807").integer(), INT64_MAX);
  EXPECT_EQ(ok(arena, "1e400").integer(), std::nullopt);
  EXPECT_TRUE(equal(ok(arena, R"({"a":1,"b":[2.0]})"), ok(arena, R"({"b":[2],"a":1})")));
  EXPECT_FALSE(equal(ok(arena, R"({"a":1})"), ok(arena, R"({"a":"1"})")));
}

TEST(Value, PointersBothWays) {
  Arena arena;
  const Value root = ok(arena, R"({"a/b":{"m~n":[10,20]}})");
  EXPECT_EQ(resolve(root, "/a~1b/m~0n/1").integer(), 20);
  EXPECT_EQ(pointer_join(pointer_join(pointer_join("", "a/b"), "m~n"), std::size_t{1}), "/a~1b/m~0n/1");
  EXPECT_TRUE(pointer_within("/a", "/a"));
  EXPECT_TRUE(pointer_within("/a/0", "/a"));
  EXPECT_FALSE(pointer_within("/ab", "/a"));
  EXPECT_FALSE(pointer_within("/a", "/a/0"));
  EXPECT_FALSE(resolve(root, "/a~1b/m~0n/2"));
  EXPECT_FALSE(resolve(root, "a"));
}

TEST(Builder, EditsShareAndDoNotTouch) {
  Arena arena;
  const Builder build(arena);
  const Value original = ok(arena, R"({"keep":[1, 2],"drop":true,"change":1})");
  const Value edited = build.with(build.without(original, "drop"), "change", build.string("x\"y"));
  EXPECT_EQ(dump(edited), R"({"keep":[1, 2],"change":"x\"y"})");
  EXPECT_EQ(dump(original), R"({"keep":[1, 2],"drop":true,"change":1})");
  EXPECT_EQ(edited["keep"].node(), original["keep"].node());
}

TEST(Writer, PutsCommasWhereTheyBelong) {
  Arena arena;
  std::string out;
  Writer w(out);
  w.begin_object()
      .field("a", 1)
      .key("b")
      .begin_array()
      .string("x")
      .null()
      .boolean(true)
      .begin_object()
      .end_object();
  w.end_array().field("c", "d\n").key("e").raw("[1]").field("f", ok(arena, "1.50")).end_object();
  EXPECT_EQ(out, R"({"a":1,"b":["x",null,true,{}],"c":"d\n","e":[1],"f":1.50})");
}

}  // namespace
}  // namespace dragoman::json
