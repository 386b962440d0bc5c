// Bedrock's POST /model/{model}/invoke for embedding models; the body is the model vendor's own.
// Sources: Bedrock User Guide, "Amazon Titan Embeddings G1 - Text" (V2 and G1 requests), "Cohere Embed v3"
// and "Cohere Embed v4". The token count of Cohere's comes in a header: serve/embed.cc reads it.
#include "dialect/bedrock_converse/bedrock_converse.h"
#include "dialect/cohere_embed/cohere_embed.h"
#include "dialect/dialect.h"
#include "dialect/embedding.h"

namespace dragoman::dialect {
namespace bedrock_invoke {
namespace {

// Embed v4 calls the ends LEFT and RIGHT where v3 has START and END.
std::string_view truncate_word(canon::Truncation truncation, bool v4) {
  switch (truncation) {
    case canon::Truncation::start:
      return v4 ? "LEFT" : "START";
    case canon::Truncation::end:
      return v4 ? "RIGHT" : "END";
    default:
      return "NONE";
  }
}

void encode(const canon::EmbeddingRequest& request, std::span<const canon::EmbeddingInput> inputs,
            const EmbeddingOptions& options, std::string& out) {
  json::Writer w(out);
  w.begin_object();
  if (options.body.starts_with("cohere")) {
    cohere_embed::write_fields(w, request, inputs);
    if (request.truncation != canon::Truncation::unset)
      w.field("truncate", truncate_word(request.truncation, options.body == "cohere_v4"));
  } else if (!inputs.empty()) {
    w.field("inputText", inputs.front().text);  // one text a call: the rows say so
    if (options.body == "titan_v2" && request.dimensions) w.field("dimensions", *request.dimensions);
  }
  w.end_object();
}

std::expected<canon::EmbeddingResponse, canon::UpstreamError> decode(Arena& arena, json::Value body) {
  if (body["embeddings"]) return cohere_embed::decode(arena, body);
  if (!body["embedding"])
    if (auto error = error_in(body)) return std::unexpected(*std::move(error));
  if (!body["embedding"].is_array()) return unreadable(body, "the provider's answer has no embedding in it");
  canon::EmbeddingResponse out;
  out.vectors.push_back({.numbers = body["embedding"]});
  out.tokens = body["inputTextTokenCount"].integer().value_or(-1);
  return out;
}

constexpr Embeddings kRow = {.encode = encode, .decode = decode};

}  // namespace
}  // namespace bedrock_invoke

constinit const Dialect kBedrockInvoke = {
    .name = canon::DialectName::bedrock_invoke,
    .framing = Framing::sse,
    .decode_error = bedrock::decode_error,
    .param_fields = kNoFields,
    .embeddings = &bedrock_invoke::kRow,
};

}  // namespace dragoman::dialect
