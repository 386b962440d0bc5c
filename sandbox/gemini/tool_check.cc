#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "base/strings.h"
#include "sandbox/gemini/check.h"
#include "sandbox/gemini/proto.h"

namespace dragoman::sandbox::gemini {
namespace {

constexpr std::string_view kLearnMore =
    "Learn more: https://cloud.google.com/vertex-ai/generative-ai/docs/multimodal/function-calling";
constexpr std::string_view kSearches =
    "google_search|google_search_retrieval|enterprise_web_search|retrieval";

bool is_name(std::string_view name, std::size_t most) {
  if (name.empty() || name.size() > most) return false;
  if (std::isalpha(static_cast<unsigned char>(name[0])) == 0 && name[0] != '_') return false;
  return std::ranges::all_of(name, [](unsigned char c) {
    return std::isalnum(c) != 0 || c == '_' || c == '.' || c == ':' || c == '-';
  });
}

// VTX-02: the first schema node without a type, as "parameters.data.meta.width".
std::optional<std::string> find_untyped(json::Value schema, const std::string& path) {
  const bool composed = !get(schema, "any_of").items().empty() || schema["ref"].present();
  if (!schema["type"].present() && !composed) return path;
  for (const json::Member& member : schema["properties"].members()) {
    if (auto found = find_untyped(member.value, fmt::format("{}.{}", path, member.key))) return found;
  }
  if (schema["items"].present()) return find_untyped(schema["items"], path + ".items");
  return std::nullopt;
}

Refused check_vertex_schema(std::string_view function, json::Value schema) {
  if (!schema.present()) return std::nullopt;
  if (schema["type"].present() && !equals_ignoring_case(schema["type"].text(), "OBJECT")) {
    return refuse(fmt::format(
        "Unable to submit request because `{}` functionDeclaration parameters schema should be of type "
        "OBJECT. {}",
        function, kLearnMore));
  }
  if (const auto untyped = find_untyped(schema, "parameters")) {
    return refuse(fmt::format(
        "Unable to submit request because `{}` functionDeclaration `{}` schema didn't specify the schema "
        "type field. {}",
        function, *untyped, kLearnMore));
  }
  return std::nullopt;
}

Refused check_declaration(json::Value declaration, const std::string& path, const Target& target) {
  const std::string_view name = declaration["name"].text();
  if (!is_name(name, target.vertex ? 128 : 64)) {
    return refuse(
        "[{FieldViolation}] Invalid function name. Must start with a letter or an underscore. Must be "
        "alphameric (a-z, "
        "A-Z, 0-9), underscores (_), dots (.), colons (:), or dashes (-), with a maximum length of 64.");
  }
  if (target.paranoid && declaration["description"].text().empty()) {  // GEM-64
    return refuse("Request contains an invalid argument.");
  }
  const json::Value parameters = declaration["parameters"];
  const json::Value json_schema = get(declaration, "parameters_json_schema");
  if (parameters.present() && json_schema.present()) {
    return refuse(fmt::format(
        "* GenerateContentRequest.{}: only one of parameters and parameters_json_schema may be set", path));
  }
  if (!parameters.present()) return std::nullopt;
  if (target.vertex) {
    if (Refused no = check_vertex_schema(name, parameters)) return no;
  }
  return check_schema(parameters, path + ".parameters");
}

Refused check_calling_config(json::Value config, const std::set<std::string_view>& names) {
  if (!config.present()) return std::nullopt;
  if (names.empty()) return refuse("Function calling config is set without function_declarations.");
  const std::string_view mode = config["mode"].text();
  const json::Value allowed = get(config, "allowed_function_names");
  if (allowed.items().empty()) return std::nullopt;
  if (!equals_ignoring_case(mode, "ANY") && !equals_ignoring_case(mode, "VALIDATED")) {
    return refuse("Allowed function names can only be set when function calling mode is set to ANY.");
  }
  for (const json::Value& name : allowed.items()) {
    if (!names.contains(name.text())) {
      return refuse(fmt::format(
          "Invalid value in allowed_function_names: {} is not one of the declared functions.", name.text()));
    }
  }
  return std::nullopt;
}

bool is_search(json::Value tool) {
  for (const std::string_view name : split(kSearches, '|')) {
    if (get(tool, name).present()) return true;
  }
  return false;
}

}  // namespace

Refused check_tools(json::Value body, const Target& target) {
  const json::Value tools = body["tools"];
  std::set<std::string_view> names;
  bool native = false;
  bool search = false;
  for (std::size_t i = 0; i < tools.items().size(); ++i) {
    const json::Value tool = tools.at(i);
    const json::Value declarations = get(tool, "function_declarations");
    native = native || std::ranges::any_of(tool.members(), [](const json::Member& m) {
               return m.key != "functionDeclarations" && m.key != "function_declarations";
             });
    search = search || is_search(tool);
    for (std::size_t j = 0; j < declarations.items().size(); ++j) {
      const std::string path = fmt::format("tools[{}].function_declarations[{}]", i, j);
      if (Refused no = check_declaration(declarations.at(j), path, target)) return no;
      if (!names.insert(declarations.at(j)["name"].text()).second) {
        return refuse(
            fmt::format("Duplicate function declaration found: {}", declarations.at(j)["name"].text()));
      }
    }
  }
  const json::Value config = get(body, "generation_config");
  if (target.vertex && tools.items().size() > 1 && !std::ranges::all_of(tools.items(), is_search)) {
    return refuse("Multiple tools are supported only when they are all search tools.");
  }
  if (native && !names.empty() && target.model->generation < 3) {
    return refuse("Tool use with function calling is unsupported");
  }
  const bool json = get(config, "response_mime_type").text() == "application/json";
  if (target.vertex && search && json) {
    return refuse(
        "Unable to submit request because controlled generation is not supported with google_search tool");
  }
  if (!names.empty() && json && target.model->generation < 3) {
    return refuse("Function calling with a response mime type: 'application/json' is unsupported");
  }
  return check_calling_config(get(get(body, "tool_config"), "function_calling_config"), names);
}

}  // namespace dragoman::sandbox::gemini
