#include "route/budget.h"

#include <algorithm>

namespace dragoman::route {

double budget_limit(const Policy& policy) { return policy.retry_floor * 10 + policy.retry_ratio * 100; }

RetryBudget after_request(RetryBudget budget, const Policy& policy, Time now) {
  const double limit = budget_limit(policy);
  if (budget.balance < 0) {
    budget = {limit, now};
  } else {
    const double seconds = static_cast<double>(std::max(Duration{0}, now - budget.at).count()) / 1000.0;
    budget.balance = std::min(limit, budget.balance + policy.retry_floor * seconds + policy.retry_ratio);
    budget.at = now;
  }
  return budget;
}

bool may_retry(const RetryBudget& budget) { return budget.balance < 0 || budget.balance >= 1; }

RetryBudget after_retry(RetryBudget budget) {
  if (budget.balance >= 0) budget.balance = std::max(0.0, budget.balance - 1);
  return budget;
}

}  // namespace dragoman::route
