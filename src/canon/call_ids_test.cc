#include "canon/call_ids.h"

#include <gtest/gtest.h>

#include <set>
#include <vector>

namespace dragoman::canon {
namespace {

std::vector<std::string> shown(std::string_view seed, const std::vector<std::string_view>& ids) {
  CallIds names(seed);
  std::vector<std::string> out;
  for (const std::string_view id : ids) out.push_back(names.next(0, id));
  return out;
}

struct Row {
  std::string_view what;
  std::vector<std::string_view> given;
  std::vector<std::string_view> begin;  // what each begins with; "=": as it was given
};
const Row kRows[] = {
    {"ids of its own stay", {"a", "call_1", "functions.f:0"}, {"=", "=", "="}},
    {"the second is another (MiMo)", {"a", "a"}, {"=", "a_"}},
    {"and so is the third", {"a", "a", "a"}, {"=", "a_", "a_"}},
    {"none is made up", {"", "x", ""}, {"call_", "=", "call_"}},
    {"Kimi's keep their form (KIMI-33)", {"functions.f:301", "functions.f:301"}, {"=", "functions.f:302"}},
    {"and their numbers apart",
     {"functions.f:0", "functions.f:0", "functions.f:0", "functions.f:1", "functions.f:3"},
     {"=", "functions.f:1", "functions.f:2", "functions.f:3", "functions.f:4"}},
    {"a name like theirs", {"functions.f:", "functions.f:"}, {"=", "functions.f:_"}},
    {"a number beyond all",
     {"functions.f:99999999999999999999", "functions.f:99999999999999999999"},
     {"=", "functions.f:99999999999999999999_"}},
};

TEST(CallIds, AreApartWithinOneAnswer) {
  for (const Row& row : kRows) {
    const std::vector<std::string> out = shown("req_1", row.given);
    EXPECT_EQ(std::set<std::string>(out.begin(), out.end()).size(), out.size()) << row.what;
    for (std::size_t i = 0; i < out.size(); ++i) {
      EXPECT_TRUE(row.begin[i] == "=" ? out[i] == row.given[i] : out[i].starts_with(row.begin[i]))
          << row.what << ": " << out[i];
      EXPECT_FALSE(out[i].empty()) << row.what;
    }
    EXPECT_EQ(shown("req_1", row.given), out) << row.what << ": the same again";
  }
}

TEST(CallIds, ThoseMadeUpAreUnlikeThoseOfOtherAnswers) {
  EXPECT_NE(shown("req_1", {""}), shown("req_2", {""}));
  EXPECT_NE(shown("req_1", {"a", "a"})[1], shown("req_2", {"a", "a"})[1]);
}

TEST(CallIds, StayWithinWhatHostsTake) {
  const std::string id(64, 'x');
  const auto out = shown("req_1", {id, id});
  EXPECT_EQ(out[0], id);
  EXPECT_EQ(out[1].size(), 64u);
  EXPECT_EQ(out[1].find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-"),
            std::string::npos)
      << out[1];
}

TEST(CallIds, ChoicesAreAnswersOfTheirOwn) {
  Arena arena;
  Response response;
  for (int choice = 0; choice < 2; ++choice) {
    Choice& made = response.choices.emplace_back();
    for (const std::string_view id : {"a", "b"}) made.blocks.push_back({ToolCall{.id = id, .name = "f"}});
  }
  EXPECT_FALSE(name_calls(response, "req_1", arena)) << "a client takes one of them";
  response.choices[1].blocks.push_back({Text{"and"}});
  response.choices[1].blocks.push_back({ToolCall{.id = "b", .name = "f"}});
  EXPECT_TRUE(name_calls(response, "req_1", arena));
  EXPECT_EQ(std::get<ToolCall>(response.choices[1].blocks[1].body).id, "b");
  EXPECT_TRUE(std::get<ToolCall>(response.choices[1].blocks[3].body).id.starts_with("b_"));
}

}  // namespace
}  // namespace dragoman::canon
