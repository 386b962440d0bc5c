// OpenAI's POST /embeddings: what clients speak to us, and what most hosts take.
// Source: OpenAI API reference, "Create embeddings"; docs/embeddings.md has what else clients may say.
#include <fmt/format.h>

#include <algorithm>

#include "dialect/dialect.h"
#include "dialect/embedding.h"
#include "dialect/extras.h"
#include "dialect/openai_chat/wire.h"
#include "dialect/reader.h"

namespace dragoman::dialect {
namespace openai_embeddings {
namespace {

using canon::EmbeddingInput;
using canon::EmbeddingRequest;
using canon::VectorEncoding;

constexpr std::string_view kKnown[] = {"model", "input",      "dimensions", "encoding_format",
                                       "user",  "input_type", "task_type",  "truncate"};

bool is_token(json::Value v) { return v.is_number() && v.integer() && *v.integer() >= 0; }

void read_tokens(Reader& r, json::Value list, std::string_view pointer, EmbeddingRequest& out) {
  if (list.items().empty()) r.fail(pointer, "expected at least one token");
  for (std::size_t i = 0; i < list.items().size(); ++i)
    if (!is_token(list.items()[i])) {
      r.fail(r.at(pointer, i),
             fmt::format("expected a token, a whole number, found {}", json::name(list.items()[i].kind())));
      return;
    }
  out.inputs.push_back({.tokens = list, .pointer = pointer});
}

// A text, texts, a list of tokens, or lists of tokens.
void read_input(Reader& r, json::Value input, EmbeddingRequest& out) {
  constexpr std::string_view kPointer = "/input";
  if (input.is_string()) {
    out.inputs.push_back({.text = canon::Words(input), .pointer = kPointer});
    return;
  }
  if (!input.is_array()) {
    r.fail(kPointer, input.present()
                         ? fmt::format("expected a string or an array, found {}", json::name(input.kind()))
                         : std::string("required, expected a string or an array"));
    return;
  }
  const auto items = input.items();
  if (items.empty()) {
    r.fail(kPointer, "expected at least one text");
    return;
  }
  if (items.front().is_number()) {
    read_tokens(r, input, kPointer, out);
    return;
  }
  out.inputs.reserve(items.size());
  const json::Kind kind = items.front().kind();
  for (std::size_t i = 0; i < items.size(); ++i) {
    const std::string_view pointer = r.at(kPointer, i);
    if (items[i].kind() != kind || (kind != json::Kind::string && kind != json::Kind::array)) {
      r.fail(pointer, fmt::format("expected {}, found {}",
                                  kind == json::Kind::array && i > 0    ? "an array of tokens, as before it"
                                  : kind == json::Kind::string && i > 0 ? "a string, as before it"
                                                                        : "a string or an array of tokens",
                                  json::name(items[i].kind())));
      return;
    }
    if (kind == json::Kind::string)
      out.inputs.push_back({.text = canon::Words(items[i]), .pointer = pointer});
    else
      read_tokens(r, items[i], pointer, out);
  }
}

void read_use(Reader& r, json::Value body, EmbeddingRequest& out) {
  for (const std::string_view key : {"input_type", "task_type"}) {
    const std::string_view word = r.text(body, "", key);
    if (word.empty() || !out.use_word.empty()) continue;
    const auto use = canon::embedding_use_named(word);
    if (!use) {
      r.fail(r.at("", key), fmt::format("expected query, document, similarity, classification, clustering, "
                                        "question_answering, fact_verification or code_query, or a "
                                        "provider's word for one of them, found '{}'",
                                        word));
      continue;
    }
    out.use = *use;
    out.use_word = word;
    out.use_pointer = r.at("", key);
  }
}

void read_truncation(Reader& r, json::Value body, EmbeddingRequest& out) {
  const json::Value value = body["truncate"];
  if (!value.present()) return;
  out.truncation_pointer = "/truncate";
  if (value.is_bool()) {  // Ollama's and Voyage's way
    out.truncation = value.boolean() ? canon::Truncation::end : canon::Truncation::none;
  } else if (const auto word = value.is_string() ? canon::truncation_named(value.text()) : std::nullopt) {
    out.truncation = *word;
  } else {
    r.fail("/truncate", "expected none, start, end, true or false");
  }
}

Result<EmbeddingRequest> parse(Arena& arena, json::Value body) {
  Reader r(arena);
  if (!body.is_object())
    return fail(fmt::format("expected a JSON object, found a {}", json::name(body.kind())));
  EmbeddingRequest out;
  out.source = body;
  out.model = r.text(body, "", "model", true);
  if (out.model.empty()) r.fail("/model", "required, expected the name of a model");
  read_input(r, body["input"], out);
  if (const json::Value size = body["dimensions"]; size.present() && r.is_integer(size, "/dimensions")) {
    out.dimensions = size.integer();
    out.dimensions_pointer = "/dimensions";
    if (*out.dimensions < 1) r.fail("/dimensions", "expected at least 1");
  }
  constexpr std::string_view kEncodings[] = {"float", "base64"};
  if (const std::string_view word = r.word(body, "", "encoding_format", kEncodings); !word.empty()) {
    out.encoding = word == "base64" ? VectorEncoding::base64 : VectorEncoding::floats;
    out.encoding_pointer = "/encoding_format";
  }
  out.user = r.text(body, "", "user");
  if (!out.user.empty()) out.user_pointer = "/user";
  read_use(r, body, out);
  read_truncation(r, body, out);
  r.unknown(body, "", kKnown, out.extra);
  if (r.failed()) return std::unexpected(r.take_error());
  return out;
}

void render(const canon::EmbeddingResponse& response, std::string_view model, VectorEncoding encoding,
            std::string& out) {
  json::Writer w(out);
  w.begin_object().field("object", "list").key("data").begin_array();
  for (std::size_t i = 0; i < response.vectors.size(); ++i) {
    w.begin_object().field("object", "embedding").field("index", static_cast<std::int64_t>(i));
    write_vector(w.key("embedding"), response.vectors[i], encoding);
    w.end_object();
  }
  // The shape has no way to leave a count out; the journal knows what was not told.
  const std::int64_t tokens = std::max<std::int64_t>(response.tokens, 0);
  w.end_array().field("model", model).key("usage").begin_object();
  w.field("prompt_tokens", tokens).field("total_tokens", tokens).end_object().end_object();
}

void write_input(json::Writer& w, const EmbeddingInput& input) {
  if (input.tokens)
    w.value(input.tokens);
  else
    input.text.write(w);
}

// As NVIDIA and others of these hosts spell it, after Cohere.
std::string_view truncation_word(canon::Truncation truncation) {
  switch (truncation) {
    case canon::Truncation::start:
      return "START";
    case canon::Truncation::end:
      return "END";
    default:
      return "NONE";
  }
}

void encode(const EmbeddingRequest& request, std::span<const EmbeddingInput> inputs,
            const EmbeddingOptions& options, std::string& out) {
  json::Writer w(out);
  w.begin_object().field("model", options.model).key("input");
  if (inputs.size() == 1 && !request.source["input"].is_array()) {
    write_input(w, inputs.front());
  } else {
    w.begin_array();
    for (const EmbeddingInput& input : inputs) write_input(w, input);
    w.end_array();
  }
  if (!request.encoding_pointer.empty())
    w.field("encoding_format", request.encoding == VectorEncoding::base64 ? "base64" : "float");
  if (request.dimensions) w.field(options.dimensions_field, *request.dimensions);
  if (!request.user.empty()) w.field("user", request.user);
  if (request.use != canon::EmbeddingUse::unset && !options.use_field.empty())
    w.field(options.use_field, request.use_word.empty() ? canon::name(request.use) : request.use_word);
  if (request.truncation != canon::Truncation::unset && !options.truncation_field.empty())
    w.field(options.truncation_field, truncation_word(request.truncation));
  write_extras(w, request.extra);
  w.end_object();
}

std::expected<canon::EmbeddingResponse, canon::UpstreamError> decode(Arena&, json::Value body) {
  if (auto error = error_in(body)) return std::unexpected(*std::move(error));
  const json::Value data = body["data"];
  if (!data.is_array()) return unreadable(body, "the provider's answer has no list `data`");
  canon::EmbeddingResponse out;
  out.model = body["model"].text();
  const json::Value usage = body["usage"];
  out.tokens = usage["prompt_tokens"].integer().value_or(usage["total_tokens"].integer().value_or(-1));
  out.vectors.resize(data.items().size());
  std::vector<bool> seen(data.items().size(), false);
  for (std::size_t i = 0; i < data.items().size(); ++i) {
    const json::Value item = data.items()[i];
    // The index says whose vector it is; a host that leaves it out answers in order.
    const auto index =
        static_cast<std::size_t>(item["index"].integer().value_or(static_cast<std::int64_t>(i)));
    if (index >= seen.size() || seen[index])
      return unreadable(body, fmt::format("the provider's answer has no place for /data/{}: its index is {}",
                                          i, item["index"].number_text()));
    seen[index] = true;
    const json::Value vector = item["embedding"];
    if (vector.is_string())
      out.vectors[index].base64 = vector.text();
    else
      out.vectors[index].numbers = vector;
  }
  return out;
}

constexpr Embeddings kRow = {.parse = parse, .render = render, .encode = encode, .decode = decode};

}  // namespace
}  // namespace openai_embeddings

constinit const Dialect kOpenaiEmbeddings = {
    .name = canon::DialectName::openai_embeddings,
    .framing = Framing::sse,
    .render_error = openai_chat::render_error,
    .decode_error = openai_chat::decode_error,
    .param_fields = kNoFields,
    .embeddings = &openai_embeddings::kRow,
};

}  // namespace dragoman::dialect
