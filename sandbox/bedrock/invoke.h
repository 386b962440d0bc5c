// InvokeModel for embedding models: Amazon Titan and Cohere Embed.
// Source: Bedrock User Guide, "Amazon Titan Embeddings G1 - Text" and "Cohere Embed".
#pragma once
#include "sandbox/bedrock/refusal.h"

namespace dragoman::sandbox::bedrock {

// The caller has been authenticated and the body is JSON. `reply` has the service's headers.
std::expected<Reply, Refusal> invoke(const Call& call, std::string_view model, Reply reply);

}  // namespace dragoman::sandbox::bedrock
