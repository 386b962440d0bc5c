// Several schemas that must all hold, as one object: what allOf, and a $ref with keywords beside it, mean.
#pragma once
#include <array>
#include <cstdint>
#include <span>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "json/value.h"

namespace dragoman::lower {

// What of a schema to join.
enum class Take : std::uint8_t {
  all,
  content,  // not what names it or is found by name in it ($id, $anchor, $defs): the copy is another schema
  branch,   // nor $ref and allOf, which the caller expands
};

// Collects objects and joins them keyword by keyword. Where one keyword must hold twice and has no single
// value for that (two patterns, two anyOf), the first is kept and the keyword is a conflict: the result is
// wider. A property that several describe becomes an allOf of them, which the walk then handles like the
// client's own. Linear in what was added.
class Conjunction {
 public:
  explicit Conjunction(const json::Builder& build) : build_(build) {}

  // Notes (title, description, default, …) of the first that has them stay.
  void add(std::span<const json::Member> members, Take take);

  std::vector<json::Member> finish();
  const std::vector<std::string_view>& conflicts() const { return conflicts_; }
  bool impossible() const { return impossible_; }  // the types exclude each other

 private:
  struct Slot {
    json::Member first;
    std::vector<json::Value> more;
  };

  bool elsewhere(const json::Member& member);
  void note_closed(std::span<const json::Member> members);
  void note_null(std::span<const json::Member> members, Take take);
  json::Value join(const Slot& slot);
  json::Value join_words(const Slot& slot);
  json::Value join_types(const Slot& slot);
  json::Value join_enums(const Slot& slot);
  json::Value join_maps(const Slot& slot);
  json::Value join_schemas(const std::vector<json::Value>& schemas);
  json::Value join_bounds(const Slot& slot, bool least);
  json::Value join_names(const Slot& slot);
  json::Value first_of(const Slot& slot);

  const json::Builder& build_;
  std::vector<Slot> slots_;
  std::unordered_map<std::string_view, std::size_t> index_;
  std::vector<std::string_view> conflicts_;
  bool impossible_ = false;
  int schemas_ = 0, closed_by_ = 0;  // how many were added; the only one that closes the object (-1: several)
  bool by_names_ = true;
  int described_by_ = 0;                   // the same of properties
  std::vector<std::size_t> closers_ = {};  // how many properties those name that close the object
  std::array<int, 3> told_by_{};           // which one says what of kTogether
  bool flags_null_ = false;                // a branch says `nullable: true`
  bool never_null_ = false;                // another's type leaves null out
};

// The distinct values, in order.
std::vector<json::Value> distinct(std::span<const json::Value> values);

// What an enum or const fixes: the values, or nothing for a schema that says more than that and its type.
std::vector<json::Value> literals(json::Value schema);

}  // namespace dragoman::lower
