// What refusals have taught this process, by target: read on every attempt, added to when a repair has
// worked, kept in SQLite so that a restart forgets nothing.
#pragma once
#include <chrono>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "failure/repair.h"
#include "profile/compat.h"
#include "profile/profile.h"
#include "store/learned.h"

namespace dragoman::serve {

using NarrowingRules = std::shared_ptr<const std::vector<profile::Rule>>;

// Thread-safe. Without a store what is learned goes with the process.
class Repairs {
 public:
  Repairs(std::unique_ptr<store::Learned> store, profile::CompatTable compat);

  // What was learned about a target; null when nothing was. Looks at the store now and then, for another
  // process
  // (`dragoman learned forget`) may have changed it.
  NarrowingRules rules(std::string_view target, std::int64_t now_ms);

  // A proposal as rules; null when this program cannot express it.
  NarrowingRules rules_of(const failure::Repair& repair) const;

  // It worked. `words`: the refusal it answers.
  void learn(std::string_view target, const failure::Repair& repair, std::string_view words,
             std::int64_t now_ms, std::chrono::milliseconds keep);

 private:
  void refresh(std::int64_t now_ms);  // with the lock held
  void add(const store::LearnedRepair& repair);

  struct Hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>{}(text); }
  };
  struct Entry {
    std::vector<store::LearnedRepair> repairs;
    NarrowingRules rules;
  };

  const profile::CompatTable compat_;
  std::mutex mutex_;
  std::unique_ptr<store::Learned> store_;
  std::unordered_map<std::string, Entry, Hash, std::equal_to<>> learned_;
  std::int64_t looked_ms_ = -1, version_ = -1, next_expiry_ms_ = 0;
};

}  // namespace dragoman::serve
