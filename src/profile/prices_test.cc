#include "profile/prices.h"

#include <gtest/gtest.h>

#include "base/strings.h"
#include "profile/data_files.h"

namespace dragoman::profile {
namespace {

TEST(Prices, ByModelOrByWhatItIsAVersionOf) {
  const auto base = list_price("openai", "gpt-4o");
  ASSERT_TRUE(base);
  EXPECT_GT(base->output, base->input);
  EXPECT_GT(base->input, 0);
  EXPECT_EQ(list_price("openai", "gpt-4o-of-next-year"), base);
  EXPECT_NE(list_price("openai", "gpt-4o-mini"), base);
  EXPECT_EQ(list_price("bedrock", "us.amazon.nova-pro-v1:0"), list_price("bedrock", "amazon.nova-pro-v1:0"));
  EXPECT_TRUE(list_price("anthropic", "claude-sonnet-4-5"));
  EXPECT_EQ(list_price("openrouter", "anthropic/claude-sonnet-4.5"),
            list_price("anthropic", "claude-sonnet-4-5"));
  EXPECT_EQ(list_price("deepseek_beta", "deepseek-chat"), list_price("deepseek", "deepseek-chat"));
  EXPECT_FALSE(list_price("openai", "gpt"));
  EXPECT_FALSE(list_price("ollama", "llama3.2"));
}

TEST(Prices, EveryRowIsWhole) {
  for (const DataFile& file : data_files()) {
    if (file.path != "prices.csv") continue;
    const auto lines = split(file.text, '\n');
    EXPECT_GT(lines.size(), 1000u);
    for (std::size_t i = 1; i + 1 < lines.size(); ++i) {
      const auto cells = split(lines[i], ',');
      ASSERT_EQ(cells.size(), 4u) << lines[i];
      EXPECT_TRUE(list_price(cells[0], cells[1])) << lines[i];
    }
  }
}

}  // namespace
}  // namespace dragoman::profile
