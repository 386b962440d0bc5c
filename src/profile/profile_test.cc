#include "profile/profile.h"

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <yaml-cpp/yaml.h>

#include "profile/data_files.h"
#include "profile/provider.h"
#include "profile/rule_yaml.h"

namespace dragoman::profile {
namespace {

const Catalogue& catalogue() {
  static const auto loaded = Catalogue::builtin();
  if (!loaded) ADD_FAILURE() << loaded.error().message;
  return *loaded;
}

TEST(Catalogue, EveryFileLoads) {
  const auto loaded = Catalogue::builtin();
  ASSERT_TRUE(loaded) << loaded.error().message;
  for (const std::string_view name :
       {"openai",     "azure",     "azure_v1", "anthropic", "bedrock", "gemini",   "vertex",
        "openrouter", "mistral",   "deepseek", "groq",      "xai",     "moonshot", "zai",
        "together",   "fireworks", "cerebras", "ollama",    "vllm",    "llamacpp"})
    EXPECT_TRUE(loaded->find(name)) << name;
  EXPECT_EQ(loaded->find("together_ai"), loaded->find("together"));
  EXPECT_EQ(loaded->find("nobody"), nullptr);
}

TEST(Catalogue, SettingsHaveDefaultsOfTheirType) {
  const Profile profile;
  for (std::size_t i = 0; i < kSettings; ++i) {
    const auto setting = static_cast<Setting>(i);
    EXPECT_TRUE(setting_from_text(info(setting).type, info(setting).default_text)) << info(setting).name;
    EXPECT_EQ(profile.rule(setting), "");
  }
  EXPECT_TRUE(profile.flag(Setting::tools));
  EXPECT_EQ(profile.integer(Setting::tool_name_max), 64);
  EXPECT_EQ(profile.list(Setting::image_types).size(), 4u);
}

struct Expectation {
  std::string_view provider, model;
  Mode mode;
  Setting setting;
  std::string_view value, rule;
};

std::string show(const Profile& profile, Setting s) {
  switch (info(s).type) {
    case SettingType::boolean:
      return profile.flag(s) ? "true" : "false";
    case SettingType::integer:
      return std::to_string(profile.integer(s));
    case SettingType::text:
      return profile.text(s);
    case SettingType::list:
      return fmt::format("{}", fmt::join(profile.list(s), " "));
  }
  return "";
}

TEST(Catalogue, CapabilitiesFollowRouteModelAndMode) {
  for (const Expectation& row : std::initializer_list<Expectation>{
           {"bedrock",
            "us.meta.llama4-maverick-17b-instruct-v1:0",
            {.stream = true, .tools = true},
            Setting::stream_tools,
            "false",
            "BRM-03"},
           {"bedrock",
            "us.meta.llama4-maverick-17b-instruct-v1:0",
            {.stream = true},
            Setting::streaming,
            "true",
            ""},
           {"bedrock",
            "us.meta.llama4-scout-17b-instruct-v1:0",
            {.tools = true},
            Setting::choice_named,
            "false",
            "BRM-04"},
           {"bedrock",
            "us.amazon.nova-pro-v1:0",
            {.stream = true, .tools = true},
            Setting::stream_tools,
            "true",
            ""},
           {"bedrock", "us.anthropic.claude-sonnet-4-5-20250929-v1:0", {}, Setting::last_user, "false", ""},
           {"bedrock", "us.anthropic.claude-sonnet-4-6", {}, Setting::last_user, "true", "ANT-07"},
           {"anthropic", "claude-sonnet-4-5", {}, Setting::thinking_budget, "true", "ANT-29"},
           {"anthropic", "claude-opus-5", {}, Setting::thinking_budget, "false", "ANT-29-47"},
           {"anthropic", "claude-fable-5", {}, Setting::choice_required, "false", "ANT-39"},
           {"openai", "gpt-4o", {}, Setting::max_tokens_field, "either", "OAI-41-older"},
           {"openai", "gpt-5-mini", {}, Setting::max_tokens_field, "max_completion_tokens", "OAI-41"},
           // Names nobody has seen yet are taken for the newest of their kind, and 5.10 is not 5.1.
           {"openai", "gpt-7", {}, Setting::effort, "none low medium high xhigh", "OAI-47"},
           {"openai", "gpt-5.10-mini", {}, Setting::effort, "none low medium high xhigh", "OAI-47"},
           {"openai", "gpt-5.10", {}, Setting::reasons_by_default, "true", "OAI-47"},
           {"openai", "gpt-5.1-2025-11-13", {}, Setting::effort, "none low medium high", "OAI-42-table-5-1"},
           {"openai", "gpt-5.4-mini", {}, Setting::reasons_by_default, "false", "OAI-42-table-5-2"},
           {"openai", "gpt-5.6-pro", {}, Setting::effort, "medium high xhigh", "OAI-42-table-pro"},
           {"openai", "o5-mini", {}, Setting::effort, "low medium high", "OAI-42-table-o"},
           {"openai", "o5-mini", {}, Setting::max_tokens_field, "max_completion_tokens", "OAI-41"},
           {"openai", "gpt-5-codex", {}, Setting::responses, "always", "OAI-64"},
           {"azure", "gpt-35-turbo", {}, Setting::thinking, "false", "OAI-49"},
           {"openai", "gpt-5.6", {.tools = true}, Setting::responses, "always", "OAI-45"},
           {"openai", "gpt-5.6", {.tools = true, .thinking_off = true}, Setting::responses, "clients", ""},
           {"azure", "gpt-4o-mini-2024-07-18", {}, Setting::max_tokens_field, "max_tokens", "AZ-01"},
           {"azure", "gpt-5-mini", {}, Setting::max_tokens_field, "max_completion_tokens", "AZ-08"},
           {"openai", "o3-mini", {}, Setting::effort, "low medium high", "OAI-42-table-o"},
           {"mistral", "mistral-large-latest", {}, Setting::tool_id_exact, "9", "MIS-10"},
           {"gemini", "gemini-3-pro-preview", {}, Setting::reasoning_signature, "sentinel", "GEM-15"},
           {"gemini", "gemini-2.5-flash", {.tools = true}, Setting::json_with_tools, "false", "GEM-41"},
           {"gemini", "gemini-2.5-flash", {}, Setting::json_with_tools, "true", ""}}) {
    const Provider* provider = catalogue().find(row.provider);
    ASSERT_TRUE(provider) << row.provider;
    const Profile profile = catalogue().resolve(*provider, row.model, row.mode);
    EXPECT_EQ(show(profile, row.setting), row.value) << row.provider << "/" << row.model;
    EXPECT_EQ(profile.rule(row.setting), row.rule) << row.provider << "/" << row.model;
  }
}

TEST(RuleYaml, ErrorsNameTheLineAndTheNearestWord) {
  struct Bad {
    std::string_view yaml;
    int line;
    std::string_view words;
  };
  for (const Bad& row :
       std::initializer_list<Bad>{{"id: X\nset: {streming: false}", 2, "did you mean 'streaming'"},
                                  {"id: X\nset: {streaming: maybe}", 2, "true or false"},
                                  {"id: X\nparams:\n  temprature: drop", 3, "did you mean 'temperature'"},
                                  {"id: X\nparams: {seed: {mx: 1}}", 2, "'max'"},
                                  {"id: X\nwhen: {models: {a: b}}", 2, "list of words"},
                                  {"why: no id", 1, "needs an id"},
                                  {"id: X\nset: {tools_max: many}", 2, "whole number"}}) {
    const auto rule = rule_from_yaml(YAML::Load(std::string(row.yaml)));
    ASSERT_FALSE(rule) << row.yaml;
    EXPECT_EQ(rule.error().line, row.line) << row.yaml;
    EXPECT_NE(rule.error().message.find(row.words), std::string::npos) << rule.error().message;
  }
}

}  // namespace
}  // namespace dragoman::profile
