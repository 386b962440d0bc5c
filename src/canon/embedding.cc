#include "canon/embedding.h"

#include <array>

#include "base/strings.h"

namespace dragoman::canon {
namespace {

struct UseWord {
  std::string_view word;
  EmbeddingUse use;
};
// Ours first, then Cohere's input_type, Gemini's taskType, and what Voyage, NVIDIA and Jina say.
constexpr std::array kUses = {
    UseWord{"query", EmbeddingUse::query},
    UseWord{"document", EmbeddingUse::document},
    UseWord{"similarity", EmbeddingUse::similarity},
    UseWord{"classification", EmbeddingUse::classification},
    UseWord{"clustering", EmbeddingUse::clustering},
    UseWord{"question_answering", EmbeddingUse::question_answering},
    UseWord{"fact_verification", EmbeddingUse::fact_verification},
    UseWord{"code_query", EmbeddingUse::code_query},
    UseWord{"search_query", EmbeddingUse::query},
    UseWord{"search_document", EmbeddingUse::document},
    UseWord{"retrieval_query", EmbeddingUse::query},
    UseWord{"retrieval_document", EmbeddingUse::document},
    UseWord{"semantic_similarity", EmbeddingUse::similarity},
    UseWord{"code_retrieval_query", EmbeddingUse::code_query},
    UseWord{"passage", EmbeddingUse::document},
    UseWord{"retrieval.query", EmbeddingUse::query},
    UseWord{"retrieval.passage", EmbeddingUse::document},
};

}  // namespace

std::string_view name(EmbeddingUse use) {
  for (const UseWord& row : kUses)
    if (row.use == use) return row.word;
  return "";
}

std::optional<EmbeddingUse> embedding_use_named(std::string_view word) {
  for (const UseWord& row : kUses)
    if (equals_ignoring_case(row.word, word)) return row.use;
  return std::nullopt;
}

std::string_view name(Truncation truncation) {
  switch (truncation) {
    case Truncation::unset:
      return "";
    case Truncation::none:
      return "none";
    case Truncation::start:
      return "start";
    case Truncation::end:
      return "end";
  }
  return "";
}

std::optional<Truncation> truncation_named(std::string_view word) {
  // LEFT and RIGHT are Cohere Embed v4's on Bedrock.
  if (equals_ignoring_case(word, "none")) return Truncation::none;
  if (equals_ignoring_case(word, "start") || equals_ignoring_case(word, "left")) return Truncation::start;
  if (equals_ignoring_case(word, "end") || equals_ignoring_case(word, "right")) return Truncation::end;
  return std::nullopt;
}

}  // namespace dragoman::canon
