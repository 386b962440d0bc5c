#include "lower/schema_refs.h"

#include <algorithm>
#include <unordered_set>

#include "base/strings.h"
#include "lower/schema_keywords.h"

namespace dragoman::lower {

using json::Member;
using json::Value;

void append_subschemas(const Member& member, std::vector<Value>& out) {
  const Keyword* keyword = find_keyword(member.key);
  if (!keyword || keyword->holds == Holds::data) return;
  if (keyword->holds == Holds::schema || keyword->holds == Holds::schema_or_list)
    if (member.value.is_object()) out.push_back(member.value);
  if (keyword->holds == Holds::list || keyword->holds == Holds::schema_or_list)
    out.insert(out.end(), member.value.items().begin(), member.value.items().end());
  if (keyword->holds == Holds::map || keyword->holds == Holds::dependencies)
    for (const Member& inner : member.value.members()) out.push_back(inner.value);
}

void append_subschemas(Value schema, std::vector<Value>& out) {
  for (const Member& member : schema.members()) append_subschemas(member, out);
}

std::string_view References::local(std::string_view ref) const {
  if (!id_.empty() && ref.starts_with(id_) && (ref.size() == id_.size() || ref[id_.size()] == '#')) {
    ref.remove_prefix(id_.size());
    return ref.empty() ? "#" : ref;
  }
  return ref;
}

RefKind References::kind(std::string_view ref) const {
  ref = local(ref);
  if (ref == "#") return RefKind::root;
  if (!ref.starts_with('#')) return RefKind::external;
  if (!ref.starts_with("#/")) return RefKind::anchor;
  if (ref.starts_with("#/$defs/") && ref.find('/', 8) == ref.npos) return RefKind::defs;
  if (ref.starts_with("#/definitions/") && ref.find('/', 14) == ref.npos) return RefKind::definitions;
  return RefKind::deep;
}

Value References::member(Value object, std::string_view key) {
  if (object.members().size() <= 16) return object[key];
  auto [at, made] = members_.try_emplace(object.node());
  if (made)
    for (const Member& m : object.members()) at->second.emplace(m.key, m.value);
  const auto found = at->second.find(key);
  return found == at->second.end() ? Value() : found->second;
}

Value References::find_anchor(std::string_view name) {
  if (!anchors_read_) {
    anchors_read_ = true;
    std::vector<Value> open = {root_};
    while (!open.empty()) {
      const Value schema = open.back();
      open.pop_back();
      for (const std::string_view key : {"$anchor", "$dynamicAnchor"})
        if (const Value anchor = schema[key]; anchor.is_string()) anchors_.emplace(anchor.text(), schema);
      if (const std::string_view id = schema["$id"].text(); id.starts_with('#'))  // draft-06
        anchors_.emplace(id.substr(1), schema);
      append_subschemas(schema, open);
    }
  }
  const auto found = anchors_.find(name);
  return found == anchors_.end() ? Value() : found->second;
}

Value References::resolve(std::string_view text) {
  if (const auto found = known_.find(text); found != known_.end()) return found->second;
  const std::string_view ref = local(text);
  Value at;
  if (ref.starts_with('#')) {
    const std::string pointer = percent_decoded(ref.substr(1));
    if (pointer.empty() || pointer.starts_with('/')) {
      at = root_;
      for (std::string_view rest = pointer; !rest.empty() && at;) {
        rest.remove_prefix(1);
        const std::string_view token = rest.substr(0, rest.find('/'));
        rest.remove_prefix(token.size());
        at = at.is_array() ? json::resolve(at, "/" + std::string(token))
                           : member(at, json::unescape_pointer_token(token));
      }
    } else {
      at = find_anchor(pointer);
    }
  }
  if (!at.is_object() && !at.is_bool()) at = {};
  known_.emplace(text, at);
  return at;
}

template <class Wanted>
bool References::some(const Wanted& wanted) const {
  constexpr std::string_view kKeys[] = {"$ref", "$dynamicRef", "$recursiveRef"};
  const auto may = [&](Value schema) {
    return std::ranges::any_of(kKeys, [&](std::string_view key) { return may_say(schema, key); });
  };
  return any_schema(root_, may, [&](Value schema) {
    return std::ranges::any_of(kKeys, [&](std::string_view key) {
      const Value ref = schema[key];
      return ref && wanted(ref);
    });
  });
}

bool References::any() const {
  return some([](Value) { return true; });
}

bool References::by_name() {
  if (!by_name_)
    by_name_ = some([](Value ref) { return ref.text() != "#" && !ref.text().starts_with("#/"); });
  return *by_name_;
}

bool References::recursive(bool dynamic) {
  if (!any()) return false;
  // Depth first with a stack of our own: a chain of references may be as long as the document.
  struct Frame {
    Value schema;
    std::vector<Value> next;
  };
  std::unordered_set<const json::Node*> open, done;
  std::vector<Frame> path;
  const auto enter = [&](Value schema) {
    Frame frame{schema, {}};
    append_subschemas(schema, frame.next);
    for (const std::string_view key : {"$ref", "$dynamicRef", "$recursiveRef"})
      if (key != "$ref" && !dynamic)
        break;
      else if (const Value ref = schema[key]; ref.is_string())
        if (const Value target = resolve(ref.text())) frame.next.push_back(target);
    open.insert(schema.node());
    path.push_back(std::move(frame));
  };
  if (root_.is_object()) enter(root_);
  while (!path.empty()) {
    if (path.back().next.empty()) {
      const json::Node* node = path.back().schema.node();
      open.erase(node);
      done.insert(node);
      path.pop_back();
      continue;
    }
    const Value next = path.back().next.back();
    path.back().next.pop_back();
    if (!next.is_object() || done.contains(next.node())) continue;
    if (open.contains(next.node())) return true;
    enter(next);
  }
  return false;
}

}  // namespace dragoman::lower
