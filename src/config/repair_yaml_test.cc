// What `dragoman learned --yaml`, explain and doctor print for a config is a config.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include "config/load.h"
#include "failure/repair.h"
#include "profile/provider.h"

namespace dragoman::config {
namespace {

struct Refusal {
  const char* keyword;
  const char* words;
};

constexpr Refusal kRefusals[] = {
    {"max_tokens", "use max_completion_tokens instead"},
    {"max_completion_tokens", "unknown"},
    {"store", "unknown"},
    {"stream_options", "unknown"},
    {"temperature", "temperature is deprecated"},
    {"temperature", "supported range is from 0 (inclusive) to 1.5 (inclusive)"},
    {"max_tokens", "max_tokens: 100000 > 8192, which is the maximum"},
    {"reasoning_effort", "unknown"},
    {"prompt_cache_key", "unknown"},
    {"strict", "unknown"},
    {"", "unexpected role 'developer'"},
    {"response_format", "unknown"},
    {"reasoning_content", "unsupported reasoning_content"},
    {"reasoning_content", "missing"},
    {"", "Expected a string"},
    {"", "tool use in streaming mode"},
    {"tool_choice", "thinking may not be enabled"},
    {"tool_choice", "unknown"},
    {"", "roles must alternate"},
    {"", "System message must be at the beginning"},
    {"", "conversation must end with a user message"},
    {"", "image input is not supported"},
    {"", "`temperature` and `top_p` cannot both be specified"},
    {"", "Invalid `signature` in `thinking` block"},
    {"", "messages must contain the word 'json'"},
    {"seed", "Unknown parameter: 'seed'."},
    {"logit_bias", "unknown"},
    {"uniqueItems", "keyword uniqueItems is not supported"},
    {"$schema", "Unknown name \"$schema\""},
    {"additionalProperties", "unknown keyword additionalProperties"},
};

TEST(RepairYaml, IsAConfig) {
  const auto catalogue = profile::Catalogue::builtin();
  ASSERT_TRUE(catalogue);
  const auto shared = std::make_shared<const profile::Catalogue>(*catalogue);
  int proposed = 0;
  for (const Refusal& refusal : kRefusals) {
    for (const auto cls : {failure::FailureClass::param_rejected, failure::FailureClass::schema_rejected,
                           failure::FailureClass::message_rejected, failure::FailureClass::state_missing}) {
      const auto repair = failure::propose_repair({.cls = cls, .keyword = refusal.keyword}, refusal.words);
      if (!repair) continue;
      ++proposed;
      const std::string yaml = fmt::format("providers:\n  groq:\n    api_key: x\n{}", repair->yaml("    "));
      const auto loaded =
          load(yaml, "pinned.yaml", {.environment = [](std::string_view) { return std::nullopt; }}, shared);
      EXPECT_TRUE(loaded) << yaml << (loaded ? "" : format(loaded.error().front()));
      if (loaded) EXPECT_TRUE(loaded->warnings.empty()) << yaml;
    }
  }
  EXPECT_GT(proposed, 25);
}

}  // namespace
}  // namespace dragoman::config
