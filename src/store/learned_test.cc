#include "store/learned.h"

#include <gtest/gtest.h>

#include "store/testing.h"

namespace dragoman::store {
namespace {

LearnedRepair repair(std::string target, std::string name, std::int64_t expires) {
  return {.target = std::move(target),
          .name = std::move(name),
          .compat = {{"supportsStore", "false"}},
          .settings = {},
          .params = {{"seed", "drop"}},
          .why = "it does not take it",
          .words = "Unknown parameter: 'store'.",
          .learned_ms = 1000,
          .expires_ms = expires,
          .times = 1};
}

TEST(Learned, KeepsCountsExpiresAndForgets) {
  const TemporaryDirectory folder;
  const std::string path = folder.file("x.learned");
  {
    auto store = Learned::open(path);
    ASSERT_TRUE(store) << store.error().message;
    ASSERT_TRUE((*store)->learn(repair("a/m", "one", 5000)));
    ASSERT_TRUE((*store)->learn(repair("a/m", "one", 9000)));
    ASSERT_TRUE((*store)->learn(repair("a/m", "two", 9000)));
    ASSERT_TRUE((*store)->learn(repair("b/m", "one", 2000)));
  }
  auto store = Learned::open(path);  // a restart
  ASSERT_TRUE(store);
  const auto rows = (*store)->all(3000);
  ASSERT_TRUE(rows);
  ASSERT_EQ(rows->size(), 2u) << "b/m has expired";
  LearnedRepair want = repair("a/m", "one", 9000);
  want.times = 2;
  EXPECT_EQ((*rows)[0], want);

  auto other = Learned::open(path);  // another process
  const auto before = (*store)->version();
  EXPECT_EQ((*other)->forget("a/m", "two").value(), 1);
  EXPECT_NE((*store)->version().value(), before.value()) << "seen by who follows";
  EXPECT_EQ((*other)->forget("nobody", "").value(), 0);
  EXPECT_EQ((*store)->all(0)->size(), 2u);
  EXPECT_EQ((*other)->forget("", "").value(), 2);
}

TEST(Learned, LeavesOtherDatabasesAlone) {
  const TemporaryDirectory folder;
  const std::string path = folder.file("journal.db");
  {
    auto journal = Database::open(path, Database::Mode::kCreate);
    ASSERT_TRUE(journal->run("CREATE TABLE t (x)"));
  }
  EXPECT_FALSE(Learned::open(path));
}

}  // namespace
}  // namespace dragoman::store
