// A list of edits outlives whatever its edits were made of.
#include "lower/edit.h"

#include <gtest/gtest.h>

#include <optional>
#include <string>

namespace dragoman::lower {
namespace {

TEST(EditList, OwnsItsText) {
  EditList list;
  {
    std::string rule = "BRM-07", pointer = "/properties/a", keyword = "default", before = "1", after = "2";
    list.add({rule, pointer, keyword, before, after, Loss::widened}, std::string("/tools/0"));
    for (std::string* text : {&rule, &pointer, &keyword, &before, &after}) text->assign(text->size(), '#');
  }
  ASSERT_EQ(list.size(), 1u);
  EXPECT_EQ(list[0].rule, "BRM-07");
  EXPECT_EQ(list[0].pointer, "/tools/0/properties/a");
  EXPECT_EQ(list[0].keyword, "default");
  EXPECT_EQ(list[0].before, "1");
  EXPECT_EQ(list[0].after, "2");
  EXPECT_EQ(list[0].loss, Loss::widened);
}

TEST(EditList, EmptyTextsAreNoTrouble) {
  EditList list;
  EXPECT_EQ(list.add({}).pointer, "");
  EXPECT_EQ(list.add({.keyword = "n"}, "/here").pointer, "/here");
}

TEST(EditList, CopiesAndMovesAreItsOwn) {
  std::optional<EditList> from(std::in_place);
  for (int i = 0; i < 100; ++i) from->add({"GEN-01", "/" + std::to_string(i), "k", "", "", Loss::none});
  EditList copy = *from;
  EditList moved = *std::move(from);
  from.reset();
  copy[0].pointer = copy.keep("/elsewhere");
  ASSERT_EQ(copy.size(), 100u);
  ASSERT_EQ(moved.size(), 100u);
  EXPECT_EQ(copy[0].pointer, "/elsewhere");
  EXPECT_EQ(moved[0].pointer, "/0");
  EXPECT_EQ(copy[99].pointer, "/99");
  copy = moved;
  EXPECT_EQ(copy[0].pointer, "/0");
}

}  // namespace
}  // namespace dragoman::lower
