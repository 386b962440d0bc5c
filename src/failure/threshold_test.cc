#include "failure/threshold.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

namespace dragoman::failure {
namespace {

struct Asked {
  int times = 0;
  std::function<bool(std::span<const std::size_t>)> refuses;
  FailsWith fails() {
    return [this](std::span<const std::size_t> kept) {
      ++times;
      return refuses(kept) ? Verdict::fails : Verdict::other;
    };
  }
};

TEST(Threshold, FindsTheLimitWhateverItIs) {
  for (const std::size_t limit : {1u, 2u, 64u, 100u, 127u, 128u, 139u}) {
    Asked asked{.refuses = [&](auto kept) { return kept.size() > limit; }};
    const auto most = most_that_pass(140, asked.fails(), {});
    if (limit < 70)  // half of them are too many as well: leaving out comes first
      EXPECT_FALSE(most) << limit;
    else
      EXPECT_EQ(most, limit);
    EXPECT_LE(asked.times, 20);
  }
}

TEST(Threshold, ALimitThatIsNamedIsTriedFirst) {
  Asked asked{.refuses = [](auto kept) { return kept.size() > 128; }};
  const std::size_t hints[] = {400, 128, 140};
  EXPECT_EQ(most_that_pass(140, asked.fails(), hints), 128u);
  EXPECT_LE(asked.times, 7);
}

TEST(Threshold, ParticularOnesAreNoCount) {
  const auto has = [](std::span<const std::size_t> kept, std::size_t one) {
    return std::ranges::find(kept, one) != kept.end();
  };
  Asked one{.refuses = [&](auto kept) { return has(kept, 5); }};
  EXPECT_FALSE(most_that_pass(20, one.fails(), {}));
  Asked two{.refuses = [&](auto kept) { return has(kept, 3) && has(kept, 17); }};
  EXPECT_FALSE(most_that_pass(20, two.fails(), {}));
  Asked few{.refuses = [](auto kept) { return kept.size() == 2; }};
  EXPECT_FALSE(most_that_pass(2, few.fails(), {}));
}

TEST(Threshold, AStopIsNoAnswer) {
  int left = 4;
  const FailsWith fails = [&](std::span<const std::size_t> kept) {
    if (left-- == 0) return Verdict::stop;
    return kept.size() > 128 ? Verdict::fails : Verdict::other;
  };
  EXPECT_FALSE(most_that_pass(140, fails, {}));
}

}  // namespace
}  // namespace dragoman::failure
