// Tools with the schemas of schema_samples.h, sent to every emulated provider: whatever a client's tools look
// like, no provider refuses what goes out.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <set>

#include "conformance/schema_samples.h"
#include "conformance/targets.h"
#include "json/write.h"
#include "lower/schema_cache.h"
#include "lower/test_support.h"

namespace dragoman::conformance {
namespace {

using profile::Setting;

// One target for each way in which a provider takes schemas.
std::vector<Target> schema_targets() {
  std::vector<Target> some;
  std::set<std::string> seen;
  for (Target& target : targets(lower::testing::catalogue())) {
    const auto profile = lower::testing::catalogue().resolve(*target.provider, target.model, {.tools = true});
    const std::string way =
        fmt::format("{} {} {} {} {}", target.emulator->prefix, static_cast<int>(target.provider->dialect),
                    profile.text(Setting::schema_column), profile.text(Setting::strict_column),
                    profile.flag(Setting::strict_tools));
    if (seen.insert(way).second) some.push_back(std::move(target));
  }
  return some;
}

std::string request_with(std::span<const Sample> samples, bool strict) {
  std::string tools;
  for (std::size_t i = 0; i < samples.size(); ++i)
    tools += fmt::format(
        R"({}{{"type":"function","function":{{"name":"tool_{}","description":"Does it",{}"parameters":{}}}}})",
        i ? "," : "", i, strict ? R"("strict":true,)" : "", samples[i].schema);
  return R"({"model":"m","max_tokens":1024,"messages":[{"role":"user","content":"Go"}],"tools":[)" + tools +
         "]}";
}

// What the provider said to these tools; "" when it took them, or when nothing was sent.
std::string refusal(std::span<const Sample> samples, const Target& target, bool strict, int& sent) {
  lower::testing::ClientRequest request(
      {"tools", canon::DialectName::openai_chat, request_with(samples, strict)});
  const auto lowered = request.to(*target.provider, target.model);
  if (!lowered) {
    EXPECT_EQ(lowered.error().reason.find("This is a bug"), std::string::npos)
        << target.name() << lower::testing::describe(lowered.error());
    return {};
  }
  ++sent;
  const sandbox::Reply reply = send(target, lowered->body, lowered->stream, false);
  if (reply.status == 200) return {};
  return fmt::format("{} {}\n  {}", reply.status, reply.body.substr(0, 300), lowered->body.substr(0, 1500));
}

void hold(const std::vector<Sample>& samples, std::size_t together) {
  const auto all = schema_targets();
  ASSERT_GT(all.size(), 25U);
  for (const Sample& sample : samples) {
    Arena arena;
    ASSERT_TRUE(json::parse(arena, sample.schema)) << sample.name << ": " << sample.schema;
  }
  int sent = 0;
  for (const Target& target : all)
    for (const bool strict : {false, true})
      for (std::size_t i = 0; i < samples.size(); i += together) {
        const auto some = std::span(samples).subspan(i, std::min(together, samples.size() - i));
        if (refusal(some, target, strict, sent).empty()) continue;
        // Which of them it was; together they may be more than each alone.
        std::string found;
        for (const Sample& sample : some)
          if (const std::string words = refusal({&sample, 1}, target, strict, sent); !words.empty())
            found += fmt::format("\n{}: {}\n  {}", sample.name, sample.schema.substr(0, 700), words);
        ADD_FAILURE() << target.name() << (strict ? ", strict: " : ": ")
                      << (found.empty() ? refusal(some, target, strict, sent) : found);
      }
  EXPECT_GT(sent, static_cast<int>(all.size()));
}

TEST(SchemaSandbox, PublishedToolsAreAccepted) { hold(published(), 16); }
TEST(SchemaSandbox, GeneratedSchemasAreAccepted) { hold(generated(), 12); }
TEST(SchemaSandbox, OddSchemasAreAccepted) { hold(odd(1, 120), 12); }

}  // namespace
}  // namespace dragoman::conformance
