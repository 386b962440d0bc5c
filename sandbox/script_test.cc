#include "sandbox/script.h"

#include <gtest/gtest.h>

#include "json/parse.h"

namespace dragoman::sandbox {
namespace {

Result<void> script(PlayBook& book, std::string_view text) {
  Arena arena;
  const auto spec = json::parse(arena, text);
  EXPECT_TRUE(spec) << text;
  return book.script(*spec);
}

constexpr std::string_view kTask =
    R"({"provider":"anthropic","turns":[{"calls":[{"name":"Read","arguments":{"path":"a"}}]},{"text":"done"}]})";

TEST(PlayBook, TurnsWaitForTheRequestTheyAreMeantFor) {
  PlayBook book;
  ASSERT_TRUE(script(book, kTask));
  EXPECT_FALSE(book.take("openai", "m", R"("Read")"));
  EXPECT_FALSE(book.take("anthropic", "m", R"({"messages":"what is the topic?"})")) << "offers no such tool";
  const auto first = book.take("anthropic", "m", R"({"tools":[{"name":"Read"}]})");
  ASSERT_TRUE(first);
  ASSERT_EQ(first->say.calls.size(), 1U);
  EXPECT_EQ(first->say.calls[0].arguments, R"({"path":"a"})");
  EXPECT_FALSE(book.take("anthropic", "m", "something on the side"));
  const auto second = book.take("anthropic", "m", R"({"name":"Read"})");
  ASSERT_TRUE(second);
  EXPECT_EQ(second->say.text, "done");
  EXPECT_FALSE(book.take("anthropic", "m", R"({"name":"Read"})"));
}

TEST(PlayBook, ATurnThatWasRefusedIsPlayedAgain) {
  PlayBook book;
  ASSERT_TRUE(script(book, kTask));
  auto turn = book.take("anthropic", "m", R"("Read")");
  ASSERT_TRUE(turn);
  book.give_back(*std::move(turn));
  const auto again = book.take("anthropic", "m", R"("Read")");
  ASSERT_TRUE(again);
  EXPECT_EQ(again->say.calls.size(), 1U);
  book.clear();
  EXPECT_FALSE(book.take("anthropic", "m", R"("Read")"));
}

TEST(PlayBook, SaysWhatIsWrongWithAScript) {
  PlayBook book;
  EXPECT_FALSE(script(book, R"({"turns":[]})"));
  EXPECT_FALSE(script(book, R"({"turns":[{}]})"));
  EXPECT_FALSE(script(book, R"({"turns":[{"calls":[{"name":"x"}]}]})"));
}

}  // namespace
}  // namespace dragoman::sandbox
