#include "failure/lasting.h"

#include <gtest/gtest.h>

#include "failure/classify.h"

namespace dragoman::failure {
namespace {

TEST(Lasting, WhatIsTrueOfTheTargetAndWhatOfOneRequest) {
  struct Row {
    std::string_view message, repair;
    bool lasts;
  };
  const Row rows[] = {
      // of the target
      {"Unsupported parameter: 'seed' is not supported with this model.", "params.seed=drop", true},
      {"Unknown parameter: 'store'.", "compat.supportsStore=false", true},
      {"property 'prompt_cache_key' is unsupported", "compat.supportsPromptCacheKey=false", true},
      {"Unrecognized request argument supplied: reasoning_effort", "compat.supportsReasoningEffort=false",
       true},
      {"`temperature` is deprecated for this model.", "compat.supportsTemperature=false", true},
      {"Unsupported value: 'temperature' does not support 0.2 with this model. Only the default (1) value is "
       "supported.",
       "compat.supportsTemperature=false", true},
      {"registry.ollama.ai/library/x does not support tools", "compat.supportsTools=false", true},
      {"max_tokens is too large: 99999. This model supports at most 16384 completion tokens",
       "settings.max_tokens_cap=16384", true},
      {"'messages.3.content' : value must be a string", "compat.requiresStringContent=true", true},
      // of what this request holds
      {"messages.1.content.0: Invalid `signature` in `thinking` block", "settings.reasoning_issuer=\"\"",
       false},
      {"Unsupported value: 'reasoning_effort' does not support 'banana' with this model. Supported values "
       "are: "
       "'low', 'medium', and 'high'.",
       "compat.supportsReasoningEffort=false", false},
      {"Invalid schema for function 'f': In context=(), 'additionalProperties' is required to be supplied "
       "and "
       "to be false.",
       "compat.supportsStrictMode=false", false},
  };
  for (const Row& row : rows) {
    canon::UpstreamError error;
    error.status = 400;
    error.message = row.message;
    const auto repair = propose_repair(classify("openai", error, {}, 0), row.message);
    ASSERT_TRUE(repair) << row.message;
    EXPECT_EQ(repair->name(), row.repair);
    EXPECT_EQ(lasts(*repair, row.message), row.lasts) << row.message;
  }
}

// A value no provider takes is the client's to mend: without the parameter its request would mean another
// thing.
TEST(Lasting, AWrongValueIsNotLeftOut) {
  for (const std::string_view message :
       {"max_tokens: Input should be greater than or equal to 1", "seed: Input should be a valid integer",
        "Invalid value: 'loud'. Supported values are: 'low', 'medium', and 'high'."}) {
    canon::UpstreamError error;
    error.status = 400;
    error.message = message;
    error.param = std::string_view(message).substr(0, std::string_view(message).find(':'));
    EXPECT_FALSE(propose_repair(classify("openai", error, {}, 0), message)) << message;
  }
}

}  // namespace
}  // namespace dragoman::failure
