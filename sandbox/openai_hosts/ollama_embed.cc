#include "sandbox/openai_hosts/ollama_embed.h"

#include <fmt/format.h>

#include "base/strings.h"
#include "sandbox/answer.h"
#include "sandbox/vectors.h"

namespace dragoman::sandbox::openai {
namespace {

constexpr std::int64_t kWindow = 2048;  // tokens

// Errors of the native API are one string.
Reply refusal(int status, std::string_view message) {
  Reply out;
  out.status = status;
  out.headers = {{"content-type", "application/json; charset=utf-8"}};
  json::Writer(out.body).begin_object().field("error", message).end_object();
  return out;
}

}  // namespace

Reply handle_ollama_embed(const Call& call) {
  if (!call.body.is_object()) return refusal(400, "invalid character looking for beginning of value");
  const std::string_view model = call.body["model"].text();
  if (model.empty()) return refusal(400, "model is required");
  if (!model.contains("embed") && !model.contains("minilm"))
    return refusal(404, fmt::format("model \"{}\" not found, try pulling it first", model));
  const json::Value input = call.body["input"];
  std::vector<std::string_view> texts;
  if (input.is_string()) {
    texts.push_back(input.text());
  } else {
    for (const json::Value item : input.items()) {
      if (!item.is_string()) return refusal(400, "invalid input type");
      texts.push_back(item.text());
    }
  }
  std::int64_t size = 768;
  if (const json::Value asked = call.body["dimensions"]; asked.present()) {
    if (!asked.integer())
      return refusal(400, "json: cannot unmarshal into Go struct field .dimensions of type int");
    if (*asked.integer() > 0) size = std::min(size, *asked.integer());
  }
  const json::Value truncate = call.body["truncate"];
  if (truncate.present() && !truncate.is_bool())
    return refusal(400,
                   "json: cannot unmarshal string into Go struct field EmbedRequest.truncate of type bool");
  std::int64_t tokens = 0;
  for (const std::string_view text : texts) {
    const std::int64_t count = count_tokens(text);
    if (count > kWindow && truncate.is_bool() && !truncate.boolean())
      return refusal(400, "the input length exceeds the context length");
    tokens += std::min(count, kWindow);
  }
  Reply out;
  out.headers = {{"content-type", "application/json; charset=utf-8"}};
  json::Writer w(out.body);
  w.begin_object().field("model", model).key("embeddings").begin_array();
  for (const std::string_view text : texts)
    write_floats(w, vector_of(model, text, static_cast<std::size_t>(size)));
  w.end_array().field("total_duration", 14143917).field("load_duration", 1019500);
  w.field("prompt_eval_count", tokens).end_object();
  return out;
}

}  // namespace dragoman::sandbox::openai
