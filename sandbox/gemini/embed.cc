#include "sandbox/gemini/embed.h"

#include <fmt/format.h>

#include <algorithm>

#include "sandbox/answer.h"
#include "sandbox/gemini/refusal.h"
#include "sandbox/vectors.h"

namespace dragoman::sandbox::gemini {
namespace {

using json::Value;

struct EmbeddingModel {
  std::string_view name;
  std::int64_t size, least;
  std::size_t instances;  // of one predict call
};
constexpr EmbeddingModel kModels[] = {
    {"gemini-embedding-001", 3072, 1, 1},
    {"text-embedding-004", 768, 1, 250},
    {"text-embedding-005", 768, 1, 250},
    {"text-multilingual-embedding-002", 768, 1, 250},
};

const EmbeddingModel* find(std::string_view name) {
  const auto found = std::ranges::find(kModels, name, &EmbeddingModel::name);
  return found == std::end(kModels) ? nullptr : &*found;
}

constexpr std::string_view kTasks[] = {"TASK_TYPE_UNSPECIFIED", "RETRIEVAL_QUERY",   "RETRIEVAL_DOCUMENT",
                                       "SEMANTIC_SIMILARITY",   "CLASSIFICATION",    "CLUSTERING",
                                       "QUESTION_ANSWERING",    "FACT_VERIFICATION", "CODE_RETRIEVAL_QUERY"};

Refused check_task(Value task, std::string_view field) {
  if (!task.present() || std::ranges::find(kTasks, task.text()) != std::end(kTasks)) return std::nullopt;
  return refuse(
      fmt::format("Invalid value at '{}' (type.googleapis.com/google.ai.generativelanguage.v1beta."
                  "TaskType), \"{}\"",
                  field, task.text()));
}

Refused check_size(Value size, const EmbeddingModel& model, std::int64_t least, std::int64_t& out) {
  out = model.size;
  if (!size.present()) return std::nullopt;
  if (!size.integer() || *size.integer() < least || *size.integer() > model.size)
    return refuse(
        fmt::format("Unable to submit request because it has an outputDimensionality value of {} but "
                    "the supported range is from {} to {}.",
                    size.number_text(), least, model.size));
  out = *size.integer();
  return std::nullopt;
}

Refused unknown(std::string_view key, std::string_view at) {
  return refuse(
      fmt::format("Invalid JSON payload received. Unknown name \"{}\"{}: Cannot find field.", key, at));
}

// One EmbedContentRequest: its vector, or why not.
Refused one(Value request, const EmbeddingModel& model, std::string_view at, std::vector<float>& out,
            std::int64_t& tokens) {
  if (const auto key = stranger(request, {"model", "content", "taskType", "title", "outputDimensionality"});
      !key.empty())
    return unknown(key, at);
  if (request["model"].present() && request["model"].text() != fmt::format("models/{}", model.name))
    return refuse(
        "* BatchEmbedContentsRequest.requests[0].model: model is not the same as the batch's model");
  if (Refused no = check_task(request["taskType"], "task_type")) return no;
  if (request["title"].present() && request["taskType"].text() != "RETRIEVAL_DOCUMENT")
    return refuse("title is only applicable when the task type is RETRIEVAL_DOCUMENT");
  std::string text;
  for (const Value part : request["content"]["parts"].items()) text += part["text"].text();
  if (text.empty()) return refuse("* EmbedContentRequest.content: contents is not specified");
  std::int64_t size = 0;
  const std::int64_t least = model.name.starts_with("gemini-") ? 128 : 1;
  if (Refused no = check_size(request["outputDimensionality"], model, least, size)) return no;
  tokens += std::min<std::int64_t>(count_tokens(text), 2048);
  out = vector_of(model.name, text, static_cast<std::size_t>(size));
  return std::nullopt;
}

Reply json_reply() {
  Reply reply;
  reply.headers = {{"content-type", "application/json; charset=UTF-8"}};
  return reply;
}

Reply no_model(std::string_view name) {
  return refusal_reply(
      {404, fmt::format("models/{} is not found for API version v1beta, or is not supported for "
                        "embedContent. Call ModelService.ListModels to see the list of available "
                        "models and their supported methods.",
                        name)});
}

}  // namespace

bool is_embed(std::string_view method) { return method == "embedContent" || method == "batchEmbedContents"; }

Reply embed(const Call& call, const Route& route) {
  const EmbeddingModel* model = find(route.model);
  if (model == nullptr) return no_model(route.model);
  if (!call.body.is_object()) return refusal_reply(*refuse("Invalid JSON payload received."));
  Reply reply = json_reply();
  json::Writer w(reply.body);
  std::vector<float> vector;
  std::int64_t tokens = 0;
  if (route.method == "embedContent") {
    if (Refused no = one(call.body, *model, "", vector, tokens)) return refusal_reply(*no);
    write_floats(w.begin_object().key("embedding").begin_object().key("values"), vector);
    w.end_object().end_object();
    return reply;
  }
  if (const auto key = stranger(call.body, {"requests"}); !key.empty())
    return refusal_reply(*unknown(key, ""));
  const auto requests = call.body["requests"].items();
  if (requests.empty())
    return refusal_reply(*refuse("* BatchEmbedContentsRequest.requests: requests is not specified"));
  if (requests.size() > 100)
    return refusal_reply(
        *refuse("* BatchEmbedContentsRequest.requests: at most 100 requests can be in one batch"));
  w.begin_object().key("embeddings").begin_array();
  for (std::size_t i = 0; i < requests.size(); ++i) {
    if (!requests[i]["model"].present())
      return refusal_reply(
          *refuse(fmt::format("* BatchEmbedContentsRequest.requests[{}].model: model is required", i)));
    if (Refused no = one(requests[i], *model, fmt::format(" at 'requests[{}]'", i), vector, tokens))
      return refusal_reply(*no);
    write_floats(w.begin_object().key("values"), vector);
    w.end_object();
  }
  w.end_array().end_object();
  return reply;
}

Reply predict(const Call& call, const Route& route) {
  const EmbeddingModel* model = find(route.model);
  if (model == nullptr) return no_model(route.model);
  if (const auto key = stranger(call.body, {"instances", "parameters"});
      !call.body.is_object() || !key.empty())
    return refusal_reply(*unknown(key, ""));
  const auto instances = call.body["instances"].items();
  if (instances.empty() || instances.size() > model->instances)
    return refusal_reply(*refuse(fmt::format("{} instance(s) is allowed per prediction. Actual: {}",
                                             model->instances, instances.size())));
  const Value parameters = call.body["parameters"];
  if (const auto key = stranger(parameters, {"autoTruncate", "outputDimensionality"}); !key.empty())
    return refusal_reply(*unknown(key, " at 'parameters'"));
  std::int64_t size = 0;
  if (Refused no = check_size(parameters["outputDimensionality"], *model, 1, size)) return refusal_reply(*no);
  const bool truncates = !parameters["autoTruncate"].is_bool() || parameters["autoTruncate"].boolean();
  Reply reply = json_reply();
  json::Writer w(reply.body);
  w.begin_object().key("predictions").begin_array();
  for (const Value instance : instances) {
    if (const auto key = stranger(instance, {"content", "task_type", "title"}); !key.empty())
      return refusal_reply(*unknown(key, " at 'instances[0]'"));
    if (Refused no = check_task(instance["task_type"], "instances[0].task_type")) return refusal_reply(*no);
    const std::string_view text = instance["content"].text();
    if (text.empty()) return refusal_reply(*refuse("The text content is empty."));
    const std::int64_t tokens = count_tokens(text);
    if (tokens > 2048 && !truncates)
      return refusal_reply(
          *refuse(fmt::format("Unable to submit request because the input token count is {} but "
                              "the model supports up to 2048.",
                              tokens)));
    w.begin_object().key("embeddings").begin_object().key("statistics").begin_object();
    w.field("truncated", tokens > 2048)
        .field("token_count", std::min<std::int64_t>(tokens, 2048))
        .end_object();
    write_floats(w.key("values"), vector_of(model->name, text, static_cast<std::size_t>(size)));
    w.end_object().end_object();
  }
  w.end_array().end_object();
  return reply;
}

}  // namespace dragoman::sandbox::gemini
