#include "serve/metrics.h"

#include <prometheus/metric_family.h>
#include <prometheus/text_serializer.h>

namespace dragoman::serve {
namespace {

using prometheus::ClientMetric;
using prometheus::MetricFamily;
using prometheus::MetricType;

MetricFamily family(std::string name, std::string help, MetricType type) {
  MetricFamily out;
  out.name = std::move(name);
  out.help = std::move(help);
  out.type = type;
  return out;
}

void add(MetricFamily& to, ClientMetric metric, double value) {
  if (to.type == MetricType::Counter)
    metric.counter.value = value;
  else
    metric.gauge.value = value;
  to.metric.push_back(std::move(metric));
}

void add(MetricFamily& to, const std::string& target, const Histogram& histogram) {
  ClientMetric metric;
  metric.label.push_back({"target", target});
  std::uint64_t below = 0;
  for (std::size_t i = 0; i < histogram.counts.size(); ++i) {
    below += histogram.counts[i];
    const double bound =
        i < kLatencyBuckets.size() ? kLatencyBuckets[i] : std::numeric_limits<double>::infinity();
    metric.histogram.bucket.push_back({below, bound});
  }
  metric.histogram.sample_count = below;
  metric.histogram.sample_sum = histogram.sum;
  to.metric.push_back(std::move(metric));
}

template <class Map>
void merge(Map& into, const Map& from) {
  for (const auto& [key, value] : from) into[key] += value;
}

void merge(std::map<std::string, Histogram>& into, const std::map<std::string, Histogram>& from) {
  for (const auto& [key, value] : from) {
    Histogram& mine = into[key];
    for (std::size_t i = 0; i < value.counts.size(); ++i) mine.counts[i] += value.counts[i];
    mine.sum += value.sum;
  }
}

using Words = std::vector<std::string>;
Words words(const std::string& key) { return {key}; }
Words words(const std::pair<std::string, std::string>& key) { return {key.first, key.second}; }
Words words(const std::tuple<std::string, std::string, std::string>& key) {
  return {std::get<0>(key), std::get<1>(key), std::get<2>(key)};
}

// The families of one scrape, in the order they are added.
class Families {
 public:
  // `labels` name the parts of the map's keys.
  template <class Key, class Count>
  void counter(const char* name, const char* help, const std::map<Key, Count>& map,
               const std::vector<const char*>& labels) {
    MetricFamily f = family(name, help, MetricType::Counter);
    for (const auto& [key, value] : map) {
      const Words of = words(key);
      ClientMetric metric;
      for (std::size_t i = 0; i < labels.size(); ++i) metric.label.push_back({labels[i], of[i]});
      add(f, std::move(metric), static_cast<double>(value));
    }
    all_.push_back(std::move(f));
  }
  template <class Number>
  void single(const char* name, const char* help, MetricType type, Number value) {
    MetricFamily f = family(name, help, type);
    add(f, {}, static_cast<double>(value));
    all_.push_back(std::move(f));
  }
  void histogram(const char* name, const char* help, const std::map<std::string, Histogram>& map) {
    MetricFamily f = family(name, help, MetricType::Histogram);
    for (const auto& [target, value] : map) add(f, target, value);
    all_.push_back(std::move(f));
  }
  std::string text() const { return prometheus::TextSerializer().Serialize(all_); }

 private:
  std::vector<MetricFamily> all_;
};

void add_gauges(Families& all, const Metrics::Gauges& gauges) {
  all.single("dragoman_connections", "Open client connections.", MetricType::Gauge, gauges.connections);
  all.single("dragoman_journal_written_total", "Journal rows written.", MetricType::Counter,
             gauges.journal_written);
  all.single("dragoman_journal_dropped_total", "Journal rows lost to a full queue.", MetricType::Counter,
             gauges.journal_dropped);
  all.single("dragoman_journal_failed_total", "Journal rows SQLite refused.", MetricType::Counter,
             gauges.journal_failed);
  all.single("dragoman_journal_queued", "Journal rows waiting to be written.", MetricType::Gauge,
             gauges.journal_queued);
  all.single("dragoman_vault_entries", "Turns and pins the vault holds.", MetricType::Gauge,
             gauges.vault_entries);
  all.single("dragoman_vault_hits_total", "Turns and pins found in the vault.", MetricType::Counter,
             gauges.vault_hits);
  all.single("dragoman_vault_misses_total", "Turns and pins asked for and not there.", MetricType::Counter,
             gauges.vault_misses);
  all.single("dragoman_vault_unreadable_total",
             "Rows of the vault that were altered or sealed with another key.", MetricType::Counter,
             gauges.vault_unreadable);
  all.single("dragoman_vault_dropped_total", "Turns and pins lost to a full queue or a failing disk.",
             MetricType::Counter, gauges.vault_dropped);
  all.single("dragoman_config_reloads_total", "Configs taken over while running.", MetricType::Counter,
             gauges.config_reloads);
  all.single("dragoman_config_refusals_total", "Changed configs that were not taken over.",
             MetricType::Counter, gauges.config_refusals);
  all.single("dragoman_uptime_seconds", "Time since the start.", MetricType::Gauge, gauges.uptime_seconds);
}

}  // namespace

void Histogram::observe(double seconds) {
  std::size_t i = 0;
  while (i < kLatencyBuckets.size() && seconds > kLatencyBuckets[i]) ++i;
  ++counts[i];
  sum += seconds;
}

void LoopMetrics::request_started() {
  const std::lock_guard lock(mutex_);
  ++in_flight_;
}

void LoopMetrics::request_done(std::string_view dialect, std::string_view target, int status,
                               double seconds) {
  const std::lock_guard lock(mutex_);
  --in_flight_;
  ++requests_[{std::string(dialect), std::string(target), std::to_string(status)}];
  seconds_[std::string(target)].observe(seconds);
}

void LoopMetrics::first_token(std::string_view target, double seconds) {
  const std::lock_guard lock(mutex_);
  first_token_[std::string(target)].observe(seconds);
}

void LoopMetrics::attempt(std::string_view target, std::string_view outcome) {
  const std::lock_guard lock(mutex_);
  ++attempts_[{std::string(target), std::string(outcome)}];
}

void LoopMetrics::edit(std::string_view rule, std::string_view loss, std::string_view target) {
  const std::lock_guard lock(mutex_);
  ++edits_[{std::string(rule), std::string(loss), std::string(target)}];
}

void LoopMetrics::lowering(std::string_view target, double seconds) {
  const std::lock_guard lock(mutex_);
  lowering_[std::string(target)] += seconds;
}

// Tools are named by clients: their number is bounded.
void LoopMetrics::violation(std::string_view keyword, std::string_view tool, std::string_view target) {
  constexpr std::size_t kViolations = 2000;
  const std::lock_guard lock(mutex_);
  const bool room = violations_.size() < kViolations;
  ++violations_[{std::string(keyword), std::string(room ? tool : "(other)"), std::string(target)}];
}

void LoopMetrics::repair(std::string_view target, std::string_view outcome) {
  const std::lock_guard lock(mutex_);
  ++repairs_[{std::string(target), std::string(outcome)}];
}

void LoopMetrics::refusal(std::string_view rule, std::string_view target) {
  const std::lock_guard lock(mutex_);
  ++refusals_[{std::string(rule), std::string(target)}];
}

void LoopMetrics::refusal_repaired(std::string_view target, std::string_view repair) {
  const std::lock_guard lock(mutex_);
  ++refusal_repairs_[{std::string(target), std::string(repair)}];
}

void LoopMetrics::fallback(std::string_view from, std::string_view to, std::string_view cause) {
  const std::lock_guard lock(mutex_);
  ++fallbacks_[{std::string(from), std::string(to), std::string(cause)}];
}

void LoopMetrics::tokens(std::string_view target, std::string_view kind, std::int64_t count) {
  if (count <= 0) return;
  const std::lock_guard lock(mutex_);
  tokens_[{std::string(target), std::string(kind)}] += static_cast<std::uint64_t>(count);
}

Metrics::Metrics(std::size_t loops) {
  for (std::size_t i = 0; i < loops; ++i) loops_.push_back(std::make_unique<LoopMetrics>());
}

void Metrics::add_up(LoopMetrics& sum) const {
  for (const auto& loop : loops_) {
    const std::lock_guard lock(loop->mutex_);
    sum.in_flight_ += loop->in_flight_;
    merge(sum.requests_, loop->requests_);
    merge(sum.attempts_, loop->attempts_);
    merge(sum.edits_, loop->edits_);
    merge(sum.lowering_, loop->lowering_);
    merge(sum.violations_, loop->violations_);
    merge(sum.repairs_, loop->repairs_);
    merge(sum.refusals_, loop->refusals_);
    merge(sum.refusal_repairs_, loop->refusal_repairs_);
    merge(sum.fallbacks_, loop->fallbacks_);
    merge(sum.tokens_, loop->tokens_);
    merge(sum.seconds_, loop->seconds_);
    merge(sum.first_token_, loop->first_token_);
  }
}

std::string Metrics::scrape(const Gauges& gauges) const {
  LoopMetrics sum;
  add_up(sum);
  Families all;
  all.counter("dragoman_requests_total", "Answered client requests.", sum.requests_,
              {"dialect", "target", "status"});
  all.counter("dragoman_attempts_total", "Upstream attempts by outcome.", sum.attempts_,
              {"target", "outcome"});
  all.counter("dragoman_edits_total", "Changes lowering made, by rule.", sum.edits_,
              {"rule", "loss", "target"});
  all.counter("dragoman_lowering_seconds_total", "CPU time spent on making requests legal for their targets.",
              sum.lowering_, {"target"});
  all.counter("dragoman_violations_total", "Places where answers broke the schemas of their requests.",
              sum.violations_, {"keyword", "tool", "target"});
  all.counter("dragoman_repairs_total",
              "Broken tool calls and outputs: coerced, repaired by asking again, or not.", sum.repairs_,
              {"target", "outcome"});
  all.counter(
      "dragoman_refusals_total",
      "Deterministic refusals that a repair or another target answered, by the rule that recognised them.",
      sum.refusals_, {"rule", "target"});
  all.counter("dragoman_refusal_repairs_total", "Refused requests that passed when sent once more, narrower.",
              sum.refusal_repairs_, {"target", "repair"});
  all.counter("dragoman_fallbacks_total", "Requests that went on to another target.", sum.fallbacks_,
              {"from", "to", "cause"});
  all.counter("dragoman_tokens_total", "Tokens as providers reported them.", sum.tokens_, {"target", "kind"});
  all.histogram("dragoman_request_seconds", "Time to the end of the answer.", sum.seconds_);
  all.histogram("dragoman_first_token_seconds", "Time to the first content of a stream.", sum.first_token_);
  all.single("dragoman_requests_in_flight", "Requests being served.", MetricType::Gauge, sum.in_flight_);
  add_gauges(all, gauges);
  return all.text();
}

}  // namespace dragoman::serve
