#include "profile/compat.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "profile/provider.h"

namespace dragoman::profile {
namespace {

const Catalogue& catalogue() {
  static const Catalogue rows = Catalogue::builtin().value();
  return rows;
}
const CompatTable& table() { return catalogue().compat(); }

// OpenClaw's table of flags, the internal ones too: docs/openclaw.md.
TEST(CompatTable, EveryFlagIsThere) {
  for (const std::string_view flag : {"supportsStore",
                                      "supportsPromptCacheKey",
                                      "supportsResponsesContinuation",
                                      "supportsDeveloperRole",
                                      "supportsReasoningEffort",
                                      "supportedReasoningEfforts",
                                      "reasoningEffortMap",
                                      "supportsTemperature",
                                      "supportsInstructions",
                                      "supportsUsageInStreaming",
                                      "supportsTools",
                                      "codeMode",
                                      "supportsStrictMode",
                                      "supportsJsonSchemaResponseFormat",
                                      "requiresStringContent",
                                      "strictMessageKeys",
                                      "visibleReasoningDetailTypes",
                                      "maxTokensField",
                                      "thinkingFormat",
                                      "requiresToolResultName",
                                      "requiresAssistantAfterToolResult",
                                      "requiresThinkingAsText",
                                      "requiresReasoningContentOnAssistantMessages",
                                      "toolSchemaProfile",
                                      "unsupportedToolSchemaKeywords",
                                      "toolCallArgumentsEncoding",
                                      "requiresOpenAiAnthropicToolPayload",
                                      "openRouterRouting",
                                      "vercelGatewayRouting",
                                      "zaiToolStream",
                                      "cacheControlFormat",
                                      "sendSessionAffinityHeaders",
                                      "sendSessionIdHeader",
                                      "supportsEagerToolInputStreaming",
                                      "supportsLongCacheRetention",
                                      "omitEmptyArrayItems",
                                      "requiresNonEmptyUserOrAssistantMessage",
                                      "sessionAffinityFormat"}) {
    const CompatFlag* found = table().find(flag);
    ASSERT_NE(found, nullptr) << flag;
    if (found->idle.empty() && !found->values.empty()) {
      EXPECT_TRUE(std::ranges::any_of(found->values, [](const auto& v) {
        return !v.second.settings.empty() || !v.second.params.empty();
      })) << flag;
    }
  }
  EXPECT_EQ(table().find("supportsTool"), nullptr);
}

TEST(CompatTable, RulesCarryTheFlagsName) {
  for (const CompatFlag& flag : table().flags())
    for (const std::string_view word : flag.words())
      EXPECT_EQ(flag.rule({.word = std::string(word)})->id, "compat." + flag.name);
  EXPECT_FALSE(table().find("maxTokensField")->rule({.word = "tokens"}));
}

struct Host {
  std::string_view host, name, like;
};
TEST(CompatTable, HostsHaveClasses) {
  for (const auto& [host, name, like] :
       std::initializer_list<Host>{{"api.openai.com", "openai-public", "openai"},
                                   {"x.openai.azure.com", "azure-openai", "azure_v1"},
                                   {"x.services.ai.azure.com", "azure-openai", "azure_v1"},
                                   {"x.cognitiveservices.azure.com", "azure-openai", "azure_v1"},
                                   {"api.deepseek.com", "deepseek-native", "deepseek"},
                                   {"API.X.AI", "xai-native", "xai"},
                                   {"api.z.ai", "zai-native", "zai"},
                                   {"token-plan.xiaomimimo.com", "xiaomi-native", ""},
                                   {"integrate.api.nvidia.com", "nvidia-native", ""},
                                   {"llm.chutes.ai", "chutes-native", ""},
                                   {"dashscope-intl.aliyuncs.com", "modelstudio-native", "qwen"},
                                   {"127.0.0.1", "local", ""},
                                   {"localhost", "local", ""},
                                   {"example.com", "custom", ""},
                                   {"api.openai.com.evil.example", "custom", ""},
                                   {"", "custom", ""}}) {
    EXPECT_EQ(table().endpoint(host).name, name) << host;
    EXPECT_EQ(table().endpoint(host).like, like) << host;
  }
  EXPECT_EQ(table().provider("amazon-bedrock"), "bedrock");
  EXPECT_EQ(table().provider("groq"), "groq");
}

// What OpenClaw takes for granted of endpoints that dragoman has no rows of its own for.
struct Default {
  std::string_view host;
  std::string_view max_tokens;
  bool usage, strict, strings;
  std::string_view style;  // of a model that reasons
};
TEST(CompatTable, DefaultsOfClasses) {
  for (const Default& want : std::initializer_list<Default>{
           {"llm.chutes.ai", "max_tokens", false, false, false, "effort"},
           {"api.xiaomimimo.com", "max_completion_tokens", false, false, false, "deepseek"},
           {"opencode.ai", "max_completion_tokens", false, false, false, "effort"},
           {"integrate.api.nvidia.com", "max_tokens", true, false, true, "effort"},
           {"gateway.ai.cloudflare.com", "max_tokens", false, false, false, "effort"},
           {"127.0.0.1", "max_completion_tokens", true, false, false, "effort"},
           {"llm.example", "max_completion_tokens", false, false, false, "effort"}}) {
    const EndpointClass& endpoint = table().endpoint(want.host);
    Provider row;
    row.name = "host";
    row.rules = endpoint.compat;
    const Profile plain = catalogue().resolve(row, "m", {});
    EXPECT_EQ(plain.text(Setting::max_tokens_field), want.max_tokens) << want.host;
    EXPECT_EQ(plain.flag(Setting::stream_usage), want.usage) << want.host;
    EXPECT_EQ(plain.flag(Setting::strict_tools), want.strict) << want.host;
    EXPECT_EQ(plain.flag(Setting::string_content), want.strings) << want.host;
    EXPECT_EQ(plain.text(Setting::system_role), "system") << want.host;
    EXPECT_FALSE(plain.flag(Setting::thinking)) << want.host;
    EXPECT_FALSE(plain.flag(Setting::store_false)) << want.host << ": detected, not asked for";
    EXPECT_EQ(plain.flag(Setting::choice_auto_said), endpoint.proxy_like) << want.host;
    const Profile reasoning = catalogue().resolve(row, "m", {}, endpoint.reasoning);
    EXPECT_EQ(reasoning.text(Setting::reasoning_style), want.style) << want.host;
    EXPECT_TRUE(reasoning.flag(Setting::thinking)) << want.host;
  }
}

}  // namespace
}  // namespace dragoman::profile
