// What the two halves of Run share.
#pragma once
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>

#include "lower/validate/run.h"
#include "lower/validate/text.h"

namespace dragoman::validate {

template <class Message>
bool Run::broken(const Schema& at, std::string_view keyword, const Spot& spot, Message&& message) {
  constexpr std::uint64_t kTextCost = 32;
  if (quiet() || out_->size() >= most_ || !steps_.take(kTextCost)) return false;
  std::string schema_pointer = program_.document.pointer(at.place);
  if (!keyword.empty()) schema_pointer = json::pointer_join(schema_pointer, keyword);
  out_->push_back({pointer(spot.path), std::move(schema_pointer), std::string(keyword),
                   std::forward<Message>(message)()});
  return false;
}

// Charged for the worst that RE2 does, every instruction at every byte: about 4 ns each.
inline bool matches(const Pattern& pattern, std::string_view text, Steps& steps) {
  return steps.take(1 + text.size() * pattern.program_size() / 64) && pattern.found_in(text);
}

// Members of an object by name: a search in a small one, a table of a large one.
class MemberFinder {
 public:
  MemberFinder(json::Value object, Steps& steps) : object_(object) {
    constexpr std::size_t kFew = 16;
    if (object.members().size() <= kFew) return;
    steps.take(object.members().size());
    for (const json::Member& member : object.members()) table_.emplace(member.key, member.value);
  }
  json::Value operator[](std::string_view key) const {
    if (table_.empty()) return object_[key];
    const auto at = table_.find(key);
    return at == table_.end() ? json::Value() : at->second;
  }

 private:
  json::Value object_;
  std::unordered_map<std::string_view, json::Value> table_;
};

}  // namespace dragoman::validate
