// embedContent, batchEmbedContents (Gemini API) and predict (Vertex AI).
// Sources: ai.google.dev/api/embeddings; cloud.google.com, "Text embeddings API".
#pragma once
#include "sandbox/emulator.h"
#include "sandbox/gemini/emulator.h"

namespace dragoman::sandbox::gemini {

bool is_embed(std::string_view method);  // of the Gemini API
Reply embed(const Call& call, const Route& route);
Reply predict(const Call& call, const Route& route);

}  // namespace dragoman::sandbox::gemini
