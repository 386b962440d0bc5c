// What the exchanges of one process share.
#pragma once
#include <atomic>
#include <chrono>
#include <memory>
#include <mutex>
#include <random>
#include <vector>

#include "lower/validators.h"
#include "net/client.h"
#include "net/loop.h"
#include "net/server.h"
#include "net/tls.h"
#include "route/cooldown.h"
#include "route/plan.h"
#include "serve/loss.h"
#include "serve/metrics.h"
#include "serve/snapshot.h"
#include "store/journal.h"
#include "store/vault.h"

namespace dragoman::serve {

// Cooldowns hold for the whole process; a look at them costs an uncontended lock.
class Cooldowns {
 public:
  route::Plan plan(const route::Route& route, route::Time now, const route::Random& random) const {
    const std::lock_guard lock(mutex_);
    return route::plan(route, state_, now, random);
  }
  void failed(std::string_view key, const failure::Failure& failure, const route::CooldownPolicy& policy,
              route::Time now) {
    const std::lock_guard lock(mutex_);
    state_ = route::after_failure(std::move(state_), key, failure, policy, now);
  }
  void succeeded(std::string_view key) {
    const std::lock_guard lock(mutex_);
    if (state_.find(key)) state_ = route::after_success(std::move(state_), key);
  }

 private:
  mutable std::mutex mutex_;
  route::CooldownState state_;
};

// One loop's own things.
struct LoopState {
  LoopState(net::Loop& on, std::shared_ptr<net::TlsContext> tls, LoopMetrics& counters)
      : loop(on), client(on, std::move(tls)), metrics(counters), random(std::random_device{}()) {}
  net::Loop& loop;
  net::Client client;
  LoopMetrics& metrics;
  std::mt19937_64 random;
  lower::ValidatorCache schemas;  // of the tools clients declare
  double random01() { return std::uniform_real_distribution<double>(0.0, 1.0)(random); }
};

struct Gateway {
  std::atomic<std::shared_ptr<const Snapshot>> snapshot;
  std::unique_ptr<store::Journal> journal;  // null: none is kept
  std::unique_ptr<store::Vault> vault;      // null: what clients lose is lost
  std::unique_ptr<Metrics> metrics;
  Cooldowns cooldowns;
  OnceEach said;  // warnings that one time is enough for
  std::vector<std::unique_ptr<LoopState>> loops;
  const net::Server* server = nullptr;
  std::chrono::steady_clock::time_point started = std::chrono::steady_clock::now();
  std::atomic<std::uint64_t> reloads{0}, refusals{0};
  std::atomic<bool> draining{false};

  LoopState& on(const net::Loop& loop) { return *loops[loop.index()]; }
};

}  // namespace dragoman::serve
