#include "sandbox/instance.h"

#include <algorithm>
#include <limits>

#include "json/parse.h"
#include "json/write.h"
#include "sandbox/instance_scalar.h"
#include "sandbox/pattern.h"

namespace dragoman::sandbox {
namespace {

using json::Member;
using json::Value;

constexpr int kAttempts = 64;     // combinations of branches tried before giving up
constexpr int kFullDepth = 3;     // optional members are left out below this depth
constexpr int kShallowDepth = 5;  // below this the shallowest branch is taken
constexpr int kMaxDepth = 40;
constexpr int kMaxRefs = 24;  // $ref to $ref without a value in between
constexpr std::size_t kMaxItems = 256;
constexpr int kMostSteps = 100'000;  // of one try: references that name others twice double with every level

// All schemas a value must satisfy at once: what $ref, allOf and the chosen branches add up to.
using Schemas = std::vector<Value>;

// One try: which branch of each anyOf, oneOf and if is taken follows from the attempt's number, read as
// digits.
class Maker {
 public:
  Maker(Arena& arena, Value root, int attempt, std::uint64_t seed)
      : build_(arena),
        root_(root),
        digits_(attempt % (kAttempts / 2)),
        odd_(attempt >= kAttempts / 2),
        seed_(seed) {}

  bool spent() const { return steps_ > kMostSteps; }
  std::optional<Value> make(const Schemas& given, std::string_view name, int depth) {
    if (depth > kMaxDepth || ++steps_ > kMostSteps) return std::nullopt;
    Schemas all;
    for (const Value s : given) {
      if (!expand(s, all, depth, 0)) return std::nullopt;
    }
    for (const Value s : all) {
      if (s["const"]) return s["const"];
    }
    for (const Value s : all) {
      if (s["enum"].is_array()) return from_enum(s["enum"], all, depth);
    }
    const std::string type = choose_type(all, depth);
    if (type == "null") return build_.null();
    if (type == "boolean") return build_.boolean(seed_ % 2 == 0);
    if (type == "object") return object(all, depth);
    if (type == "array") return array(all, name, depth);
    if (type == "number" || type == "integer") return make_number(build_, all, type == "integer", wish());
    if (type == "string") return make_string(build_, all, name, wish());
    return std::nullopt;
  }

 private:
  Wish wish() const { return {.odd = odd_, .seed = seed_, .distinct = distinct_}; }

  std::size_t choose(std::size_t branches) {
    if (branches < 2) return 0;
    const std::size_t digit = static_cast<std::size_t>(digits_) % branches;
    digits_ /= static_cast<int>(branches);
    return digit;
  }

  // A branch that ends here: a scalar, or an object or array that refers to nothing.
  static bool shallow(Value branch) {
    const std::string_view type = branch["type"].text();
    return branch["const"] || branch["enum"] || type == "null" || type == "string" || type == "boolean" ||
           type == "integer" || type == "number";
  }

  bool expand(Value schema, Schemas& out, int depth, int refs) {
    if (schema.is_bool()) return schema.boolean();
    if (!schema.is_object()) return true;
    if (refs > kMaxRefs || ++steps_ > kMostSteps) return false;
    out.push_back(schema);
    if (const Value ref = schema["$ref"]; ref.is_string() && ref.text().starts_with('#')) {
      const Value target = json::resolve(root_, ref.text().substr(1));
      if (!expand(target, out, depth, refs + 1)) return false;
    }
    for (const Value part : schema["allOf"].items()) {
      if (!expand(part, out, depth, refs + 1)) return false;
    }
    for (const std::string_view word : {"anyOf", "oneOf"}) {
      const auto branches = schema[word].items();
      if (branches.empty()) continue;
      std::size_t at = choose(branches.size());
      if (depth > kShallowDepth) {
        const auto found = std::find_if(branches.begin(), branches.end(), shallow);
        if (found != branches.end()) at = static_cast<std::size_t>(found - branches.begin());
      }
      if (!expand(branches[at], out, depth, refs + 1)) return false;
    }
    if (const Value condition = schema["if"]) {
      if (choose(2) == 0) {
        return expand(condition, out, depth, refs + 1) && expand(schema["then"], out, depth, refs + 1);
      }
      return expand(schema["else"], out, depth, refs + 1);
    }
    return true;
  }

  std::optional<Value> from_enum(Value list, const Schemas& all, int depth) {
    const std::size_t n = list.items().size();
    for (std::size_t i = 0; i < n; ++i) {
      const Value v = list.at((i + seed_) % n);
      const bool fits = std::all_of(all.begin(), all.end(), [&](Value s) {
        return !s["enum"].is_array() || depth > kMaxDepth || schema_fault(s, v, root_).empty();
      });
      if (fits) return v;
    }
    return std::nullopt;
  }

  static bool has_any(const Schemas& all, std::initializer_list<std::string_view> words) {
    return std::any_of(all.begin(), all.end(), [&](Value s) {
      return std::any_of(words.begin(), words.end(), [&](std::string_view w) { return bool(s[w]); });
    });
  }

  std::string choose_type(const Schemas& all, int depth) {
    std::optional<std::vector<std::string_view>> allowed;
    for (const Value s : all) {
      const Value type = s["type"];
      std::vector<std::string_view> here;
      if (type.is_string()) here.push_back(type.text());
      for (const Value t : type.items()) here.push_back(t.text());
      if (here.empty()) continue;
      if (s["nullable"].boolean()) here.push_back("null");
      if (!allowed) {
        allowed = here;
        continue;
      }
      std::vector<std::string_view> both;
      for (const std::string_view t : *allowed) {
        for (const std::string_view u : here) {
          if (t == u || (t == "integer" && u == "number")) both.push_back(t);
          if (t == "number" && u == "integer") both.push_back(u);
        }
      }
      allowed = both;
    }
    if (!allowed) {
      if (has_any(all,
                  {"properties", "required", "additionalProperties", "patternProperties", "minProperties"})) {
        return "object";
      }
      if (has_any(all, {"items", "prefixItems", "minItems", "maxItems", "contains"})) return "array";
      if (has_any(all, {"minLength", "maxLength", "pattern", "format"})) return "string";
      if (has_any(all, {"minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"})) {
        return "number";
      }
      return depth == 0 ? "object" : "string";
    }
    if (allowed->empty()) return "";
    const auto at = std::find(allowed->begin(), allowed->end(), "null");
    if (depth > kShallowDepth && at != allowed->end()) return "null";
    std::vector<std::string_view> rest;
    for (const std::string_view t : *allowed) {
      if (t != "null") rest.push_back(t);
    }
    return rest.empty() ? "null" : std::string(rest[choose(rest.size())]);
  }

  // The schemas one member's value must satisfy. False if one of them forbids the member.
  static bool member_schemas(const Schemas& all, std::string_view name, Schemas& out) {
    for (const Value s : all) {
      bool known = false;
      if (const Value sub = s["properties"][name]) {
        out.push_back(sub);
        known = true;
      }
      for (const Member& p : s["patternProperties"].members()) {
        if (!name_matches(name, p.key)) continue;
        out.push_back(p.value);
        known = true;
      }
      if (known) continue;
      const Value rest = s["additionalProperties"];
      if (rest.is_bool() && !rest.boolean()) return false;
      if (rest.is_object()) out.push_back(rest);
    }
    return true;
  }

  // Whether patternProperties applies, asked of the validator so that both agree.
  static bool name_matches(std::string_view name, std::string_view pattern) {
    Arena arena;
    const json::Builder b(arena);
    const Value schema = b.with(b.empty_object(), "pattern", b.string(pattern));
    return schema_fault(schema, b.string(name)).empty();
  }

  std::optional<Value> object(const Schemas& all, int depth) {
    std::vector<std::string_view> names;
    std::vector<std::string_view> required;
    std::int64_t least = 0;
    std::int64_t most = std::numeric_limits<std::int64_t>::max();
    const auto add = [](std::vector<std::string_view>& to, std::string_view name) {
      if (std::find(to.begin(), to.end(), name) == to.end()) to.push_back(name);
    };
    for (const Value s : all) {
      for (const Member& m : s["properties"].members()) add(names, m.key);
      for (const Value r : s["required"].items()) {
        add(names, r.text());
        add(required, r.text());
      }
      least = std::max(least, s["minProperties"].integer().value_or(0));
      most = std::min(most, s["maxProperties"].integer().value_or(most));
    }
    for (const Value s : all) {
      for (const Member& d : s["dependentRequired"].members()) {
        for (const Value r : d.value.items()) add(names, r.text());
      }
    }
    // Which optional members are there is a choice too: `if` and oneOf may depend on their absence.
    const bool bare = depth >= kFullDepth || choose(2) == 1;
    std::vector<Member> members;
    const auto needed = [&](std::string_view n) {
      return std::find(required.begin(), required.end(), n) != required.end();
    };
    auto optional_room = most - static_cast<std::int64_t>(required.size());
    for (const std::string_view name : names) {
      if (!needed(name) &&
          (optional_room <= 0 || (bare && static_cast<std::int64_t>(members.size()) >= least))) {
        continue;
      }
      Schemas sub;
      std::optional<Value> value;
      if (member_schemas(all, name, sub)) value = make(sub, name, depth + 1);
      if (!value && needed(name)) return std::nullopt;
      if (!value) continue;
      if (!needed(name)) --optional_room;
      members.push_back({build_.arena().copy(name), *value});
    }
    for (int i = 1; static_cast<std::int64_t>(members.size()) < least && i < 64; ++i) {
      const std::string name = extra_name(all, i);
      const bool there =
          std::any_of(members.begin(), members.end(), [&](const Member& m) { return m.key == name; });
      Schemas sub;
      if (there || !member_schemas(all, name, sub)) continue;
      const auto value = make(sub, name, depth + 1);
      if (value) members.push_back({build_.arena().copy(name), *value});
    }
    return build_.object(members);
  }

  static std::string extra_name(const Schemas& all, int i) {
    for (const Value s : all) {
      for (const Member& p : s["patternProperties"].members()) {
        if (const auto text = match_text(p.key, i)) return *text;
      }
    }
    return "key" + std::to_string(i);
  }

  std::optional<Value> array(const Schemas& all, std::string_view name, int depth) {
    std::size_t least = 0;
    std::size_t most = kMaxItems;
    std::size_t fixed = 0;
    bool unique = false;
    for (const Value s : all) {
      const auto size = [&](std::string_view key, std::size_t otherwise) {
        return static_cast<std::size_t>(std::clamp<std::int64_t>(
            s[key].integer().value_or(static_cast<std::int64_t>(otherwise)), 0, kMaxItems));
      };
      least = std::max(least, size("minItems", 0));
      most = std::min(most, size("maxItems", kMaxItems));
      fixed = std::max(
          {fixed, s["prefixItems"].items().size(), s["items"].is_array() ? s["items"].items().size() : 0});
      unique = unique || s["uniqueItems"].boolean();
      if (s["contains"]) least = std::max<std::size_t>(least, 1);
    }
    std::size_t count =
        std::max(least, depth > kShallowDepth ? std::size_t{0} : std::max(fixed, std::size_t{1}));
    count = std::min(count, most);
    std::vector<Value> items;
    const std::uint64_t seed = seed_;
    for (std::size_t i = 0; i < count; ++i) {
      Schemas sub;
      bool allowed = true;
      for (const Value s : all) {
        const bool old = s["items"].is_array();
        const Value prefix = old ? s["items"] : s["prefixItems"];
        const Value rest = old ? s["additionalItems"] : s["items"];
        const Value one = i < prefix.items().size() ? prefix.at(i) : rest;
        if (one.is_bool() && !one.boolean()) allowed = false;
        if (one.is_object()) sub.push_back(one);
        if (i == 0 && s["contains"].is_object()) sub.push_back(s["contains"]);
      }
      std::optional<Value> value;
      for (std::uint64_t tries = 0; allowed && tries < (unique ? 16 : 1); ++tries) {
        seed_ = seed + (unique ? i + tries : 0);
        distinct_ = unique ? static_cast<int>(i + tries) : distinct_;
        value = make(sub, name, depth + 1);
        const bool twice = value && unique && std::any_of(items.begin(), items.end(), [&](Value v) {
                             return json::equal(v, *value);
                           });
        if (!twice) break;
        value.reset();
      }
      seed_ = seed;
      if (unique) distinct_ = 0;
      if (!value) {
        if (items.size() >= least) break;
        return std::nullopt;
      }
      items.push_back(*value);
    }
    return build_.array(items);
  }

  json::Builder build_;
  Value root_;
  int digits_;
  bool odd_;  // in the second half of the attempts: unusual values, for schemas that exclude the usual ones
  std::uint64_t seed_;
  int steps_ = 0;
  int distinct_ = 0;  // makes items of an array with uniqueItems differ
};

}  // namespace

std::optional<std::string> make_instance(Value schema, std::uint64_t seed) {
  if (!schema.present() || (schema.is_bool() && schema.boolean())) return "{}";
  for (int attempt = 0; attempt < kAttempts; ++attempt) {
    Arena arena;
    Maker maker(arena, schema, attempt, seed);
    const auto value = maker.make({schema}, "", 0);
    if (value && schema_fault(schema, *value).empty()) return json::dump_compact(*value);
    if (maker.spent()) break;  // the next try would be no cheaper
  }
  return std::nullopt;
}

std::string make_arguments(Value schema, std::uint64_t seed) {
  const auto text = make_instance(schema, seed);
  return text && text->starts_with('{') ? *text : "{}";
}

}  // namespace dragoman::sandbox
