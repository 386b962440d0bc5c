#include "lower/coerce.h"

#include <algorithm>
#include <array>
#include <optional>
#include <set>
#include <utility>

#include "base/strings.h"
#include "json/parse.h"
#include "lower/context.h"

namespace dragoman::lower {
namespace {

using json::Value;

constexpr int kChecks = 48;                // of one instance, alternatives included
constexpr std::uint64_t kSteps = 250'000;  // of all of them, some tens of nanoseconds each
constexpr std::size_t kViolations = 50;    // looked at in one check
constexpr std::size_t kAlternatives = 8;   // branches of one anyOf that are tried
constexpr int kNested = 3;                 // anyOf inside anyOf

// The token after the pointer's first '/', unescaped; `rest` is what follows.
std::string first_token(std::string_view pointer, std::string_view& rest) {
  pointer.remove_prefix(1);
  const std::size_t end = std::min(pointer.find('/'), pointer.size());
  rest = pointer.substr(end);
  return json::unescape_pointer_token(pointer.substr(0, end));
}

// `root` with the value at `pointer` replaced; an absent `value` takes the member out. The rest is shared.
Value replaced(const json::Builder& build, Value root, std::string_view pointer, Value value) {
  if (pointer.empty()) return value;
  std::string_view rest;
  const std::string token = first_token(pointer, rest);
  if (root.is_object()) {
    std::vector<json::Member> members(root.members().begin(), root.members().end());
    const auto at = std::ranges::find(members, token, &json::Member::key);
    if (at == members.end()) return root;
    if (rest.empty() && !value)
      members.erase(at);
    else
      at->value = replaced(build, at->value, rest, value);
    return build.object(members);
  }
  std::vector<Value> items(root.items().begin(), root.items().end());
  std::size_t index = 0;
  for (const char c : token) {
    if (c < '0' || c > '9' || index > items.size()) return root;
    index = index * 10 + static_cast<std::size_t>(c - '0');
  }
  if (token.empty() || index >= items.size() || (rest.empty() && !value)) return root;
  items[index] = replaced(build, items[index], rest, value);
  return build.array(items);
}

// What a string says when it is read as JSON, Python's True, False and None included.
Value read_text(Arena& arena, std::string_view text) {
  const std::string_view bare = trim(text);
  const json::Builder build(arena);
  for (const auto& [word, value] : {std::pair{"true", build.boolean(true)}, {"false", build.boolean(false)}})
    if (equals_ignoring_case(bare, word)) return value;
  if (equals_ignoring_case(bare, "null") || bare == "None") return build.null();
  if (bare.empty() || bare.size() > (std::size_t{1} << 20)) return {};
  const auto parsed = json::parse(arena, bare);
  return parsed ? *parsed : Value();
}

// A word of the schema's list that differs in nothing but case and outer space.
Value same_word(Value schema_root, const Violation& violation, std::string_view text) {
  const Value list = json::resolve(schema_root, violation.schema_pointer);
  const std::array<Value, 1> one = {list};
  const std::span<const Value> words = list.is_array() ? list.items() : one;
  Value found;
  for (const Value word : words) {
    if (!word.is_string() || !equals_ignoring_case(trim(word.text()), trim(text))) continue;
    if (found) return {};
    found = word;
  }
  return found;
}

// Whether the branch names another value for a property than the one that is there: {"kind": "circle"} is no
// square.
bool is_another_kind(Value document, Value branch, Value value) {
  if (const std::string_view reference = branch["$ref"].text(); reference.starts_with("#/"))
    branch = json::resolve(document, reference.substr(1));
  for (const json::Member& property : branch["properties"].members()) {
    const Value said = value[property.key];
    const Value words = property.value["enum"];
    const Value kind = property.value["const"]     ? property.value["const"]
                       : words.items().size() == 1 ? words.at(0)
                                                   : Value();
    if (said && kind && !json::equal(said, kind)) return true;
  }
  return false;
}

bool at_or_above(std::string_view pointer, std::string_view place) {
  return place.starts_with(pointer) && (place.size() == pointer.size() || place[pointer.size()] == '/');
}

bool same(const Violation& a, const Violation& b) {
  return a.instance_pointer == b.instance_pointer && a.schema_pointer == b.schema_pointer &&
         a.message == b.message;
}

class Coercer {
 public:
  struct Budget {
    int checks = kChecks;
    std::uint64_t steps = kSteps;
  };
  Coercer(Arena& arena, const CompiledSchema& schema, Budget& budget)
      : arena_(arena), build_(arena), schema_(schema), budget_(budget) {}

  // `part`: the subschema to fit the instance to; absent: all of the schema.
  Coerced run(Value instance, Value part, std::vector<Violation> found, int nested) {
    part_ = part;
    out_ = {instance, {}, std::move(found)};
    nested_ = nested;
    while (budget_.checks > 0 && step()) {
    }
    return std::move(out_);
  }

 private:
  struct Candidate {
    Value value;  // absent: the member is taken out
    Value whole;
    std::vector<Violation> left;
  };

  std::vector<Violation> check(Value whole) { return *check(whole, part_); }

  std::optional<std::vector<Violation>> check(Value whole, Value part) {
    --budget_.checks;
    return schema_.validator->check(whole, part, kViolations, budget_.steps);
  }

  // Mends one place. False when there is none left to mend.
  bool step() {
    for (const Violation& violation : out_.left) {
      if (violation.undecided) return false;
      if (!tried_.insert(violation.instance_pointer + '\n' + violation.schema_pointer).second) continue;
      if (mend(violation)) return true;
      if (budget_.checks <= 0) return false;
    }
    return false;
  }

  bool mend(const Violation& violation) {
    const Value value = json::resolve(out_.value, violation.instance_pointer);
    if (!value) return false;
    std::vector<Candidate> good;
    for (const Value candidate : candidates(value, violation)) add(good, violation, candidate);
    // A property that need not be there.
    const bool member = !violation.instance_pointer.empty();
    if (value.is_null() && member) add(good, violation, {});
    if (good.empty() && (violation.keyword == "anyOf" || violation.keyword == "oneOf"))
      alternatives(good, violation, value);
    if (good.empty()) return false;
    // The one that leaves the least to be desired, if there is one.
    std::ranges::sort(good, {}, [](const Candidate& c) { return c.left.size(); });
    if (good.size() > 1 && good[1].left.size() == good[0].left.size()) return false;
    const Value after = good[0].value;
    out_.made.push_back({violation.instance_pointer, violation.keyword, show(value), show(after)});
    out_.value = good[0].whole;
    out_.left = std::move(good[0].left);
    return true;
  }

  std::vector<Value> candidates(Value value, const Violation& violation) {
    const std::string_view keyword = violation.keyword;
    std::vector<Value> out;
    if (keyword == "enum" || keyword == "const") {
      if (value.is_string())
        if (const Value word = same_word(schema_.schema, violation, value.text())) out.push_back(word);
    } else if (keyword != "type" && keyword != "anyOf" && keyword != "oneOf") {
      return out;
    }
    Value read;
    if (value.is_string()) {
      read = read_text(arena_, value.text());
      if (read) out.push_back(read);
    } else if (value.is_number()) {
      out.push_back(build_.string_copy(value.number_text()));
    } else if (value.is_bool()) {
      out.push_back(build_.string(value.boolean() ? "true" : "false"));
    }
    if (value.is_array()) {
      if (value.items().size() == 1) out.push_back(value.at(0));
    } else if (!value.is_null() && !read.is_array()) {
      out.push_back(build_.array({&value, 1}));
    }
    return out;
  }

  // Keeps the candidate if nothing is wrong at its place any more, nor anything new above it.
  void add(std::vector<Candidate>& good, const Violation& violation, Value candidate) {
    if (budget_.checks <= 0) return;
    const std::string& place = violation.instance_pointer;
    const Value whole = replaced(build_, out_.value, place, candidate);
    if (whole.node() == out_.value.node()) return;
    std::vector<Violation> left = check(whole);
    for (const Violation& other : left) {
      if (other.undecided) return;
      if (!at_or_above(other.instance_pointer, place)) continue;
      const bool new_one =
          std::ranges::none_of(out_.left, [&](const Violation& old) { return same(old, other); });
      if (other.instance_pointer == place || new_one) return;
    }
    for (const Candidate& known : good)
      if (known.value && candidate && json::equal(known.value, candidate)) return;
    good.push_back({candidate, whole, std::move(left)});
  }

  // The place fits no alternative as it is: does it fit exactly one when it is mended for that one?
  void alternatives(std::vector<Candidate>& good, const Violation& violation, Value value) {
    if (nested_ <= 0) return;
    const Value list = json::resolve(schema_.schema, violation.schema_pointer);
    std::vector<Value> starts = {value};
    if (value.is_string())
      if (const Value read = read_text(arena_, value.text()); read.is_object() || read.is_array())
        starts.push_back(read);
    const bool many = list.items().size() > kAlternatives;
    std::size_t tried = 0;
    for (std::size_t i = 0; i < list.items().size() && tried < kAlternatives && budget_.checks > 0; ++i) {
      if (many && is_another_kind(schema_.schema, list.at(i), starts.back())) continue;
      ++tried;
      for (const Value start : starts) {
        auto found = check(start, list.at(i));
        if (!found) break;             // it is never looked at
        if (found->empty()) continue;  // a candidate of its own
        const Coerced mended =
            Coercer(arena_, schema_, budget_).run(start, list.at(i), *std::move(found), nested_ - 1);
        if (mended.left.empty()) add(good, violation, mended.value);
      }
    }
  }

  Arena& arena_;
  json::Builder build_;
  const CompiledSchema& schema_;
  Budget& budget_;
  Value part_;
  int nested_ = 0;
  Coerced out_;
  std::set<std::string> tried_;
};

}  // namespace

Coerced coerce(Value instance, const CompiledSchema& schema, std::vector<Violation> found, Arena& arena) {
  Coercer::Budget budget;
  return Coercer(arena, schema, budget).run(instance, {}, std::move(found), kNested);
}

}  // namespace dragoman::lower
