#include "serve/loss.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "failure/own.h"

namespace dragoman::serve {
namespace {

using config::LossPolicy;
using lower::Loss;
using testing::HasSubstr;

TEST(Loss, TheFirstForbiddenEditDecides) {
  const std::vector<lower::Edit> edits = {{"A", "/a", "name", "x", "y", Loss::none},
                                          {"B", "/b", "pattern", "p", "", Loss::widened},
                                          {"C", "/c", "image", "", "", Loss::semantic}};
  config::Promises promises;
  EXPECT_EQ(forbidden_edit(edits, promises), nullptr);
  for (std::size_t i = 0; i < config::kLossClasses.size(); ++i) {
    EXPECT_EQ(config::kLossClasses[i], lower::name(static_cast<Loss>(i))) << "the two rooms agree";
    promises.loss = {};
    promises.loss[i] = LossPolicy::forbid;
    const lower::Edit* edit = forbidden_edit(edits, promises);
    if (static_cast<Loss>(i) == Loss::narrowed)
      EXPECT_EQ(edit, nullptr);
    else
      EXPECT_EQ(edit->loss, static_cast<Loss>(i));
  }
  promises.loss = {LossPolicy::allow, LossPolicy::warn, LossPolicy::warn, LossPolicy::warn};
  EXPECT_EQ(forbidden_edit(edits, promises), nullptr);
}

TEST(Loss, RefusalsNameRulePlaceAndTarget) {
  const lower::Edit edit{"GEM-21", "/tools/0/function/parameters", "not", "{}", "", Loss::widened};
  const lower::Refused refused = forbidden(edit, "gemini/x");
  EXPECT_EQ(refused.rule, "GEM-21");
  EXPECT_EQ(refused.pointer, "/tools/0/function/parameters");
  EXPECT_THAT(refused.reason, HasSubstr("gemini/x"));
  EXPECT_THAT(refused.reason, HasSubstr("`loss: {widened: forbid}`"));
  // Who reads it in the journal knows it again.
  const auto own = failure::own_refusal(refused.reason);
  ASSERT_TRUE(own);
  EXPECT_EQ(own->rule, "loss_forbidden");
  EXPECT_EQ(own->pointer, "/tools/0/function/parameters");
  EXPECT_THAT(loss_warning(edit, "gemini/x"), HasSubstr("widened by GEM-21"));
}

TEST(OnceEach, SaysEachOnceAndIsBounded) {
  OnceEach said;
  EXPECT_TRUE(said.first("a"));
  EXPECT_FALSE(said.first("a"));
  EXPECT_TRUE(said.first("b"));
  int more = 0;
  for (int i = 0; i < 10'000; ++i) more += said.first(std::to_string(i));
  EXPECT_LT(more, 5000);
}

}  // namespace
}  // namespace dragoman::serve
