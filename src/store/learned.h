// What refusals have taught about single deployments, in SQLite: a row for each repair that has worked.
// Small, written seldom, read whole.
#pragma once
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "store/sqlite.h"

namespace dragoman::store {

using NamedValues = std::vector<std::pair<std::string, std::string>>;

struct LearnedRepair {
  std::string target;  // "provider/model", as the config and the headers name it
  std::string name;    // one line, unique within the target: "compat.supportsStore=false"
  NamedValues compat, settings, params;
  std::string why;                              // one phrase
  std::string words;                            // the refusal that taught it, cut
  std::int64_t learned_ms = 0, expires_ms = 0;  // unix milliseconds
  std::int64_t times = 1;                       // how often it was learned again
  bool operator==(const LearnedRepair&) const = default;
};

// The file beside a journal.
inline std::string learned_path(const std::string& journal) { return journal + ".learned"; }

// Thread-safe. Several processes may share the file: the gateway and `dragoman learned`.
class Learned {
 public:
  static Result<std::unique_ptr<Learned>> open(const std::string& path);

  // All that has not expired at `now_ms`, by target and name.
  Result<std::vector<LearnedRepair>> all(std::int64_t now_ms);
  // Adds it, or makes its expiry later and counts.
  Result<void> learn(const LearnedRepair& repair);
  // Forgets one (target and name), all of a target (name ""), or everything (both ""). Returns how many.
  Result<std::int64_t> forget(std::string_view target, std::string_view name);
  // Changes when another connection has written, so that a reader knows when to read again.
  Result<std::int64_t> version();

 private:
  explicit Learned(Database database) : database_(std::move(database)) {}
  std::mutex mutex_;
  Database database_;
};

}  // namespace dragoman::store
