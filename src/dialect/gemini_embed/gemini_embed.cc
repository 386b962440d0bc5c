// Gemini's models/{model}:batchEmbedContents: one EmbedContentRequest a text, answers in the same order.
// Source: ai.google.dev/api/embeddings (methods embedContent, batchEmbedContents).
#include "dialect/dialect.h"
#include "dialect/embedding.h"
#include "dialect/gemini_generate/gemini_generate.h"
#include "dialect/gemini_generate/task_type.h"

namespace dragoman::dialect {
namespace gemini_embed {
namespace {

void encode(const canon::EmbeddingRequest& request, std::span<const canon::EmbeddingInput> inputs,
            const EmbeddingOptions& options, std::string& out) {
  json::Writer w(out);
  w.begin_object().key("requests").begin_array();
  for (const canon::EmbeddingInput& input : inputs) {
    w.begin_object().key("model").string_of({"models/", options.model});
    w.key("content").begin_object().key("parts").begin_array().begin_object().field("text", input.text);
    w.end_object().end_array().end_object();
    if (request.use != canon::EmbeddingUse::unset) w.field("taskType", gemini::task_type(request.use));
    if (request.dimensions) w.field("outputDimensionality", *request.dimensions);
    w.end_object();
  }
  w.end_array().end_object();
}

std::expected<canon::EmbeddingResponse, canon::UpstreamError> decode(Arena&, json::Value body) {
  if (auto error = error_in(body)) return std::unexpected(*std::move(error));
  const json::Value list = body["embeddings"];
  if (!list.is_array()) return unreadable(body, "the provider's answer has no list `embeddings`");
  canon::EmbeddingResponse out;
  for (const json::Value embedding : list.items()) out.vectors.push_back({.numbers = embedding["values"]});
  // Newer models count; the older say nothing of tokens.
  out.tokens = body["usageMetadata"]["promptTokenCount"].integer().value_or(-1);
  return out;
}

constexpr Embeddings kRow = {.encode = encode, .decode = decode};

}  // namespace
}  // namespace gemini_embed

constinit const Dialect kGeminiEmbed = {
    .name = canon::DialectName::gemini_embed,
    .framing = Framing::sse,
    .decode_error = gemini::decode_error,
    .param_fields = kNoFields,
    .embeddings = &gemini_embed::kRow,
};

}  // namespace dragoman::dialect
