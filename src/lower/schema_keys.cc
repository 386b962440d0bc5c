#include "lower/schema_keys.h"

#include <unordered_set>

#include "base/strings.h"
#include "lower/argument_plan.h"
#include "lower/schema_keywords.h"
#include "lower/schema_refs.h"

namespace dragoman::lower {
namespace {

using json::Member;
using json::Value;

// The names of all properties a schema has, at any depth.
template <class F>
void each_key(Value schema, F&& each) {
  std::vector<Value> open = {schema};
  while (!open.empty()) {
    const Value next = open.back();
    open.pop_back();
    for (const Member& member : next["properties"].members()) each(member.key);
    append_subschemas(next, open);
  }
}

class Keys {
 public:
  Keys(const Alphabet& alphabet, const NameJudge& judge, Arena& arena)
      : alphabet_(alphabet), judge_(judge), arena_(arena), build_(arena) {}

  // Keys that fit keep their names, so that no made-up name can take one of theirs.
  void collect(Value schema) {
    each_key(schema, [&](std::string_view key) {
      if (judge_.fits(key)) taken_.insert(key);
    });
  }

  Value walk(Value schema) {
    if (!schema.is_object()) return schema;
    std::vector<Member> out;
    bool changed = false;
    for (Member member : schema.members()) {
      const Value made = keyword(member.key, member.value);
      changed |= made.node() != member.value.node();
      member.value = made;
      out.push_back(member);
    }
    return changed ? build_.object(out) : schema;
  }

  std::unordered_map<std::string_view, std::string_view> client;

 private:
  std::string_view wire(std::string_view key) {
    if (judge_.fits(key)) return key;
    if (const auto known = wire_.find(key); known != wire_.end()) return known->second;
    std::string made = fit(alphabet_, key);
    for (std::uint64_t salt = 1; taken_.contains(made); ++salt) made = fit(alphabet_, key, salt);
    const std::string_view kept = arena_.copy(std::string_view(made));
    taken_.insert(kept);
    wire_.emplace(key, kept);
    client.emplace(kept, key);
    return kept;
  }

  Value keyword(std::string_view name, Value value) {
    if (name == "required" || name == "propertyOrdering") return names(value);
    if (name == "dependentRequired") return map(value, true, [&](Value list) { return names(list); });
    if (name == "properties" || name == "dependentSchemas" || name == "dependencies")
      return map(value, true, [&](Value sub) { return sub.is_array() ? names(sub) : walk(sub); });
    if (name == "$ref") return reference(value);
    const Keyword* known = find_keyword(name);
    if (!known || known->holds == Holds::data) return value;
    if (known->holds == Holds::map) return map(value, false, [&](Value sub) { return walk(sub); });
    if (!value.is_array()) return walk(value);
    std::vector<Value> out;
    bool changed = false;
    for (const Value item : value.items()) {
      out.push_back(walk(item));
      changed |= out.back().node() != item.node();
    }
    return changed ? build_.array(out) : value;
  }

  Value names(Value list) {
    std::vector<Value> out;
    bool changed = false;
    for (const Value item : list.items()) {
      const bool odd = item.is_string() && wire(item.text()) != item.text();
      out.push_back(odd ? build_.string(wire(item.text())) : item);
      changed |= odd;
    }
    return changed ? build_.array(out) : list;
  }

  template <class F>
  Value map(Value object, bool keys, F&& each) {
    std::vector<Member> out;
    bool changed = false;
    for (Member member : object.members()) {
      const std::string_view key = keys ? wire(member.key) : member.key;
      const Value made = each(member.value);
      changed |= made.node() != member.value.node() || key != member.key;
      if (key != member.key) member.raw_key = {};
      member.key = key;
      member.value = made;
      out.push_back(member);
    }
    return changed ? build_.object(out) : object;
  }

  // "#/properties/a b/items" leads through a key that has another name now.
  Value reference(Value ref) {
    constexpr std::string_view kStep = "properties";
    if (!ref.is_string() || ref.text().find(kStep) == std::string_view::npos) return ref;
    const std::string pointer = percent_decoded(ref.text());
    std::string made;
    bool changed = false, key_next = false;
    std::size_t at = 0;
    while (at <= pointer.size()) {
      const std::size_t end = std::min(pointer.find('/', at), pointer.size());
      std::string token = pointer.substr(at, end - at);
      if (key_next) {
        std::string key = token;
        for (std::size_t i; (i = key.find("~1")) != key.npos;) key.replace(i, 2, "/");
        for (std::size_t i; (i = key.find("~0")) != key.npos;) key.replace(i, 2, "~");
        if (const std::string_view wired = wire(arena_.copy(std::string_view(key))); wired != key) {
          token = wired;
          changed = true;
        }
      }
      key_next = !key_next && token == kStep;
      made += (at ? "/" : "") + token;
      at = end + 1;
    }
    return changed ? build_.string_copy(made) : ref;
  }

  const Alphabet& alphabet_;
  const NameJudge& judge_;
  Arena& arena_;
  json::Builder build_;
  std::unordered_set<std::string_view> taken_;
  std::unordered_map<std::string_view, std::string_view> wire_;
};

}  // namespace

KeysSeen keys_of(Value schema, const NameJudge* judge) {
  KeysSeen seen;
  each_key(schema, [&](std::string_view key) {
    seen.fit = seen.fit && (!judge || judge->fits(key));
    seen.filler = seen.filler || key == kFillerKey;
  });
  return seen;
}

RenamedKeys rename_keys(Value schema, const Alphabet& alphabet, const NameJudge* judge, Arena& arena) {
  if (!judge) return {schema};
  Keys keys(alphabet, *judge, arena);
  if (keys_of(schema, judge).fit) return {schema};
  keys.collect(schema);
  const Value made = keys.walk(schema);
  return {made, std::move(keys.client)};
}

}  // namespace dragoman::lower
