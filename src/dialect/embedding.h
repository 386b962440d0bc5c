// What a wire dialect of an embeddings endpoint can do, and what those dialects share. Their rows are
// Dialects whose chat half is null (dialect.h).
#pragma once
#include <expected>
#include <span>
#include <string>
#include <string_view>

#include "base/arena.h"
#include "base/error.h"
#include "canon/embedding.h"
#include "canon/failure.h"
#include "json/value.h"
#include "json/write.h"

namespace dragoman::dialect {

// How this target wants the dialect spelled, from its profile. Views are the profile's.
struct EmbeddingOptions {
  std::string_view model;             // the upstream's model name
  std::string_view dimensions_field;  // openai_embeddings: "dimensions" or "output_dimension" (Mistral)
  std::string_view use_field;  // openai_embeddings: where the client's word for the use goes; "" nowhere
  std::string_view truncation_field;  // openai_embeddings: the same for truncation
  std::string_view body;              // bedrock_invoke: "titan_v1", "titan_v2" or "cohere"
};

struct Embeddings {
  // Client side; null where no client speaks it to us. Errors carry the pointer and say what was expected.
  Result<canon::EmbeddingRequest> (*parse)(Arena& arena, json::Value body) = nullptr;
  // `model`: the name the client asked for. Vectors are written as `encoding` says, whatever they came as;
  // call check_vectors() before.
  void (*render)(const canon::EmbeddingResponse& response, std::string_view model,
                 canon::VectorEncoding encoding, std::string& out) = nullptr;

  // Provider side. One call: `inputs` are those of the request, or some of them in their order.
  void (*encode)(const canon::EmbeddingRequest& request, std::span<const canon::EmbeddingInput> inputs,
                 const EmbeddingOptions& options, std::string& out);
  // A 200 body; the vectors in the order of the inputs. An error that came as a 200 is an UpstreamError.
  std::expected<canon::EmbeddingResponse, canon::UpstreamError> (*decode)(Arena& arena, json::Value body);
};

// The provider's 200 that cannot be read, with what is wrong with it.
std::unexpected<canon::UpstreamError> unreadable(json::Value body, std::string message);

// An error a provider sent with a 200, or nothing.
std::optional<canon::UpstreamError> error_in(json::Value body);

// Appends the arrays of numbers in `list` as vectors; an error when one is none.
std::expected<void, canon::UpstreamError> take_vectors(json::Value list, json::Value body,
                                                       canon::EmbeddingResponse& out);

// How many numbers the vector has; nothing if it is none: no numbers, base64 that is broken.
std::optional<std::size_t> size_of(const canon::Vector& vector);

// Are there `count` vectors, each one, all of one length, and of `dimensions` numbers if those were asked
// for? The error says what is wrong.
Result<void> check_vectors(std::span<const canon::Vector> vectors, std::size_t count,
                           std::optional<std::int64_t> dimensions);

// As `encoding` wants it. Numbers stay as the provider wrote them; from base64 they are the shortest that
// read back as the same 32-bit float.
void write_vector(json::Writer& w, const canon::Vector& vector, canon::VectorEncoding encoding);

}  // namespace dragoman::dialect
