#include "failure/delta.h"

#include <algorithm>
#include <numeric>

namespace dragoman::failure {
namespace {

using Parts = std::vector<std::size_t>;

// Piece `i` of `n` nearly equal pieces, or everything but it.
Parts piece(const Parts& parts, std::size_t i, std::size_t n, bool complement) {
  const std::size_t begin = parts.size() * i / n, end = parts.size() * (i + 1) / n;
  Parts out;
  for (std::size_t at = 0; at < parts.size(); ++at)
    if ((at >= begin && at < end) != complement) out.push_back(parts[at]);
  return out;
}

}  // namespace

Minimised minimise(std::size_t count, const FailsWith& fails) {
  Parts parts(count);
  std::iota(parts.begin(), parts.end(), std::size_t{0});
  if (count == 0) return {parts};
  const Verdict none = fails({});
  if (none == Verdict::fails) return {{}};
  if (none == Verdict::stop) return {parts, false};
  for (std::size_t pieces = 2; parts.size() > 1;) {
    bool smaller = false;
    // Halves are each other's complements: they are not asked about twice.
    for (const bool complement : {false, true}) {
      if (complement && pieces == 2) break;
      for (std::size_t i = 0; i < pieces && !smaller; ++i) {
        Parts some = piece(parts, i, pieces, complement);
        const Verdict verdict = fails(some);
        if (verdict == Verdict::stop) return {parts, false};
        if (verdict != Verdict::fails) continue;
        parts = std::move(some);
        pieces = complement ? std::max<std::size_t>(pieces - 1, 2) : 2;
        smaller = true;
      }
      if (smaller) break;
    }
    if (smaller) continue;
    if (pieces >= parts.size()) break;  // every one of them was left out alone
    pieces = std::min(parts.size(), pieces * 2);
  }
  return {parts};
}

}  // namespace dragoman::failure
