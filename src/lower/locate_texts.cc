#include "lower/locate_texts.h"

#include "json/path.h"

namespace dragoman::lower {
namespace {

// input[3], texts.3, requests[3].content.parts[0], instances[3].content: which of the texts.
std::string place_of_text(const canon::EmbeddingRequest& request, std::string_view path) {
  const auto steps = json::read_path(path);
  if (steps.size() < 2 || steps[1].index < 0) return "";
  const json::PathStep& list = steps[0];
  if (!list.is("input") && !list.is("texts") && !list.is("requests") && !list.is("instances")) return "";
  const auto index = static_cast<std::size_t>(steps[1].index);
  return index < request.inputs.size() ? std::string(request.inputs[index].pointer) : "";
}

}  // namespace

std::string locate(const canon::EmbeddingRequest& request, std::string_view provider_pointer,
                   std::string_view message) {
  if (std::string text = place_of_text(request, provider_pointer); !text.empty()) return text;
  struct Row {
    std::string_view word, place;
  };
  const Row rows[] = {{"input_type", request.use_pointer},
                      {"task_type", request.use_pointer},
                      {"taskType", request.use_pointer},
                      {"encoding_format", request.encoding_pointer},
                      {"truncate", request.truncation_pointer},
                      {"imension", request.dimensions_pointer},  // dimensions, output_dimension …
                      {"texts", "/input"},
                      {"nput", "/input"},  // input, inputText
                      {"content", "/input"},
                      {"context length", "/input"},
                      {"token", "/input"}};
  for (const std::string_view text : {provider_pointer, message}) {
    for (const canon::Extra& extra : request.extra)
      if (!text.empty() && text == extra.key) return std::string(extra.pointer);
    for (const Row& row : rows)
      if (text.contains(row.word) && !row.place.empty()) return std::string(row.place);
  }
  return "";
}

}  // namespace dragoman::lower
