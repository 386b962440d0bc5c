// For the tests of the hosts' rules: the hosts, and one row of a table of their rules.
#pragma once
#include <gtest/gtest.h>

#include <map>
#include <span>
#include <string>
#include <string_view>

#include "sandbox/openai/rows.h"
#include "sandbox/openai/rules_case.h"

namespace dragoman::sandbox::openai {

struct HostUnderTest {
  Emulator row;
  std::string_view path;
  std::string_view model;
};

inline const std::map<std::string_view, HostUnderTest>& hosts() {
  static const std::map<std::string_view, HostUnderTest> all = {
      {"azure", {azure_row(), "/openai/v1/chat/completions", "gpt-4o"}},
      {"mistral", {mistral_row(), "/v1/chat/completions", "mistral-large-latest"}},
      {"deepseek", {deepseek_row(), "/chat/completions", "deepseek-chat"}},
      {"moonshot", {moonshot_row(), "/v1/chat/completions", "kimi-k2-0905-preview"}},
      {"zai", {zai_row(), "/api/paas/v4/chat/completions", "glm-4.6"}},
      {"qwen", {qwen_row(), "/compatible-mode/v1/chat/completions", "qwen-plus"}},
      {"minimax", {minimax_row(), "/v1/chat/completions", "MiniMax-M2"}},
      {"xai", {xai_row(), "/v1/chat/completions", "grok-3"}},
      {"groq", {groq_row(), "/openai/v1/chat/completions", "llama-3.3-70b-versatile"}},
      {"cerebras", {cerebras_row(), "/v1/chat/completions", "llama-3.3-70b"}},
      {"fireworks", {fireworks_row(), "/inference/v1/chat/completions", "accounts/fireworks/models/x"}},
      {"together", {together_row(), "/v1/chat/completions", "meta-llama/Llama-3.3-70B-Instruct-Turbo"}},
      {"openrouter", {openrouter_row(), "/api/v1/chat/completions", "meta-llama/llama-3.3-70b-instruct"}},
      {"ollama", {ollama_row(), "/v1/chat/completions", "llama3.2"}},
      {"vllm", {vllm_row(), "/v1/chat/completions", "my-model"}},
      {"llamacpp", {llamacpp_row(), "/v1/chat/completions", "my-model"}},
  };
  return all;
}

// The words of a refusal, wherever the host puts them.
inline std::string words(const CaseResult& got) {
  const json::Value error = got.body["error"];
  const json::Value raw = error["metadata"]["raw"];
  for (const json::Value v : {raw, error["message"], error, got.body["message"]["detail"].at(0)["msg"],
                              got.body["message"], got.body["detail"], got.body["base_resp"]["status_msg"]}) {
    if (v.is_string()) return std::string(v.text());
  }
  return got.reply.body;
}

struct HostCase {
  std::string_view host;
  RuleCase rule;
  std::string_view path = {};
  std::string_view query = {};
};

// Refused with the words of the row, or accepted.
inline void expect_as_written(std::span<const HostCase> cases) {
  for (const HostCase& c : cases) {
    const HostUnderTest& host = hosts().at(c.host);
    CaseResult got;
    run_case(host.row, c.path.empty() ? host.path : c.path, expand(c.rule.body, host.model), c.rule.paranoid,
             got, {{"Authorization", "Bearer sk-test"}}, c.query);
    SCOPED_TRACE(std::string(c.host) + " " + std::string(c.rule.rule) + " " + std::string(c.rule.body));
    if (c.rule.message.empty() && c.rule.status == 400) {
      EXPECT_EQ(got.reply.status, 200) << got.reply.body;
      continue;
    }
    EXPECT_EQ(got.reply.status, c.rule.status);
    EXPECT_EQ(words(got), c.rule.message);
  }
}

}  // namespace dragoman::sandbox::openai
