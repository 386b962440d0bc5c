// What each host calls things that are its own: a client that speaks to it in its words is not corrected.
#include "lower/lower_case.h"

namespace dragoman::lower {
namespace {

using testing::expect_anthropic;
using testing::expect_openai;

constexpr std::string_view kOss = "together/openai/gpt-oss-120b";

TEST(HostWords, PassToTheirHost) {
  // Members of the request types of the hosts' SDKs (docs/whole-requests.md) and of their API references.
  const std::tuple<std::string_view, std::string_view, std::string_view, std::string_view> rows[] = {
      {"together/meta-llama/Llama-3.3-70B-Instruct-Turbo", "TG-01-own", "safety_model", "\"m\""},
      {"together/meta-llama/Llama-3.3-70B-Instruct-Turbo", "TG-01-own", "context_length_exceeded_behavior",
       "\"error\""},
      {"fireworks/accounts/fireworks/models/kimi-k2-instruct", "FW-01-own", "prompt_truncate_len", "4000"},
      {"fireworks/accounts/fireworks/models/kimi-k2-instruct", "FW-01-own", "reasoning_history",
       "\"preserved\""},
      {"xai/grok-4", "XAI-10-own", "search_parameters", R"({"mode":"auto"})"},
      {"zai/glm-4.6", "ZAI-09-own", "do_sample", "false"},
      {"zai/glm-4.6", "ZAI-09-own", "request_id", "\"abc123\""},
      {"venice/llama-3.3-70b", "MISC-07-own", "venice_parameters", R"({"enable_web_search":"auto"})"},
      {"groq/compound", "GROQ-02-own", "compound_custom", R"({"models":null})"},
      {"cerebras/gpt-oss-120b", "CER-09-own", "clear_thinking", "true"},
      {"sambanova/DeepSeek-V3.1", "SN-02-own", "do_sample", "true"},
      {"openrouter/openai/gpt-4o-mini", "OR", "stop_server_tools_when", "[]"},
      {"perplexity/sonar-pro", "PPLX", "num_search_results", "3"},
  };
  for (const auto& [target, row, key, value] : rows) {
    const std::string pointer = fmt::format("/{}", key), body = fmt::format("{{\"{}\":{}}}", key, value);
    const std::string edit = fmt::format("OAI-40 semantic {} {}", pointer, key);
    expect_openai({{row, target, body, {{pointer, value}}, {}, true}});
    expect_openai({{row, "openai/gpt-4o", body, {{pointer, ""}}, {edit}}});  // nobody else knows the word
  }
}

TEST(HostWords, Efforts) {
  expect_openai({
      {"TG-01-effort", kOss, R"({"reasoning_effort":"high"})", {{"/reasoning_effort", "\"high\""}}, {}, true},
      {"TG-01-effort",
       kOss,
       R"({"reasoning_effort":"none"})",
       {{"/reasoning_effort", "\"low\""}},
       {"TG-01-effort narrowed /reasoning_effort reasoning"}},
      {"TG-01-reasoning",
       "together/deepseek-ai/DeepSeek-V3.1",
       R"({"reasoning_effort":"none"})",
       {{"/reasoning/enabled", "false"}, {"/reasoning_effort", ""}},
       {"TG-01-reasoning none /reasoning_effort reasoning"}},
      {"TG-01-reasoning",
       "together/deepseek-ai/DeepSeek-V3.1",
       R"({"reasoning":{"enabled":true}})",
       {{"/reasoning/enabled", "true"}},
       {},
       true},
      {"FW-01-effort",
       "fireworks/accounts/fireworks/models/gpt-oss-120b",
       R"({"reasoning_effort":"low"})",
       {{"/reasoning_effort", "\"low\""}},
       {},
       true},
      {"FW-01-reasoning",
       "fireworks/accounts/fireworks/models/deepseek-v3p1",
       R"({"reasoning_effort":"none"})",
       {{"/reasoning_effort", "\"none\""}},
       {},
       true},
  });
  // What no reasoning model is takes none.
  expect_openai({{"TG",
                  "together/meta-llama/Llama-3.3-70B-Instruct-Turbo",
                  R"({"reasoning_effort":"high"})",
                  {{"/reasoning_effort", ""}},
                  {"OAI semantic /reasoning_effort reasoning"}}});
}

TEST(HostWords, BudgetsOfThinking) {  // MISC-10: each server has a word of its own
  const std::string body = R"({"max_tokens":9000,"thinking":{"type":"enabled","budget_tokens":4000},)"
                           R"("messages":[{"role":"user","content":"x"}]})";
  for (const auto& [target, field] :
       {std::pair<std::string_view, std::string_view>{"vllm/Qwen/Qwen3-32B", "/thinking_token_budget"},
        {"sglang/Qwen/Qwen3-32B", "/thinking_budget"},
        {"llamacpp/qwen3-8b", "/thinking_budget_tokens"}})
    expect_anthropic(
        {{"MISC-10", target, body, {{"/chat_template_kwargs/enable_thinking", "true"}, {field, "4000"}}}});
  // An effort is a switch there: a server may know no budget at all.
  expect_openai({
      {"MISC-10",
       "vllm/Qwen/Qwen3-32B",
       R"({"reasoning_effort":"none"})",
       {{"/chat_template_kwargs/enable_thinking", "false"}, {"/thinking_token_budget", ""}},
       {"MISC-10-thinking none /reasoning_effort chat_template_kwargs"}},
      {"MISC-10",
       "vllm/Qwen/Qwen3-32B",
       R"({"reasoning_effort":"high"})",
       {{"/chat_template_kwargs/enable_thinking", "true"}, {"/thinking_token_budget", ""}},
       {"MISC-10-thinking narrowed /reasoning_effort effort"}},
      {"MISC-10",
       "vllm/Qwen/Qwen3-Coder-30B",
       R"({"reasoning_effort":"high"})",
       {{"/chat_template_kwargs", ""}},
       {"OAI semantic /reasoning_effort reasoning"}},
  });
}

TEST(HostWords, LogProbabilitiesByNumber) {  // TG-01
  expect_openai({
      {"as Together's clients say it", kOss, R"({"logprobs":3})", {{"/logprobs", "3"}}, {}, true},
      {"as OpenAI's do",
       kOss,
       R"({"logprobs":true,"top_logprobs":3})",
       {{"/logprobs", "3"}, {"/top_logprobs", ""}},
       {"TG-01 none /top_logprobs top_logprobs", "TG-01 none /logprobs logprobs"}},
      {"the token alone",
       kOss,
       R"({"logprobs":true})",
       {{"/logprobs", "1"}},
       {"TG-01 none /logprobs logprobs"}},
      {"none", kOss, R"({"logprobs":false})", {{"/logprobs", ""}}, {"TG-01 none /logprobs logprobs"}},
      {"Together's words elsewhere",
       "openai/gpt-4o",
       R"({"logprobs":3})",
       {{"/logprobs", "true"}, {"/top_logprobs", "3"}},
       {"OAI-09 none /logprobs logprobs"}},
  });
}

// An OpenAI client gets OpenAI's shape back, one that speaks Together's words the host's own bytes.
TEST(HostWords, LogProbabilitiesComeBackAsAsked) {
  for (const auto& [said, ours] :
       {std::pair<std::string_view, bool>{R"({"logprobs":true})", true}, {R"({"logprobs":2})", false}}) {
    testing::ClientRequest request(
        testing::make_input(canon::DialectName::openai_chat, {"TG-01", kOss, std::string(said)}));
    const auto lowered = request.to("together", "openai/gpt-oss-120b");
    ASSERT_TRUE(lowered);
    EXPECT_EQ(lowered->restore.empty(), !ours) << said;
  }
}

TEST(HostWords, CountsAreWhole) {  // Gemini's topK is a float
  testing::expect_gemini({
      {"GEN-13",
       "fireworks/accounts/fireworks/models/kimi-k2-instruct",
       R"({"contents":[{"role":"user","parts":[{"text":"x"}]}],"generationConfig":{"topK":40.0}})",
       {{"/top_k", "40"}},
       {"GEN-13 none /generationConfig/topK top_k"}},
      {"GEN-13",
       "anthropic/claude-sonnet-4-5",
       R"({"contents":[{"role":"user","parts":[{"text":"x"}]}],"generationConfig":{"topK":2.6}})",
       {{"/top_k", "3"}},
       {"GEN-13 narrowed /generationConfig/topK top_k"}},
  });
}

TEST(HostWords, NoMarkersOnCalls) {  // OpenRouter's breakpoints stand on text
  const std::string said =
      R"({"tools":[{"name":"f","input_schema":{"type":"object","properties":{}}}],"messages":[{"role":"user","content":"x"},)"
      R"({"role":"assistant","content":[{"type":"text","text":"t"},{"type":"tool_use","id":"i","name":"f","input":{},)"
      R"("cache_control":{"type":"ephemeral"}}]},{"role":"user","content":[{"type":"tool_result","tool_use_id":"i","content":"1"}]}]})";
  expect_anthropic({{"ANT-42",
                     "openrouter/anthropic/claude-sonnet-4.5",
                     said,
                     {{"/messages/1/content/0/cache_control/type", "\"ephemeral\""},
                      {"/messages/1/tool_calls/0/cache_control", ""}},
                     {"OR-cache none /messages/1/content/1 cache_control"}}});
}

TEST(HostWords, Prefill) {  // MIS-22
  const std::string prefill = R"({"max_tokens":9,"messages":[{"role":"user","content":"x"},)"
                              R"({"role":"assistant","content":"{\"a\": "}]})";
  const std::string called =
      R"({"max_tokens":9,"tools":[{"name":"f","input_schema":{"type":"object"}}],"messages":[{"role":"user","content":"x"},)"
      R"({"role":"assistant","content":[{"type":"text","text":"t"},{"type":"tool_use","id":"i","name":"f","input":{}}]}]})";
  expect_anthropic({
      {"MIS-22",
       "mistral/mistral-large-latest",
       prefill,
       {{"/messages/1/content", R"("{\"a\": ")"}, {"/messages/1/prefix", "true"}, {"/messages/2", ""}},
       {"MIS-22 none /messages/1 prefix"}},
      {"DS-17",
       "deepseek_beta/deepseek-chat",
       prefill,
       {{"/messages/1/prefix", "true"}},
       {"DS-17 none /messages/1 prefix"}},
      {"calls are answered, not gone on from",
       "mistral/mistral-large-latest",
       called,
       {{"/messages/1/prefix", ""}},
       {"MIS-12 narrowed /messages/1/content/1 tool_result"}},
  });
}

}  // namespace
}  // namespace dragoman::lower
