// What stands in an arena stays where it is, whatever becomes of the arena's name.
#include "base/arena.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>

namespace dragoman {
namespace {

TEST(Arena, JoinsPieces) {
  Arena arena(8);
  EXPECT_EQ(arena.joined({}), "");
  EXPECT_EQ(arena.joined({"", ""}), "");
  EXPECT_EQ(arena.joined({"/tools/0", "", "/a"}), "/tools/0/a");
  const std::string long_one(5000, 'x');  // more than a block
  EXPECT_EQ(arena.joined({"<", long_one, ">"}), "<" + long_one + ">");
}

TEST(Arena, MovesWithoutMovingWhatItHolds) {
  Arena from(16);
  const std::string_view text = from.copy("first");
  Arena to = std::move(from);
  const std::string_view more = to.copy("second");
  EXPECT_EQ(text, "first");
  EXPECT_EQ(more, "second");
  EXPECT_EQ(from.copy("third"), "third") << "one that was moved away starts anew";
  EXPECT_EQ(text, "first");
}

TEST(Arena, SharesWhatIsDestroyedBeforeIt) {
  int destroyed = 0;
  struct Counts {
    int* at;
    ~Counts() { ++*at; }
  };
  Arena arena;
  const std::size_t before = arena.bytes();
  auto one = std::allocate_shared<Counts>(ArenaAllocator<Counts>(arena), &destroyed);
  EXPECT_GT(arena.bytes(), before);
  auto other = one;
  one.reset();
  EXPECT_EQ(destroyed, 0);
  other.reset();
  EXPECT_EQ(destroyed, 1);
}

}  // namespace
}  // namespace dragoman
