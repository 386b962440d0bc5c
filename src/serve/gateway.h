// What the exchanges of one process share.
#pragma once
#include <algorithm>
#include <atomic>
#include <chrono>
#include <memory>
#include <mutex>
#include <random>
#include <unordered_map>
#include <vector>

#include "lower/schema_cache.h"
#include "lower/validate/validators.h"
#include "net/client.h"
#include "net/helper.h"
#include "net/loop.h"
#include "net/server.h"
#include "net/tls.h"
#include "route/budget.h"
#include "route/cooldown.h"
#include "route/plan.h"
#include "serve/loss.h"
#include "serve/metrics.h"
#include "serve/repairs.h"
#include "serve/snapshot.h"
#include "store/journal.h"
#include "store/response_store.h"
#include "store/vault.h"

namespace dragoman::serve {

// Cooldowns and retry budgets hold for the whole process; a look at them costs an uncontended lock.
class Cooldowns {
 public:
  // The plan for one request, which earns its route a share of a retry. Where its first target's credential
  // is to be probed, this request is the probe.
  route::Plan plan(const route::Route& route, route::Time now, const route::Random& random) {
    const std::lock_guard lock(mutex_);
    if (budgets_.size() >= kBudgets && !budgets_.contains(route.name))
      budgets_.clear();  // clients name routes too
    route::RetryBudget& budget = budgets_[route.name];
    budget = route::after_request(budget, route.policy, now);
    route::Plan plan = route::plan(route, state_, now, random);
    if (!plan.steps.empty() && !plan.steps.front().cooled)
      state_ = route::begin_probe(std::move(state_), plan.steps.front().target->credential_key,
                                  route.cooldown, now);
    return plan;
  }
  void failed(const route::Target& target, const failure::Failure& failure,
              const route::CooldownPolicy& policy, route::Time now) {
    const std::lock_guard lock(mutex_);
    if (state_.size() >= forget_at_) {  // clients name models too
      state_ = route::forget_expired(std::move(state_), policy, now);
      forget_at_ = std::max(kEntries, 2 * state_.size());
    }
    state_ = route::after_failure(std::move(state_), target.key, failure, policy, now);
    if (target.credential_key.empty()) return;
    // A refused key and an empty account are so for every model; a missing permission, and Google's daily
    // quotas, are one model's.
    if (failure.cls == failure::FailureClass::auth ||
        (failure.cls == failure::FailureClass::quota_billing && !failure.rule.starts_with("gemini_")))
      state_ = route::after_failure(std::move(state_), target.credential_key, failure, policy, now);
    else if (failure.source == failure::Source::upstream && failure::is_deterministic(failure.cls) &&
             state_.find(target.credential_key))
      state_ = route::after_success(std::move(state_),
                                    target.credential_key);  // it was let in, and refused for another reason
  }
  void succeeded(const route::Target& target) {
    const std::lock_guard lock(mutex_);
    for (const std::string* key : {&target.key, &target.credential_key})
      if (state_.find(*key)) state_ = route::after_success(std::move(state_), *key);
  }
  std::size_t size() {  // targets and credentials of which something is remembered
    const std::lock_guard lock(mutex_);
    return state_.size();
  }
  bool may_retry(const std::string& route) {
    const std::lock_guard lock(mutex_);
    return route::may_retry(budgets_[route]);
  }
  void retried(const std::string& route) {
    const std::lock_guard lock(mutex_);
    budgets_[route] = route::after_retry(budgets_[route]);
  }

 private:
  static constexpr std::size_t kBudgets = 4096, kEntries = 4096;
  std::mutex mutex_;
  route::CooldownState state_;
  std::size_t forget_at_ = kEntries;
  std::unordered_map<std::string, route::RetryBudget> budgets_;  // by route
};

// From these sizes on a request is read and lowered, one with such a schema lowered, beside the loop. What a
// smaller one can cost is bounded by its size (docs/schema-validation.md): lowering a schema may take time by
// the square of its own.
inline constexpr std::size_t kLargeRequest = 64 * 1024, kLargeSchema = 8 * 1024;

// One loop's own things.
struct LoopState {
  LoopState(net::Loop& on, std::shared_ptr<net::TlsContext> tls, LoopMetrics& counters)
      : loop(on), client(on, std::move(tls)), metrics(counters), random(std::random_device{}()), helper(on) {}
  net::Loop& loop;
  net::Client client;
  LoopMetrics& metrics;
  std::mt19937_64 random;
  lower::SchemaCache lowered;        // of the tools clients declare, for the targets they went to
  lower::SchemaCache lowered_large;  // the same of large requests: the helper's alone
  validate::ValidatorCache schemas;  // of the tools clients declare
  net::Helper helper;                // reads and lowers large requests, asks the response store
  // Does what may take long on the helper's thread, while the loop serves others; at once what does not.
  // `work` may use all that the caller has but what belongs to the loop.
  net::Task<void> beside(bool takes_long, std::move_only_function<void()> work) {
    if (takes_long)
      co_await helper.run(std::move(work));
    else
      work();
  }
  double random01() { return std::uniform_real_distribution<double>(0.0, 1.0)(random); }
};

// The snapshot in force; any thread. Not std::atomic<std::shared_ptr>: libstdc++ before 13 lets go of its
// lock on a load without the order that keeps a store from overtaking it.
class CurrentSnapshot {
 public:
  std::shared_ptr<const Snapshot> load() const {
    const std::lock_guard lock(mutex_);
    return snapshot_;
  }
  void store(std::shared_ptr<const Snapshot> next) {
    {
      const std::lock_guard lock(mutex_);
      snapshot_.swap(next);
    }  // the old one, if nobody has it any more, goes without holding up the loops
  }

 private:
  mutable std::mutex mutex_;
  std::shared_ptr<const Snapshot> snapshot_;
};

struct Gateway {
  CurrentSnapshot snapshot;
  std::unique_ptr<store::Journal> journal;          // null: none is kept
  std::unique_ptr<store::Vault> vault;              // null: what clients lose is lost
  std::unique_ptr<store::ResponseStore> responses;  // null: none are kept
  std::unique_ptr<Metrics> metrics;
  Cooldowns cooldowns;
  std::unique_ptr<Repairs> repairs;  // never null while requests are served
  OnceEach said;                     // warnings that one time is enough for
  std::vector<std::unique_ptr<LoopState>> loops;
  const net::Server* server = nullptr;
  std::chrono::steady_clock::time_point started = std::chrono::steady_clock::now();
  std::atomic<std::uint64_t> reloads{0}, refusals{0};
  std::atomic<bool> draining{false};

  LoopState& on(const net::Loop& loop) { return *loops[loop.index()]; }
};

}  // namespace dragoman::serve
