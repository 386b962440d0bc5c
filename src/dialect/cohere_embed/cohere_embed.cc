#include "dialect/cohere_embed/cohere_embed.h"

#include "base/strings.h"
#include "dialect/cohere_chat/cohere_chat.h"
#include "dialect/dialect.h"

namespace dragoman::dialect {
namespace cohere_embed {

std::string_view input_type(canon::EmbeddingUse use) {
  switch (use) {
    case canon::EmbeddingUse::query:
      return "search_query";
    case canon::EmbeddingUse::classification:
      return "classification";
    case canon::EmbeddingUse::clustering:
      return "clustering";
    default:
      return "search_document";
  }
}

void write_fields(json::Writer& w, const canon::EmbeddingRequest& request,
                  std::span<const canon::EmbeddingInput> inputs) {
  w.key("texts").begin_array();
  for (const canon::EmbeddingInput& input : inputs) input.text.write(w);
  w.end_array();
  if (request.use != canon::EmbeddingUse::unset) w.field("input_type", input_type(request.use));
  w.key("embedding_types").begin_array().string("float").end_array();
  if (request.dimensions) w.field("output_dimension", *request.dimensions);
}

namespace {

void encode(const canon::EmbeddingRequest& request, std::span<const canon::EmbeddingInput> inputs,
            const EmbeddingOptions& options, std::string& out) {
  json::Writer w(out);
  w.begin_object().field("model", options.model);
  write_fields(w, request, inputs);
  switch (request.truncation) {
    case canon::Truncation::unset:
      break;
    case canon::Truncation::none:
      w.field("truncate", "NONE");
      break;
    case canon::Truncation::start:
      w.field("truncate", "START");
      break;
    case canon::Truncation::end:
      w.field("truncate", "END");
      break;
  }
  w.end_object();
}

}  // namespace

std::expected<canon::EmbeddingResponse, canon::UpstreamError> decode(Arena&, json::Value body) {
  const json::Value embeddings = body["embeddings"];
  if (!embeddings)
    if (auto error = error_in(body)) return std::unexpected(*std::move(error));
  canon::EmbeddingResponse out;
  const json::Value list = embeddings.is_object() ? embeddings["float"] : embeddings;
  if (auto taken = take_vectors(list, body, out); !taken) return std::unexpected(std::move(taken.error()));
  out.tokens = body["meta"]["billed_units"]["input_tokens"].integer().value_or(-1);
  return out;
}

namespace {

constexpr Embeddings kRow = {.encode = encode, .decode = decode};

}  // namespace
}  // namespace cohere_embed

constinit const Dialect kCohereEmbed = {
    .name = canon::DialectName::cohere_embed,
    .framing = Framing::sse,
    .decode_error = cohere::decode_error,
    .param_fields = kNoFields,
    .embeddings = &cohere_embed::kRow,
};

}  // namespace dragoman::dialect
