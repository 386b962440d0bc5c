#include "serve/model_path.h"

#include "net/url.h"

namespace dragoman::serve {
namespace {

using canon::DialectName;

std::optional<ModelCall> gemini_call(std::string_view path, std::string_view query) {
  constexpr std::string_view kModels = "/models/";
  std::string_view rest;
  if (const std::size_t at = path.find(kModels); at != std::string_view::npos) {
    rest = path.substr(at + kModels.size());
  } else {
    // The Vercel AI SDK leaves "models/" out before a name with a slash.
    for (const std::string_view version : {"/v1beta/", "/v1alpha/", "/v1/"})
      if (path.starts_with(version)) rest = path.substr(version.size());
  }
  const std::size_t colon = rest.rfind(':');
  if (colon == std::string_view::npos) return std::nullopt;
  const std::string_view action = rest.substr(colon + 1);
  ModelCall call;
  if (action == "streamGenerateContent") {
    call.stream = true;
    call.json_array = net::query_value(query, "alt").value_or("") != "sse";
  } else if (action == "countTokens") {
    call.action = ModelCall::Action::count_tokens;
  } else if (action != "generateContent") {
    return std::nullopt;
  }
  const auto model = net::percent_decode(rest.substr(0, colon));
  if (!model || model->empty()) return std::nullopt;
  call.model = *model;
  // An encoded name may bring its own "models/" ("models%2Fgemini-2.5-flash").
  if (call.model.starts_with("models/")) call.model.erase(0, 7);
  return call;
}

std::optional<ModelCall> bedrock_call(std::string_view path) {
  constexpr std::string_view kModel = "/model/";
  if (!path.starts_with(kModel)) return std::nullopt;
  const std::string_view rest = path.substr(kModel.size());
  const std::size_t slash = rest.rfind('/');
  if (slash == std::string_view::npos) return std::nullopt;
  const std::string_view action = rest.substr(slash + 1);
  ModelCall call;
  call.dialect = DialectName::bedrock_converse;
  if (action == "converse-stream")
    call.stream = true;
  else if (action == "count-tokens")
    call.action = ModelCall::Action::count_tokens;
  else if (action != "converse")
    return std::nullopt;
  const auto model = net::percent_decode(rest.substr(0, slash));
  if (!model || model->empty()) return std::nullopt;
  call.model = *model;
  return call;
}

}  // namespace

std::optional<ModelCall> model_call(std::string_view path, std::string_view query) {
  if (auto call = bedrock_call(path)) return call;
  return gemini_call(path, query);
}

canon::DialectName dialect_of_path(std::string_view path) {
  if (path.starts_with("/model/")) return DialectName::bedrock_converse;
  if (path.find("/embeddings") != std::string_view::npos) return DialectName::openai_embeddings;
  if (path.find("/responses") != std::string_view::npos) return DialectName::openai_responses;
  if (path.find("/messages") != std::string_view::npos) return DialectName::anthropic_messages;
  if (path.starts_with("/v1beta") || path.starts_with("/v1alpha") || path.starts_with("/gemini/") ||
      model_call(path, {}))
    return DialectName::gemini_generate;
  return DialectName::openai_chat;
}

}  // namespace dragoman::serve
