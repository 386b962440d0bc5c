#include "sandbox/anthropic/schema_check.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <unordered_set>

#include "base/strings.h"
#include "net/url.h"

namespace dragoman::sandbox::anthropic {
namespace {

constexpr std::array<std::string_view, 7> kTypes = {"string", "number", "integer", "boolean",
                                                    "object", "array",  "null"};
constexpr int kMaxDepth = 200;

bool is_key(std::string_view key) {
  return !key.empty() && key.size() <= 64 && std::ranges::all_of(key, [](unsigned char c) {
    return std::isalnum(c) != 0 || c == '_' || c == '.' || c == '-';
  });
}

bool is_type_name(json::Value value) {
  return value.is_string() && std::ranges::find(kTypes, value.text()) != kTypes.end();
}

// Meta-validation against draft 2020-12, the part clients get wrong.
class MetaSchema {
 public:
  explicit MetaSchema(json::Value root) : root_(root) {}

  bool valid(json::Value schema, int depth = 0) const {
    if (depth > kMaxDepth) return false;
    if (schema.is_bool()) return true;
    if (!schema.is_object()) return false;
    for (const json::Member& member : schema.members()) {
      if (!valid_keyword(member.key, member.value, depth)) return false;
    }
    return true;
  }

 private:
  bool valid_keyword(std::string_view key, json::Value value, int depth) const {
    const auto any_of = [key](auto... names) { return ((key == names) || ...); };
    if (key == "type") {
      if (value.is_array()) return !value.items().empty() && std::ranges::all_of(value.items(), is_type_name);
      return is_type_name(value);
    }
    if (key == "enum") return value.is_array();
    if (any_of("required")) {
      return value.is_array() &&
             std::ranges::all_of(value.items(), [](json::Value v) { return v.is_string(); });
    }
    if (any_of("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf")) {
      return value.is_number();
    }
    if (any_of("minLength", "maxLength", "minItems", "maxItems", "minProperties", "maxProperties",
               "minContains", "maxContains")) {
      return value.integer().value_or(-1) >= 0;
    }
    if (any_of("uniqueItems", "deprecated", "readOnly", "writeOnly")) return value.is_bool();
    if (any_of("title", "description", "pattern", "format", "$schema", "$id", "$comment")) {
      return value.is_string();
    }
    if (any_of("$ref")) {
      if (!value.is_string()) return false;
      const std::string_view pointer = value.text();
      if (pointer == "#" || !pointer.starts_with("#")) return true;
      if (!pointer.starts_with("#/")) return true;                  // an anchor
      const auto decoded = net::percent_decode(pointer.substr(1));  // it is the fragment of a URI
      return decoded && json::resolve(root_, *decoded);
    }
    if (any_of("allOf", "anyOf", "oneOf", "prefixItems")) {
      return value.is_array() && !value.items().empty() &&
             std::ranges::all_of(value.items(), [&](json::Value v) { return valid(v, depth + 1); });
    }
    if (any_of("items", "additionalProperties", "not", "if", "then", "else", "contains", "propertyNames",
               "unevaluatedItems", "unevaluatedProperties")) {
      return valid(value, depth + 1);
    }
    if (any_of("properties", "patternProperties", "$defs", "definitions", "dependentSchemas")) {
      return value.is_object() && std::ranges::all_of(value.members(), [&](const json::Member& m) {
               return valid(m.value, depth + 1);
             });
    }
    return true;
  }

  json::Value root_;
};

// Property names at every depth (ANT-35 gives the pattern for all of them).
bool property_names_fit(json::Value schema, int depth = 0) {
  if (!schema.is_object() || depth > kMaxDepth) return true;
  for (const json::Member& member : schema["properties"].members()) {
    if (!is_key(member.key) || !property_names_fit(member.value, depth + 1)) return false;
  }
  return property_names_fit(schema["items"], depth + 1);
}

// The keywords strict mode refuses, by the kind of value they are about.
struct Refused {
  std::string_view kind;
  std::array<std::string_view, 12> keywords;
};
constexpr std::array kAlways = {
    Refused{"number", {"exclusiveMaximum", "exclusiveMinimum", "maximum", "minimum", "multipleOf"}},
    Refused{"array", {"contains", "maxContains", "maxItems", "minContains", "uniqueItems"}},
    Refused{"string", {"maxLength", "minLength"}},
};
constexpr Refused kByClientCode{"object",
                                {"dependentRequired", "dependentSchemas", "else", "if", "maxProperties",
                                 "minProperties", "not", "patternProperties", "propertyNames", "then"}};
constexpr std::array<std::string_view, 10> kFormats = {"date-time", "time", "date", "duration", "email",
                                                       "hostname",  "uri",  "ipv4", "ipv6",     "uuid"};

// Patterns beyond plain regular expressions: look-around, back references, word boundaries.
bool complex_pattern(std::string_view pattern) {
  return pattern.find("(?") != std::string_view::npos || pattern.find("\\b") != std::string_view::npos ||
         pattern.find("\\1") != std::string_view::npos;
}

class StrictSchema {
 public:
  StrictSchema(const std::string& path, json::Value root, bool paranoid, StrictCost& cost)
      : path_(path), root_(root), paranoid_(paranoid), cost_(cost) {}

  std::optional<std::string> check(json::Value schema, int depth = 0) {
    if (depth > kMaxDepth) return say("Invalid schema: nested too deeply");
    if (schema.is_bool()) return say("For 'object' type, property 'properties' is not supported");  // ANTS-06
    const json::Value type = schema["type"];
    if (auto fault = check_keywords(schema, type)) return fault;
    if (auto fault = check_reference(schema, depth)) return fault;
    const bool object = type.text() == "object" || schema["properties"].is_object();
    if (object) {
      const json::Value more = schema["additionalProperties"];
      if (!more.is_bool() || more.boolean()) {
        return say("For 'object' type, 'additionalProperties' must be explicitly set to false");
      }
      count(schema);
    }
    for (const std::string_view key : {"properties", "$defs", "definitions"}) {
      for (const json::Member& member : schema[key].members()) {
        if (auto fault = check(member.value, depth + 1)) return fault;
      }
    }
    for (const std::string_view key : {"anyOf", "allOf", "oneOf", "prefixItems"}) {
      for (const json::Value& item : schema[key].items()) {
        if (auto fault = check(item, depth + 1)) return fault;
      }
    }
    if (schema["items"]) return check(schema["items"], depth + 1);
    return std::nullopt;
  }

 private:
  std::string say(std::string_view what) const { return fmt::format("{}: {}", path_, what); }

  std::optional<std::string> refuse_keywords(json::Value schema, const Refused& refused,
                                             std::string_view kind) {
    std::string found;
    int count = 0;
    for (const std::string_view keyword : refused.keywords) {
      if (keyword.empty() || !schema[keyword]) continue;
      if (!found.empty()) found += ", ";
      found += keyword;
      ++count;
    }
    if (count == 0) return std::nullopt;
    if (count == 1) return say(fmt::format("For '{}' type, property '{}' is not supported", kind, found));
    return say(fmt::format("For '{}' type, properties {} are not supported", kind, found));
  }

  std::optional<std::string> check_keywords(json::Value schema, json::Value type) {
    for (const Refused& refused : kAlways) {
      const bool number = refused.kind == "number";
      const std::string_view kind = number && type.text() == "integer" ? "integer" : refused.kind;
      if (auto fault = refuse_keywords(schema, refused, kind)) return fault;
    }
    if (schema["minItems"].integer().value_or(0) > 1) {
      return say("For 'array' type, 'minItems' values other than 0 or 1 are not supported");
    }
    if (paranoid_) {
      if (auto fault = refuse_keywords(schema, kByClientCode, kByClientCode.kind)) return fault;
    }
    if (schema["pattern"].is_string() && complex_pattern(schema["pattern"].text())) {
      return say("For 'string' type, property 'pattern' is not supported");
    }
    const json::Value format = schema["format"];
    if (format.is_string() && std::ranges::find(kFormats, format.text()) == kFormats.end()) {
      return say(fmt::format("For 'string' type, format '{}' is not supported", format.text()));
    }
    return std::nullopt;
  }

  // ANTS-08 and ANTS-14: references stay inside the document and never come back to themselves.
  std::optional<std::string> check_reference(json::Value schema, int depth) {
    const json::Value ref = schema["$ref"];
    if (!ref.is_string()) return std::nullopt;
    if (!ref.text().starts_with("#"))
      return say(fmt::format("External schema reference '{}' is not supported", ref.text()));
    const std::string name(ref.text().substr(ref.text().rfind('/') + 1));
    const auto seen = std::ranges::find(trail_, name);
    if (seen != trail_.end()) {
      std::string circle;
      for (auto at = seen; at != trail_.end(); ++at) circle += *at + " -> ";
      return say(fmt::format(
          "Invalid schema: Circular reference detected in schema definitions: {}{}. Self-referencing or "
          "mutually-referencing definitions are not supported.",
          circle, name));
    }
    const json::Value target = ref.text() == "#" ? root_ : json::resolve(root_, ref.text().substr(1));
    if (!target) return say(fmt::format("Reference '{}' not found", ref.text()));
    // What was sound once is: a way from it back here would have been found then, from the other end.
    if (sound_.contains(target.node())) return std::nullopt;
    trail_.push_back(name);
    const StrictCost before = cost_;  // what a definition costs is counted once, where it stands
    auto fault = check(target, depth + 1);
    cost_ = before;
    trail_.pop_back();
    if (!fault) sound_.insert(target.node());
    return fault;
  }

  void count(json::Value schema) {
    const json::Value required = schema["required"];
    for (const json::Member& member : schema["properties"].members()) {
      const bool is_required =
          std::ranges::any_of(required.items(), [&](json::Value name) { return name.text() == member.key; });
      if (!is_required) ++cost_.optional_parameters;
      if (member.value["type"].is_array() || member.value["anyOf"].is_array()) ++cost_.union_parameters;
    }
  }

  std::string path_;
  json::Value root_;
  bool paranoid_;
  StrictCost& cost_;
  std::vector<std::string> trail_;
  std::unordered_set<const json::Node*> sound_;  // what references named, and nothing is wrong with
};

}  // namespace

std::optional<std::string> check_tool_schema(const std::string& path, json::Value schema) {
  if (!schema.is_object()) return path + ": Input does not match the expected shape.";  // ANTS-07
  const json::Value type = schema["type"];
  if (!type) return path + ".type: Field required";
  if (type.text() != "object") return path + ".type: Input should be 'object'";
  for (const std::string_view key : {"oneOf", "allOf", "anyOf"}) {
    if (schema[key]) return path + ": input_schema does not support oneOf, allOf, or anyOf at the top level";
  }
  if (!MetaSchema(schema).valid(schema)) {
    return path +
           ": JSON schema is invalid. It must match JSON Schema draft 2020-12 "
           "(https://json-schema.org/draft/2020-12). Learn more about tool use at "
           "https://docs.claude.com/en/docs/tool-use.";
  }
  if (!property_names_fit(schema)) {
    return path + ".properties: Property keys should match pattern '^[a-zA-Z0-9_.-]{1,64}$'";
  }
  return std::nullopt;
}

std::optional<std::string> check_strict_schema(const std::string& path, json::Value schema, bool paranoid,
                                               StrictCost& cost) {
  if (!schema.is_object()) return path + ": Input does not match the expected shape.";
  return StrictSchema(path, schema, paranoid, cost).check(schema);
}

std::optional<std::string> check_strict_totals(std::int64_t strict_tools, const StrictCost& total,
                                               std::int64_t largest) {
  if (strict_tools > 20) {
    return fmt::format(
        "Too many strict tools ({}). The maximum number of strict tools supported is 20. Try reducing the "
        "number "
        "of tools marked as strict.",
        strict_tools);
  }
  if (total.optional_parameters > 24) {
    return fmt::format(
        "Schemas contains too many optional parameters ({}), which would make grammar compilation "
        "inefficient. "
        "Reduce the number of optional parameters in your tool schemas (limit: 24).",
        total.optional_parameters);
  }
  if (total.union_parameters > 16) {
    return fmt::format(
        "Schemas contains too many parameters with union types ({} parameters with type arrays or anyOf). "
        "This "
        "causes exponential compilation cost. Reduce the number of nullable or union-typed parameters "
        "(limit: 16 "
        "parameters with unions).",
        total.union_parameters);
  }
  if (largest > 12) {
    return "Schema is too complex for compilation. Try reducing the number of tools or simplifying tool "
           "schemas.";
  }
  return std::nullopt;
}

}  // namespace dragoman::sandbox::anthropic
