// Embedding requests in the conformance tests: one request lowered to one target, and what its emulator says.
#pragma once
#include <expected>
#include <string>
#include <vector>

#include "conformance/rule_case.h"
#include "conformance/targets.h"
#include "lower/embedding.h"

namespace dragoman::conformance {

// One request and its arena; never shared between targets' lowerings but read-only.
class EmbeddingRequest {
 public:
  explicit EmbeddingRequest(std::string body);  // throws std::runtime_error where the dialect cannot read it
  std::expected<lower::LoweredEmbedding, lower::Refused> to(const Target& target);

 private:
  std::string text_;
  Arena arena_;
  canon::EmbeddingRequest request_;
};

// The embeddings endpoint of a provider; its emulator is null where there is none. Nothing when the provider
// is not known or has none.
std::optional<Target> embedding_target(std::string_view provider, std::string_view model);

// A case of kind `embed` (rule_case.h): in.openai_embeddings.json -> out.json (the calls) + edits.txt, and
// the emulated provider takes each call and refuses wire.refused.json.
void embed_case(const RuleCase& c);

}  // namespace dragoman::conformance
