// Cohere's words for embeddings, at its own API (v2/embed) and inside Bedrock's InvokeModel.
// Sources: docs.cohere.com/reference/embed; Bedrock User Guide, "Cohere Embed" parameters.
#pragma once
#include <string_view>

#include "dialect/embedding.h"

namespace dragoman::dialect::cohere_embed {

// search_query, search_document, classification, clustering; others do not come here: lower/ has left them
// out.
std::string_view input_type(canon::EmbeddingUse use);

// The members both have: texts, input_type, truncate, output_dimension, embedding_types.
void write_fields(json::Writer& w, const canon::EmbeddingRequest& request,
                  std::span<const canon::EmbeddingInput> inputs);

// {"embeddings": {"float": [[…]]}} or, where no embedding_types were named, {"embeddings": [[…]]}.
std::expected<canon::EmbeddingResponse, canon::UpstreamError> decode(Arena& arena, json::Value body);

}  // namespace dragoman::dialect::cohere_embed
