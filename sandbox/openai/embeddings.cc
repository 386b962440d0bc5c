#include "sandbox/openai/embeddings.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/strings.h"
#include "sandbox/answer.h"
#include "sandbox/openai/engine.h"
#include "sandbox/openai/rules.h"
#include "sandbox/vectors.h"

namespace dragoman::sandbox::openai {
namespace {

using json::Value;

struct EmbeddingModel {
  std::string_view host, glob;
  std::int64_t size;                 // unasked
  std::int64_t least = 0, most = 0;  // that can be asked for; 0: none
  std::int64_t window = 8192;        // tokens of one text
};
constexpr EmbeddingModel kModels[] = {
    {"openai", "text-embedding-3-small", 1536, 1, 1536},
    {"openai", "text-embedding-3-large", 3072, 1, 3072},
    {"openai", "text-embedding-ada-002", 1536},
    {"azure", "*text-embedding-3-small*", 1536, 1, 1536},
    {"azure", "*text-embedding-3-large*", 3072, 1, 3072},
    {"azure", "*ada-002*", 1536},
    {"mistral", "mistral-embed", 1024},
    {"mistral", "codestral-embed", 1536, 1, 3072},
    {"vllm", "*embed*", 1024, 1, 1024},
    {"sglang", "*embed*", 1024, 1, 1024},
    {"vllm", "*bge*", 1024},
    {"sglang", "*bge*", 1024},
    {"openrouter", "*embedding*", 1536, 1, 1536},
    {"llamacpp", "*", 768},
    {"qwen", "text-embedding-v4", 1024, 64, 2048},
    {"qwen", "text-embedding-v3", 1024, 64, 1024},
    {"nvidia", "nvidia/*embed*", 2048},
};

// What a host takes in one call.
struct Surface {
  std::string_view host;
  std::size_t batch;  // texts; 0: any number
  bool tokens, base64;
  std::string_view dimensions;  // name of the field
  bool closed;                  // an unknown key is refused
};
constexpr Surface kSurfaces[] = {
    {"openai", 2048, true, true, "dimensions", true},
    {"azure", 2048, true, true, "dimensions", true},
    {"mistral", 0, false, true, "output_dimension", true},
    {"qwen", 10, false, false, "dimensions", false},
    {"vllm", 0, true, true, "dimensions", false},
    {"llamacpp", 0, true, true, "", false},
    {"sglang", 0, true, true, "dimensions", false},
    {"nvidia", 0, false, true, "dimensions", true},
    {"", 0, true, true, "dimensions", false},
};

const Surface& surface_of(std::string_view host) {
  return *std::ranges::find_if(kSurfaces, [&](const Surface& s) { return s.host == host || s.host.empty(); });
}

const EmbeddingModel* model_of(std::string_view host, std::string_view name) {
  if (name.find("nonexistent") != std::string_view::npos) return nullptr;
  for (const EmbeddingModel& m : kModels)
    if (m.host == host && glob_match(m.glob, name)) return &m;
  return nullptr;
}

Refusal with(int status, std::string message, std::string param = {}) {
  Refusal r;
  r.message = std::move(message);
  r.status = status;
  r.param = std::move(param);
  return r;
}

Refusal bad_input() {
  return with(400,
              "'$.input' is invalid. Please check the API reference: "
              "https://platform.openai.com/docs/api-reference.");
}

bool is_tokens(Value v) {
  return v.is_array() && !v.items().empty() && std::ranges::all_of(v.items(), [](Value t) {
           return t.is_number() && t.integer().value_or(-1) >= 0;
         });
}

// The texts, a token array standing for its own JSON.
std::expected<std::vector<std::string>, Refusal> texts_of(Value input, const Surface& surface) {
  std::vector<std::string> out;
  const auto add = [&](Value item) {
    if (item.is_string() && !item.text().empty())
      out.emplace_back(item.text());
    else if (surface.tokens && is_tokens(item))
      out.push_back(json::dump_compact(item));
    else
      return false;
    return true;
  };
  if (input.is_string() || (surface.tokens && is_tokens(input))) {
    if (!add(input)) return std::unexpected(bad_input());
    return out;
  }
  if (!input.is_array() || input.items().empty()) return std::unexpected(bad_input());
  for (const Value item : input.items())
    if (item.kind() != input.items().front().kind() || !add(item)) return std::unexpected(bad_input());
  return out;
}

std::expected<std::int64_t, Refusal> size_of(Value body, const Surface& surface,
                                             const EmbeddingModel& model) {
  const Value asked = surface.dimensions.empty() ? Value() : body[surface.dimensions];
  if (!asked.present()) return model.size;
  if (model.most == 0)
    return std::unexpected(with(400, "This model does not support specifying dimensions."));
  const auto size = asked.integer();
  if (!size || *size < model.least || *size > model.most)
    return std::unexpected(with(400, fmt::format("Invalid value for 'dimensions' = {}. Must be less than or "
                                                 "equal to {}.",
                                                 asked.number_text(), model.most)));
  return *size;
}

Verdict check(const Request& r, const Surface& surface) {
  if (surface.closed) {
    std::string_view key;
    if (surface.host == "mistral")
      key = stranger(r.body,
                     {"model", "metadata", "input", "output_dimension", "output_dtype", "encoding_format"});
    else if (surface.host == "nvidia")
      key = stranger(r.body,
                     {"model", "input", "input_type", "encoding_format", "truncate", "dimensions", "user"});
    else
      key = stranger(r.body, {"model", "input", "dimensions", "encoding_format", "user"});
    if (!key.empty())
      return surface.host == "openai" || surface.host == "azure"
                 ? with(400, fmt::format("Unrecognized request argument supplied: {}", key))
                 : with(422, fmt::format("Extra inputs are not permitted: {}", key), std::string(key));
  }
  const Value format = r["encoding_format"];
  if (format.present() && format.text() != "float" && !(surface.base64 && format.text() == "base64"))
    return with(400,
                fmt::format("Invalid value: '{}'. Supported values are: 'float'{}.", format.text(),
                            surface.base64 ? " and 'base64'" : ""),
                "encoding_format");
  if (surface.host == "nvidia" && r["input_type"].text() != "query" && r["input_type"].text() != "passage")
    return with(400, "'input_type' parameter is required for asymmetric models");
  return std::nullopt;
}

}  // namespace

Reply handle_embeddings(const Host& host, const Request& r) {
  const Surface& surface = surface_of(host.prefix);
  const EmbeddingModel* model = model_of(host.prefix, r.model);
  if (model == nullptr) {
    if (find_model(host, r.model) != nullptr && host.prefix == "openai") {
      Refusal no = with(403, "You are not allowed to generate embeddings from this model");
      return refusal_reply(host, no);
    }
    return refusal_reply(host, host.unknown_model(r.model));
  }
  if (auto no = check(r, surface)) return refusal_reply(host, *no);
  const auto texts = texts_of(r["input"], surface);
  if (!texts) return refusal_reply(host, texts.error());
  if (surface.batch != 0 && texts->size() > surface.batch)
    return refusal_reply(
        host, host.prefix == "qwen"
                  ? with(400, fmt::format("<400> InternalError.Algo.InvalidParameter: Value error, "
                                          "batch size is invalid, it should not be larger than {}.: "
                                          "input.contents",
                                          surface.batch))
                  : bad_input());
  const auto size = size_of(r.body, surface, *model);
  if (!size) return refusal_reply(host, size.error());
  std::int64_t tokens = 0;
  for (const std::string& text : *texts) {
    const std::int64_t count = count_tokens(text);
    if (count > model->window)
      return refusal_reply(
          host,
          with(400, fmt::format("This model's maximum context length is {} tokens, however you requested {} "
                                "tokens ({} in your prompt; 0 for the completion). Please reduce your "
                                "prompt; or completion length.",
                                model->window, count, count)));
    tokens += count;
  }
  Reply out;
  if (host.headers) out.headers = host.headers(r.call);
  out.headers.emplace_back("content-type", "application/json");
  const bool base64 = r["encoding_format"].text() == "base64";
  json::Writer w(out.body);
  w.begin_object().field("object", "list").key("data").begin_array();
  for (std::size_t i = 0; i < texts->size(); ++i) {
    const auto vector = vector_of(r.model, (*texts)[i], static_cast<std::size_t>(*size));
    w.begin_object()
        .field("object", "embedding")
        .field("index", static_cast<std::int64_t>(i))
        .key("embedding");
    if (base64)
      w.string(base64_floats(vector));
    else
      write_floats(w, vector);
    w.end_object();
  }
  w.end_array().field("model", r.model).key("usage").begin_object();
  w.field("prompt_tokens", tokens).field("total_tokens", tokens).end_object().end_object();
  return out;
}

}  // namespace dragoman::sandbox::openai
