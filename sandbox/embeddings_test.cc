// The embedding endpoints of the emulated providers: what each refuses, with its words, and what it takes.
// The sources are in docs/sources.md.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <set>

#include "sandbox/call_fixture.h"
#include "sandbox/vectors.h"

namespace dragoman::sandbox {
namespace {

struct Row {
  std::string_view provider, path, body;
  std::string_view says;  // "" where the call must pass
  int status = 400;
};

constexpr std::string_view kOpenai = "/v1/embeddings";
constexpr std::string_view kBatch = "/v1beta/models/gemini-embedding-001:batchEmbedContents";
constexpr std::string_view kOne = "/v1beta/models/gemini-embedding-001:embedContent";
constexpr std::string_view kPredict =
    "/v1/projects/p/locations/l/publishers/google/models/text-embedding-005:predict";
constexpr std::string_view kPredictOne =
    "/v1/projects/p/locations/l/publishers/google/models/gemini-embedding-001:predict";
constexpr std::string_view kTitan1 = "/model/amazon.titan-embed-text-v1/invoke";
constexpr std::string_view kTitan2 = "/model/amazon.titan-embed-text-v2:0/invoke";
constexpr std::string_view kCohere3 = "/model/cohere.embed-english-v3/invoke";
constexpr std::string_view kCohere4 = "/model/cohere.embed-v4:0/invoke";

std::string texts(int count) {
  std::string out = "[";
  for (int i = 0; i < count; ++i) out += i ? R"(,"t")" : R"("t")";
  return out + "]";
}

Reply ask(std::string_view provider, std::string_view path, std::string body) {
  for (const Emulator& emulator : emulators())
    if (emulator.prefix == provider)
      return CallFixture("POST", std::string(path),
                         {{"authorization", "Bearer key"}, {"x-goog-api-key", "key"}, {"api-key", "key"}},
                         std::move(body), "api-version=2024-10-21")
          .play(emulator);
  ADD_FAILURE() << provider;
  return {};
}

TEST(EmulatedEmbeddings, BothSidesOfEveryRule) {
  const std::string many97 = fmt::format(R"({{"texts":{},"input_type":"clustering"}})", texts(97));
  const std::string qwen11 = fmt::format(R"({{"model":"text-embedding-v4","input":{}}})", texts(11));
  const std::string openai2049 =
      fmt::format(R"({{"model":"text-embedding-3-small","input":{}}})", texts(2049));
  const std::string openai2048 =
      fmt::format(R"({{"model":"text-embedding-3-small","input":{}}})", texts(2048));
  std::string gemini101 = R"({"requests":[)";
  for (int i = 0; i < 101; ++i)
    gemini101 += std::string(i ? "," : "") +
                 R"({"model":"models/gemini-embedding-001","content":{"parts":[{"text":"t"}]}})";
  gemini101 += "]}";
  for (
      const Row& row : {
          Row{"openai", kOpenai, R"({"model":"text-embedding-3-small","input":"x"})", ""},
          Row{"openai", kOpenai,
              R"({"model":"text-embedding-3-small","input":[1,2],"dimensions":8,"encoding_format":"base64","user":"u"})",
              ""},
          Row{"openai", kOpenai, R"({"model":"text-embedding-3-small","input":""})", "'$.input' is invalid."},
          Row{"openai", kOpenai, R"({"model":"text-embedding-3-small","input":[]})", "'$.input' is invalid."},
          Row{"openai", kOpenai, R"({"model":"text-embedding-3-small","input":["x",1]})",
              "'$.input' is invalid."},
          Row{"openai", kOpenai, R"({"model":"text-embedding-3-small","input":"x","input_type":"query"})",
              "Unrecognized request argument supplied: input_type"},
          Row{"openai", kOpenai, R"({"model":"text-embedding-3-small","input":"x","dimensions":1537})",
              "Must be less than or equal to 1536"},
          Row{"openai", kOpenai, R"({"model":"text-embedding-ada-002","input":"x","dimensions":5})",
              "does not support specifying dimensions"},
          Row{"openai", kOpenai, R"({"model":"text-embedding-3-small","input":"x","encoding_format":"hex"})",
              "Supported values are: 'float' and 'base64'"},
          Row{"openai", kOpenai, R"({"model":"gpt-4o-mini","input":"x"})",
              "not allowed to generate embeddings", 403},
          Row{"openai", kOpenai, R"({"model":"nonexistent","input":"x"})", "does not exist", 404},
          Row{"openai", kOpenai, openai2048, ""},
          Row{"openai", kOpenai, openai2049, "'$.input' is invalid."},
          Row{"azure", "/openai/deployments/my-text-embedding-3-small/embeddings", R"({"input":"x"})", ""},
          Row{"mistral", kOpenai, R"({"model":"codestral-embed","input":["x"],"output_dimension":64})", ""},
          Row{"mistral", kOpenai, R"({"model":"mistral-embed","input":"x","dimensions":64})",
              "Extra inputs are not permitted", 422},
          Row{"mistral", kOpenai, R"({"model":"mistral-embed","input":"x","output_dimension":64})",
              "does not support specifying dimensions"},
          Row{"mistral", kOpenai, R"({"model":"mistral-embed","input":[1,2]})", "is invalid"},
          Row{"qwen", "/compatible-mode/v1/embeddings", R"({"model":"text-embedding-v4","input":"x"})", ""},
          Row{"qwen", "/compatible-mode/v1/embeddings", qwen11,
              "batch size is invalid, it should not be larger than 10"},
          Row{"qwen", "/compatible-mode/v1/embeddings",
              R"({"model":"text-embedding-v4","input":"x","encoding_format":"base64"})",
              "Supported values are: 'float'"},
          Row{"nvidia", kOpenai, R"({"model":"nvidia/nv-embedqa-e5-v5","input":"x"})",
              "'input_type' parameter is required"},
          Row{"nvidia", kOpenai, R"({"model":"nvidia/nv-embedqa-e5-v5","input":"x","input_type":"passage"})",
              ""},
          Row{"gemini", kOne,
              R"({"content":{"parts":[{"text":"x"}]},"taskType":"CLUSTERING","outputDimensionality":128})",
              ""},
          Row{"gemini", kOne, R"({"content":{"parts":[{"text":"x"}]},"outputDimensionality":127})",
              "supported range is from 128 to 3072"},
          Row{"gemini", kOne, R"({"content":{"parts":[{"text":"x"}]},"taskType":"query"})",
              "Invalid value at 'task_type'"},
          Row{"gemini", kOne, R"({"content":{"parts":[{"text":"x"}]},"dimensions":3})",
              "Unknown name \\\"dimensions\\\""},
          Row{"gemini", kOne, R"({"content":{"parts":[]}})", "contents is not specified"},
          Row{"gemini", kBatch,
              R"({"requests":[{"model":"models/gemini-embedding-001","content":{"parts":[{"text":"x"}]}}]})",
              ""},
          Row{"gemini", kBatch, R"({"requests":[{"content":{"parts":[{"text":"x"}]}}]})",
              "model is required"},
          Row{"gemini", kBatch, R"({"requests":[]})", "requests is not specified"},
          Row{"gemini", kBatch, gemini101, "at most 100 requests"},
          Row{"gemini", "/v1beta/models/gemini-2.5-flash:batchEmbedContents", R"({"requests":[]})",
              "not supported for embedContent", 404},
          Row{"vertex", kPredict,
              R"({"instances":[{"content":"a","task_type":"RETRIEVAL_QUERY"},{"content":"b"}],"parameters":{"outputDimensionality":5,"autoTruncate":false}})",
              ""},
          Row{"vertex", kPredictOne, R"({"instances":[{"content":"a"},{"content":"b"}]})",
              "1 instance(s) is allowed per prediction. Actual: 2"},
          Row{"vertex", kPredict, R"({"instances":[{"content":"a","taskType":"CLUSTERING"}]})",
              "Unknown name"},
          Row{"vertex", kPredict, R"({"instances":[{"content":""}]})", "text content is empty"},
          Row{"bedrock", kTitan1, R"({"inputText":"x"})", ""},
          Row{"bedrock", kTitan1, R"({"inputText":"x","dimensions":256})",
              "extraneous key [dimensions] is not permitted"},
          Row{"bedrock", kTitan2,
              R"({"inputText":"x","dimensions":256,"normalize":true,"embeddingTypes":["float"]})", ""},
          Row{"bedrock", kTitan2, R"({"inputText":"x","dimensions":300})", "300 is not a valid enum value"},
          Row{"bedrock", kTitan2, R"({"texts":["x"]})", "extraneous key [texts] is not permitted"},
          Row{"bedrock", kTitan2, R"({"inputText":""})", "expected minLength: 1"},
          Row{"bedrock", kCohere3, R"({"texts":["x"],"input_type":"search_query","truncate":"START"})", ""},
          Row{"bedrock", kCohere3, R"({"texts":["x"]})", "valid input_type must be provided"},
          Row{"bedrock", kCohere3, R"({"texts":["x"],"input_type":"search_query","truncate":"RIGHT"})",
              "invalid truncate value"},
          Row{"bedrock", kCohere3, R"({"texts":["x"],"input_type":"search_query","output_dimension":256})",
              "not supported for this model"},
          Row{"bedrock", kCohere3, many97, "at most 96 - received 97"},
          Row{"bedrock", kCohere4,
              R"({"texts":["x"],"input_type":"search_query","truncate":"RIGHT","output_dimension":256})", ""},
          Row{"bedrock", "/model/amazon.nova-lite-v1:0/invoke", R"({"inputText":"x"})",
              "model identifier is invalid"},
          Row{"cohere", "/v2/embed",
              R"({"model":"embed-v4.0","texts":["x"],"input_type":"search_document","embedding_types":["float"],"output_dimension":512})",
              ""},
          Row{"cohere", "/v2/embed",
              R"({"model":"embed-v4.0","texts":["x"],"input_type":"search_document","embedding_types":["float"],"output_dimension":500})",
              "must be one of 256, 512, 1024, 1536"},
          Row{"cohere", "/v2/embed", R"({"model":"embed-v4.0","texts":["x"],"input_type":"search_document"})",
              "embedding_types is required"},
          Row{"cohere", "/v2/embed", R"({"model":"embed-v4.0","input":["x"],"input_type":"search_document"})",
              "'input' is not a valid field"},
          Row{"cohere", "/v2/embed", R"({"model":"command-a-03-2025","texts":["x"]})", "not found", 404},
          Row{"ollama", "/api/embed",
              R"({"model":"nomic-embed-text","input":["x"],"truncate":false,"dimensions":16})", ""},
          Row{"ollama", "/api/embed", R"({"model":"nomic-embed-text","input":[[1]]})", "invalid input type"},
          Row{"ollama", "/api/embed", R"({"model":"nomic-embed-text","input":"x","truncate":"END"})",
              "cannot unmarshal string"},
          Row{"ollama", "/api/embed", R"({"model":"llama3.2","input":"x"})", "not found", 404},
      }) {
    const Reply reply = ask(row.provider, row.path, std::string(row.body));
    EXPECT_EQ(reply.status, row.says.empty() ? 200 : row.status) << row.body.substr(0, 200) << "\n"
                                                                 << reply.body;
    EXPECT_NE(reply.body.find(row.says), std::string::npos) << row.body.substr(0, 200) << "\n" << reply.body;
  }
}

TEST(Vectors, OfTheTextTheModelAndTheSizeAlone) {
  const auto one = vector_of("m", "text", 64);
  EXPECT_EQ(one, vector_of("m", "text", 64));
  std::set<std::vector<float>> all = {one, vector_of("n", "text", 64), vector_of("m", "texu", 64),
                                      vector_of("m", "", 64)};
  EXPECT_EQ(all.size(), 4u);
  double square = 0;
  for (const float value : one) square += static_cast<double>(value) * value;
  EXPECT_NEAR(square, 1, 1e-5);
  EXPECT_EQ(base64_floats({1.0f, -0.5f, 0.1f}), "AACAPwAAAL/NzMw9") << "as NumPy has it";
}

}  // namespace
}  // namespace dragoman::sandbox
