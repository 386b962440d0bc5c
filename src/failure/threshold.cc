#include "failure/threshold.h"

#include <algorithm>
#include <numeric>
#include <vector>

namespace dragoman::failure {

std::optional<std::size_t> most_that_pass(std::size_t count, const FailsWith& fails,
                                          std::span<const std::size_t> hints) {
  if (count < 3) return std::nullopt;
  bool stopped = false;
  const auto range = [&](std::size_t begin, std::size_t end) {
    std::vector<std::size_t> kept(end - begin);
    std::iota(kept.begin(), kept.end(), begin);
    const Verdict verdict = fails(kept);
    stopped |= verdict == Verdict::stop;
    return verdict == Verdict::fails;
  };
  const auto first = [&](std::size_t n) { return range(0, n); };
  const auto last = [&](std::size_t n) { return range(count - n, count); };

  if (first(0) || first(count / 2) || range(count / 2, count) || stopped) return std::nullopt;
  std::size_t passes = count / 2, refused = count;
  for (const std::size_t hint : hints) {
    if (hint < passes || hint >= refused) continue;
    if (first(hint)) {
      refused = hint;
      continue;
    }
    passes = hint;
    if (hint + 1 < refused && first(hint + 1)) refused = hint + 1;
    if (stopped) return std::nullopt;
  }
  while (refused - passes > 1) {
    const std::size_t middle = passes + (refused - passes) / 2;
    (first(middle) ? refused : passes) = middle;
    if (stopped) return std::nullopt;
  }
  if (refused < count && !last(refused)) return std::nullopt;
  if (last(passes) || stopped) return std::nullopt;
  return passes;
}

}  // namespace dragoman::failure
