#include "sandbox/bedrock/invoke.h"

#include <fmt/format.h>

#include "sandbox/answer.h"
#include "sandbox/cohere/embed.h"
#include "sandbox/vectors.h"

namespace dragoman::sandbox::bedrock {
namespace {

using json::Value;
using Result = std::expected<Reply, Refusal>;

std::unexpected<Refusal> no(std::string message) {
  return std::unexpected(Refusal{.message = std::move(message)});
}

Result titan(const Call& call, bool v2, Reply reply) {
  const std::string_view strange =
      v2 ? stranger(call.body, {"inputText", "dimensions", "normalize", "embeddingTypes"})
         : stranger(call.body, {"inputText"});
  if (!strange.empty())
    return no(
        fmt::format("Malformed input request: #: extraneous key [{}] is not permitted, please reformat your "
                    "input and try again.",
                    strange));
  const Value text = call.body["inputText"];
  if (!text.is_string())
    return no(
        "Malformed input request: #: required key [inputText] not found, please reformat your input and try "
        "again.");
  if (text.text().empty())
    return no(
        "Malformed input request: expected minLength: 1, actual: 0, please reformat your input and try "
        "again.");
  const std::int64_t tokens = count_tokens(text.text());
  if (tokens > 8192)
    return no(
        fmt::format("400 Bad Request: Too many input tokens. Max input tokens: 8192, request input token "
                    "count: {} ",
                    tokens));
  std::int64_t size = v2 ? 1024 : 1536;
  if (const Value asked = call.body["dimensions"]; asked.present()) {
    const auto wanted = asked.integer().value_or(0);
    if (wanted != 256 && wanted != 512 && wanted != 1024)
      return no(
          fmt::format("Malformed input request: #/dimensions: {} is not a valid enum value, please reformat "
                      "your input and try again.",
                      asked.number_text()));
    size = wanted;
  }
  const auto vector = vector_of(v2 ? "titan-v2" : "titan-v1", text.text(), static_cast<std::size_t>(size));
  json::Writer w(reply.body);
  write_floats(w.begin_object().key("embedding"), vector);
  if (v2) {
    write_floats(w.key("embeddingsByType").begin_object().key("float"), vector);
    w.end_object();
  }
  w.field("inputTextTokenCount", tokens).end_object();
  reply.headers.emplace_back("x-amzn-Bedrock-Input-Token-Count", fmt::to_string(tokens));
  return reply;
}

Result cohere_embed(const Call& call, std::string_view model, Reply reply) {
  if (const auto key = stranger(call.body, {"texts", "input_type", "truncate", "embedding_types", "images",
                                            "inputs", "output_dimension", "max_tokens"});
      !key.empty())
    return no(
        fmt::format("Malformed input request: #: extraneous key [{}] is not permitted, please reformat your "
                    "input and try again.",
                    key));
  if (!model.contains("v4"))
    for (const Value text : call.body["texts"].items())
      if (text.text().size() > 2048)
        return no("Malformed input request: #/texts/0: expected maxLength: 2048, actual: " +
                  fmt::to_string(text.text().size()) + ", please reformat your input and try again.");
  const auto made = cohere::embed_texts(call.body, model, true);
  if (!made) return no(made.error().message);
  json::Writer w(reply.body);
  w.begin_object().field("id", stable_id("", call.body_text, 3, 32)).key("embeddings");
  const bool typed = !call.body["embedding_types"].items().empty();
  if (typed) w.begin_object().key("float");
  w.begin_array();
  for (const auto& vector : made->vectors) write_floats(w, vector);
  w.end_array();
  if (typed) w.end_object();
  w.field("response_type", typed ? "embeddings_by_type" : "embeddings_floats");
  w.key("texts").value(call.body["texts"]).end_object();
  reply.headers.emplace_back("x-amzn-Bedrock-Input-Token-Count", fmt::to_string(made->tokens));
  return reply;
}

}  // namespace

Result invoke(const Call& call, std::string_view model, Reply reply) {
  for (const std::string_view profile : {"us.", "eu.", "global."})
    if (model.starts_with(profile)) model.remove_prefix(profile.size());
  if (model == "amazon.titan-embed-text-v1") return titan(call, false, std::move(reply));
  if (model == "amazon.titan-embed-text-v2:0") return titan(call, true, std::move(reply));
  for (const std::string_view name :
       {"cohere.embed-english-v3", "cohere.embed-multilingual-v3", "cohere.embed-v4:0"})
    if (model == name) return cohere_embed(call, model, std::move(reply));
  return no("The provided model identifier is invalid.");
}

}  // namespace dragoman::sandbox::bedrock
