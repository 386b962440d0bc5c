// Schemas of functions and of response_format: what OpenAI takes at all, and what strict mode takes.
#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "sandbox/openai/python_regex.h"
#include "sandbox/openai/rules.h"
#include "sandbox/openai/view.h"

namespace dragoman::sandbox::openai {
namespace {

using json::Value;

// A place in a schema as the service prints it: a Python tuple, "('properties', 'city')".
using Place = std::vector<std::string>;

std::string tuple(const Place& place) {
  std::string out = "(";
  for (std::size_t i = 0; i < place.size(); ++i) out += (i > 0 ? ", '" : "'") + place[i] + "'";
  return out + (place.size() == 1 ? ",)" : ")");
}

std::string in(const Place& place, std::string_view what) {
  return fmt::format("In context={}, {}", tuple(place), what);
}

Place under(Place place, std::string_view a) {
  place.emplace_back(a);
  return place;
}

Place under(Place place, std::string_view a, std::string_view b) {
  return under(under(std::move(place), a), b);
}

// As Python prints it, for the meta-schema's messages.
std::string python(Value v) {
  if (v.is_null()) return "None";
  if (v.is_bool()) return v.boolean() ? "True" : "False";
  if (v.is_string()) return fmt::format("'{}'", v.text());
  return json::dump_compact(v);
}

bool has_type(Value schema, std::string_view type) {
  const Value t = schema["type"];
  return t.text() == type || std::ranges::any_of(t.items(), [&](Value v) { return v.text() == type; });
}

bool is_type_name(std::string_view name) {
  static constexpr std::string_view kNames[] = {"string", "number", "integer", "boolean",
                                                "object", "array",  "null"};
  return std::ranges::find(kNames, name) != std::end(kNames);
}

enum class Shape { object, array, text, list_of_text, map };
struct Keyword {
  std::string_view name;
  Shape shape;
};
constexpr Keyword kKeywords[] = {
    {"required", Shape::list_of_text},
    {"properties", Shape::map},
    {"enum", Shape::array},
    {"anyOf", Shape::array},
    {"oneOf", Shape::array},
    {"allOf", Shape::array},
    {"$defs", Shape::map},
    {"definitions", Shape::map},
    {"description", Shape::text},
    {"pattern", Shape::text},
    {"title", Shape::text},
};

// The meta-schema's message for one node, or "".
std::string meta_fault(Value schema) {
  for (const Keyword& k : kKeywords) {
    const Value v = schema[k.name];
    if (!v) continue;
    switch (k.shape) {
      case Shape::object:
      case Shape::map:
        if (!v.is_object()) return python(v) + " is not of type 'object'";
        break;
      case Shape::text:
        if (!v.is_string()) return python(v) + " is not of type 'string'";
        break;
      case Shape::array:
      case Shape::list_of_text:
        if (!v.is_array()) return python(v) + " is not of type 'array'";
        if (k.shape == Shape::array) break;
        for (const Value item : v.items()) {
          if (!item.is_string()) return python(item) + " is not of type 'string'";
        }
        break;
    }
  }
  const Value type = schema["type"];
  if (type && !type.is_string() && !type.is_array()) {
    return python(type) + " is not valid under any of the given schemas";
  }
  if (type.is_string() && !is_type_name(type.text())) {
    return python(type) + " is not valid under any of the given schemas";
  }
  for (const Value t : type.items()) {
    if (!is_type_name(t.text())) return python(type) + " is not valid under any of the given schemas";
  }
  if (const Value p = schema["pattern"]; p.is_string() && !is_python_regex(p.text()))
    return python(p) + " is not a 'regex'";
  return "";
}

// Calls visit(subschema, place) for every direct subschema; a visit that returns text ends the walk with it.
template <class F>
std::string each_subschema(Value schema, const Place& place, F&& visit) {
  for (const std::string_view key :
       {"properties", "$defs", "definitions", "patternProperties", "dependentSchemas"}) {
    for (const json::Member& m : schema[key].members()) {
      if (std::string f = visit(m.value, under(place, key, m.key)); !f.empty()) return f;
    }
  }
  for (const std::string_view key : {"anyOf", "oneOf", "allOf", "prefixItems"}) {
    const auto branches = schema[key].items();
    for (std::size_t i = 0; i < branches.size(); ++i) {
      if (std::string f = visit(branches[i], under(place, key, std::to_string(i))); !f.empty()) return f;
    }
  }
  for (const std::string_view key :
       {"items", "additionalProperties", "not", "if", "then", "else", "contains"}) {
    if (!schema[key].is_object()) continue;
    if (std::string f = visit(schema[key], under(place, key)); !f.empty()) return f;
  }
  return "";
}

std::string loose_fault(Value schema, const Place& place) {
  if (!schema.is_object()) return "";
  if (std::string f = meta_fault(schema); !f.empty()) return f + ".";
  if (has_type(schema, "array") && !schema["items"] && !schema["prefixItems"]) {
    return in(place, "array schema missing items.");
  }
  return each_subschema(schema, place, loose_fault);
}

constexpr std::string_view kNotPermitted[] = {
    "allOf",
    "oneOf",
    "not",
    "if",
    "then",
    "else",
    "dependentRequired",
    "dependentSchemas",
    "patternProperties",
    "propertyNames",
    "minProperties",
    "maxProperties",
    "unevaluatedProperties",
    "unevaluatedItems",
    "contains",
    "minContains",
    "maxContains",
    "uniqueItems",
    "default",
    "minLength",
    "maxLength",
};

constexpr std::string_view kNotFineTuned[] = {"pattern",    "format",   "minimum", "maximum",
                                              "multipleOf", "minItems", "maxItems"};

constexpr std::string_view kFormats[] = {"date-time", "time", "date", "duration", "email",
                                         "hostname",  "ipv4", "ipv6", "uuid"};

class Strict {
 public:
  explicit Strict(StrictWords words) : words_(words) {}

  std::string run(Value root) {
    if (!root.is_object() || !has_type(root, "object") || root["anyOf"]) {
      return "schema must have type 'object' and not have 'oneOf'/'anyOf'/'allOf'/'enum'/'not' at the top "
             "level.";
    }
    if (std::string f = node(root, {}, 1); !f.empty()) return f;
    if (depth_ > 10) return fmt::format("{} levels of nesting exceeds limit of 10.", depth_);
    if (properties_ > 5000) return fmt::format("{} object properties exceeds limit of 5000.", properties_);
    if (characters_ > 120000)
      return fmt::format("{} characters of names and values exceeds limit of 120000.", characters_);
    if (enum_values_ > 1000) return fmt::format("{} enum values exceeds limit of 1000.", enum_values_);
    return "";
  }

 private:
  std::string node(Value s, const Place& place, int depth) {
    if (!s.is_object()) return in(place, "schema must have a 'type' key.");
    if (std::string f = meta_fault(s); !f.empty()) return f + ".";
    if (words_ != StrictWords::unlisted && s["$ref"] && s.members().size() > 1) {
      std::string rest;
      for (const json::Member& m : s.members()) {
        // Definitions at the root stand beside a root $ref without harm.
        if (m.key != "$ref" && m.key != "$defs" && m.key != "definitions") {
          rest += (rest.empty() ? "'" : ", '") + std::string(m.key) + "'";
        }
      }
      if (!rest.empty()) return in(place, "$ref cannot have keywords {" + rest + "}.");
    }
    for (const std::string_view k : kNotPermitted) {
      if (words_ != StrictWords::unlisted && s[k]) return in(place, fmt::format("'{}' is not permitted.", k));
    }
    for (const std::string_view k : kNotFineTuned) {
      if (words_ == StrictWords::fine_tuned && s[k])
        return in(place, fmt::format("'{}' is not permitted.", k));
    }
    if (const Value f = s["format"];
        f.is_string() && std::ranges::find(kFormats, f.text()) == std::end(kFormats)) {
      return in(place, fmt::format("'{}' is not a valid format.", f.text()));
    }
    if (const std::string_view p = s["pattern"].text(); p.find("(?=") != p.npos || p.find("(?!") != p.npos ||
                                                        p.find("(?<=") != p.npos ||
                                                        p.find("(?<!") != p.npos) {
      return in(place, "'pattern' must not use look-around.");
    }
    if (!s["type"] && !s["$ref"] && !s["anyOf"] && !s["enum"] && !s["const"]) {
      return in(place, "schema must have a 'type' key.");
    }
    if (has_type(s, "object") || s["properties"]) {
      if (std::string f = object(s, place); !f.empty()) return f;
    }
    if (has_type(s, "array") && !s["items"]) return in(place, "array schema missing items.");
    count(s);
    if (const std::string f = first_keys(s["anyOf"]); !f.empty()) return in(place, f);
    const bool nests = s["properties"] || s["items"];
    depth_ = std::max(depth_, nests ? depth : depth_);
    if (s["items"] && !s["items"].is_object())
      return in(under(place, "items"), "schema must have a 'type' key.");
    return each_subschema(s, place,
                          [&](Value sub, const Place& at) { return node(sub, at, depth + (nests ? 1 : 0)); });
  }

  static std::string object(Value s, const Place& place) {
    const Value more = s["additionalProperties"];
    if (!more.is_bool() || more.boolean()) {
      return in(place, "'additionalProperties' is required to be supplied and to be false.");
    }
    for (const json::Member& m : s["properties"].members()) {
      const bool there =
          std::ranges::any_of(s["required"].items(), [&](Value v) { return v.text() == m.key; });
      if (there) continue;
      return in(place,
                fmt::format("'required' is required to be supplied and to be an array including every key in "
                            "properties. Missing '{}'.",
                            m.key));
    }
    for (const Value name : s["required"].items()) {
      if (s["properties"][name.text()]) continue;
      return in(place,
                fmt::format("'required' is required to be supplied and to be an array including every key in "
                            "properties. Extra required key '{}' supplied.",
                            name.text()));
    }
    return "";
  }

  static std::string first_keys(Value any) {
    std::set<std::string_view> firsts;
    for (const Value branch : any.items()) {
      const auto members = branch["properties"].members();
      if (!members.empty() && !firsts.insert(members[0].key).second) {
        return "Objects provided via 'anyOf' must not share identical first keys. Consider adding a "
               "discriminator key "
               "or rearranging the properties to ensure the first key is unique.";
      }
    }
    return "";
  }

  void count(Value s) {
    for (const json::Member& m : s["properties"].members()) {
      ++properties_;
      characters_ += m.key.size();
    }
    for (const json::Member& m : s["$defs"].members()) characters_ += m.key.size();
    for (const Value v : s["enum"].items()) {
      ++enum_values_;
      characters_ += v.text().size();
    }
    characters_ += s["const"].text().size();
  }

  StrictWords words_;
  int depth_ = 0;
  std::size_t properties_ = 0;
  std::size_t characters_ = 0;
  std::size_t enum_values_ = 0;
};

template <class F>
Verdict each_function(const Request& r, F&& fault) {
  const auto tools = r["tools"].items();
  for (std::size_t i = 0; i < tools.size(); ++i) {
    const Value function = tools[i]["function"];
    if (!function) continue;
    const std::string f = fault(function);
    if (f.empty()) continue;
    return refuse(fmt::format("Invalid schema for function '{}': {}", function["name"].text(), f),
                  fmt::format("tools[{}].function.parameters", i), "invalid_function_parameters");
  }
  return std::nullopt;
}

Verdict functions(const Request& r) {
  return each_function(r, [](Value f) { return f["parameters"] ? tool_schema_fault(f["parameters"]) : ""; });
}

Verdict strict_functions(const Request& r) {
  return each_function(r, [&](Value f) {
    return f["strict"].boolean() ? strict_fault(f["parameters"], strict_words(r.has(kFineTuned))) : "";
  });
}

Verdict response_schema(const Request& r) {
  const Value format = r["response_format"]["json_schema"];
  if (!format["schema"].is_object()) return std::nullopt;
  const std::string f = format["strict"].boolean()
                            ? strict_fault(format["schema"], strict_words(r.has(kFineTuned)))
                            : loose_fault(format["schema"], {});
  if (f.empty()) return std::nullopt;
  return refuse(fmt::format("Invalid schema for response_format '{}': {}", format["name"].text(), f),
                "response_format", "invalid_json_schema");
}

constexpr Rule kRules[] = {
    {"OAI-30", Grade::issue, functions},          // OAI-30 … OAI-36
    {"OAIS-01", Grade::issue, strict_functions},  // OAIS-01 … OAIS-10
    {"OAIS-01", Grade::issue, response_schema},
};

}  // namespace

std::string tool_schema_fault(Value schema) {
  if (!schema.is_object()) return python(schema) + " is not of type 'object'.";
  if (std::string f = meta_fault(schema); !f.empty()) return f + ".";
  const bool composed =
      schema["oneOf"] || schema["anyOf"] || schema["allOf"] || schema["enum"] || schema["not"];
  if (schema["type"].text() != "object" || composed) {
    return "schema must have type 'object' and not have 'oneOf'/'anyOf'/'allOf'/'enum'/'not' at the top "
           "level.";
  }
  if (!schema["properties"]) return in({}, "object schema missing properties.");
  return loose_fault(schema, {});
}

std::string strict_fault(Value schema, StrictWords words) { return Strict(words).run(schema); }

const RuleSet kSchemaRules = kRules;

}  // namespace dragoman::sandbox::openai
