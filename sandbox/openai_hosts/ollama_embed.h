// Ollama's own POST /api/embed. Source: docs.ollama.com/api/embed and the server's api/types.go.
#pragma once
#include "sandbox/openai/host.h"

namespace dragoman::sandbox::openai {

Reply handle_ollama_embed(const Call& call);

}  // namespace dragoman::sandbox::openai
