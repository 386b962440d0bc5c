// The canonical embedding request and answer: texts in, one vector each out, in the order of the texts.
//
// Lifetime as in request.h: views and values point into the client's (the upstream's) body, an Arena, or
// static text. Pointers are RFC 6901, into the client's body.
#pragma once
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "canon/dialect_name.h"
#include "canon/request.h"
#include "canon/words.h"
#include "json/value.h"

namespace dragoman::canon {

// What the vectors are for. Some models embed a question and the passage that answers it differently, and
// some of those must be told.
enum class EmbeddingUse : std::uint8_t {
  unset,
  query,
  document,
  similarity,
  classification,
  clustering,
  question_answering,
  fact_verification,
  code_query,
};
std::string_view name(EmbeddingUse use);  // "query", …; "" for unset
// Any provider's word for it ("search_query", "RETRIEVAL_QUERY", "passage"), without regard to case.
std::optional<EmbeddingUse> embedding_use_named(std::string_view word);

// What is done with a text that is too long for the model.
enum class Truncation : std::uint8_t {
  unset,
  none,  // the request fails
  start,
  end,
};
std::string_view name(Truncation truncation);  // "none", "start", "end"; "" for unset
std::optional<Truncation> truncation_named(std::string_view word);

// How a vector is written: JSON numbers, or base64 of little-endian 32-bit floats.
enum class VectorEncoding : std::uint8_t { floats, base64 };

// A text, or the numbers of its tokens.
struct EmbeddingInput {
  Words text = {};
  json::Value tokens = {};  // an array of whole numbers; absent for a text
  std::string_view pointer = {};
};

struct EmbeddingRequest {
  DialectName dialect = DialectName::openai_embeddings;
  std::string_view model = {};
  std::vector<EmbeddingInput> inputs = {};  // at least one
  std::optional<std::int64_t> dimensions = {};
  VectorEncoding encoding = VectorEncoding::floats;
  EmbeddingUse use = EmbeddingUse::unset;
  std::string_view use_word = {};  // as the client wrote it
  Truncation truncation = Truncation::unset;
  std::string_view user = {};  // end-user id
  std::vector<Extra> extra = {};
  json::Value source = {};  // the client's body
  // Where the client set it; "" what it left open.
  std::string_view dimensions_pointer = {}, encoding_pointer = {}, use_pointer = {}, truncation_pointer = {},
                   user_pointer = {};
};

// As the provider wrote it: one of the two is there.
struct Vector {
  json::Value numbers = {};
  std::string_view base64 = {};
};

struct EmbeddingResponse {
  std::string_view model = {};  // as the provider names it; may be ""
  std::vector<Vector> vectors = {};
  std::int64_t tokens = -1;  // of the inputs; -1: the provider did not say
};

}  // namespace dragoman::canon
