#include "dialect/embedding.h"

#include <gtest/gtest.h>

#include <cmath>

#include "dialect/dialect.h"
#include "json/parse.h"

namespace dragoman::dialect {
namespace {

using canon::DialectName;
using canon::VectorEncoding;

const Embeddings& of(DialectName name) { return *get(name).embeddings; }

struct Bad {
  const char* body;
  const char* pointer;
};
TEST(OpenaiEmbeddings, ABadRequestNamesThePlace) {
  for (const Bad& row : {
           Bad{R"({"input":"x"})", "/model"},
           Bad{R"({"model":"","input":"x"})", "/model"},
           Bad{R"({"model":"m"})", "/input"},
           Bad{R"({"model":"m","input":[]})", "/input"},
           Bad{R"({"model":"m","input":7})", "/input"},
           Bad{R"({"model":"m","input":["a",["b"]]})", "/input/1"},
           Bad{R"({"model":"m","input":[null]})", "/input/0"},
           Bad{R"({"model":"m","input":[1,-1]})", "/input/1"},
           Bad{R"({"model":"m","input":[[1],["a"]]})", "/input/1/0"},
           Bad{R"({"model":"m","input":[[]]})", "/input/0"},
           Bad{R"({"model":"m","input":"x","dimensions":1.5})", "/dimensions"},
           Bad{R"({"model":"m","input":"x","dimensions":-4})", "/dimensions"},
           Bad{R"({"model":"m","input":"x","encoding_format":"binary"})", "/encoding_format"},
           Bad{R"({"model":"m","input":"x","input_type":"x"})", "/input_type"},
           Bad{R"({"model":"m","input":"x","truncate":3})", "/truncate"},
       }) {
    Arena arena;
    const auto body = json::parse(arena, row.body);
    ASSERT_TRUE(body) << row.body;
    const auto request = of(DialectName::openai_embeddings).parse(arena, *body);
    ASSERT_FALSE(request) << row.body;
    EXPECT_EQ(request.error().pointer, row.pointer) << row.body;
    EXPECT_FALSE(request.error().message.empty());
  }
}

// What each endpoint answers, as its documentation shows it (docs/sources.md).
struct Answer {
  DialectName dialect;
  const char* body;
  std::size_t vectors;
  std::int64_t tokens;
};
TEST(Embeddings, Answers) {
  for (
      const Answer& row : {
          Answer{
              DialectName::openai_embeddings,
              R"({"object":"list","data":[{"index":1,"embedding":[3,4]},{"index":0,"embedding":[1,2]}],"usage":{"prompt_tokens":8,"total_tokens":8}})",
              2, 8},
          Answer{DialectName::openai_embeddings, R"({"data":[{"embedding":[1,2]},{"embedding":[3,4]}]})", 2,
                 -1},
          Answer{DialectName::gemini_embed, R"({"embeddings":[{"values":[1,2]},{"values":[3,4]}]})", 2, -1},
          Answer{
              DialectName::gemini_embed,
              R"({"embeddings":[{"values":[1,2]},{"values":[3,4]}],"usageMetadata":{"promptTokenCount":5}})",
              2, 5},
          Answer{
              DialectName::vertex_predict,
              R"({"predictions":[{"embeddings":{"statistics":{"truncated":false,"token_count":6},"values":[1,2]}},{"embeddings":{"values":[3,4],"statistics":{"token_count":1}}}]})",
              2, 7},
          Answer{DialectName::bedrock_invoke, R"({"embedding":[1,2],"inputTextTokenCount":3})", 1, 3},
          Answer{
              DialectName::bedrock_invoke,
              R"({"embeddings":{"float":[[1,2],[3,4]]},"response_type":"embeddings_by_type","texts":["a","b"]})",
              2, -1},
          Answer{DialectName::bedrock_invoke,
                 R"({"embeddings":[[1,2],[3,4]],"response_type":"embeddings_floats"})", 2, -1},
          Answer{
              DialectName::cohere_embed,
              R"({"id":"x","embeddings":{"float":[[1,2],[3,4]]},"meta":{"billed_units":{"input_tokens":2}}})",
              2, 2},
          Answer{DialectName::ollama_embed,
                 R"({"model":"m","embeddings":[[1,2],[3,4]],"prompt_eval_count":9})", 2, 9},
      }) {
    Arena arena;
    const auto body = json::parse(arena, row.body);
    ASSERT_TRUE(body) << row.body;
    const auto answer = of(row.dialect).decode(arena, *body);
    ASSERT_TRUE(answer) << row.body << answer.error().message;
    ASSERT_TRUE(check_vectors(answer->vectors, row.vectors, 2)) << row.body;
    EXPECT_EQ(answer->vectors[0].numbers.at(0).integer(), 1) << row.body;
    EXPECT_EQ(answer->tokens, row.tokens) << row.body;
  }
}

TEST(Embeddings, AnAnswerThatIsNoneIsAnError) {
  for (const auto name :
       {DialectName::openai_embeddings, DialectName::gemini_embed, DialectName::vertex_predict,
        DialectName::bedrock_invoke, DialectName::cohere_embed, DialectName::ollama_embed})
    for (const char* text : {"{}", "[]", "3", R"({"error":{"message":"no"}})", R"({"data":3,"embeddings":3})",
                             R"({"embeddings":{"int8":[[1]]}})", R"({"data":[{"index":7,"embedding":[1]}]})",
                             R"({"data":[{"index":0,"embedding":[1]},{"index":0,"embedding":[1]}]})"}) {
      Arena arena;
      const auto answer = of(name).decode(arena, *json::parse(arena, text));
      EXPECT_FALSE(answer) << canon::name(name) << " " << text;
      if (!answer) EXPECT_FALSE(answer.error().message.empty()) << text;
    }
}

std::string written(const canon::Vector& vector, VectorEncoding encoding) {
  std::string out;
  json::Writer w(out);
  write_vector(w, vector, encoding);
  return out;
}

TEST(Vectors, NumbersAndBase64AreTheSame) {
  Arena arena;
  // 1.0f, -0.5f, 0.1f, little-endian: as NumPy's tobytes() gives them.
  const char* const text = R"("AACAPwAAAL/NzMw9")";
  const canon::Vector numbers{.numbers = *json::parse(arena, "[1, -5e-1, 0.1]")};
  const canon::Vector base64{.base64 = "AACAPwAAAL/NzMw9"};
  EXPECT_EQ(written(numbers, VectorEncoding::base64), text);
  EXPECT_EQ(written(base64, VectorEncoding::base64), text);
  EXPECT_EQ(written(base64, VectorEncoding::floats), "[1,-0.5,0.1]");
  EXPECT_EQ(written(numbers, VectorEncoding::floats), "[1, -5e-1, 0.1]") << "as the provider wrote them";
  EXPECT_EQ(size_of(numbers), 3u);
  EXPECT_EQ(size_of(base64), 3u);
}

TEST(Vectors, WhatIsNoneIsTold) {
  Arena arena;
  const auto numbers = [&](const char* text) { return canon::Vector{.numbers = *json::parse(arena, text)}; };
  for (const char* text : {"[]", "[1,null]", "[\"1\"]", "{}", "[1e99]"})
    EXPECT_FALSE(size_of(numbers(text))) << text;
  for (const char* text : {"", "AAC", "AACAPwA=", "!!!!", "AADAfw=="})  // the last is not a number
    EXPECT_FALSE(size_of({.base64 = text})) << text;
  const std::vector<canon::Vector> two = {numbers("[1,2]"), numbers("[3]")};
  EXPECT_FALSE(check_vectors(two, 2, {})) << "of two lengths";
  EXPECT_FALSE(check_vectors(std::span(two).first(1), 2, {})) << "too few";
  EXPECT_FALSE(check_vectors(std::span(two).first(1), 1, 3)) << "not what was asked for";
  EXPECT_TRUE(check_vectors(std::span(two).first(1), 1, 2));
}

}  // namespace
}  // namespace dragoman::dialect
