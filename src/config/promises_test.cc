#include "config/promises.h"

#include <gtest/gtest.h>

#include "config/load.h"

namespace dragoman::config {
namespace {

std::expected<Config, ConfigErrors> read(std::string_view text) {
  static const auto catalogue = std::make_shared<const profile::Catalogue>(*profile::Catalogue::builtin());
  const Sources sources{.environment = [](std::string_view name) -> std::optional<std::string> {
    if (name == "OPENAI_API_KEY" || name == "GROQ_API_KEY") return "k";
    return {};
  }};
  return load(text, "c.yaml", sources, catalogue);
}

Promises of(const Config& config, std::string_view model, std::size_t deployment = 0) {
  return config.find(model)->deployments.at(deployment)->promises;
}

using enum ArgumentsPolicy;
using enum LossPolicy;

TEST(Promises, ReportAndAllowUnlessToldOtherwise) {
  const auto config = read("models: {m: openai/gpt-4o}");
  ASSERT_TRUE(config);
  for (const Promises& p : {of(*config, "m"), of(*config, "openai/gpt-4o")}) {
    EXPECT_EQ(p.arguments, report);
    EXPECT_EQ(p.repair_tokens, 200'000);
    EXPECT_EQ(p.repair_time, std::chrono::seconds(30));
    EXPECT_FALSE(p.repair_or_fail);
    for (const LossPolicy loss : p.loss) EXPECT_EQ(loss, allow);
  }
}

// The innermost word counts, wherever it stands in the file.
TEST(Promises, TargetsInheritFromTheirModelAndModelsFromDefaults) {
  const auto config = read(R"(
models:
  m:
    targets:
      - openai/gpt-4o
      - {target: groq/x, arguments: off, loss: {widened: allow}}
    arguments: {policy: repair, tokens: 5000}
    loss: forbid
  other: openai/gpt-4o
defaults:
  arguments: {policy: fail, time: 5s, otherwise: fail}
  loss: {none: warn, semantic: warn}
)");
  ASSERT_TRUE(config) << format(config.error().front());
  const Promises first = of(*config, "m");
  EXPECT_EQ(first.arguments, repair);
  EXPECT_EQ(first.repair_tokens, 5000);
  EXPECT_EQ(first.repair_time, std::chrono::seconds(5));
  EXPECT_TRUE(first.repair_or_fail);
  EXPECT_EQ(first.loss, (std::array{warn, forbid, forbid, forbid})) << "the short form leaves `none` alone";
  const Promises second = of(*config, "m", 1);
  EXPECT_EQ(second.arguments, off);
  EXPECT_EQ(second.loss, (std::array{warn, allow, forbid, forbid}));
  const Promises other = of(*config, "other");
  EXPECT_EQ(other.arguments, fail);
  EXPECT_EQ(other.loss, (std::array{warn, allow, allow, warn}));
}

TEST(Promises, WrongWordsAreSaidWithTheirPlace) {
  struct Case {
    std::string_view text;
    std::string_view says;
  };
  for (const Case& c : {Case{"defaults: {arguments: repiar}", "repair"},
                        Case{"defaults: {arguments: {policy: report, tokens: 0}}", "tokens"},
                        Case{"models: {m: {targets: openai/gpt-4o, loss: {wide: forbid}}}", "widened"},
                        Case{"models: {m: {targets: openai/gpt-4o, loss: never}}", "allow"},
                        Case{"models: {m: [{target: openai/gpt-4o, arguments: maybe}]}", "report"}}) {
    const auto config = read(c.text);
    ASSERT_FALSE(config) << c.text;
    EXPECT_NE(format(config.error().front()).find(c.says), std::string::npos)
        << format(config.error().front());
  }
}

}  // namespace
}  // namespace dragoman::config
