#include "route/plan.h"

#include <gtest/gtest.h>

#include <map>
#include <string>
#include <vector>

#include "route/cooldown.h"

namespace dragoman::route {
namespace {

using failure::Failure;
using failure::FailureClass;

Target target(std::string name, std::size_t deployment, int order = 1, double weight = 1) {
  return {.name = name, .deployment = deployment, .key = name, .weight = weight, .order = order};
}

std::string order_of(const Plan& plan) {
  std::string out;
  for (const Step& step : plan.steps) {
    if (!out.empty()) out += ' ';
    out += step.target->name;
    if (step.cooled) out += '!';
    if (step.origin != Origin::primary) out += std::string("/") + std::string(name(step.origin));
  }
  return out;
}

Random always(double value) {
  return [value] { return value; };
}

CooldownState cooled(std::initializer_list<std::pair<const char*, double>> keys) {
  CooldownState state;
  for (const auto& [key, seconds] : keys) {
    Failure failure;
    failure.cls = FailureClass::rate_limit;
    failure.retryable = true;
    failure.retry_after = seconds;
    state = after_failure(std::move(state), key, failure, {}, Time{0});
  }
  return state;
}

Route route() {
  Route r{.name = "m", .targets = {target("b", 1, 2), target("a", 0, 1)}};
  r.fallbacks = {{"f", {target("f", 2)}}};
  r.default_fallbacks = {{"d", {target("d", 3), target("f", 2)}}};
  r.context_window_fallbacks = {{"big", {target("big", 4)}}};
  r.content_policy_fallbacks = {{"lax", {target("a", 0)}}};
  return r;
}

TEST(Plan, OrderGroupsFallbacksAndSpecialChains) {
  EXPECT_EQ(order_of(plan(route(), {}, Time{0}, always(0))),
            "a b f/fallback d/default_fallback big/context_fallback a/content_fallback");
}

TEST(Plan, CooledTargetsAreLeftOutButForTheSoonest) {
  struct Row {
    CooldownState state;
    std::string want;
  };
  const Row rows[] = {
      {cooled({{"a", 9}}), "b f/fallback d/default_fallback a! big/context_fallback a!/content_fallback"},
      {cooled({{"a", 9}, {"f", 5}}),
       "b d/default_fallback f!/fallback big/context_fallback a!/content_fallback"},
      {cooled({{"a", 9}, {"b", 8}, {"f", 7}, {"d", 8}, {"big", 1}}),
       "f!/fallback big!/context_fallback a!/content_fallback"},
  };
  for (const Row& row : rows) EXPECT_EQ(order_of(plan(route(), row.state, Time{0}, always(0))), row.want);
  EXPECT_EQ(order_of(plan(route(), cooled({{"a", 9}}), Time{9000}, always(0))).substr(0, 3), "a b")
      << "over by then";
}

TEST(Plan, WeightsAmongEquals) {
  Route r{.name = "m", .targets = {target("a", 0, 1, 3), target("b", 1, 1, 1), target("z", 2, 1, 0)}};
  EXPECT_EQ(order_of(plan(r, {}, Time{0}, always(0))), "a b z");
  EXPECT_EQ(order_of(plan(r, {}, Time{0}, always(0.74))), "a b z");
  EXPECT_EQ(order_of(plan(r, {}, Time{0}, always(0.76))), "b a z");
  EXPECT_EQ(order_of(plan(r, {}, Time{0}, always(0.999999))), "b a z");

  // Over evenly spread draws the share is the weight's.
  std::map<std::string, int> first;
  for (int i = 0; i < 400; ++i) {
    first[plan(r, {}, Time{0}, always(i / 400.0)).steps[0].target->name]++;
  }
  EXPECT_EQ(first["a"], 300);
  EXPECT_EQ(first["b"], 100);
}

TEST(Plan, WithoutWeightsTheGivenOrder) {
  Route r{.name = "m", .targets = {target("a", 0, 1, 0), target("b", 1, 1, 0)}};
  EXPECT_EQ(order_of(plan(r, {}, Time{0}, always(0.9))), "a b");
  EXPECT_TRUE(plan(Route{}, {}, Time{0}, always(0)).steps.empty());
}

TEST(Cooldown, Table) {
  struct Row {
    std::string what;
    FailureClass cls;
    bool retryable;
    std::optional<double> retry_after;
    int times;
    std::optional<int> cooled_ms;  // from the last failure
  };
  const Row rows[] = {
      {"allowed fails", FailureClass::server_error, true, {}, 3, {}},
      {"one more", FailureClass::server_error, true, {}, 4, 30'000},
      {"timeouts count", FailureClass::timeout, true, {}, 4, 30'000},
      {"Retry-After cools at once and for that long", FailureClass::rate_limit, true, 12, 1, 12'000},
      {"a 429 without it counts", FailureClass::rate_limit, true, {}, 1, {}},
      {"an absurd Retry-After is bounded", FailureClass::rate_limit, true, 1e300, 1, 3'600'000},
      {"a request above the minute's limit", FailureClass::rate_limit, false, 60, 9, {}},
      {"a bad key at once", FailureClass::auth, false, {}, 1, 300'000},
      {"an empty account at once", FailureClass::quota_billing, false, {}, 1, 300'000},
      {"a missing model at once", FailureClass::not_found, false, {}, 1, 30'000},
      {"what the request is to blame for never", FailureClass::schema_rejected, false, {}, 9, {}},
      {"nor the model's words", FailureClass::generation_failed, true, {}, 9, {}},
      {"nor a client that left", FailureClass::cancelled, false, {}, 9, {}},
  };
  for (const Row& row : rows) {
    CooldownState state;
    Failure failure;
    failure.cls = row.cls;
    failure.retryable = row.retryable;
    failure.retry_after = row.retry_after;
    const Time now{1000};
    for (int i = 0; i < row.times; ++i) state = after_failure(std::move(state), "k", failure, {}, now);
    const auto until = state.cooled_until("k", now);
    ASSERT_EQ(until.has_value(), row.cooled_ms.has_value()) << row.what;
    if (until) {
      EXPECT_EQ((*until - now).count(), *row.cooled_ms) << row.what;
    }
    EXPECT_FALSE(state.cooled_until("other", now)) << row.what;

    const CooldownState cleared = after_success(state, "k");
    EXPECT_FALSE(cleared.cooled_until("k", now)) << row.what;
    CooldownPolicy off;
    off.enabled = false;
    EXPECT_EQ(after_failure({}, "k", failure, off, now).size(), 0u) << row.what;
  }
}

TEST(Cooldown, WindowAndForgetting) {
  Failure failure;
  failure.cls = FailureClass::server_error;
  const CooldownPolicy policy;
  CooldownState state;
  for (int i = 0; i < 8; ++i) {
    state = after_failure(std::move(state), "k", failure, policy, Time{i * 20'000});  // three a minute
    EXPECT_FALSE(state.cooled_until("k", Time{i * 20'000})) << i;
  }
  EXPECT_EQ(forget_expired(state, policy, Time{150'000}).size(), 1u);
  EXPECT_EQ(forget_expired(state, policy, Time{300'000}).size(), 0u);
}

}  // namespace
}  // namespace dragoman::route
