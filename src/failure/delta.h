// Delta debugging: which of many parts it takes for something to fail. Plain functions; what "fails" means is
// asked of the caller, who may have to spend money to know.
//
// The algorithm is Zeller and Hildebrandt's ddmin ("Simplifying and Isolating Failure-Inducing Input", 2002).
#pragma once
#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <vector>

namespace dragoman::failure {

enum class Verdict : std::uint8_t {
  fails,  // as the whole does
  other,  // passes, or fails in another way: says nothing about this failure
  stop,   // cannot be asked any more
};

// Whether it fails with these parts alone; their numbers are in order.
using FailsWith = std::function<Verdict(std::span<const std::size_t> kept)>;

struct Minimised {
  std::vector<std::size_t> kept;
  // No single part of `kept` can be left out with the failure still there. False when the search was stopped:
  // then `kept` fails, but may not be the smallest.
  bool minimal = true;
};

// With all of 0 … count-1 it is known to fail. One part that is to blame is found in about 2 log2(count)
// questions; in the worst case it takes count² or so.
Minimised minimise(std::size_t count, const FailsWith& fails);

}  // namespace dragoman::failure
