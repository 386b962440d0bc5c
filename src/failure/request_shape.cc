#include "failure/request_shape.h"

#include <algorithm>
#include <array>

namespace dragoman::failure {
namespace {

using canon::DialectName;
using json::pointer_join;
using json::Value;

template <std::size_t N>
bool among(const std::array<std::string_view, N>& words, std::string_view word) {
  return std::ranges::find(words, word) != words.end();
}

constexpr std::array<std::string_view, 3> kToolFixed = {"type", "name", "format"};
constexpr std::array<std::string_view, 6> kToolWrappers = {"function",    "custom", "input_schema",
                                                           "inputSchema", "json",   "toolSpec"};
constexpr std::array<std::string_view, 2> kMessageWrappers = {"parts", "tool_calls"};
constexpr std::array<std::string_view, 11> kMessageFixed = {
    "role", "type",   "tool_call_id", "call_id",           "id",     "status",
    "text", "output", "arguments",    "encrypted_content", "summary"};
constexpr std::array<std::string_view, 7> kBlockWrappers = {
    "toolResult", "toolUse", "functionCall", "functionResponse", "function", "source", "image_url"};
// Data of the conversation: a block is nothing without it, and it is not searched.
constexpr std::array<std::string_view, 27> kBlockFixed = {
    "type",  "text",       "id",        "tool_use_id", "toolUseId", "call_id",  "name",
    "input", "args",       "arguments", "data",        "signature", "thinking", "url",
    "bytes", "format",     "mimeType",  "media_type",  "response",  "image",    "document",
    "video", "inlineData", "fileData",  "input_audio", "file",      "json"};
constexpr std::array<std::string_view, 5> kSchemaMaps = {"properties", "patternProperties", "$defs",
                                                         "definitions", "dependentSchemas"};

}  // namespace

const Shape& shape_of(DialectName dialect) {
  static const Shape chat{"/messages", "/tools", {"/tool_choice", "/parallel_tool_calls"}};
  static const Shape responses{
      "/input", "/tools", {"/tool_choice", "/parallel_tool_calls", "/max_tool_calls"}};
  static const Shape anthropic{"/messages", "/tools", {"/tool_choice"}};
  static const Shape gemini{"/contents", "/tools", {"/toolConfig"}};
  static const Shape bedrock{"/messages", "/toolConfig/tools", {"/toolConfig"}};
  switch (dialect) {
    case DialectName::openai_chat:
      return chat;
    case DialectName::openai_responses:
      return responses;
    case DialectName::anthropic_messages:
      return anthropic;
    case DialectName::gemini_generate:
      return gemini;
    case DialectName::bedrock_converse:
      return bedrock;
    default:  // no client speaks Cohere's, and what is embedded has neither messages nor tools
      return chat;
  }
}

bool is_fixed_parameter(DialectName dialect, std::string_view key) {
  return key == "model" || (dialect == DialectName::anthropic_messages && key == "max_tokens");
}

std::vector<std::string> choices_of(Value body, std::string_view tool) {
  std::vector<std::string> out;
  if (tool.empty()) return out;
  const Value choice = body["tool_choice"];
  for (const Value name : {choice["name"], choice["function"]["name"], choice["custom"]["name"]})
    if (name.is_string() && name.text() == tool) out.push_back("/tool_choice");
  if (const Value named = body["toolConfig"]["toolChoice"]["tool"]["name"];
      named.is_string() && named.text() == tool)
    out.push_back("/toolConfig/toolChoice");
  const Value allowed = body["toolConfig"]["functionCallingConfig"]["allowedFunctionNames"];
  for (std::size_t i = 0; i < allowed.items().size(); ++i)
    if (allowed.at(i).text() == tool)
      out.push_back(pointer_join("/toolConfig/functionCallingConfig/allowedFunctionNames", i));
  return out;
}

Place place_of(std::string_view pointer, std::string_view messages, std::string_view tools) {
  const auto below = [&](std::string_view root) {
    return pointer.size() > root.size() && pointer.starts_with(root) && pointer[root.size()] == '/';
  };
  if (below(messages)) {
    const std::string_view rest = pointer.substr(messages.size() + 1);
    return rest.find('/') == std::string_view::npos ? Place::message : Place::block;
  }
  if (!below(tools)) return Place::plain;
  // Up to the schema it is the tool; the schema's root comes with its wrapper's name.
  for (const std::string_view root :
       {"/input_schema", "/inputSchema/json", "/parameters", "/parametersJsonSchema"}) {
    const std::size_t at = pointer.find(root);
    if (at == std::string_view::npos) continue;
    return at + root.size() == pointer.size() ? Place::schema_root : Place::plain;
  }
  return Place::tool;
}

Use use_of(Place place, std::string_view key, Value owner) {
  const Value value = owner[key];
  if (value.is_object() && among(kSchemaMaps, key) && (place == Place::plain || place == Place::schema_root))
    return Use::names;
  switch (place) {
    case Place::plain:
      return Use::part;
    case Place::schema_root:
      return key == "type" ? Use::fixed : Use::part;
    case Place::tool:
      if (value.is_object() && among(kToolWrappers, key)) return Use::wrapper;
      return among(kToolFixed, key) ? Use::fixed : Use::part;
    case Place::message:
      if (key == "content") return value.is_array() ? Use::wrapper : Use::fixed;
      if (among(kMessageWrappers, key)) return Use::wrapper;
      if (key == "name" && (owner["arguments"] || owner["call_id"] || owner["tool_call_id"]))
        return Use::fixed;
      return among(kMessageFixed, key) ? Use::fixed : Use::part;
    case Place::block:
      if (key == "content") return value.is_array() ? Use::wrapper : Use::fixed;
      if (value.is_object() && among(kBlockWrappers, key)) return Use::wrapper;
      return among(kBlockFixed, key) ? Use::fixed : Use::part;
  }
  return Use::part;
}

}  // namespace dragoman::failure
