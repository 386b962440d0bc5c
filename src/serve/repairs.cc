#include "serve/repairs.h"

#include <spdlog/spdlog.h>

#include <algorithm>

#include "route/narrow.h"

namespace dragoman::serve {
namespace {

constexpr std::int64_t kLookEvery = 1000;  // milliseconds
constexpr std::size_t kWords = 500;        // of a refusal that are kept

failure::Repair proposal(const store::LearnedRepair& row) {
  return {row.compat, row.settings, row.params, row.why};
}

}  // namespace

Repairs::Repairs(std::unique_ptr<store::Learned> store, profile::CompatTable compat)
    : compat_(std::move(compat)), store_(std::move(store)) {}

NarrowingRules Repairs::rules_of(const failure::Repair& repair) const {
  auto rules = route::narrowing_rules(repair, compat_);
  if (!rules) return nullptr;
  return std::make_shared<const std::vector<profile::Rule>>(*std::move(rules));
}

void Repairs::add(const store::LearnedRepair& repair) {
  Entry& entry = learned_[repair.target];
  std::erase_if(entry.repairs, [&](const store::LearnedRepair& other) { return other.name == repair.name; });
  entry.repairs.push_back(repair);
  std::vector<profile::Rule> all;
  for (const store::LearnedRepair& row : entry.repairs) {
    auto rules = route::narrowing_rules(proposal(row), compat_);
    if (!rules) {
      spdlog::warn("what was learned about {} is left out: {}", row.target, rules.error().message);
      continue;
    }
    // A later list setting would replace an earlier one: keywords learned one by one belong together.
    for (profile::Rule& rule : *rules) {
      const auto same =
          std::find_if(all.begin(), all.end(), [&](const profile::Rule& r) { return r.id == rule.id; });
      if (same == all.end() || rule.settings.size() != 1 || same->settings.size() != 1 ||
          !std::holds_alternative<std::vector<std::string>>(rule.settings[0].second)) {
        all.push_back(std::move(rule));
        continue;
      }
      auto& into = std::get<std::vector<std::string>>(same->settings[0].second);
      for (std::string& item : std::get<std::vector<std::string>>(rule.settings[0].second))
        into.push_back(std::move(item));
      same->why += "; " + rule.why;
    }
  }
  entry.rules = std::make_shared<const std::vector<profile::Rule>>(std::move(all));
}

void Repairs::refresh(std::int64_t now_ms) {
  if (!store_ || (looked_ms_ >= 0 && now_ms - looked_ms_ < kLookEvery)) return;
  looked_ms_ = now_ms;
  const auto version = store_->version();
  if (version && *version == version_ && (next_expiry_ms_ == 0 || now_ms < next_expiry_ms_)) return;
  const auto rows = store_->all(now_ms);
  if (!rows) {
    spdlog::warn("what was learned cannot be read: {}", rows.error().message);
    return;
  }
  if (version) version_ = *version;
  learned_.clear();
  next_expiry_ms_ = 0;
  for (const store::LearnedRepair& row : *rows) {
    add(row);
    if (next_expiry_ms_ == 0 || row.expires_ms < next_expiry_ms_) next_expiry_ms_ = row.expires_ms;
  }
}

NarrowingRules Repairs::rules(std::string_view target, std::int64_t now_ms) {
  const std::lock_guard lock(mutex_);
  refresh(now_ms);
  const auto found = learned_.find(target);
  return found == learned_.end() ? nullptr : found->second.rules;
}

void Repairs::learn(std::string_view target, const failure::Repair& repair, std::string_view words,
                    std::int64_t now_ms, std::chrono::milliseconds keep) {
  const store::LearnedRepair row{std::string(target),
                                 repair.name(),
                                 repair.compat,
                                 repair.settings,
                                 repair.params,
                                 repair.why,
                                 std::string(words.substr(0, kWords)),
                                 now_ms,
                                 now_ms + keep.count(),
                                 1};
  const std::lock_guard lock(mutex_);
  add(row);
  if (next_expiry_ms_ == 0 || row.expires_ms < next_expiry_ms_) next_expiry_ms_ = row.expires_ms;
  if (!store_) return;
  if (const auto kept = store_->learn(row); !kept)
    spdlog::warn("what was learned about {} goes with this process: {}", target, kept.error().message);
}

}  // namespace dragoman::serve
