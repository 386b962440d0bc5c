// GEN-01 and GEN-13: which parameters reach whom, and as what.
#include "lower/lower_case.h"

namespace dragoman::lower {
namespace {

using testing::expect_anthropic;
using testing::expect_bedrock;
using testing::expect_openai;

constexpr std::string_view kLlama = "bedrock/us.meta.llama4-maverick-17b-instruct-v1:0";
constexpr std::string_view kNova = "bedrock/us.amazon.nova-pro-v1:0";

TEST(LowerParams, RangesAndNames) {
  expect_openai({
      {"OAI-41",
       "openai/gpt-5-mini",
       R"({"max_tokens":50})",
       {{"/max_completion_tokens", "50"}, {"/max_tokens", ""}},
       {"OAI-41 none /max_tokens max_tokens"}},
      {"OAI-41-older: the client's own name",
       "openai/gpt-4o-mini",
       R"({"max_tokens":50})",
       {{"/max_tokens", "50"}, {"/max_completion_tokens", ""}},
       {},
       true},
      {"OAI-41-older: the client's own name",
       "openai/gpt-4o-mini",
       R"({"max_completion_tokens":50})",
       {{"/max_completion_tokens", "50"}, {"/max_tokens", ""}},
       {},
       true},
      {"ZAI-09",
       "zai/glm-4.6",
       R"({"max_completion_tokens":50})",
       {{"/max_tokens", "50"}, {"/max_completion_tokens", ""}},
       {"ZAI-09-cap none /max_completion_tokens max_tokens"}},
      {"ANT-26",
       "anthropic/claude-sonnet-4-5",
       R"({"temperature":1.7,"max_tokens":9})",
       {{"/temperature", "1"}},
       {"ANT-26 narrowed /temperature temperature"}},
      {"ANT-27 is about models that think",
       "anthropic/claude-3-5-haiku-latest",
       R"({"temperature":0.3,"max_tokens":9,"reasoning_effort":"high"})",
       {{"/temperature", "0.3"}, {"/thinking", ""}},
       {"ANT-29-none semantic /reasoning_effort reasoning"}},
      {"BR-36",
       kNova,
       R"({"temperature":1.7,"top_p":0.5})",
       {{"/inferenceConfig/temperature", "1"}, {"/inferenceConfig/topP", "0.5"}},
       {"BR-36 narrowed /temperature temperature"}},
      {"GEM-49",
       "gemini/gemini-2.5-flash",
       R"({"n":9,"stop":["a","b","c","d","e","f"]})",
       {{"/generationConfig/candidateCount", "8"},
        {"/generationConfig/stopSequences", R"(["a","b","c","d","e"])"}},
       {"GEM-49 narrowed /n n", "GEM-49 semantic /stop stop"}},
      {"OAI-42",
       "openai/gpt-5-mini",
       R"({"temperature":0.3,"top_p":1,"frequency_penalty":0})",
       {{"/temperature", ""}, {"/frequency_penalty", ""}},
       {"OAI-42 semantic /temperature temperature", "OAI-42 none /frequency_penalty frequency_penalty"}},
      {"OAI-08", "openai/o3", R"({"stop":"END"})", {{"/stop", ""}}, {"OAI-08 semantic /stop stop"}},
      {"OAI-09: wanted, and how many, is said together",
       "openai/gpt-4o",
       R"({"top_logprobs":3})",
       {{"/top_logprobs", "3"}, {"/logprobs", "true"}},
       {"OAI-09 none /top_logprobs logprobs"}},
      {"OAI-09: not wanted",
       "openai/gpt-4o",
       R"({"logprobs":false,"top_logprobs":3})",
       {{"/top_logprobs", ""}, {"/logprobs", "false"}},
       {"OAI-09 none /top_logprobs top_logprobs"}},
      {"OAI-08-4",
       "groq/llama-3.3-70b-versatile",
       R"({"stop":["a","b","c","d","e"]})",
       {{"/stop", R"(["a","b","c","d"])"}},
       {"GROQ-15-ranges semantic /stop stop"}},
      {"ZAI-11",
       "zai/glm-4.6",
       R"({"stop":["a","b"]})",
       {{"/stop", R"(["a"])"}},
       {"ZAI-11 semantic /stop stop"}},
      {"MIS-01",
       "mistral/mistral-large-latest",
       R"({"seed":7})",
       {{"/random_seed", "7"}, {"/seed", ""}},
       {"MIS-01-seed none /seed seed"}},
      {"GROQ-09", "groq/llama-3.3-70b-versatile", R"({"n":2})", {{"/n", ""}}, {"GROQ-09-n semantic /n n"}},
      {"ANT-25",
       "anthropic/claude-sonnet-4-5",
       R"({"temperature":0.5,"top_p":0.9,"max_tokens":9})",
       {{"/temperature", "0.5"}, {"/top_p", ""}},
       {"ANT-25 semantic /top_p top_p"}},
      {"ANT-25-3",
       "anthropic/claude-3-haiku-20240307",
       R"({"temperature":0.5,"top_p":0.9,"max_tokens":9})",
       {{"/temperature", "0.5"}, {"/top_p", "0.9"}}},
      {"ANT-25-47",
       "anthropic/claude-opus-5",
       R"({"temperature":0.5,"max_tokens":9})",
       {{"/temperature", ""}},
       {"ANT-25-47 semantic /temperature temperature"}},
      {"ANT-54",
       "anthropic/claude-sonnet-4-5",
       R"({"stop":["\n","","END"],"max_tokens":9})",
       {{"/stop_sequences", R"(["END"])"}},
       {"ANT-54 semantic /stop stop"}},
      {"ANT-54-openai", "openai/gpt-4o", R"({"stop":["\n"]})", {{"/stop", R"(["\n"])"}}, {}, true},
  });
}

TEST(LowerParams, OutputCap) {
  expect_openai({
      {"ANT-01",
       "anthropic/claude-3-haiku-20240307",
       "{}",
       {{"/max_tokens", "4096"}},
       {"ANT-01 narrowed - max_tokens"}},
      {"ANT-01-4-5",
       "anthropic/claude-sonnet-4-5",
       "{}",
       {{"/max_tokens", "32000"}},
       {"ANT-01-4-5 narrowed - max_tokens"}},
      {"ANT-28: a cap of ours has room for the thinking too",
       "anthropic/claude-opus-4-1",
       R"({"reasoning_effort":"high"})",
       {{"/max_tokens", "20480"}, {"/thinking/budget_tokens", "16384"}},
       {"ANT-29 none /reasoning_effort budget", "ANT-01 narrowed - max_tokens"}},
      {"ANT-02",
       "anthropic/claude-sonnet-4-5",
       R"({"max_tokens":100000})",
       {{"/max_tokens", "64000"}},
       {"ANT-02-4-5 narrowed /max_tokens max_tokens"}},
      {"ANT-02-3",
       "anthropic/claude-3-haiku-20240307",
       R"({"max_tokens":100000})",
       {{"/max_tokens", "4096"}},
       {"ANT-02-3 narrowed /max_tokens max_tokens"}},
      {"FW-05",
       "fireworks/accounts/fireworks/models/deepseek-v3p1",
       R"({"max_tokens":5000})",
       {{"/max_tokens", "5000"}, {"/stream", "true"}}},
      {"FW-05-stream",
       "fireworks/accounts/fireworks/models/deepseek-v3p1",
       R"({"max_tokens":5000,"stream":true})",
       {{"/max_tokens", "5000"}},
       {},
       true},
      {"GROQ-15",
       "groq/moonshotai/kimi-k2-instruct",
       R"({"max_completion_tokens":60000})",
       {{"/max_completion_tokens", "16384"}},
       {"GROQ-15-kimi narrowed /max_completion_tokens max_tokens"}},
  });
}

// KIMI-13: two megabytes of messages, and not a byte more.
TEST(LowerParams, MessagesOfTheGreatestSize) {
  const auto body = [](std::size_t bytes) {
    return R"({"model":"m","messages":[{"role":"user","content":"Hi"},{"role":"user","content":")" +
           std::string(bytes - 2, 'x') + R"("}]})";
  };
  for (const auto& [bytes, fits] : {std::pair<std::size_t, bool>{2097152, true}, {2097153, false}}) {
    testing::ClientRequest request({"size", canon::DialectName::openai_chat, body(bytes)});
    const auto lowered = request.to("moonshot", "kimi-k2-0905-preview");
    ASSERT_EQ(lowered.has_value(), fits) << bytes;
    if (fits) continue;
    EXPECT_EQ(lowered.error().rule, "KIMI-13");
    EXPECT_EQ(lowered.error().pointer, "/messages/1");
  }
}

TEST(LowerParams, UnknownKeys) {
  expect_openai({
      {"OAI-40", "openai/gpt-4o", R"({"wibble":1})", {{"/wibble", ""}}, {"OAI-40 semantic /wibble wibble"}},
      {"OAI-40-known",
       "openai/gpt-4o",
       R"({"moderation":{"model":"m"}})",
       {{"/moderation/model", "\"m\""}},
       {},
       true},
      {"GROQ-02",
       "groq/llama-3.3-70b-versatile",
       R"({"wibble":1})",
       {{"/wibble", ""}},
       {"GROQ-02-own semantic /wibble wibble"}},
      {"GROQ-01",
       "groq/llama-3.3-70b-versatile",
       R"({"messages":[{"role":"user","content":"Hi","name":"ann"},{"role":"assistant","content":"a","annotations":[]},
           {"role":"user","content":"Hi"}]})",
       {{"/messages/0/name", ""}, {"/messages/1/annotations", ""}},
       {"GROQ-09 semantic /messages/0 name", "GEN-01 semantic /messages/1/annotations annotations"}},
      {"GROQ-02-null",
       "groq/llama-3.3-70b-versatile",
       R"({"metadata":null,"max_tokens":null})",
       {{"/metadata", ""}, {"/max_completion_tokens", ""}}},
      {"ANT-41",
       "anthropic/claude-sonnet-4-5",
       R"({"max_tokens":9,"wibble":1,"top_k":3})",
       {{"/wibble", ""}, {"/top_k", "3"}},
       {"ANT-41 semantic /wibble wibble"}},
      {"GEM-40",
       "gemini/gemini-2.5-flash",
       R"({"user":"u","metadata":{"a":"b"},"store":false})",
       {},
       {"gemini_generate semantic /user user", "GEM-49 semantic /metadata metadata",
        "gemini_generate none /store store"}},
      {"VTX-call", "vertex/gemini-2.5-flash", R"({"metadata":{"a":"b"}})", {{"/labels/a", "\"b\""}}},
  });
  expect_anthropic({
      {"ANT-41",
       "anthropic/claude-sonnet-4-5",
       R"({"wibble":1})",
       {{"/wibble", ""}},
       {"ANT-41 semantic /wibble wibble"}},
      {"ANT-41-beta",
       "anthropic/claude-sonnet-4-5",
       R"({"context_management":{"edits":[]}})",
       {{"/context_management/edits", "[]"}},
       {},
       true},
      {"ANT-41-block",
       "anthropic/claude-sonnet-4-5",
       R"({"messages":[{"role":"user","content":[{"type":"text","text":"Hi","wobble":1}]}]})",
       {{"/messages/0/content/0/wobble", ""}},
       {"ANT-41 semantic /messages/0/content/0/wobble wobble"}},
  });
}

// A Converse client's own fields, written for another family than the one that answers.
TEST(LowerParams, PlacesOfBedrockFamilies) {
  constexpr std::string_view kClaude = "bedrock/us.anthropic.claude-sonnet-4-5-20250929-v1:0";
  constexpr std::string_view kMore = "/additionalModelRequestFields";
  const std::string message = R"({"messages":[{"role":"user","content":[{"text":"Hi"}]}],)";
  const auto with = [&](std::string_view fields) {
    return fmt::format(R"({}"additionalModelRequestFields":{}}})", message, fields);
  };
  expect_bedrock({
      {"BRM-08",
       kNova,
       with(R"({"top_k":5})"),
       {{kMore, R"({"inferenceConfig":{"topK":5}})"}},
       {"BRM-08 none /additionalModelRequestFields/top_k top_k"}},
      {"BRM-08",
       kNova,
       with(R"({"topK":5})"),
       {{kMore, R"({"inferenceConfig":{"topK":5}})"}},
       {"BRM-08 none /additionalModelRequestFields/topK top_k"}},
      {"BRM-08: as Nova has it", kNova, with(R"({"inferenceConfig":{"topK":5}})"), {}, {}, true},
      {"BRM-08",
       kClaude,
       with(R"({"inferenceConfig":{"topK":5}})"),
       {{kMore, R"({"top_k":5})"}},
       {"BRM-08 none /additionalModelRequestFields/inferenceConfig/topK top_k"}},
      {"BRM-08: as Claude has it", kClaude, with(R"({"top_k":5})"), {}, {}, true},
      {"BRM-08: the others",
       kLlama,
       with(R"({"top_k":5})"),
       {{kMore, ""}},
       {"BR-37 semantic /additionalModelRequestFields/top_k top_k"}},
      {"BRM-20",
       "bedrock/openai.gpt-oss-20b-1:0",
       with(R"({"reasoning":{"effort":"low"}})"),
       {{kMore, R"({"reasoning_effort":"low"})"}},
       {"BRM-09 none /additionalModelRequestFields/reasoning/effort reasoning"}},
      {"BRM-20: its own",
       "bedrock/openai.gpt-oss-20b-1:0",
       with(R"({"reasoning_effort":"low"})"),
       {},
       {},
       true},
      {"ANT-29: Anthropic's word for it",
       kClaude,
       with(R"({"thinking":{"type":"enabled","budget_tokens":2048}},"inferenceConfig":{"maxTokens":4096})"),
       {{"/additionalModelRequestFields/thinking/budget_tokens", "2048"}},
       {},
       true},
  });
}

TEST(LowerParams, ServiceTier) {
  expect_openai({
      {"BR-tier",
       kNova,
       R"({"service_tier":"auto"})",
       {{"/serviceTier", ""}},
       {"BR-tier none /service_tier service_tier"}},
      {"BR-tier", kLlama, R"({"service_tier":"flex"})", {{"/serviceTier/type", "\"flex\""}}},
  });
  expect_anthropic({{"BR-tier",
                     kNova,
                     R"({"service_tier":"standard_only"})",
                     {{"/serviceTier/type", "\"default\""}},
                     {"BR-tier none /service_tier service_tier"}}});
}

}  // namespace
}  // namespace dragoman::lower
