// Vertex AI's …/publishers/google/models/{model}:predict for text embeddings.
// Source: cloud.google.com, "Text embeddings API" (request: instances[].content, task_type; parameters
// autoTruncate, outputDimensionality; answer: predictions[].embeddings.values and .statistics.token_count).
#include "dialect/dialect.h"
#include "dialect/embedding.h"
#include "dialect/gemini_generate/gemini_generate.h"
#include "dialect/gemini_generate/task_type.h"

namespace dragoman::dialect {
namespace vertex_predict {
namespace {

void encode(const canon::EmbeddingRequest& request, std::span<const canon::EmbeddingInput> inputs,
            const EmbeddingOptions&, std::string& out) {
  json::Writer w(out);
  w.begin_object().key("instances").begin_array();
  for (const canon::EmbeddingInput& input : inputs) {
    w.begin_object().field("content", input.text);
    if (request.use != canon::EmbeddingUse::unset) w.field("task_type", gemini::task_type(request.use));
    w.end_object();
  }
  w.end_array();
  if (request.dimensions || request.truncation != canon::Truncation::unset) {
    w.key("parameters").begin_object();
    if (request.truncation != canon::Truncation::unset)
      w.field("autoTruncate", request.truncation != canon::Truncation::none);
    if (request.dimensions) w.field("outputDimensionality", *request.dimensions);
    w.end_object();
  }
  w.end_object();
}

std::expected<canon::EmbeddingResponse, canon::UpstreamError> decode(Arena&, json::Value body) {
  if (auto error = error_in(body)) return std::unexpected(*std::move(error));
  const json::Value list = body["predictions"];
  if (!list.is_array()) return unreadable(body, "the provider's answer has no list `predictions`");
  canon::EmbeddingResponse out;
  for (const json::Value prediction : list.items()) {
    const json::Value embeddings = prediction["embeddings"];
    out.vectors.push_back({.numbers = embeddings["values"]});
    if (const auto tokens = embeddings["statistics"]["token_count"].integer(); tokens && *tokens >= 0)
      out.tokens = (out.tokens < 0 ? 0 : out.tokens) + *tokens;
  }
  return out;
}

constexpr Embeddings kRow = {.encode = encode, .decode = decode};

}  // namespace
}  // namespace vertex_predict

constinit const Dialect kVertexPredict = {
    .name = canon::DialectName::vertex_predict,
    .framing = Framing::sse,
    .decode_error = gemini::decode_error,
    .param_fields = kNoFields,
    .embeddings = &vertex_predict::kRow,
};

}  // namespace dragoman::dialect
