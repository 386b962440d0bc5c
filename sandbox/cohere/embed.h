// Cohere's embeddings: POST /v2/embed, and the same body inside Bedrock's InvokeModel.
// Sources: docs.cohere.com/reference/embed; Bedrock User Guide, "Cohere Embed v3" and "v4".
#pragma once
#include <expected>
#include <vector>

#include "sandbox/cohere/check.h"
#include "sandbox/emulator.h"

namespace dragoman::sandbox::cohere {

struct Embedded {
  std::vector<std::vector<float>> vectors;
  std::int64_t tokens = 0;
};

// The members both have: texts, input_type, truncate, output_dimension, embedding_types.
std::expected<Embedded, Refusal> embed_texts(json::Value body, std::string_view model, bool on_bedrock);
bool is_embedding_model(std::string_view name);  // as Cohere's own API calls it

Reply embed(const Call& call, Reply (*refuse_with)(const Refusal&));

}  // namespace dragoman::sandbox::cohere
