// The representation behind Value; only the json room looks inside.
#pragma once
#include "json/value.h"

namespace dragoman::json {

// A string with escapes, decoded when somebody asks.
struct LazyText {
  std::string_view escaped;  // between the quotes
  Arena* arena;
  mutable const char* decoded = nullptr;
  mutable std::size_t size = 0;
};

struct Node {
  Kind kind = Kind::null;
  bool truth = false;
  bool lazy = false;
  std::uint32_t count = 0;
  std::string_view raw = {};
  union {
    const char* chars = nullptr;  // string (count unused: see size) and number text
    const LazyText* lazy_text;
    const Value* items;
    const Member* members;
  };
  std::size_t size = 0;  // of chars
};

inline Kind Value::kind() const { return node_ ? node_->kind : Kind::absent; }
inline std::string_view Value::raw() const { return node_ ? node_->raw : std::string_view(); }
inline std::string_view Value::text() const {
  if (!is_string()) return {};
  return node_->lazy ? decoded_text() : std::string_view(node_->chars, node_->size);
}
inline std::span<const Value> Value::items() const {
  return is_array() ? std::span(node_->items, node_->count) : std::span<const Value>();
}
inline std::span<const Member> Value::members() const {
  return is_object() ? std::span(node_->members, node_->count) : std::span<const Member>();
}

}  // namespace dragoman::json
