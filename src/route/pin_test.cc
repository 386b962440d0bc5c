#include "route/pin.h"

#include <gtest/gtest.h>

namespace dragoman::route {
namespace {

Route three() {
  Route route{.name = "m"};
  route.targets = {{.name = "a/x", .deployment = 0, .key = "a1", .order = 1},
                   {.name = "a/x", .deployment = 1, .key = "a2", .order = 1},
                   {.name = "b/y", .deployment = 2, .key = "b1", .order = 2}};
  route.fallbacks = {{"other", {{.name = "c/z", .deployment = 3, .key = "c1"}}}};
  return route;
}

std::string order(const Pinned& pinned) {
  std::string out;
  for (const Step& step : pinned.plan.steps) out += (out.empty() ? "" : " ") + step.target->key;
  return out;
}

struct Row {
  std::string_view what;
  PinMode mode;
  std::optional<Pin> pin;
  std::optional<SwitchWish> wish;
  std::string_view order;
  std::string_view why;  // a part of it; "" none
};

TEST(Pin, MakesOfAPlan) {
  const Route route = three();
  const Row rows[] = {
      {"a route that does not pin", PinMode::none, Pin{"b/y", "b1", "", 0}, {}, "a1 a2 b1 c1", ""},
      {"a new conversation", PinMode::conversation, {}, {}, "a1 a2 b1 c1", ""},
      {"held on its target, and nothing else", PinMode::conversation, Pin{"b/y", "b1", "", 0}, {}, "b1", ""},
      {"with its own credential", PinMode::conversation, Pin{"a/x", "a2", "", 0}, {}, "a2", ""},
      {"whose key was replaced", PinMode::conversation, Pin{"a/x", "gone", "", 0}, {}, "a1", ""},
      {"on a fallback", PinMode::conversation, Pin{"c/z", "c1", "", 0}, {}, "c1", ""},
      {"on a target that is gone",
       PinMode::conversation,
       Pin{"d/w", "d1", "", 0},
       {},
       "a1 a2 b1 c1",
       "'d/w' is no longer a target of 'm'"},
      {"preferred", PinMode::prefer, Pin{"b/y", "b1", "a/x", 0}, {}, "b1 a1 a2 c1", ""},
      {"told to leave", PinMode::conversation, Pin{"a/x", "a1", "", 0}, SwitchWish{""}, "b1 c1",
       "the client"},
      {"told to leave the one that stood in", PinMode::prefer, Pin{"b/y", "b1", "a/x", 0}, SwitchWish{""},
       "b1 c1", "the client"},
      {"told where to go", PinMode::conversation, Pin{"a/x", "a1", "", 0}, SwitchWish{"c/z"}, "c1",
       "the client"},
  };
  for (const Row& row : rows) {
    SCOPED_TRACE(row.what);
    const Pinned pinned =
        pin_plan(plan(route, {}, Time{0}, [] { return 0.0; }), route, row.mode, row.pin, row.wish);
    EXPECT_EQ(order(pinned), row.order);
    EXPECT_EQ(pinned.why.empty(), row.why.empty()) << pinned.why;
    EXPECT_NE(pinned.why.find(row.why), std::string::npos) << pinned.why;
  }
}

TEST(Pin, WhatCoolsDown) {
  const Route route = three();
  failure::Failure down;
  down.cls = failure::FailureClass::auth;
  const CooldownState state = after_failure({}, "b1", down, route.cooldown, Time{0});
  ASSERT_TRUE(state.cooled_until("b1", Time{1}));
  const auto pinned = [&](PinMode mode) {
    return pin_plan(plan(route, state, Time{1}, [] { return 0.0; }), route, mode, Pin{"b/y", "b1", "", 0},
                    {});
  };
  EXPECT_EQ(order(pinned(PinMode::prefer)), "a1 a2 c1 b1");
  EXPECT_NE(pinned(PinMode::prefer).why.find("cooling down"), std::string::npos);
  EXPECT_EQ(order(pinned(PinMode::conversation)), "b1") << "held, come what may";
}

TEST(Pin, NowhereElseToGo) {
  Route route{.name = "m"};
  route.targets = {{.name = "a/x", .key = "a1"}};
  const Pinned pinned = pin_plan(plan(route, {}, Time{0}, [] { return 0.0; }), route, PinMode::conversation,
                                 Pin{"a/x", "a1", "", 0}, SwitchWish{""});
  EXPECT_EQ(order(pinned), "a1");
}

}  // namespace
}  // namespace dragoman::route
