#include "sandbox/openai_hosts/mfjs.h"

#include <fmt/format.h>

#include <algorithm>
#include <unordered_set>
#include <vector>

#include "json/write.h"

namespace dragoman::sandbox::openai {
namespace {

using json::Member;
using json::Value;

constexpr std::string_view kTypes[] = {"null", "boolean", "object", "array", "number", "integer", "string"};
constexpr std::string_view kReserved[] = {"$defs", "$ref", "anyOf", "required", "additionalProperties"};
constexpr std::string_view kAnywhere[] = {"type", "enum", "description", "title", "default", "$defs", "$id"};
constexpr std::string_view kKnown[] = {
    "$id",     "$ref",     "$defs",    "anyOf",     "properties", "additionalProperties",
    "items",   "type",     "enum",     "minLength", "maxLength",  "minimum",
    "maximum", "required", "minItems", "maxItems",  "title",      "description",
    "default", "pattern"};

struct TypeKeys {
  std::string_view type;
  std::vector<std::string_view> keys;
};

const std::vector<TypeKeys>& keys_by_type() {
  static const std::vector<TypeKeys> all = {{"object", {"properties", "required", "additionalProperties"}},
                                            {"array", {"items", "minItems", "maxItems"}},
                                            {"string", {"minLength", "maxLength", "pattern"}},
                                            {"number", {"minimum", "maximum"}},
                                            {"integer", {"minimum", "maximum"}}};
  return all;
}

bool contains(std::span<const std::string_view> list, std::string_view word) {
  return std::ranges::find(list, word) != list.end();
}

bool is_kind(Value v, std::string_view type) {
  if (type == "integer")
    return v.is_number() && v.number_text().find_first_of(".eE") == std::string_view::npos;
  return type == "number" ? v.is_number() : json::name(v.kind()) == type;
}

class Walk {
 public:
  Walk(Value root, MfjsLevel level) : root_(root), full_(level == MfjsLevel::full) {}

  std::string run() {
    if (!root_.is_object()) return at("", "schema must be a dict");
    if (root_.members().empty()) return "";
    if (!full_ && root_["type"].text() != "object") return at("", "type must be object");
    if (full_ && root_["$id"] && !root_["$id"].is_string()) return at("", "$id must be a string");
    if (std::string f = defs(); !f.empty()) return f;
    if (std::string f = node(root_, "", true, 0); !f.empty()) return f;
    for (const Member& m : root_["$defs"].members()) {
      if (std::string f = node(m.value, "$defs." + std::string(m.key), false, 0); !f.empty()) return f;
    }
    return full_ ? recursion() : "";
  }

 private:
  static std::string at(const std::string& path, std::string_view what) {
    return fmt::format("At path '{}': {}", path.empty() ? "root" : path, what);
  }
  static std::string join(const std::string& path, std::string_view name) {
    return path.empty() ? std::string(name) : path + "." + std::string(name);
  }

  std::string defs() {
    const Value d = root_["$defs"];
    if (!d) return "";
    if (!d.is_object()) return at("$defs", "$defs must be an object");
    for (const Member& m : d.members()) {
      const std::string path = "$defs." + std::string(m.key);
      if (full_ && m.key.empty()) return at(path, "$defs property name cannot be empty");
      if (full_ && m.key.find('/') != std::string_view::npos)
        return at(path, "$defs name cannot contain '/' character");
      if (!m.value.is_object()) return at(path, "$defs schema must be object");
    }
    return "";
  }

  std::string node(Value s, const std::string& path, bool root, int depth) {
    if (!s.is_object()) return at(path, "schema must be an object");
    if (full_ && depth > 5) return at(path, "schema depth exceeds maximum limit of 5");
    if (full_) {
      if (std::string f = annotations(s, path, root); !f.empty()) return f;
    }
    if (s["$ref"]) return reference(s, path);
    if (s["anyOf"]) return any_of(s, path, depth);
    const Value type = s["type"];
    if (!type) {
      // An enumeration says its type by its values; everything else has to name it.
      if (full_ && s["enum"]) return values(s, path);
      return root && s.members().empty() ? "" : at(path, "type is not defined");
    }
    if (std::string f = types(s, path); !f.empty()) return f;
    if (full_) {
      if (std::string f = keywords(s, path); !f.empty()) return f;
      if (std::string f = values(s, path); !f.empty()) return f;
      if (std::string f = bounds(s, path); !f.empty()) return f;
    }
    return children(s, path, depth);
  }

  static std::string annotations(Value s, const std::string& path, bool root) {
    for (const std::string_view k : {"description", "title"}) {
      if (s[k] && !s[k].is_string()) return at(path, fmt::format("{} must be a string", k));
    }
    for (const std::string_view k : {"$defs", "$id"}) {
      if (root || !s[k]) continue;
      if (s["type"].items().size() > 1) {
        return at(path, fmt::format("{} is not allowed in combination with multiple types", k));
      }
      return at(path, fmt::format("{} must be at root level", k));
    }
    std::string unknown;
    for (const Member& m : s.members()) {
      if (!contains(kKnown, m.key)) unknown += (unknown.empty() ? "" : ", ") + std::string(m.key);
    }
    return unknown.empty() ? "" : at(path, "unsupported keywords: " + unknown);
  }

  std::string reference(Value s, const std::string& path) {
    const Value ref = s["$ref"];
    if (!ref.is_string()) return at(path, "$ref must be a string");
    if (s["type"]) {
      return at(
          path,
          "when using $ref, type should be defined in the referenced schema instead of the parent schema");
    }
    const std::string_view to = ref.text();
    const bool root_ref = to == "#";
    if (!root_ref && !to.starts_with("#/$defs/")) return at(path, "references must start with #/$defs/");
    const Value target = root_ref ? root_ : json::resolve(root_, to.substr(1));
    if (!target) return at(path, fmt::format("$defs not found for reference {}", to));
    if (full_ && !target.is_object()) return at(path, "invalid $ref path " + std::string(to));
    for (const Member& m : s.members()) {
      if (m.key == "$ref" || m.key == "$defs" || m.key == "$id") continue;
      const bool annotation = m.key == "description" || m.key == "title";
      if (full_ && !annotation)
        return at(path, fmt::format("{} is not allowed at the same level as $ref", m.key));
      if (!full_ && target[m.key]) {
        return at(path, fmt::format("conflicting keywords found after $ref expansion: {}", m.key));
      }
    }
    return "";
  }

  std::string any_of(Value s, const std::string& path, int depth) {
    const Value any = s["anyOf"];
    if (!any.is_array()) return at(path, "anyOf must be an array");
    if (s["type"]) {
      return at(path, "when using anyOf, type should be defined in anyOf items instead of the parent schema");
    }
    for (const Member& m : s.members()) {
      const bool fine = m.key == "anyOf" || m.key == "description" || m.key == "title" || m.key == "$defs" ||
                        m.key == "$id" || m.key == "default";
      if (full_ && !fine) return at(path, fmt::format("{} is not allowed at the same level as anyOf", m.key));
    }
    if (any.items().empty() || (full_ && any.items().size() > 10))
      return at(path, "anyOf must have 1 to 10 items");
    for (std::size_t i = 0; i < any.items().size(); ++i) {
      const std::string here = join(path, fmt::format("anyOf.{}", i));
      if (!any.at(i).is_object()) return at(here, "schema in anyOf must be an object");
      if (std::string f = node(any.at(i), here, false, depth); !f.empty()) return f;
    }
    return "";
  }

  static std::string types(Value s, const std::string& path) {
    const Value type = s["type"];
    if (type.is_string()) {
      return contains(kTypes, type.text()) ? "" : at(path, fmt::format("invalid type '{}'", type.text()));
    }
    if (!type.is_array()) return at(path, "type must be string or array of strings");
    if (type.items().empty()) return at(path, "type array cannot be empty");
    for (const Value t : type.items()) {
      if (!contains(kTypes, t.text())) return at(path, "invalid type in type array");
    }
    return "";
  }

  static bool has(Value s, std::string_view type) {
    return s["type"].text() == type ||
           std::ranges::any_of(s["type"].items(), [&](Value t) { return t.text() == type; });
  }

  std::string keywords(Value s, const std::string& path) {
    const bool several = s["type"].items().size() > 1;
    std::string wrong;
    for (const Member& m : s.members()) {
      if (contains(kAnywhere, m.key)) continue;
      bool fits = false;
      for (const TypeKeys& k : keys_by_type()) fits = fits || (has(s, k.type) && contains(k.keys, m.key));
      if (fits && several)
        return at(path, fmt::format("{} is not allowed in combination with multiple types", m.key));
      if (!fits) wrong += (wrong.empty() ? "" : ", ") + std::string(m.key);
    }
    return wrong.empty() ? "" : at(path, "invalid keywords: " + wrong);
  }

  std::string values(Value s, const std::string& path) {
    const Value list = s["enum"];
    if (!list) return "";
    if (!list.is_array()) return at(path, "enum must be an array");
    if (list.items().empty()) return at(path, "enum array cannot be empty");
    enum_values_ += list.items().size();
    if (enum_values_ > 1000) return at(path, "enum array cannot have more than 1000 items");
    const auto several = s["type"].items();
    if (several.size() > 2) return at(path, "type array is not allowed in combination with enum");
    for (const std::string_view t : {"object", "array"}) {
      if (has(s, t)) return at(path, fmt::format("type {} is not allowed in combination with enum", t));
    }
    for (const Value v : list.items()) {
      bool fits = !s["type"];
      for (const std::string_view t : kTypes) fits = fits || (has(s, t) && is_kind(v, t));
      const std::string_view one = s["type"].text();
      if (!fits && (one == "number" || one == "integer")) {
        return at(path, fmt::format("enum value {} is not a valid {}", json::dump(v), one));
      }
      if (!fits)
        return at(path,
                  fmt::format("enum value {} does not match any type in the type array", json::dump(v)));
    }
    return "";
  }

  static std::string bounds(Value s, const std::string& path) {
    for (const auto& [low, high] : {std::pair<std::string_view, std::string_view>{"minLength", "maxLength"},
                                    {"minItems", "maxItems"}}) {
      for (const std::string_view k : {low, high}) {
        const Value v = s[k];
        if (v && !is_kind(v, "integer")) return at(path, fmt::format("{} must be an integer", k));
        if (v && v.number() < 0) return at(path, fmt::format("{} must be non-negative", k));
      }
      if (s[low] && s[high] && s[low].number() > s[high].number()) {
        return at(path, fmt::format("{} cannot be greater than {}", low, high));
      }
    }
    for (const std::string_view k : {"minimum", "maximum"}) {
      const Value v = s[k];
      if (v && !v.is_number()) {
        return at(path, fmt::format("{} must be {}", k, has(s, "integer") ? "an integer" : "a number"));
      }
    }
    for (const std::string_view k : {"minimum", "maximum"}) {
      if (s[k] && has(s, "integer") && !is_kind(s[k], "integer")) {
        return at(path, fmt::format("{} is not a valid integer", k));
      }
    }
    if (s["minimum"] && s["maximum"] && s["minimum"].number() > s["maximum"].number()) {
      return at(path, "minimum cannot be greater than maximum");
    }
    return "";
  }

  std::string children(Value s, const std::string& path, int depth) {
    const Value properties = s["properties"];
    if (properties && !properties.is_object()) return at(path, "properties must be an object");
    for (const Member& m : properties.members()) {
      const std::string here = join(path, "properties." + std::string(m.key));
      if (full_) {
        if (m.key.empty()) return at(here, "property name cannot be empty");
        if (path.starts_with("$defs.") && m.key.find('/') != std::string_view::npos)
          return at(here, "property name cannot contain '/' character");
        if (contains(kReserved, m.key))
          return at(here, fmt::format("property name '{}' is reserved for JSON Schema", m.key));
      }
      if (!m.value.is_object()) return at(here, "property schema must be an object");
      if (std::string f = node(m.value, here, false, depth + 1); !f.empty()) return f;
    }
    if (std::string f = required(s, path); !f.empty()) return f;
    const Value more = s["additionalProperties"];
    if (more && !more.is_bool() && !more.is_object()) {
      return at(path, "additionalProperties must be a boolean or an object");
    }
    if (more.is_object() && !more.members().empty()) {
      if (std::string f = node(more, join(path, "additionalProperties"), false, depth + 1); !f.empty())
        return f;
    }
    const Value items = s["items"];
    if (!items) return "";
    if (!items.is_object()) return at(path, "items must be an object");
    if (items.members().empty() && !full_) return "";
    return node(items, join(path, "items"), false, depth + 1);
  }

  std::string required(Value s, const std::string& path) const {
    const Value list = s["required"];
    if (!list || !full_) return "";
    if (!list.is_array()) return at(path, "required must be an array");
    if (!list.items().empty() && !s["properties"]) return at(path, "'properties' keyword is missing");
    for (const Value name : list.items()) {
      if (!name.is_string()) return at(path, "items in required array must be strings");
      if (name.text().empty()) return at(path, "property names in required array cannot be empty");
      if (!s["properties"][name.text()]) {
        return at(path, fmt::format("required property '{}' is not defined in properties", name.text()));
      }
    }
    return "";
  }

  // A schema has an end if some instance of it is finite: required members must end, one branch must.
  bool ends(Value s) const {
    if (const Value ref = s["$ref"]; ref.is_string())
      return ref.text().starts_with("#/") &&
             ending_.contains(json::resolve(root_, ref.text().substr(1)).node());
    if (const auto any = s["anyOf"].items(); !any.empty())
      return std::ranges::any_of(any, [&](Value b) { return ends(b); });
    for (const Value name : s["required"].items()) {
      if (!ends(s["properties"][name.text()])) return false;
    }
    return !s["items"] || s["minItems"].integer().value_or(0) < 1 || ends(s["items"]);
  }

  // By rounds: what ends may lean on what was found to end before.
  std::string recursion() {
    for (bool more = true; more;) {
      more = false;
      for (const Member& m : root_["$defs"].members())
        if (!ending_.contains(m.value.node()) && ends(m.value)) more = ending_.insert(m.value.node()).second;
    }
    if (!ends(root_)) return at("", "infinite recursion detected");
    return "";
  }

  Value root_;
  bool full_;
  std::unordered_set<const json::Node*> ending_;  // definitions
  std::size_t enum_values_ = 0;
};

}  // namespace

std::string mfjs_fault(Value schema, MfjsLevel level) { return Walk(schema, level).run(); }

}  // namespace dragoman::sandbox::openai
