// What a person can do about a failure.
#pragma once
#include <span>
#include <string_view>

#include "failure/failure.h"

namespace dragoman::failure {

// One sentence each.
struct Advice {
  std::string_view request;     // what to change in the request; "" when nothing there helps
  std::string_view operations;  // what to change outside it: account, key, config; "" when nothing does
};

// By the row that decided where that says more than the class.
Advice advice_for(const Failure& failure);

// What a family of rows has in common: their ids, separated by spaces, and what to change in the request.
struct RuleAdvice {
  std::string_view rules;
  std::string_view request;
};
std::span<const RuleAdvice> rule_advice();

}  // namespace dragoman::failure
