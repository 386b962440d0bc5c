#include "sandbox/cohere/embed.h"

#include <fmt/format.h>

#include <algorithm>

#include "sandbox/answer.h"
#include "sandbox/vectors.h"

namespace dragoman::sandbox::cohere {
namespace {

using json::Value;

constexpr std::string_view kNames[] = {"embed-v4.0", "embed-english-v3.0", "embed-multilingual-v3.0",
                                       "embed-english-light-v3.0", "embed-multilingual-light-v3.0"};
constexpr std::int64_t kV4Sizes[] = {256, 512, 1024, 1536};
constexpr std::size_t kBatch = 96;
constexpr std::int64_t kWindow = 512;  // tokens; 128,000 with v4

template <class List>
bool among(const List& list, std::string_view word) {
  return std::ranges::find(list, word) != std::end(list);
}

}  // namespace

bool is_embedding_model(std::string_view name) { return among(kNames, name); }

std::expected<Embedded, Refusal> embed_texts(Value body, std::string_view model, bool on_bedrock) {
  const auto no = [](std::string message) { return std::unexpected(Refusal{.message = std::move(message)}); };
  const bool v4 = model.contains("v4");
  constexpr std::string_view kTypes[] = {"search_document", "search_query", "classification", "clustering",
                                         "image"};
  if (!among(kTypes, body["input_type"].text()))
    return no(
        body["input_type"].present()
            ? "invalid request: input_type must be one of search_document, search_query, classification, "
              "clustering or image"
            : "invalid request: valid input_type must be provided with the provided model");
  const Value texts = body["texts"];
  if (!texts.is_array() || texts.items().empty()) return no("invalid request: at least one text is required");
  if (texts.items().size() > kBatch)
    return no(fmt::format("invalid request: total number of texts must be at most {} - received {}", kBatch,
                          texts.items().size()));
  const std::string_view ends = body["truncate"].present() ? body["truncate"].text()
                                : on_bedrock               ? "NONE"
                                                           : "END";
  if (ends != "NONE" && ends != (v4 && on_bedrock ? "LEFT" : "START") &&
      ends != (v4 && on_bedrock ? "RIGHT" : "END"))
    return no(fmt::format("invalid request: invalid truncate value '{}'", ends));
  for (const Value type : body["embedding_types"].items())
    if (type.text() != "float") return no("invalid request: the sandbox makes float embeddings only");
  std::int64_t size = v4 ? 1536 : model.contains("light") ? 384 : 1024;
  if (const Value asked = body["output_dimension"]; asked.present()) {
    if (!v4) return no("invalid request: output_dimension is not supported for this model");
    if (!asked.integer() || std::ranges::find(kV4Sizes, *asked.integer()) == std::end(kV4Sizes))
      return no(
          fmt::format("invalid request: output_dimension must be one of 256, 512, 1024, 1536 - received {}",
                      asked.number_text()));
    size = *asked.integer();
  }
  Embedded out;
  for (std::size_t i = 0; i < texts.items().size(); ++i) {
    const Value text = texts.items()[i];
    if (!text.is_string())
      return no(
          "invalid type: parameter texts is of type array of object but should be of type array of string.");
    const std::int64_t tokens = count_tokens(text.text());
    const std::int64_t window = v4 ? 128000 : kWindow;
    if (tokens > window && ends == "NONE")
      return no(fmt::format(
          "invalid request: text at index {} is too long: too many tokens: total tokens in the text "
          "must be at most {} - received {}",
          i, window, tokens));
    out.tokens += std::min(tokens, window);
    out.vectors.push_back(vector_of(model, text.text(), static_cast<std::size_t>(size)));
  }
  return out;
}

Reply embed(const Call& call, Reply (*refuse_with)(const Refusal&)) {
  const std::string_view model = call.body["model"].text();
  if (!is_embedding_model(model))
    return refuse_with(
        {404, fmt::format("model '{}' not found, make sure the correct model ID was used and that "
                          "you have access to the model.",
                          model)});
  if (const auto key = stranger(call.body, {"model", "input_type", "texts", "images", "inputs", "max_tokens",
                                            "output_dimension", "embedding_types", "truncate", "priority"});
      !key.empty())
    return refuse_with(
        {.message = fmt::format("invalid request: unknown field: parameter '{}' is not a valid field", key)});
  if (call.body["embedding_types"].items().empty())
    return refuse_with({.message = "invalid request: embedding_types is required"});
  const auto made = embed_texts(call.body, model, false);
  if (!made) return refuse_with(made.error());
  Reply reply;
  reply.headers = {{"content-type", "application/json"}};
  json::Writer w(reply.body);
  w.begin_object().field("id", stable_id("", call.body_text, 3, 32)).key("embeddings").begin_object();
  w.key("float").begin_array();
  for (const auto& vector : made->vectors) write_floats(w, vector);
  w.end_array().end_object().key("texts").value(call.body["texts"]);
  w.key("meta").begin_object().key("api_version").begin_object().field("version", "2").end_object();
  w.key("billed_units").begin_object().field("input_tokens", made->tokens).end_object().end_object();
  w.field("response_type", "embeddings_by_type").end_object();
  return reply;
}

}  // namespace dragoman::sandbox::cohere
