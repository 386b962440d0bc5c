// Counters of one process, kept per loop so that requests do not meet on a lock, added up when somebody
// scrapes.
#pragma once
#include <array>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

namespace dragoman::serve {

// Upper bounds of the latency buckets, seconds.
inline constexpr std::array<double, 14> kLatencyBuckets = {0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5,
                                                           1,     2.5,  5,     10,   30,  60,   300};

struct Histogram {
  std::array<std::uint64_t, kLatencyBuckets.size() + 1> counts{};
  double sum = 0;
  void observe(double seconds);
};

// One loop's share. Thread-safe, though only its own loop writes.
class LoopMetrics {
 public:
  void request_started();
  void request_done(std::string_view dialect, std::string_view target, int status, double seconds);
  void first_token(std::string_view target, double seconds);
  void attempt(std::string_view target, std::string_view outcome);
  void edit(std::string_view rule, std::string_view loss, std::string_view target);
  void lowering(std::string_view target, double seconds);  // CPU time of one attempt's
  void violation(std::string_view keyword, std::string_view tool, std::string_view target);
  void repair(std::string_view target, std::string_view outcome);
  void refusal(std::string_view rule,
               std::string_view target);  // deterministic, answered by a repair or another target
  void refusal_repaired(std::string_view target, std::string_view repair);
  void fallback(std::string_view from, std::string_view to, std::string_view cause);
  void tokens(std::string_view target, std::string_view kind, std::int64_t count);

 private:
  friend class Metrics;
  using Key2 = std::pair<std::string, std::string>;
  using Key3 = std::tuple<std::string, std::string, std::string>;
  mutable std::mutex mutex_;
  std::int64_t in_flight_ = 0;
  std::map<Key3, std::uint64_t> requests_;         // dialect, target, status
  std::map<Key2, std::uint64_t> attempts_;         // target, outcome
  std::map<Key3, std::uint64_t> edits_;            // rule, loss, target
  std::map<std::string, double> lowering_;         // seconds, by target
  std::map<Key3, std::uint64_t> violations_;       // keyword, tool, target
  std::map<Key2, std::uint64_t> repairs_;          // target, outcome
  std::map<Key2, std::uint64_t> refusals_;         // rule, target
  std::map<Key2, std::uint64_t> refusal_repairs_;  // target, repair
  std::map<Key3, std::uint64_t> fallbacks_;        // from, to, cause
  std::map<Key2, std::uint64_t> tokens_;           // target, kind
  std::map<std::string, Histogram> seconds_, first_token_;
};

class Metrics {
 public:
  explicit Metrics(std::size_t loops);
  LoopMetrics& loop(std::size_t index) { return *loops_[index]; }

  // What only the moment knows.
  struct Gauges {
    std::size_t connections = 0;
    std::uint64_t journal_written = 0, journal_dropped = 0, journal_failed = 0;
    std::size_t journal_queued = 0;
    std::uint64_t vault_hits = 0, vault_misses = 0, vault_unreadable = 0, vault_dropped = 0;
    std::size_t vault_entries = 0;
    double uptime_seconds = 0;
    std::uint64_t config_reloads = 0, config_refusals = 0;
  };
  // Prometheus text format 0.0.4.
  std::string scrape(const Gauges& gauges) const;

 private:
  void add_up(LoopMetrics& sum) const;
  std::vector<std::unique_ptr<LoopMetrics>> loops_;
};

}  // namespace dragoman::serve
