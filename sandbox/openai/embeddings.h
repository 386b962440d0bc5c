// POST …/embeddings of the OpenAI-compatible hosts. Sources: OpenAI's API reference ("Create embeddings") and
// recorded refusals; docs.mistral.ai (EmbeddingRequest, closed); the hosts' own pages, as
// docs/embeddings.md lists them.
#pragma once
#include "sandbox/openai/host.h"

namespace dragoman::sandbox::openai {

// The call's key has been checked. `request.model` is the deployment where the path names one.
Reply handle_embeddings(const Host& host, const Request& request);

}  // namespace dragoman::sandbox::openai
