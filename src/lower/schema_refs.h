// References inside one schema document.
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "json/value.h"

namespace dragoman::lower {

enum class RefKind : std::uint8_t {
  root,         // "#"
  defs,         // "#/$defs/name"
  definitions,  // "#/definitions/name"
  deep,         // any other JSON pointer
  anchor,       // "#name"
  external,     // another document
};

class References {
 public:
  explicit References(json::Value root) : root_(root), id_(root["$id"].text()) {}

  RefKind kind(std::string_view ref) const;
  // What the reference names; absent if that is not in this document. Escapes (%41, ~0, ~1) are understood.
  json::Value resolve(std::string_view ref);
  // Some schema contains itself by way of references, those of $dynamicRef and $recursiveRef included on
  // demand.
  bool recursive(bool dynamic);
  bool any() const;  // some schema refers to another, or would
  bool by_name();    // one of them by a name ($id, $anchor), not by a pointer

 private:
  template <class Wanted>
  bool some(const Wanted& wanted) const;               // of the references there are
  std::string_view local(std::string_view ref) const;  // without the document's own $id
  json::Value member(json::Value object, std::string_view key);
  json::Value find_anchor(std::string_view name);

  json::Value root_;
  std::string_view id_;
  std::unordered_map<std::string_view, json::Value> known_;
  // Of objects with many members; so that thousands of references into thousands of definitions stay linear.
  std::unordered_map<const json::Node*, std::unordered_map<std::string_view, json::Value>> members_;
  std::unordered_map<std::string_view, json::Value> anchors_;
  bool anchors_read_ = false;
  std::optional<bool> by_name_;
};

// The schemas that stand directly inside `schema`, appended to `out`.
void append_subschemas(json::Value schema, std::vector<json::Value>& out);
// The same of one keyword of it.
void append_subschemas(const json::Member& member, std::vector<json::Value>& out);

// May the word stand somewhere in the value, in its bytes? A scan of them is much cheaper than a walk. True
// where they are not known, or have escapes that could spell it.
inline bool may_say(json::Value value, std::string_view word) {
  const std::string_view raw = value.raw();
  return raw.empty() || raw.find(word) != raw.npos || raw.find("\\u") != raw.npos;
}

// Whether `is` holds of the schema or one below it. Where `may` says no of a schema with bytes of its own,
// nothing below it is looked at.
template <class May, class Is>
bool any_schema(json::Value root, const May& may, const Is& is) {
  if (!may(root)) return false;
  std::vector<json::Value> open = {root}, below;
  while (!open.empty()) {
    const json::Value schema = open.back();
    open.pop_back();
    if (is(schema)) return true;
    below.clear();
    append_subschemas(schema, below);
    const bool made = schema.raw().empty();  // else what is below has been scanned with it
    for (const json::Value inner : below)
      if (!made || inner.raw().empty() || may(inner)) open.push_back(inner);
  }
  return false;
}

}  // namespace dragoman::lower
