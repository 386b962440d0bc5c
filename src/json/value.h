// An immutable JSON tree that remembers the bytes it came from.
//
// A Value is a handle to a node in an Arena: copy it freely, it is one pointer. Nodes never change, so a
// subtree of the client's request can stand inside any number of outgoing bodies at once; an edit is a new
// node that shares the rest. A parsed value keeps its exact source bytes (`raw`): 0.70 stays 0.70, 1e400
// stays 1e400, key order and escapes stay as they were written, and writing it out is one append.
//
// Lifetime: a Value is valid as long as its Arena and the text it was parsed from. Not thread-safe (strings
// with escapes are decoded on first use, into the arena).
#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/arena.h"

namespace dragoman::json {

enum class Kind : std::uint8_t { absent, null, boolean, number, string, array, object };

std::string_view name(Kind kind);  // "object", "string", … as error messages say it

struct Node;
struct Member;

class Value {
 public:
  constexpr Value() = default;  // absent: what a look-up that finds nothing returns
  constexpr explicit Value(const Node* node) : node_(node) {}

  Kind kind() const;
  explicit operator bool() const { return node_ != nullptr; }  // present at all (null is present)
  bool is_null() const { return kind() == Kind::null; }
  bool is_bool() const { return kind() == Kind::boolean; }
  bool is_number() const { return kind() == Kind::number; }
  bool is_string() const { return kind() == Kind::string; }
  bool is_array() const { return kind() == Kind::array; }
  bool is_object() const { return kind() == Kind::object; }
  bool present() const { return node_ != nullptr && !is_null(); }  // neither absent nor null

  // Each gives a neutral value ("" / false / 0 / empty) when the kind is another: check first where it
  // matters.
  std::string_view text() const;         // a string, escapes decoded
  std::string_view number_text() const;  // a number exactly as written
  bool boolean() const;
  std::optional<std::int64_t> integer() const;  // a number that is a whole number in range (3, 3.0, 3e0)
  double number() const;
  std::span<const Value> items() const;
  std::span<const Member> members() const;

  Value operator[](std::string_view key) const;  // member of an object; absent if there is none
  Value at(std::size_t index) const;             // item of an array; absent if there is none

  std::string_view raw() const;  // the source bytes, "" for a value that was built
  const Node* node() const { return node_; }

 private:
  std::string_view decoded_text() const;

  const Node* node_ = nullptr;
};

struct Member {
  std::string_view key;  // decoded
  Value value;
  std::string_view raw_key = {};  // with its quotes as written; "" when built
};

// Same value: objects without regard to key order, numbers by value.
bool equal(Value a, Value b);

// RFC 6901. Absent when the pointer leads nowhere.
Value resolve(Value root, std::string_view pointer);
std::string escape_pointer_token(std::string_view token);
// One step down, appended.
void append_pointer(std::string& pointer, std::string_view token);
void append_pointer(std::string& pointer, std::size_t index);
std::string unescape_pointer_token(std::string_view token);  // ~0 and ~1; any other ~ stays
std::string pointer_join(std::string_view base, std::string_view token);
std::string pointer_join(std::string_view base, std::size_t index);
// Does `pointer` name `place` or something in it?
bool pointer_within(std::string_view pointer, std::string_view place);

// Makes values. Everything it is given by view must outlive the arena's use, or be copied in with copy().
class Builder {
 public:
  explicit Builder(Arena& arena) : arena_(&arena) {}

  Value null() const;
  Value boolean(bool value) const;
  Value integer(std::int64_t value) const;
  Value number(double value) const;                        // shortest text that reads back the same
  Value number_text(std::string_view valid_number) const;  // kept by view
  Value string(std::string_view text) const;               // kept by view
  Value string_copy(std::string_view text) const;
  Value array(std::span<const Value> items) const;  // the handles are copied, not what they point to
  Value object(std::span<const Member> members) const;
  Value empty_object() const { return object({}); }

  // `object` with one member set in place (or added at the end) / taken out. Order is kept.
  Value with(Value object, std::string_view key, Value value) const;
  Value without(Value object, std::string_view key) const;

  Arena& arena() const { return *arena_; }

 private:
  Arena* arena_;
};

}  // namespace dragoman::json

#include "json/node.h"  // what is looked at most is inline
