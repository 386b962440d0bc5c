#include "failure/repair.h"

#include <gtest/gtest.h>

#include "failure/classify.h"

namespace dragoman::failure {
namespace {

std::string proposed(std::string_view message) {
  canon::UpstreamError error;
  error.status = 400;
  error.message = message;
  const Failure failure = classify("openai", error, {}, 0);
  const auto repair = propose_repair(failure, message);
  return repair ? repair->name() : "";
}

TEST(Repair, WhatARefusalTeaches) {
  struct Row {
    std::string_view message, repair;
  };
  const Row rows[] = {
      {"Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' "
       "instead.",
       "compat.maxTokensField=max_completion_tokens"},
      {"Unrecognized request argument supplied: max_completion_tokens", "compat.maxTokensField=max_tokens"},
      {"Unknown parameter: 'store'.", "compat.supportsStore=false"},
      {"property 'prompt_cache_key' is unsupported", "compat.supportsPromptCacheKey=false"},
      {"Extra inputs are not permitted, field: 'stream_options', value: True",
       "compat.supportsUsageInStreaming=false"},
      {"Unsupported parameter: 'seed' is not supported with this model.", "params.seed=drop"},
      {"`temperature` is deprecated for this model.", "compat.supportsTemperature=false"},
      {"Unable to submit request because it has a temperature value of 3 but the supported range is from 0 "
       "(inclusive) to 2.0 (inclusive).",
       "params.temperature={max: 2.0}"},
      {"max_tokens: 100000 > 8192, which is the maximum allowed number of output tokens for claude-3-5",
       "settings.max_tokens_cap=8192"},
      {"max_tokens is too large: 99999. This model supports at most 16384 completion tokens",
       "settings.max_tokens_cap=16384"},
      {"Invalid JSON payload received. Unknown name \"const\" at "
       "'tools[0].function_declarations[0].parameters': Cannot find field.",
       "compat.unsupportedToolSchemaKeywords=[const]"},
      {"Invalid schema for function 'f': In context=('properties', 'x'), 'uniqueItems' is not permitted.",
       "compat.unsupportedToolSchemaKeywords=[uniqueItems]"},
      {"This model doesn't support tool use in streaming mode.", "settings.stream_tools=false"},
      {"This model doesn't support the toolConfig.toolChoice.any field. Remove it and try again.",
       "settings.choice_required=false"},
      {"registry.ollama.ai/library/x does not support tools", "compat.supportsTools=false"},
      {"The `reasoning_content` in the thinking mode must be passed back to the API.",
       "compat.requiresReasoningContentOnAssistantMessages=true"},
      {"'messages.2' : for 'role:assistant' the following must be satisfied[('messages.2' : property "
       "'reasoning_content' is unsupported)]",
       "settings.reasoning_replay=\"\""},
      {"messages.1.content.0: Invalid `signature` in `thinking` block", "settings.reasoning_issuer=\"\""},
      {"'messages.3.content' : value must be a string", "compat.requiresStringContent=true"},
      // nothing to change about these
      {"Your credit balance is too low", ""},
      {"prompt is too long: 210000 tokens > 200000 maximum", ""},
      {"messages.3: role is wrong", ""},
      {"something", ""},
  };
  for (const Row& row : rows) EXPECT_EQ(proposed(row.message), row.repair) << row.message;
}

TEST(Repair, IsYaml) {
  const Repair repair{.compat = {{"supportsStore", "false"}},
                      .settings = {{"images", "false"}},
                      .params = {{"seed", "drop"}, {"n", "drop"}},
                      .why = "old: one, two"};
  EXPECT_EQ(
      repair.yaml("  "),
      "  compat: {supportsStore: false}\n  settings: {images: false}\n  rules: [{id: local, why: \"old: one, "
      "two\", params: {seed: drop, n: drop}}]\n");
}

TEST(Advice, EveryClassAPersonCanMeet) {
  for (int i = 0; i < kFailureClasses; ++i) {
    Failure failure;
    failure.cls = static_cast<FailureClass>(i);
    const Advice advice = advice_for(failure);
    const bool mute = failure.cls == FailureClass::cancelled || failure.cls == FailureClass::other;
    EXPECT_EQ(advice.request.empty() && advice.operations.empty(), mute) << name(failure.cls);
  }
}

}  // namespace
}  // namespace dragoman::failure
