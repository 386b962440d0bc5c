#include <gtest/gtest.h>

#include <string>

#include "serve/gateway.h"

namespace dragoman::serve {
namespace {

// Clients name models too, and each name that fails is a key.
TEST(Cooldowns, WhatIsOverIsForgotten) {
  Cooldowns cooldowns;
  failure::Failure missing;
  missing.cls = failure::FailureClass::server_error;
  const route::CooldownPolicy policy;
  route::Time now{0};
  std::size_t most = 0;
  for (int i = 0; i < 50'000; ++i) {
    now += policy.window / 1000;
    route::Target target;
    target.key = "openai/made-up-" + std::to_string(i);
    cooldowns.failed(target, missing, policy, now);
    most = std::max(most, cooldowns.size());
  }
  EXPECT_LE(most, 10'000u);
  EXPECT_GE(most, 1'000u);
}

}  // namespace
}  // namespace dragoman::serve
