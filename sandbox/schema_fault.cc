// The oracle of the instance generator: a plain JSON Schema validator.
#include <cmath>
#include <regex>

#include "json/write.h"
#include "sandbox/instance.h"

namespace dragoman::sandbox {
namespace {

using json::Kind;
using json::Value;

constexpr int kMaxDepth = 128;
constexpr int kMostSteps = 200'000;  // branches of references into branches multiply

std::size_t characters(std::string_view text) {
  std::size_t n = 0;
  for (const char c : text) n += (static_cast<unsigned char>(c) & 0xC0) != 0x80;
  return n;
}

// std::regex throws on syntax it does not know (\p, look-behind); such patterns are not checked, nor is very
// long text. libstdc++'s polynomial mode keeps its time bounded: the usual one is exponential on "(a+)+$".
bool matches(std::string_view text, std::string_view pattern) {
  if (text.size() > 2048 || pattern.size() > 1024) return true;
  // The library overflows on counts it cannot hold, and unrolls those it can.
  int digits = 0;
  for (const char c : pattern) {
    digits = c >= '0' && c <= '9' ? digits + 1 : 0;
    if (digits > 3) return true;
  }
  try {
    const std::regex compiled(std::string(pattern),
                              std::regex::ECMAScript | std::regex_constants::__polynomial);
    return std::regex_search(std::string(text), compiled);
  } catch (const std::regex_error&) {
    return true;
  }
}

bool is_type(Value instance, std::string_view type) {
  if (type == "integer") return instance.is_number() && std::floor(instance.number()) == instance.number();
  if (type == "number") return instance.is_number();
  return json::name(instance.kind()) == type;
}

class Check {
 public:
  explicit Check(Value root) : root_(root) {}

  std::string run(Value schema, Value instance, const std::string& at, int depth) {
    if (schema.is_bool()) return schema.boolean() ? "" : fault(at, "nothing is allowed here");
    if (!schema.is_object()) return "";
    if (++steps_ > kMostSteps) return fault(at, "takes too long to check");
    if (depth > kMaxDepth) return fault(at, "nested too deeply");
    for (auto part : {&Check::plain, &Check::numbers, &Check::text, &Check::array, &Check::object}) {
      if (std::string f = (this->*part)(schema, instance, at, depth); !f.empty()) return f;
    }
    return combined(schema, instance, at, depth);
  }

 private:
  static std::string fault(const std::string& at, std::string_view what) {
    return (at.empty() ? std::string("/") : at) + ": " + std::string(what);
  }

  std::string plain(Value schema, Value instance, const std::string& at, int) {
    const Value type = schema["type"];
    if (type.is_string() || type.is_array()) {
      bool ok = instance.is_null() && schema["nullable"].boolean();
      if (type.is_string()) ok = ok || is_type(instance, type.text());
      for (const Value t : type.items()) ok = ok || is_type(instance, t.text());
      if (!ok) return fault(at, "is not of type " + json::dump_compact(type));
    }
    if (const Value expected = schema["const"]; expected && !json::equal(expected, instance)) {
      return fault(at, "is not " + json::dump_compact(expected));
    }
    if (const Value list = schema["enum"]; list.is_array()) {
      bool found = false;
      for (const Value v : list.items()) found = found || json::equal(v, instance);
      if (!found) return fault(at, "is not one of " + json::dump_compact(list));
    }
    return "";
  }

  std::string numbers(Value schema, Value instance, const std::string& at, int) {
    if (!instance.is_number()) return "";
    const double x = instance.number();
    const Value low = schema["minimum"];
    const Value high = schema["maximum"];
    const Value above = schema["exclusiveMinimum"];
    const Value below = schema["exclusiveMaximum"];
    if (low.is_number() && (x < low.number() || (above.boolean() && x == low.number()))) {
      return fault(at, "is below the minimum");
    }
    if (high.is_number() && (x > high.number() || (below.boolean() && x == high.number()))) {
      return fault(at, "is above the maximum");
    }
    if (above.is_number() && x <= above.number()) return fault(at, "is not above exclusiveMinimum");
    if (below.is_number() && x >= below.number()) return fault(at, "is not below exclusiveMaximum");
    if (const Value step = schema["multipleOf"]; step.is_number() && step.number() > 0) {
      const double times = x / step.number();
      if (std::abs(times - std::round(times)) > 1e-9) return fault(at, "is not a multiple of the step");
    }
    return "";
  }

  std::string text(Value schema, Value instance, const std::string& at, int) {
    if (!instance.is_string()) return "";
    const auto size = static_cast<std::int64_t>(characters(instance.text()));
    if (size < schema["minLength"].integer().value_or(0)) return fault(at, "is too short");
    if (size > schema["maxLength"].integer().value_or(INT64_MAX)) return fault(at, "is too long");
    if (const Value p = schema["pattern"]; p.is_string() && !matches(instance.text(), p.text())) {
      return fault(at, "does not match the pattern");
    }
    return "";
  }

  std::string array(Value schema, Value instance, const std::string& at, int depth) {
    if (!instance.is_array()) return "";
    const auto size = static_cast<std::int64_t>(instance.items().size());
    if (size < schema["minItems"].integer().value_or(0)) return fault(at, "has too few items");
    if (size > schema["maxItems"].integer().value_or(INT64_MAX)) return fault(at, "has too many items");
    // Before 2020-12 a list in `items` was what prefixItems is now, and additionalItems what items is.
    const bool old = schema["items"].is_array();
    const Value prefix = old ? schema["items"] : schema["prefixItems"];
    const Value rest = old ? schema["additionalItems"] : schema["items"];
    bool contains = !schema["contains"];
    for (std::size_t i = 0; i < instance.items().size(); ++i) {
      const Value item = instance.at(i);
      const std::string place = json::pointer_join(at, i);
      const Value sub = i < prefix.items().size() ? prefix.at(i) : rest;
      if (std::string f = run(sub, item, place, depth + 1); !f.empty()) return f;
      contains = contains || run(schema["contains"], item, place, depth + 1).empty();
      if (schema["uniqueItems"].boolean()) {
        for (std::size_t j = 0; j < i; ++j) {
          if (json::equal(item, instance.at(j))) return fault(place, "is there twice");
        }
      }
    }
    const bool none_needed = schema["minContains"].integer().value_or(1) == 0;
    return contains || none_needed ? "" : fault(at, "contains no such item");
  }

  std::string object(Value schema, Value instance, const std::string& at, int depth) {
    if (!instance.is_object()) return "";
    const auto size = static_cast<std::int64_t>(instance.members().size());
    if (size < schema["minProperties"].integer().value_or(0)) return fault(at, "has too few members");
    if (size > schema["maxProperties"].integer().value_or(INT64_MAX))
      return fault(at, "has too many members");
    for (const Value name : schema["required"].items()) {
      if (!instance[name.text()]) return fault(json::pointer_join(at, name.text()), "missing");
    }
    for (const json::Member& m : instance.members()) {
      const std::string place = json::pointer_join(at, m.key);
      if (const Value names = schema["propertyNames"]["pattern"]; names && !matches(m.key, names.text())) {
        return fault(place, "has a name that is not allowed");
      }
      bool known = false;
      if (const Value sub = schema["properties"][m.key]) {
        known = true;
        if (std::string f = run(sub, m.value, place, depth + 1); !f.empty()) return f;
      }
      for (const json::Member& p : schema["patternProperties"].members()) {
        if (!matches(m.key, p.key)) continue;
        known = true;
        if (std::string f = run(p.value, m.value, place, depth + 1); !f.empty()) return f;
      }
      if (known) continue;
      if (std::string f = run(schema["additionalProperties"], m.value, place, depth + 1); !f.empty())
        return f;
    }
    for (const json::Member& d : schema["dependentRequired"].members()) {
      if (!instance[d.key]) continue;
      for (const Value name : d.value.items()) {
        if (!instance[name.text()]) return fault(json::pointer_join(at, name.text()), "missing");
      }
    }
    for (const json::Member& d : schema["dependentSchemas"].members()) {
      if (!instance[d.key]) continue;
      if (std::string f = run(d.value, instance, at, depth + 1); !f.empty()) return f;
    }
    return "";
  }

  std::string combined(Value schema, Value instance, const std::string& at, int depth) {
    if (const Value ref = schema["$ref"]; ref.is_string() && ref.text().starts_with('#')) {
      const Value target = json::resolve(root_, ref.text().substr(1));
      if (std::string f = run(target, instance, at, depth + 1); !f.empty()) return f;
    }
    for (const Value part : schema["allOf"].items()) {
      if (std::string f = run(part, instance, at, depth + 1); !f.empty()) return f;
    }
    if (const Value any = schema["anyOf"]; any.is_array() && !any.items().empty()) {
      if (passing(any, instance, at, depth) == 0) return fault(at, "fits no branch of anyOf");
    }
    if (const Value one = schema["oneOf"]; one.is_array() && !one.items().empty()) {
      const int n = passing(one, instance, at, depth);
      if (n != 1) return fault(at, n == 0 ? "fits no branch of oneOf" : "fits several branches of oneOf");
    }
    if (const Value no = schema["not"]; no && run(no, instance, at, depth + 1).empty()) {
      return fault(at, "is what `not` excludes");
    }
    if (const Value condition = schema["if"]) {
      const Value next = run(condition, instance, at, depth + 1).empty() ? schema["then"] : schema["else"];
      return run(next, instance, at, depth + 1);
    }
    return "";
  }

  int passing(Value branches, Value instance, const std::string& at, int depth) {
    int n = 0;
    for (const Value b : branches.items()) n += run(b, instance, at, depth + 1).empty();
    return n;
  }

  Value root_;
  int steps_ = 0;
};

}  // namespace

std::string schema_fault(Value schema, Value instance, Value root) {
  return Check(root ? root : schema).run(schema, instance, "", 0);
}

}  // namespace dragoman::sandbox
