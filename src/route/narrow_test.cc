#include "route/narrow.h"

#include <gtest/gtest.h>

namespace dragoman::route {
namespace {

TEST(Narrow, EveryKindOfRepairBecomesRules) {
  const auto compat = profile::CompatTable::builtin();
  ASSERT_TRUE(compat);
  const failure::Repair repair{
      .compat = {{"supportsStore", "false"}, {"unsupportedToolSchemaKeywords", "[const, not]"}},
      .settings = {{"stream_tools", "false"}, {"max_tokens_cap", "8192"}, {"reasoning_replay", "\"\""}},
      .params = {{"seed", "drop"}, {"temperature", "{max: 1.5}"}},
      .why = "because"};
  const auto rules = narrowing_rules(repair, *compat);
  ASSERT_TRUE(rules) << rules.error().message;
  profile::Profile profile;
  for (const profile::Rule& rule : *rules) profile.lay(rule);
  using profile::Setting;
  EXPECT_EQ(profile.param(canon::Param::store).support, profile::Support::drop);
  EXPECT_EQ(profile.param(canon::Param::seed).support, profile::Support::drop);
  EXPECT_EQ(profile.param(canon::Param::temperature).max, 1.5);
  EXPECT_FALSE(profile.flag(Setting::stream_tools));
  EXPECT_EQ(profile.integer(Setting::max_tokens_cap), 8192);
  EXPECT_EQ(profile.text(Setting::reasoning_replay), "");
  EXPECT_EQ(profile.list(Setting::schema_drop), (std::vector<std::string>{"const", "not"}));
}

TEST(Narrow, WhatThisProgramDoesNotKnowIsAnError) {
  const auto compat = profile::CompatTable::builtin();
  const failure::Repair unknown[] = {
      {.compat = {{"supportsMagic", "true"}}}, {.compat = {{"supportsStore", "perhaps"}}},
      {.settings = {{"magic", "true"}}},       {.settings = {{"images", "perhaps"}}},
      {.params = {{"magic", "drop"}}},         {.params = {{"seed", "{max: many}"}}}};
  for (const failure::Repair& repair : unknown)
    EXPECT_FALSE(narrowing_rules(repair, *compat)) << repair.name();
}

}  // namespace
}  // namespace dragoman::route
