#include <gtest/gtest.h>

#include "route/cooldown.h"

namespace dragoman::route {
namespace {

failure::Failure refused(failure::FailureClass cls) {
  failure::Failure failure;
  failure.cls = cls;
  return failure;
}

TEST(CredentialProbe, OneRequestFindsOutWhetherItWorksAgain) {
  CooldownPolicy policy;
  policy.credential_time = Duration{1000};
  policy.probe_time = Duration{500};
  policy.max_time = Duration{3000};
  CooldownState state = after_failure({}, "k", refused(failure::FailureClass::auth), policy, Time{0});
  EXPECT_EQ(state.cooled_until("k", Time{999}), Time{1000});
  EXPECT_FALSE(state.cooled_until("k", Time{1000})) << "free for a probe";
  state = begin_probe(std::move(state), "k", policy, Time{1000});
  EXPECT_EQ(state.cooled_until("k", Time{1001}), Time{1500}) << "the others wait for it";
  state = after_failure(std::move(state), "k", refused(failure::FailureClass::auth), policy, Time{1100});
  EXPECT_EQ(state.cooled_until("k", Time{1101}), Time{3100}) << "twice as long";
  state =
      after_failure(std::move(state), "k", refused(failure::FailureClass::quota_billing), policy, Time{3200});
  EXPECT_EQ(state.cooled_until("k", Time{3201}), Time{6200}) << "at most max_time";
  EXPECT_NE(forget_expired(state, policy, Time{1'000'000}).find("k"), nullptr)
      << "not forgotten before a probe";
  EXPECT_EQ(after_success(state, "k").find("k"), nullptr);
}

TEST(CredentialProbe, IsForRefusedCredentialsOnly) {
  CooldownPolicy policy;
  policy.allowed_fails = 0;
  const CooldownState state =
      after_failure({}, "k", refused(failure::FailureClass::overloaded), policy, Time{0});
  EXPECT_FALSE(begin_probe(state, "k", policy, Time{40'000}).cooled_until("k", Time{40'001}));
  EXPECT_EQ(begin_probe({}, "unknown", policy, Time{0}).size(), 0u);
}

}  // namespace
}  // namespace dragoman::route
