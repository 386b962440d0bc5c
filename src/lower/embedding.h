// Lowering of an embedding request: the same promise as lower.h, for texts instead of conversations. One
// const request and one target give the calls to send, in order, and what was changed to make them.
#pragma once
#include <expected>
#include <string>
#include <vector>

#include "base/arena.h"
#include "canon/embedding.h"
#include "lower/lower.h"

namespace dragoman::lower {

// Where the target takes fewer texts a call than the client sent, there are several; their vectors, one after
// another, are those of the request.
struct EmbeddingCall {
  std::string body;
  std::size_t inputs = 0;  // how many texts it carries
};

struct LoweredEmbedding {
  std::vector<EmbeddingCall> calls;  // at least one
  bool same_bytes = false;           // one call, the client's own body but for the model's name
  EditList edits;
  std::optional<std::int64_t> dimensions = {};  // what each vector must have; nothing: nobody asked
};

std::expected<LoweredEmbedding, Refused> lower(const canon::EmbeddingRequest& request, const Target& target,
                                               Arena& arena);

// All bodies, to compare what two lowerings would send.
std::string wire_bytes(const LoweredEmbedding& lowered);

}  // namespace dragoman::lower
