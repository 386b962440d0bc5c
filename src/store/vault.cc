#include "store/vault.h"

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <utility>

#include "base/id.h"
#include "store/vault_file.h"

namespace dragoman::store {
namespace {

constexpr std::chrono::seconds kRetentionPeriod{60};
constexpr std::chrono::seconds kReportPeriod{30};
constexpr std::size_t kOverhead = 96;  // of a value in memory, about

}  // namespace

Vault::Vault(VaultOptions options, VaultSeal seal) : options_(std::move(options)), seal_(std::move(seal)) {}

Result<std::unique_ptr<Vault>> Vault::open(VaultOptions options) {
  const bool in_memory = options.path == ":memory:";
  if (options.path.empty()) return fail("vault: no path given; name a file or \":memory:\"");
  auto seal = !options.key.empty() ? VaultSeal::from_text(options.key)
              : in_memory          ? VaultSeal::random()
                                   : VaultSeal::from_file(options.path + ".key");
  if (!seal) return std::unexpected(seal.error());
  auto file = VaultFile::open(in_memory ? fmt::format("file:/{}?vfs=memdb", random_id("dragoman-vault-", 16))
                                        : options.path);
  if (!file) return std::unexpected(file.error());
  std::unique_ptr<Vault> vault(new Vault(std::move(options), *std::move(seal)));
  if (auto done = file->each_address([&](const VaultAddress& address) { vault->index_.insert(address); });
      !done)
    return std::unexpected(Error{"vault " + done.error().message});
  vault->thread_ = std::thread([self = vault.get(), file = *std::move(file)]() mutable { self->run(file); });
  return vault;
}

Vault::~Vault() {
  {
    const std::lock_guard lock(mutex_);
    stop_ = true;
  }
  work_.notify_all();
  if (thread_.joinable()) thread_.join();
}

std::int64_t Vault::now_s() const {
  return std::chrono::duration_cast<std::chrono::seconds>(std::chrono::system_clock::now().time_since_epoch())
             .count() +
         clock_offset_.load();
}

void Vault::keep(const VaultAddress& address, std::string value) {
  if (const auto known = hot_at_.find(address); known != hot_at_.end()) {
    hot_bytes_ -= known->second->second.size() + kOverhead;
    hot_.erase(known->second);
    hot_at_.erase(known);
  }
  hot_bytes_ += value.size() + kOverhead;
  hot_.emplace_front(address, std::move(value));
  hot_at_[address] = hot_.begin();
  while (hot_bytes_ > options_.cache_bytes && hot_.size() > 1) {
    hot_bytes_ -= hot_.back().second.size() + kOverhead;
    hot_at_.erase(hot_.back().first);
    hot_.pop_back();
  }
}

void Vault::queue(Job job) {
  queued_bytes_ += job.value.size();
  ++queued_;
  jobs_.push_back(std::move(job));
}

void Vault::put(const VaultAddress& address, std::string value) {
  {
    const std::lock_guard lock(mutex_);
    if (queued_bytes_ + value.size() > options_.queue_bytes) {
      dropped_.fetch_add(1, std::memory_order_relaxed);
      return;
    }
    index_.insert(address);
    queue({Job::Kind::put, {address}, value, {}});
    keep(address, std::move(value));
  }
  work_.notify_one();
}

Vault::Found Vault::find(const VaultAddress& address, std::string& value) {
  const std::lock_guard lock(mutex_);
  if (!index_.contains(address)) {
    misses_.fetch_add(1, std::memory_order_relaxed);
    return Found::nothing;
  }
  const auto known = hot_at_.find(address);
  if (known == hot_at_.end()) return Found::on_disk;
  hits_.fetch_add(1, std::memory_order_relaxed);
  hot_.splice(hot_.begin(), hot_, known->second);
  value = known->second->second;
  return Found::here;
}

void Vault::load(std::vector<VaultAddress> addresses, std::function<void()> done) {
  {
    const std::lock_guard lock(mutex_);
    queue({Job::Kind::load, std::move(addresses), {}, std::move(done)});
  }
  work_.notify_one();
}

std::size_t Vault::size() const {
  const std::lock_guard lock(mutex_);
  return index_.size();
}

void Vault::advance_clock(std::chrono::seconds by) {
  clock_offset_ += by.count();
  const std::lock_guard lock(mutex_);
  retain_now_ = true;
}

void Vault::run(VaultFile& file) {
  auto next_retention = std::chrono::steady_clock::now();
  for (;;) {
    std::deque<Job> jobs;
    bool stopping = false, retain_now = false;
    {
      std::unique_lock lock(mutex_);
      work_.wait_until(lock, next_retention, [&] { return stop_ || retain_now_ || !jobs_.empty(); });
      jobs.swap(jobs_);
      queued_bytes_ = 0;
      stopping = stop_;
      retain_now = std::exchange(retain_now_, false);
    }
    const std::uint64_t count = jobs.size();
    serve(file, jobs);
    if (const auto now = std::chrono::steady_clock::now(); retain_now || now >= next_retention) {
      retain(file);
      next_retention = now + kRetentionPeriod;
    }
    {
      const std::lock_guard lock(mutex_);
      served_ += count;
      if (stopping && jobs_.empty()) return;
    }
    idle_.notify_all();
  }
}

// Reads before writes: somebody waits for them, and what was put is in memory anyway.
void Vault::serve(VaultFile& file, std::deque<Job>& jobs) {
  for (Job& job : jobs) {
    if (job.kind != Job::Kind::load) continue;
    for (const VaultAddress& address : job.addresses) {
      const auto sealed = file.get(address);
      if (!sealed) report(sealed.error().message);
      auto plain = sealed && *sealed ? seal_.open(address, **sealed) : std::nullopt;
      const std::lock_guard lock(mutex_);
      if (hot_at_.contains(address)) continue;  // put meanwhile: newer
      if (plain) {
        keep(address, *std::move(plain));
      } else {
        if (sealed && *sealed) unreadable_.fetch_add(1, std::memory_order_relaxed);
        index_.erase(address);
      }
    }
    if (job.done) job.done();
  }
  const auto write = [&]() -> Result<void> {
    for (const Job& job : jobs) {
      if (job.kind != Job::Kind::put) continue;
      const VaultAddress& address = job.addresses.front();
      if (auto done = file.put(address, seal_.seal(address, job.value), now_s()); !done) return done;
    }
    return {};
  };
  std::uint64_t puts = 0;
  for (const Job& job : jobs) puts += job.kind == Job::Kind::put;
  if (puts == 0) return;
  Result<void> done = file.begin();
  if (done) done = write();
  if (done) done = file.commit();
  if (done) return;
  file.rollback();
  dropped_.fetch_add(puts, std::memory_order_relaxed);
  report(done.error().message);
}

void Vault::retain(VaultFile& file) {
  std::vector<VaultAddress> gone;
  if (auto done = file.retain(options_.max_age.count(), options_.max_bytes, now_s(), gone); !done)
    report(done.error().message);
  const std::lock_guard lock(mutex_);
  for (const VaultAddress& address : gone) {
    index_.erase(address);
    if (const auto known = hot_at_.find(address); known != hot_at_.end()) {
      hot_bytes_ -= known->second->second.size() + kOverhead;
      hot_.erase(known->second);
      hot_at_.erase(known);
    }
  }
}

void Vault::report(const std::string& problem) {
  {
    const std::lock_guard lock(mutex_);
    last_problem_ = problem;
  }
  const auto now = std::chrono::steady_clock::now();
  if (last_report_.time_since_epoch().count() && now - last_report_ < kReportPeriod) return;
  last_report_ = now;
  spdlog::error("vault {}", problem);
}

Result<void> Vault::flush(std::chrono::milliseconds timeout) {
  const std::uint64_t dropped_before = dropped();
  std::unique_lock lock(mutex_);
  const std::uint64_t goal = queued_;
  work_.notify_one();
  if (!idle_.wait_for(lock, timeout, [&] { return served_ >= goal && !retain_now_; }))
    return fail(fmt::format("vault {}: not written after {} ms", options_.path, timeout.count()));
  if (dropped() != dropped_before) return fail("vault " + last_problem_);
  return {};
}

}  // namespace dragoman::store
