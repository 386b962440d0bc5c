// Google's words for what an embedding is for.
// Source: ai.google.dev/api/embeddings, TaskType; the Vertex text embeddings API has the same.
#pragma once
#include <string_view>

#include "canon/embedding.h"

namespace dragoman::dialect::gemini {

constexpr std::string_view task_type(canon::EmbeddingUse use) {
  using Use = canon::EmbeddingUse;
  switch (use) {
    case Use::unset:
      return "TASK_TYPE_UNSPECIFIED";
    case Use::query:
      return "RETRIEVAL_QUERY";
    case Use::document:
      return "RETRIEVAL_DOCUMENT";
    case Use::similarity:
      return "SEMANTIC_SIMILARITY";
    case Use::classification:
      return "CLASSIFICATION";
    case Use::clustering:
      return "CLUSTERING";
    case Use::question_answering:
      return "QUESTION_ANSWERING";
    case Use::fact_verification:
      return "FACT_VERIFICATION";
    case Use::code_query:
      return "CODE_RETRIEVAL_QUERY";
  }
  return "";
}

}  // namespace dragoman::dialect::gemini
