// Strings and built values to text. Eight characters are looked at together: whatever stands where, the text
// must be what one character after the other gives.
#include "json/write.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "json/parse.h"

namespace dragoman::json {
namespace {

// RFC 8259, section 7, with the short escapes where there are any.
std::string escaped(unsigned char c) {
  switch (c) {
    case '"':
      return R"(\")";
    case '\\':
      return R"(\\)";
    case '\b':
      return R"(\b)";
    case '\f':
      return R"(\f)";
    case '\n':
      return R"(\n)";
    case '\r':
      return R"(\r)";
    case '\t':
      return R"(\t)";
    default:
      return c < 0x20 ? fmt::format("\\u{:04x}", c) : std::string(1, static_cast<char>(c));
  }
}

std::string expected(std::string_view text) {
  std::string out = "before\"";
  for (const char c : text) out += escaped(static_cast<unsigned char>(c));
  return out + '"';
}

std::string written(std::string_view text) {
  std::string out = "before";
  write_string(out, text);
  return out;
}

// The neighbours of every character that is escaped, too: what one borrows the next must not pay for.
constexpr std::string_view kFill = "a \x1f!\"#[\\]\x7f\x80\xff";

TEST(WriteString, EveryByteAtEveryPlace) {
  for (const char fill : kFill)
    for (const std::size_t size : {1, 2, 7, 8, 9, 15, 16, 17})
      for (std::size_t at = 0; at < size; ++at)
        for (int byte = 0; byte < 256; ++byte) {
          std::string text(size, fill);
          text[at] = static_cast<char>(byte);
          ASSERT_EQ(written(text), expected(text)) << fill << " " << size << " " << at << " " << byte;
        }
}

TEST(WriteString, EveryByteBesideEveryByte) {
  for (int one = 0; one < 256; ++one)
    for (int other = 0; other < 256; ++other) {
      std::string text = "abcdefgh";
      text[3] = static_cast<char>(one);
      text[4] = static_cast<char>(other);
      ASSERT_EQ(written(text), expected(text)) << one << " " << other;
    }
}

TEST(WriteString, LongTexts) {
  for (const std::size_t size : {0, 63, 64, 65, 71, 72, 73, 127, 128, 129, 1000}) {
    const std::string plain(size, 'x'), quotes(size, '"'), controls(size, '\x01');
    std::string lines;
    while (lines.size() < size) lines += fmt::format("line {}\n\t\"\xC3\xA9\"", lines.size());
    for (const std::string& text :
         {plain, quotes, controls, lines, plain + '\n', '\n' + plain, lines + plain})
      ASSERT_EQ(written(text), expected(text)) << size;
    std::string out;
    Writer(out).string_of({plain, lines, "", quotes});
    EXPECT_EQ("before" + out, expected(plain + lines + quotes));
  }
}

TEST(Write, BuiltValuesReadBack) {
  Arena arena;
  const Builder build(arena);
  const Value text = build.string("a\"b\\c\n\x01 \xC3\xA9 and some more"),
              list[] = {text, build.null(), build.integer(-3)};
  const Member members[] = {{"k\"ey", text}, {"list", build.array(list)}, {"none", build.empty_object()}};
  const Value built = build.object(members);
  EXPECT_EQ(dump(built),
            "{\"k\\\"ey\":\"a\\\"b\\\\c\\n\\u0001 \xC3\xA9 and some more\",\"list\":[\"a\\\"b\\\\c\\n\\u0001 "
            "\xC3\xA9 "
            "and some more\",null,-3],\"none\":{}}");
  EXPECT_EQ(dump(built), dump_compact(built));
}

struct Edited {
  std::string_view text, without_b;
};

// An object that was changed has its members as they were written, without the space around their colons.
TEST(Write, MembersAsTheyWereRead) {
  for (const Edited& row :
       std::initializer_list<Edited>{{R"({"a":1.50,"b":2,"c":"\u00e9"})", R"({"a":1.50,"c":"\u00e9"})"},
                                     {R"({ "a" : 1 , "b" : 2 , "c" : [ 3 ] })", R"({"a":1,"c":[ 3 ]})"},
                                     {R"({"a": 1,"b":2,"c" :3})", R"({"a":1,"c":3})"},
                                     {R"({"\u0061":{ "x" :1},"b":2,"":""})", R"({"\u0061":{ "x" :1},"":""})"},
                                     {"{\"a\":\n1,\"b\":2,\"c\"\t:3}", R"({"a":1,"c":3})"}}) {
    Arena arena;
    const auto value = parse(arena, row.text);
    ASSERT_TRUE(value) << row.text;
    const Builder build(arena);
    EXPECT_EQ(dump(build.without(*value, "b")), row.without_b) << row.text;
  }
}

TEST(Write, AMemberWithAnotherValueIsNotAsItWasRead) {
  Arena arena;
  // The other value stands where the member's own would: two bytes behind, or right behind but for no colon.
  const auto value = parse(arena, R"({"a":1,"b":"c","d":[4,5]})");
  ASSERT_TRUE(value);
  const Builder build(arena);
  const auto members = value->members();
  const Member moved[] = {{"a", members[1].value, members[0].raw_key},
                          {"b", members[0].value, members[1].raw_key},
                          {"4", members[2].value.at(1), members[2].value.at(0).raw()},
                          {"d", build.integer(7), members[2].raw_key}};
  EXPECT_EQ(dump(build.object(moved)), R"({"a":"c","b":1,4:5,"d":7})");
}

// What has its text already stays as it is; what has none gets it, and keeps its members.
TEST(Write, WrittenOnce) {
  Arena arena;
  const auto read = *parse(arena, R"({"a" : 1})");
  EXPECT_EQ(written_once(read, arena).node(), read.node());
  EXPECT_FALSE(written_once({}, arena));
  const Builder build(arena);
  const Value made = build.with(read, "b\n", build.string("x"));
  ASSERT_EQ(made.raw(), "");
  const Value once = written_once(made, arena);
  EXPECT_EQ(once.raw(), dump(made));
  EXPECT_EQ(dump(once), dump(made));
  EXPECT_EQ(once["b\n"].node(), made["b\n"].node());
}

}  // namespace
}  // namespace dragoman::json
