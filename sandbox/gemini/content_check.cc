#include <fmt/format.h>

#include <algorithm>

#include "base/strings.h"
#include "sandbox/gemini/check.h"
#include "sandbox/gemini/proto.h"
#include "sandbox/gemini/signature.h"

namespace dragoman::sandbox::gemini {
namespace {

int count_parts(json::Value content, std::string_view kind) {
  int count = 0;
  for (const json::Value& part : content["parts"].items()) count += get(part, kind).present();
  return count;
}

bool is_model(json::Value content) { return content["role"].text() == "model"; }

// GEM-20. Audio, video and text come in many types; the API takes all the common ones, JSON not being one of
// them. Vertex lists text/plain alone.
bool is_media_type(std::string_view type, bool vertex) {
  constexpr std::string_view kExact[] = {
      "image/png",           "image/jpeg", "image/webp",      "image/heic",
      "image/heif",          "image/gif",  "application/pdf", "application/x-javascript",
      "application/x-python"};
  return std::ranges::find(kExact, type) != std::end(kExact) ||
         (vertex ? type == "text/plain" : type.starts_with("text/")) || type.starts_with("audio/") ||
         type.starts_with("video/");
}

Refused check_blob(json::Value blob, bool vertex) {
  if (!blob.present()) return std::nullopt;
  const std::string_view type = get(blob, "mime_type").text();
  if (is_media_type(type, vertex)) return std::nullopt;
  return refuse(fmt::format("Unsupported MIME type: {}", type));
}

Refused check_part(json::Value part, const std::string& path, const Target& target) {
  constexpr std::string_view kData[] = {
      "text",      "inline_data",     "function_call",        "function_response",
      "file_data", "executable_code", "code_execution_result"};
  const auto set =
      std::ranges::count_if(kData, [&](std::string_view name) { return get(part, name).present(); });
  // A signature may stand alone: streams end with such a part.
  const bool bare_signature = get(part, "thought_signature").present();
  if (set > 1) {
    return refuse(
        fmt::format("Invalid value at '{}' (oneof), oneof field 'data' is already set. Cannot set more than "
                    "one of its members.",
                    path));
  }
  if (set == 0 && !bare_signature) {
    return refuse(
        fmt::format("* GenerateContentRequest.{}.data: required oneof field 'data' must have one initialized "
                    "field",
                    path));
  }
  if (target.vertex && set == 1 && part["text"] && part["text"].text().empty()) {  // VTX-03
    return refuse(
        "Unable to submit request because it has an empty text parameter. Add a value to the parameter and "
        "try again. "
        "Learn more: https://cloud.google.com/vertex-ai/generative-ai/docs/model-reference/gemini");
  }
  if (Refused no = check_blob(get(part, "inline_data"), target.vertex)) return no;
  const json::Value response = get(part, "function_response");
  const json::Value media = response["parts"];
  if (!media.items().empty() && target.model->generation < 3) {  // GEM-22
    return refuse(fmt::format("Multimodal function responses are not supported by models/{}.", target.name));
  }
  for (const json::Value& item : media.items()) {
    if (Refused no = check_blob(get(item, "inline_data"), target.vertex)) return no;
  }
  return std::nullopt;
}

// GEM-10, GEM-11, GEM-17.
Refused check_calls(json::Value contents) {
  for (std::size_t i = 0; i < contents.items().size(); ++i) {
    const json::Value content = contents.at(i);
    const json::Value before = i > 0 ? contents.at(i - 1) : json::Value();
    const int calls = count_parts(content, "function_call");
    const int responses = count_parts(content, "function_response");
    if (calls > 0 && (i == 0 || is_model(before))) {
      return refuse(
          "Please ensure that function call turn comes immediately after a user turn or after a function "
          "response "
          "turn.");
    }
    const int called_before = i > 0 ? count_parts(before, "function_call") : 0;
    if (responses > 0 && called_before == 0) {
      return refuse(
          "Please ensure that function response turn comes immediately after a function call turn.");
    }
    if (called_before != responses) {
      return refuse(
          "Please ensure that the number of function response parts is equal to the number of function call "
          "parts of "
          "the function call turn.");
    }
  }
  return std::nullopt;
}

// GEM-16: whatever carries a signature, in any turn, carries one this service issued (gemini-cli#13467,
// Antigravity-Manager#970: another account's, another provider's).
Refused check_issued(json::Value contents, const Target& target) {
  for (const json::Value& content : contents.items()) {
    for (const json::Value& part : content["parts"].items()) {
      const json::Value signature = get(part, "thought_signature");
      if (signature.present() && !is_thought_signature(target.vertex, signature.text()))
        return refuse("Corrupted thought signature.");
    }
  }
  return std::nullopt;
}

// GEM-15, VTX-05: the current turn begins at the last thing the user said.
Refused check_signatures(json::Value contents, const Target& target) {
  std::size_t start = 0;
  for (std::size_t i = 0; i < contents.items().size(); ++i) {
    if (!is_model(contents.at(i)) && count_parts(contents.at(i), "function_response") == 0) start = i;
  }
  for (std::size_t i = start; i < contents.items().size(); ++i) {
    for (const json::Value& part : contents.at(i)["parts"].items()) {
      const json::Value call = get(part, "function_call");
      if (!call.present()) continue;
      if (!get(part, "thought_signature").text().empty())
        break;  // only the first call of a step is looked at
      const std::string_view name = call["name"].text();
      if (target.vertex) {
        return refuse(fmt::format(
            "Unable to submit request because function call `{}` in the {}. content block is missing a "
            "`thought_signature`. Learn more: "
            "https://docs.cloud.google.com/vertex-ai/generative-ai/docs/thought-signatures",
            name, i + 1));
      }
      return refuse(
          fmt::format("Function call is missing a thought_signature in functionCall parts. This is required "
                      "for tools to work "
                      "correctly, and missing thought_signature may lead to degraded model performance. "
                      "Additional data, function "
                      "call `{}` , position {}. Please refer to "
                      "https://ai.google.dev/gemini-api/docs/thought-signatures for more "
                      "details.",
                      name, i + 1));
    }
  }
  return std::nullopt;
}

}  // namespace

Refused check_contents(json::Value contents, const Target& target) {
  if (contents.items().empty()) return refuse("* GenerateContentRequest.contents: contents is not specified");
  for (std::size_t i = 0; i < contents.items().size(); ++i) {
    const json::Value content = contents.at(i);
    const json::Value role = content["role"];
    // Without a role the Gemini API assumes the user; Vertex wants it said.
    const bool valid_role = role ? role.text() == "user" || is_model(content) : !target.vertex;
    if (!valid_role) return refuse("Please use a valid role: user, model.");
    if (content["parts"].items().empty()) {
      return refuse(
          fmt::format("* GenerateContentRequest.contents[{}].parts: contents.parts must not be empty.", i));
    }
    for (std::size_t j = 0; j < content["parts"].items().size(); ++j) {
      const std::string path = fmt::format("contents[{}].parts[{}]", i, j);
      if (Refused no = check_part(content["parts"].at(j), path, target)) return no;
    }
  }
  if (Refused no = check_calls(contents)) return no;
  if (target.model->signatures) {
    if (Refused no = check_issued(contents, target)) return no;
    return check_signatures(contents, target);
  }
  return std::nullopt;
}

}  // namespace dragoman::sandbox::gemini
