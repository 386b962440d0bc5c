// A retry budget: when everything fails, retries must not multiply the load. Requests earn a share of a retry
// each, time a few a second; a retry spends one. A value, like the rest of this room.
#pragma once
#include "route/route.h"

namespace dragoman::route {

struct RetryBudget {
  double balance = -1;  // retries that may be made; -1: not used yet
  Time at{0};           // of the last change
};

// The most that can be saved up: ten seconds' floor and the share of a hundred requests.
double budget_limit(const Policy& policy);

RetryBudget after_request(RetryBudget budget, const Policy& policy, Time now);
// Is there one left?
bool may_retry(const RetryBudget& budget);
RetryBudget after_retry(RetryBudget budget);

}  // namespace dragoman::route
