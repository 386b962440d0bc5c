// Ollama's own POST /api/embed, which can be told not to truncate; its /v1/embeddings cannot.
// Source: docs.ollama.com/api/embed.
#include "dialect/dialect.h"
#include "dialect/embedding.h"
#include "dialect/extras.h"
#include "dialect/openai_chat/wire.h"

namespace dragoman::dialect {
namespace ollama_embed {
namespace {

void encode(const canon::EmbeddingRequest& request, std::span<const canon::EmbeddingInput> inputs,
            const EmbeddingOptions& options, std::string& out) {
  json::Writer w(out);
  w.begin_object().field("model", options.model).key("input").begin_array();
  for (const canon::EmbeddingInput& input : inputs) input.text.write(w);
  w.end_array();
  if (request.truncation != canon::Truncation::unset)
    w.field("truncate", request.truncation != canon::Truncation::none);
  if (request.dimensions) w.field("dimensions", *request.dimensions);
  write_extras(w, request.extra);
  w.end_object();
}

std::expected<canon::EmbeddingResponse, canon::UpstreamError> decode(Arena&, json::Value body) {
  if (auto error = error_in(body)) return std::unexpected(*std::move(error));
  canon::EmbeddingResponse out;
  out.model = body["model"].text();
  if (auto taken = take_vectors(body["embeddings"], body, out); !taken)
    return std::unexpected(std::move(taken.error()));
  out.tokens = body["prompt_eval_count"].integer().value_or(-1);
  return out;
}

constexpr Embeddings kRow = {.encode = encode, .decode = decode};

}  // namespace
}  // namespace ollama_embed

constinit const Dialect kOllamaEmbed = {
    .name = canon::DialectName::ollama_embed,
    .framing = Framing::sse,
    .decode_error = openai_chat::decode_error,
    .param_fields = kNoFields,
    .embeddings = &ollama_embed::kRow,
};

}  // namespace dragoman::dialect
