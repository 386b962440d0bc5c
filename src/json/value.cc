#include "json/value.h"

#include <charconv>
#include <cmath>

#include "base/same_text.h"
#include "json/escape.h"
#include "json/node.h"
#include "json/write.h"

namespace dragoman::json {

std::string_view name(Kind kind) {
  switch (kind) {
    case Kind::absent:
      return "nothing";
    case Kind::null:
      return "null";
    case Kind::boolean:
      return "boolean";
    case Kind::number:
      return "number";
    case Kind::string:
      return "string";
    case Kind::array:
      return "array";
    case Kind::object:
      return "object";
  }
  return "nothing";
}

std::string_view Value::decoded_text() const {
  const LazyText& lazy = *node_->lazy_text;
  if (!lazy.decoded) {
    char* out = lazy.arena->characters(lazy.escaped.size());
    lazy.size = unescape(lazy.escaped, out);
    lazy.decoded = out;
  }
  return {lazy.decoded, lazy.size};
}

std::string_view Value::number_text() const {
  return is_number() ? std::string_view(node_->chars, node_->size) : std::string_view();
}

bool Value::boolean() const { return is_bool() && node_->truth; }

double Value::number() const {
  const std::string_view text = number_text();
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error == std::errc::result_out_of_range) {
    // from_chars leaves the value alone here; the sign of the exponent says which way it went.
    const std::size_t e = text.find_first_of("eE");
    const bool tiny = e != std::string_view::npos && e + 1 < text.size() && text[e + 1] == '-';
    value = tiny ? 0.0 : HUGE_VAL;
    return text.starts_with('-') ? -value : value;
  }
  return value;
}

std::optional<std::int64_t> Value::integer() const {
  const std::string_view text = number_text();
  if (text.empty()) return std::nullopt;
  std::int64_t whole = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), whole);
  if (error == std::errc() && end == text.data() + text.size()) return whole;
  const double value = number();
  if (std::abs(value) < 9.0e15 && std::floor(value) == value) return static_cast<std::int64_t>(value);
  return std::nullopt;
}

Value Value::operator[](std::string_view key) const {
  for (const Member& member : members())
    if (same_text(member.key, key)) return member.value;
  return {};
}

Value Value::at(std::size_t index) const {
  const auto all = items();
  return index < all.size() ? all[index] : Value();
}

bool equal(Value a, Value b) {
  if (a.node() == b.node()) return true;
  if (a.kind() != b.kind()) return false;
  switch (a.kind()) {
    case Kind::absent:
    case Kind::null:
      return true;
    case Kind::boolean:
      return a.boolean() == b.boolean();
    case Kind::string:
      return a.text() == b.text();
    case Kind::number: {
      if (a.number_text() == b.number_text()) return true;
      const auto x = a.integer(), y = b.integer();
      return x || y ? x == y : a.number() == b.number();
    }
    case Kind::array: {
      const auto x = a.items(), y = b.items();
      if (x.size() != y.size()) return false;
      for (std::size_t i = 0; i < x.size(); ++i)
        if (!equal(x[i], y[i])) return false;
      return true;
    }
    case Kind::object: {
      if (a.members().size() != b.members().size()) return false;
      for (const Member& member : a.members()) {
        const Value other = b[member.key];
        if (!other || !equal(member.value, other)) return false;
      }
      return true;
    }
  }
  return false;
}

namespace {

void append_escaped(std::string& out, std::string_view token) {
  if (token.find_first_of("~/") == token.npos) {
    out += token;
    return;
  }
  for (const char c : token) {
    if (c == '~')
      out += "~0";
    else if (c == '/')
      out += "~1";
    else
      out += c;
  }
}

}  // namespace

std::string escape_pointer_token(std::string_view token) {
  std::string out;
  append_escaped(out, token);
  return out;
}

void append_pointer(std::string& pointer, std::string_view token) {
  pointer += '/';
  append_escaped(pointer, token);
}

void append_pointer(std::string& pointer, std::size_t index) {
  char text[24];
  const auto end = std::to_chars(text, text + sizeof text, index).ptr;
  pointer += '/';
  pointer.append(text, end);
}

std::string unescape_pointer_token(std::string_view token) {
  std::string out;
  for (std::size_t i = 0; i < token.size(); ++i) {
    const bool escape =
        token[i] == '~' && i + 1 < token.size() && (token[i + 1] == '0' || token[i + 1] == '1');
    out += !escape ? token[i] : token[++i] == '0' ? '~' : '/';
  }
  return out;
}

std::string pointer_join(std::string_view base, std::string_view token) {
  std::string pointer(base);
  append_pointer(pointer, token);
  return pointer;
}

std::string pointer_join(std::string_view base, std::size_t index) {
  std::string pointer(base);
  append_pointer(pointer, index);
  return pointer;
}

bool pointer_within(std::string_view pointer, std::string_view place) {
  return pointer.starts_with(place) && (pointer.size() == place.size() || pointer[place.size()] == '/');
}

Value resolve(Value root, std::string_view pointer) {
  Value at = root;
  while (!pointer.empty()) {
    if (pointer.front() != '/') return {};
    pointer.remove_prefix(1);
    const std::string_view escaped = pointer.substr(0, pointer.find('/'));
    pointer.remove_prefix(escaped.size());
    if (at.is_array()) {
      std::size_t index = 0;
      const auto [end, error] = std::from_chars(escaped.data(), escaped.data() + escaped.size(), index);
      if (error != std::errc() || end != escaped.data() + escaped.size()) return {};
      at = at.at(index);
      continue;
    }
    at = escaped.find('~') == std::string_view::npos ? at[escaped] : at[unescape_pointer_token(escaped)];
  }
  return at;
}

namespace {

Value scalar(Arena& arena, Kind kind, std::string_view chars) {
  Node* node = arena.make<Node>();
  node->kind = kind;
  node->chars = chars.data();
  node->size = chars.size();
  return Value(node);
}

}  // namespace

Value Builder::null() const { return Value(arena_->make<Node>()); }

Value Builder::boolean(bool value) const {
  Node* node = arena_->make<Node>();
  node->kind = Kind::boolean;
  node->truth = value;
  return Value(node);
}

Value Builder::integer(std::int64_t value) const {
  char text[24];
  const auto end = std::to_chars(text, text + sizeof(text), value).ptr;
  return scalar(*arena_, Kind::number, arena_->copy(std::string_view(text, end)));
}

Value Builder::number(double value) const {
  char text[40];
  const auto end = std::to_chars(text, text + sizeof(text), value).ptr;
  return scalar(*arena_, Kind::number, arena_->copy(std::string_view(text, end)));
}

Value Builder::number_text(std::string_view text) const { return scalar(*arena_, Kind::number, text); }
Value Builder::string(std::string_view text) const { return scalar(*arena_, Kind::string, text); }
Value Builder::string_copy(std::string_view text) const { return string(arena_->copy(text)); }

Value Builder::array(std::span<const Value> items) const {
  Node* node = arena_->make<Node>();
  node->kind = Kind::array;
  node->items = arena_->copy(items).data();
  node->count = static_cast<std::uint32_t>(items.size());
  return Value(node);
}

Value Builder::object(std::span<const Member> members) const {
  Node* node = arena_->make<Node>();
  node->kind = Kind::object;
  node->members = arena_->copy(members).data();
  node->count = static_cast<std::uint32_t>(members.size());
  return Value(node);
}

Value Builder::with(Value object_value, std::string_view key, Value value) const {
  std::vector<Member> members(object_value.members().begin(), object_value.members().end());
  for (Member& member : members) {
    if (member.key == key) {
      member.value = value;
      return object(members);
    }
  }
  members.push_back({key, value});
  return object(members);
}

Value Builder::without(Value object_value, std::string_view key) const {
  std::vector<Member> members;
  for (const Member& member : object_value.members())
    if (member.key != key) members.push_back(member);
  return object(members);
}

}  // namespace dragoman::json
