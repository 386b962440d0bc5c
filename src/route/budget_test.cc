#include "route/budget.h"

#include <gtest/gtest.h>

namespace dragoman::route {
namespace {

TEST(RetryBudget, RetriesAreAShareOfTheRequestsWhenEverythingFails) {
  Policy policy;
  policy.retry_ratio = 0.2;
  policy.retry_floor = 0;
  RetryBudget budget;
  int retries = 0;
  for (int i = 0; i < 1000; ++i) {  // at one moment: the floor adds nothing
    budget = after_request(budget, policy, Time{0});
    if (!may_retry(budget)) continue;
    budget = after_retry(budget);
    ++retries;
  }
  EXPECT_GE(retries, 199);
  EXPECT_LE(retries, 222) << "what was saved up at the start, and a fifth of the requests";
}

TEST(RetryBudget, AFewASecondAreAlwaysThere) {
  Policy policy;
  policy.retry_ratio = 0;
  policy.retry_floor = 2;
  RetryBudget budget = after_request({}, policy, Time{0});
  while (may_retry(budget)) budget = after_retry(budget);
  EXPECT_FALSE(may_retry(after_request(budget, policy, Time{100})));
  EXPECT_TRUE(may_retry(after_request(budget, policy, Time{600})));
  EXPECT_LE(after_request(budget, policy, Time{10'000'000}).balance, budget_limit(policy));
}

TEST(RetryBudget, NothingIsSpentBeforeTheFirstRequest) { EXPECT_TRUE(may_retry(after_retry({}))); }

}  // namespace
}  // namespace dragoman::route
