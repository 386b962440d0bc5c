// One schema object while it is being changed: order kept, and the source given back if nothing changed. Its
// members are copied before the first change only, since most schemas see none.
#pragma once
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "base/same_text.h"
#include "json/value.h"
#include "lower/key_hash.h"

namespace dragoman::lower {

class Draft {
 public:
  explicit Draft(json::Value object) : source_(object) {
    for (const json::Member& member : object.members()) may_have_ |= bit(member.key);
  }

  json::Value get(std::string_view key) const {
    if (!(may_have_ & bit(key))) return {};  // as most of the keywords it is asked for
    for (const json::Member& member : members())
      if (same_text(member.key, key) && member.value)
        return member.value;  // an erased member's value is absent
    return {};
  }
  bool has(std::string_view key) const { return static_cast<bool>(get(key)); }

  // In place, or at the end; the key must live as long as the arena.
  void set(std::string_view key, json::Value value) {
    json::Member* slot = nullptr;
    for (json::Member& member : own())
      if (member.key == key && (member.value || !slot)) slot = &member;
    if (slot) {
      changed_ |= slot->value.node() != value.node();
      slot->value = value;
      return;
    }
    members_.push_back({key, value});
    may_have_ |= bit(key);
    changed_ = true;
  }
  void put_first(std::string_view key, json::Value value) {
    erase(key);
    own();
    members_.insert(members_.begin(), {key, value});
    may_have_ |= bit(key);
    changed_ = true;
  }
  // Erased members stay as absent values until the end, so that erasing many is not quadratic.
  void erase(std::string_view key) {
    if (!has(key)) return;
    for (json::Member& member : own()) {
      if (member.key != key || !member.value) continue;
      member.value = {};
      changed_ = true;
    }
  }
  // The value moves to another keyword, in place; what that keyword said before is gone.
  void rename(std::string_view from, std::string_view to) {
    erase(to);
    for (json::Member& member : own()) {
      if (member.key != from || !member.value) continue;
      member.key = to;
      member.raw_key = {};
      may_have_ |= bit(to);
      changed_ = true;
    }
  }
  void replace(std::vector<json::Member> members) {
    members_ = std::move(members);
    owns_ = true;
    for (const json::Member& member : members_) may_have_ |= bit(member.key);
    changed_ = true;
  }

  // Members present, in order. Erased ones have an absent value.
  std::span<const json::Member> members() const {
    return owns_ ? std::span<const json::Member>(members_) : source_.members();
  }
  void set_value(std::size_t i, json::Value value) {
    if (members()[i].value.node() == value.node()) return;
    own()[i].value = value;
    changed_ = true;
  }
  std::size_t size() const {
    std::size_t n = 0;
    for (const json::Member& member : members()) n += member.value ? 1 : 0;
    return n;
  }
  std::vector<json::Member> present() const {
    std::vector<json::Member> out;
    for (const json::Member& member : members())
      if (member.value) out.push_back(member);
    return out;
  }
  bool changed() const { return changed_; }
  json::Value build(const json::Builder& build) const { return changed_ ? build.object(present()) : source_; }

 private:
  std::span<json::Member> own() {
    if (!owns_) members_.assign(source_.members().begin(), source_.members().end());
    owns_ = true;
    return members_;
  }
  static std::uint64_t bit(std::string_view key) { return std::uint64_t{1} << key_hash(key) % 64; }

  json::Value source_;
  std::vector<json::Member> members_;  // what is left of the source's, where owns_
  bool owns_ = false;
  std::uint64_t may_have_ = 0;  // bits of all keys there have been
  bool changed_ = false;
};

}  // namespace dragoman::lower
