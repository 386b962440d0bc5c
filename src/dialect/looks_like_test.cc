#include "dialect/looks_like.h"

#include <gtest/gtest.h>

#include "base/arena.h"
#include "json/parse.h"

namespace dragoman::dialect {
namespace {

TEST(LooksLike, ByWhatOnlyOneOfThemHas) {
  struct Row {
    std::string_view request, dialect;
  };
  const Row rows[] = {
      {R"({"messages": [{"role": "user", "content": "hi"}]})", "openai_chat"},
      {R"({"messages": [{"role": "user", "content": [{"type": "text", "text": "hi"}]}], "max_tokens": 5})",
       "openai_chat"},
      {R"({"messages": [], "tools": [{"type": "function", "function": {"name": "f"}}], "system": "odd"})",
       "openai_chat"},
      {R"({"system": "Be brief", "messages": []})", "anthropic_messages"},
      {R"({"messages": [], "tools": [{"name": "f", "input_schema": {}}]})", "anthropic_messages"},
      {R"({"messages": [{"role": "user", "content": [{"type": "tool_result", "tool_use_id": "t"}]}]})",
       "anthropic_messages"},
      {R"({"messages": [], "thinking": {"type": "enabled", "budget_tokens": 1024}})", "anthropic_messages"},
      {R"({"messages": [{"role": "user", "content": [{"text": "hi"}]}]})", "bedrock_converse"},
      {R"({"system": [{"text": "Be brief"}], "messages": []})", "bedrock_converse"},
      {R"({"messages": [], "toolConfig": {"tools": []}})", "bedrock_converse"},
      {R"({"contents": [{"role": "user", "parts": [{"text": "hi"}]}]})", "gemini_generate"},
      {R"({"input": "hi", "instructions": "Be brief"})", "openai_responses"},
      {R"({"input": "hi"})", "openai_responses"},
      {R"({"input": [{"role": "user", "content": "hi"}]})", "openai_responses"},
      {R"({"model": "text-embedding-3-small", "input": "hi"})", "openai_embeddings"},
      {R"({"input": ["a", "b"]})", "openai_embeddings"},
      {R"({"input": "hi", "dimensions": 256})", "openai_embeddings"},
      {R"([])", "openai_chat"},
  };
  for (const Row& row : rows) {
    Arena arena;
    const auto body = json::parse(arena, row.request);
    ASSERT_TRUE(body) << row.request;
    EXPECT_EQ(canon::name(looks_like(*body)), row.dialect) << row.request;
  }
}

TEST(LooksLike, DialectsAreCalledByShortNames) {
  EXPECT_EQ(canon::dialect_called("anthropic"), canon::DialectName::anthropic_messages);
  EXPECT_EQ(canon::dialect_called("openai-embeddings"), canon::DialectName::openai_embeddings);
  EXPECT_EQ(canon::dialect_called("gemini_generate"), canon::DialectName::gemini_generate);
  EXPECT_EQ(canon::dialect_called("latin"), std::nullopt);
}

}  // namespace
}  // namespace dragoman::dialect
