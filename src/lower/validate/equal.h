// Equality of JSON values as JSON Schema means it, and the hash that goes with it, within a budget.
#pragma once
#include <cstdint>

#include "json/value.h"

namespace dragoman::validate {

// What a check may still spend. Once it is over, it stays over.
class Steps {
 public:
  explicit Steps(std::uint64_t limit) : left_(limit) {}
  bool take(std::uint64_t n = 1) {
    if (n > left_) {
      left_ = 0;
      over_ = true;
    } else {
      left_ -= n;
    }
    return !over_;
  }
  bool over() const { return over_; }
  std::uint64_t left() const { return left_; }

 private:
  std::uint64_t left_;
  bool over_ = false;
};

// Numbers by their exact value (1 is 1.0, but 9007199254740993 is not 9007199254740992.0), objects without
// regard to order. False when the steps run out.
bool same_value(json::Value a, json::Value b, Steps& steps);

// Equal for equal values.
std::uint64_t value_hash(json::Value value, Steps& steps);

}  // namespace dragoman::validate
