#include "failure/delta.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <random>
#include <set>

namespace dragoman::failure {
namespace {

using Set = std::set<std::size_t>;

// Fails when some planted fault is there whole.
struct Planted {
  std::vector<Set> faults;
  int questions = 0;

  FailsWith fails() {
    return [this](std::span<const std::size_t> kept) {
      ++questions;
      EXPECT_TRUE(std::ranges::is_sorted(kept));
      const Set there(kept.begin(), kept.end());
      EXPECT_EQ(there.size(), kept.size());
      return std::ranges::any_of(faults,
                                 [&](const Set& fault) { return std::ranges::includes(there, fault); })
                 ? Verdict::fails
                 : Verdict::other;
    };
  }
};

TEST(Delta, FindsOnePart) {
  for (const std::size_t count : {1, 2, 3, 7, 60, 1000}) {
    for (std::size_t at = 0; at < count; at += std::max<std::size_t>(1, count / 7)) {
      Planted planted{{{at}}};
      const Minimised found = minimise(count, planted.fails());
      EXPECT_TRUE(found.minimal);
      EXPECT_EQ(found.kept, std::vector<std::size_t>{at});
      EXPECT_LE(planted.questions, 2 * static_cast<int>(std::bit_width(count)) + 1) << at << " of " << count;
    }
  }
}

TEST(Delta, FindsPartsThatOnlyFailTogether) {
  Planted planted{{{3, 37, 59}}};
  EXPECT_EQ(minimise(60, planted.fails()).kept, (std::vector<std::size_t>{3, 37, 59}));
}

TEST(Delta, NothingToBlameIsNothingKept) {
  Planted planted{{{}}};
  EXPECT_TRUE(minimise(60, planted.fails()).kept.empty());
  EXPECT_EQ(planted.questions, 1);
}

TEST(Delta, OneOfNoneAndOneOfOne) {
  EXPECT_TRUE(minimise(0, [](std::span<const std::size_t>) { return Verdict::stop; }).kept.empty());
  Planted planted{{{0}}};
  EXPECT_EQ(minimise(1, planted.fails()).kept, std::vector<std::size_t>{0});
  EXPECT_EQ(planted.questions, 1);
}

TEST(Delta, StoppedItKeepsWhatFailed) {
  for (int budget = 0; budget < 7; ++budget) {
    int left = budget;
    std::vector<std::size_t> last;
    const auto fails = [&](std::span<const std::size_t> kept) {
      if (left-- == 0) return Verdict::stop;
      const bool there = std::ranges::find(kept, 40u) != kept.end();
      if (there) last.assign(kept.begin(), kept.end());
      return there ? Verdict::fails : Verdict::other;
    };
    const Minimised found = minimise(64, fails);
    EXPECT_FALSE(found.minimal);
    EXPECT_NE(std::ranges::find(found.kept, 40u), found.kept.end());
    if (!last.empty()) EXPECT_EQ(found.kept, last);
  }
}

// Whatever the failure depends on, monotone or not: what is kept fails, and no single part can be spared.
TEST(DeltaProperty, OneMinimal) {
  std::mt19937 random(7);
  for (int round = 0; round < 600; ++round) {
    const std::size_t count = 1 + random() % 12;
    std::vector<bool> table(std::size_t{1} << count);  // by bit mask of what is kept
    const unsigned odds = 2 + random() % 6;
    for (std::size_t i = 0; i < table.size(); ++i) table[i] = random() % odds == 0;
    table.back() = true;
    const auto mask = [](std::span<const std::size_t> kept) {
      std::size_t out = 0;
      for (const std::size_t i : kept) out |= std::size_t{1} << i;
      return out;
    };
    const Minimised found = minimise(count, [&](std::span<const std::size_t> kept) {
      return table[mask(kept)] ? Verdict::fails : Verdict::other;
    });
    ASSERT_TRUE(found.minimal);
    const std::size_t kept = mask(found.kept);
    ASSERT_TRUE(table[kept]);
    for (const std::size_t i : found.kept) ASSERT_FALSE(table[kept & ~(std::size_t{1} << i)]) << round;
  }
}

// Where leaving more out never brings the failure back, the answer is one of the planted faults exactly.
TEST(DeltaProperty, ExactForPlantedFaults) {
  std::mt19937 random(11);
  for (int round = 0; round < 400; ++round) {
    const std::size_t count = 2 + random() % 80;
    Planted planted;
    for (unsigned i = 0; i < 1 + random() % 3; ++i) {
      Set fault;
      for (unsigned j = 0; j < 1 + random() % 3; ++j) fault.insert(random() % count);
      planted.faults.push_back(std::move(fault));
    }
    const Minimised found = minimise(count, planted.fails());
    const Set kept(found.kept.begin(), found.kept.end());
    ASSERT_NE(std::ranges::find(planted.faults, kept), planted.faults.end()) << round;
    ASSERT_LE(planted.questions, static_cast<int>(count * count + 3 * count + 3));
  }
}

}  // namespace
}  // namespace dragoman::failure
