// COH-01, COH-06, COH-07, COH-11, COH-12: tools, their choice and the schemas of both.
#include <fmt/format.h>

#include <algorithm>

#include "sandbox/cohere/check.h"

namespace dragoman::sandbox::cohere {
namespace {

using json::Value;

constexpr int kMaxDepth = 64;

bool name_allowed(std::string_view name) {
  const auto letter = [](char c) { return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '_'; };
  return !name.empty() && letter(name.front()) &&
         std::all_of(name.begin(), name.end(), [&](char c) { return letter(c) || (c >= '0' && c <= '9'); });
}

bool typed(Value schema) {
  return schema["type"].present() || schema["$ref"].present() || schema["anyOf"].present() ||
         schema["enum"].present() || schema["const"].present();
}

std::string tool_schema_fault(Value schema, int depth) {
  if (depth > kMaxDepth || !schema.is_object()) return "";
  for (const json::Member& property : schema["properties"].members()) {
    if (!property.value.is_object() || !typed(property.value))
      return fmt::format("property {} must have a type", property.key);
    if (std::string fault = tool_schema_fault(property.value, depth + 1); !fault.empty()) return fault;
  }
  for (const Value name : schema["required"].items()) {
    if (!schema["properties"][name.text()]) return "required field name not found in properties";
  }
  return tool_schema_fault(schema["items"], depth + 1);
}

std::string structured(Value schema, Value root, int& fields, int depth);

std::string structured_object(Value schema, Value root, int& fields, int depth) {
  if (schema["type"].text() != "object" && !schema["properties"]) return "";
  if (schema["required"].items().empty())
    return "invalid request: each object in the schema must have at least one required field.";
  for (const json::Member& property : schema["properties"].members()) {
    ++fields;
    if (!typed(property.value)) return fmt::format("property {} must have a type", property.key);
    if (std::string fault = structured(property.value, root, fields, depth + 1); !fault.empty()) return fault;
  }
  for (const Value name : schema["required"].items()) {
    if (!schema["properties"][name.text()]) return "required field name not found in properties";
  }
  return "";
}

std::string structured(Value schema, Value root, int& fields, int depth) {
  if (!schema.is_object()) return "schema must be an object";
  if (depth > kMaxDepth) return "invalid request: the schema is nested too deeply.";
  for (const std::string_view key : {"allOf", "oneOf", "not", "minimum", "maximum", "minItems", "maxItems",
                                     "minLength", "maxLength", "uniqueItems"}) {
    if (schema[key].present())
      return fmt::format("invalid request: the schema keyword '{}' is not supported.", key);
  }
  const std::string_view pattern = schema["pattern"].text();
  for (const std::string_view token : {"^", "$", "?=", "?!"}) {
    if (pattern.find(token) != std::string_view::npos)
      return fmt::format("invalid request: '{}' is not supported in a pattern.", token);
  }
  if (std::string fault = structured_object(schema, root, fields, depth); !fault.empty()) return fault;
  if (schema["items"]) {
    if (std::string fault = structured(schema["items"], root, fields, depth + 1); !fault.empty())
      return fault;
  }
  for (const Value branch : schema["anyOf"].items()) {
    if (std::string fault = structured(branch, root, fields, depth + 1); !fault.empty()) return fault;
  }
  for (const json::Member& definition : schema["$defs"].members()) {
    if (std::string fault = structured(definition.value, root, fields, depth + 1); !fault.empty())
      return fault;
  }
  return "";
}

Refused tool_choice(Value body, const Model& model) {
  const Value choice = body["tool_choice"];
  if (!choice.present()) return std::nullopt;
  if (!model.chooses)
    return refuse(
        fmt::format("invalid request: tool_choice is not supported by the provided model: {}.", model.name));
  if (choice.text() != "REQUIRED" && choice.text() != "NONE")
    return refuse("invalid request: tool_choice must be one of 'REQUIRED' or 'NONE'.");
  if (choice.text() == "REQUIRED" && body["tools"].items().empty())
    return refuse("invalid request: tool_choice 'REQUIRED' needs tools.");
  return std::nullopt;
}

}  // namespace

std::string structured_fault(std::string_view place, Value schema, int& fields) {
  constexpr std::string_view kHead = "invalid request: ";
  const std::string fault = structured(schema, schema, fields, 0);
  if (fault.empty()) return "";
  const std::string_view words = fault;
  return fmt::format("{}{}: {}", kHead, place, words.substr(words.starts_with(kHead) ? kHead.size() : 0));
}

Refused check_tools(Value body, const Model& model) {
  int fields = 0;
  for (const Value tool : body["tools"].items()) {
    if (tool["type"].text() != "function") return refuse("invalid request: tools must be of type function.");
    const Value function = tool["function"];
    const std::string_view name = function["name"].text();
    if (!name_allowed(name)) {
      return refuse(
          fmt::format("invalid request: tool names can only contain certain characters (A-Za-z0-9_) and "
                      "can't begin with a digit (provided name: '{}').",
                      name));
    }
    const Value schema = function["parameters"];
    if (!schema.is_object() || schema["type"].text() != "object") return refuse("schema must be an object");
    if (std::string fault = tool_schema_fault(schema, 0); !fault.empty()) return refuse(fault);
    if (!body["strict_tools"].boolean()) continue;
    if (schema["required"].items().empty()) {
      return refuse(
          fmt::format("invalid request: with strict_tools the tool '{}' must have at least one required "
                      "parameter.",
                      name));
    }
    if (std::string fault = structured_fault(fmt::format("tool '{}'", name), schema, fields); !fault.empty())
      return refuse(fault);
  }
  if (fields > 200)
    return refuse(fmt::format(
        "invalid request: with strict_tools the tools may have at most 200 fields, not {}.", fields));
  if (body["strict_tools"].boolean() && body["tools"].items().empty())
    return refuse("invalid request: strict_tools needs tools.");
  return tool_choice(body, model);
}

}  // namespace dragoman::sandbox::cohere
