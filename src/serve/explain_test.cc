#include "serve/explain.h"

#include <gtest/gtest.h>

#include "json/parse.h"
#include "json/value.h"

namespace dragoman::serve {
namespace {

TEST(Explain, IsAskedForByAWordOfTheHeader) {
  EXPECT_FALSE(wants_edits({}));
  EXPECT_TRUE(wants_edits({{"x-dragoman-explain", "edits"}}));
  EXPECT_TRUE(wants_edits({{"X-Dragoman-Explain", "other, Edits"}}));
  EXPECT_FALSE(wants_edits({{"x-dragoman-explain", "edit"}}));
}

TEST(Explain, HeadersCarryAsciiAndCountWhatTheyLeaveOut) {
  EXPECT_EQ(edit_list_header({}), "[]");
  const lower::Edit edit{"R-1", "/tools/0", "na\"me", "é 🌍", "", lower::Loss::widened};
  EXPECT_EQ(
      edit_list_header({&edit, 1}),
      R"([{"rule":"R-1","pointer":"/tools/0","keyword":"na\"me","before":"\u00e9 \ud83c\udf0d","after":"","loss":"widened"}])");
  const std::vector<lower::Edit> many(1000, edit);
  const std::string header = edit_list_header(many);
  EXPECT_LT(header.size(), 6500u);
  Arena arena;
  const auto list = json::parse(arena, header);
  ASSERT_TRUE(list);
  const auto shown = list->items().size() - 1;
  EXPECT_EQ(list->at(shown)["omitted"].integer(), static_cast<std::int64_t>(1000 - shown));
  EXPECT_EQ(list->at(0)["before"].text(), "é 🌍");
}

TEST(Explain, AMemberGoesBehindTheOthers) {
  struct Case {
    std::string_view body;
    std::string_view want;
  };
  for (const Case& c : {Case{R"({"a":1})", R"({"a":1,"x":[2]})"},
                        {"{\n \"a\": {}\n}\n", "{\n \"a\": {}\n,\"x\":[2]}\n"},
                        {"{ }", R"({ "x":[2]})"},
                        {"[1]", "[1]"},
                        {"}", "}"},
                        {"", ""}}) {
    std::string body(c.body);
    add_member(body, "x", "[2]");
    EXPECT_EQ(body, c.want);
  }
}

}  // namespace
}  // namespace dragoman::serve
