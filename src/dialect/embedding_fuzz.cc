// Any JSON as a client's embedding request, and as what an embeddings endpoint answers: refused with words,
// or parsed and writable.
#include "dialect/dialect.h"
#include "dialect/embedding.h"
#include "json/parse.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace dragoman;
  Arena arena;
  const auto body = json::parse(arena, std::string_view(reinterpret_cast<const char*>(data), size));
  if (!body) return 0;
  const dialect::Dialect* const all[] = {&dialect::kOpenaiEmbeddings, &dialect::kGeminiEmbed,
                                         &dialect::kVertexPredict,    &dialect::kBedrockInvoke,
                                         &dialect::kCohereEmbed,      &dialect::kOllamaEmbed};
  const auto well_formed = [](const std::string& text) {
    Arena scratch;
    const auto value = json::parse(scratch, text, {.depth = 600});
    // An unknown key of the client's, which lowering takes out, may be one of ours.
    if (!value && value.error().message.find("twice") == std::string::npos) __builtin_trap();
  };
  if (auto request = dialect::kOpenaiEmbeddings.embeddings->parse(arena, *body)) {
    if (request->inputs.empty()) __builtin_trap();
    std::erase_if(request->inputs, [](const auto& input) { return static_cast<bool>(input.tokens); });
    for (const dialect::Dialect* to : all)
      for (const std::string_view style : {"titan_v2", "cohere", "cohere_v4"}) {
        std::string out;
        to->embeddings->encode(*request, request->inputs,
                               {.model = "m", .dimensions_field = "dimensions", .body = style}, out);
        well_formed(out);
      }
  } else if (request.error().message.empty()) {
    __builtin_trap();
  }
  for (const dialect::Dialect* from : all) {
    const auto answer = from->embeddings->decode(arena, *body);
    if (!answer) {
      if (answer.error().message.empty() && answer.error().body.empty()) __builtin_trap();
      continue;
    }
    if (!dialect::check_vectors(answer->vectors, answer->vectors.size(), {})) continue;
    for (const auto encoding : {canon::VectorEncoding::floats, canon::VectorEncoding::base64}) {
      std::string out;
      dialect::kOpenaiEmbeddings.embeddings->render(*answer, "m", encoding, out);
      well_formed(out);
    }
  }
  return 0;
}
