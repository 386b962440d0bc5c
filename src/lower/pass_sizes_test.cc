// What is too long for a host is refused with its place, before it is sent for nothing.
#include <gtest/gtest.h>

#include "lower/test_support.h"

namespace dragoman::lower {
namespace {

using canon::DialectName;
using profile::Setting;
using profile::SettingValue;

const profile::Provider& endpoint() { return *testing::catalogue().find("openai")->responses; }

// OpenAI's Responses endpoint, with limits a test can reach.
profile::Provider narrow_endpoint() {
  profile::Provider out = endpoint();
  profile::Rule rule;
  rule.id = "OAIR-05";
  for (const Setting setting : {Setting::text_max, Setting::image_max, Setting::document_max})
    rule.settings.emplace_back(setting, SettingValue(std::int64_t{100}));
  out.rules.push_back(std::move(rule));
  return out;
}

// OAIR-05: characters, not bytes.
TEST(LowerSizes, PartsOfTheGreatestLength) {
  struct Row {
    std::string before, unit, after;
    std::string_view pointer;
  };
  const std::string call =
      R"({"role":"user","content":"Hi"},{"type":"function_call","call_id":"c","name":"f","arguments":"{}"},)";
  const std::vector<Row> rows = {
      {R"({"role":"user","content":")", "x", R"("})", "/input/0/content"},
      {R"({"role":"user","content":")", "é", R"("})", "/input/0/content"},
      {call + R"({"type":"function_call_output","call_id":"c","output":")", "x", R"("})", "/input/2/output"},
      {R"({"role":"user","content":[{"type":"input_image","image_url":"data:image/png;base64,)", "A",
       R"("}]})", "/input/0/content/0"},
      {R"({"role":"user","content":[{"type":"input_file","filename":"a.pdf","file_data":"data:application/pdf;base64,)",
       "A", R"("}]})", "/input/0/content/0"},
  };
  const profile::Provider provider = narrow_endpoint();
  for (const Row& row : rows) {
    for (const int n : {100, 101}) {
      std::string value;
      for (int i = 0; i < n; ++i) value += row.unit;
      const std::string text = R"({"model":"m","input":[)" + row.before + value + row.after + "]}";
      testing::ClientRequest request({"size", DialectName::openai_responses, text});
      const auto lowered = request.to(provider, "gpt-5.6");
      ASSERT_EQ(lowered.has_value(), n == 100) << text;
      if (lowered) continue;
      EXPECT_EQ(lowered.error().rule, "OAIR-05");
      EXPECT_EQ(lowered.error().pointer, row.pointer);
    }
  }
}

TEST(LowerSizes, OfOpenaisResponses) {
  const profile::Profile profile = testing::catalogue().resolve(endpoint(), "gpt-5.6", {});
  EXPECT_EQ(profile.integer(Setting::text_max), 10485760);
  EXPECT_EQ(profile.integer(Setting::image_max), 20971520);
  EXPECT_EQ(profile.integer(Setting::document_max), 73400320);
}

}  // namespace
}  // namespace dragoman::lower
