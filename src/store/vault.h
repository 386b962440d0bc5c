// The vault: small sealed values by content address, in a SQLite file of its own behind one thread. It keeps
// what conversations need again and clients do not send back (docs/conversation-state.md), and the pins of
// conversations, in two files.
//
// What is in memory answers at once: an index of every address there is, and the values used last. A value
// that is on disk only is read by the vault's thread; a loop never waits for the disk.
#pragma once
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <list>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "base/error.h"
#include "store/vault_seal.h"

namespace dragoman::store {

class VaultFile;

struct VaultOptions {
  std::string path;                                           // a file, made 0600 if missing, or ":memory:"
  std::string key;                                            // "": the file `path`.key, made if missing
  std::chrono::seconds max_age{std::chrono::hours(24 * 30)};  // since it was put; 0: for ever
  std::int64_t max_bytes = std::int64_t{256} << 20;           // of the database file; 0: no limit
  std::size_t cache_bytes = std::size_t{16} << 20;            // of values in memory
  std::size_t queue_bytes = std::size_t{32} << 20;  // waiting to be written; beyond, new ones are let go
};

// Thread-safe. In WAL mode with synchronous=NORMAL, as the journal.
class Vault {
 public:
  // Makes or opens the file and starts the thread. A damaged file is put aside and a new one begun, which is
  // logged. The error names the file and the remedy.
  static Result<std::unique_ptr<Vault>> open(VaultOptions options);
  // Writes what is queued, then ends the thread.
  ~Vault();
  Vault(const Vault&) = delete;
  Vault& operator=(const Vault&) = delete;

  VaultAddress address(std::string_view scope, std::string_view material) const {
    return seal_.address(scope, material);
  }

  // Found by the next find(), on disk soon after. Never waits. The last value put at an address is the one.
  void put(const VaultAddress& address, std::string value);

  enum class Found : std::uint8_t {
    nothing,  // there is none
    here,     // `value` is it
    on_disk,  // ask load() for it
  };
  // Never touches the disk.
  Found find(const VaultAddress& address, std::string& value);

  // Brings values that are on disk into memory, then calls `done` on the vault's thread, which it must not
  // keep. Those which are not readable are gone for find() afterwards.
  void load(std::vector<VaultAddress> addresses, std::function<void()> done);

  // Waits until everything before the call is on disk or has failed.
  Result<void> flush(std::chrono::milliseconds timeout = std::chrono::seconds(30));

  std::size_t size() const;  // addresses
  std::uint64_t hits() const { return hits_.load(std::memory_order_relaxed); }
  std::uint64_t misses() const { return misses_.load(std::memory_order_relaxed); }
  std::uint64_t unreadable() const { return unreadable_.load(std::memory_order_relaxed); }
  std::uint64_t dropped() const {
    return dropped_.load(std::memory_order_relaxed);
  }  // queue full or disk failed
  const std::string& path() const { return options_.path; }

  // For tests: seconds to add to the clock by which rows age.
  void advance_clock(std::chrono::seconds by);

 private:
  struct Job {
    enum class Kind : std::uint8_t { put, load } kind;
    std::vector<VaultAddress> addresses;
    std::string value;
    std::function<void()> done;
  };
  using Hot = std::list<std::pair<VaultAddress, std::string>>;  // most recently used first

  Vault(VaultOptions options, VaultSeal seal);
  void run(VaultFile& file);
  void serve(VaultFile& file, std::deque<Job>& jobs);
  void queue(Job job);
  void keep(const VaultAddress& address, std::string value);  // mutex_ held
  void retain(VaultFile& file);
  void report(const std::string& problem);
  std::int64_t now_s() const;

  const VaultOptions options_;
  const VaultSeal seal_;

  mutable std::mutex mutex_;  // held for look-ups in memory only
  std::condition_variable work_, idle_;
  std::unordered_set<VaultAddress, VaultAddressHash> index_;
  Hot hot_;
  std::unordered_map<VaultAddress, Hot::iterator, VaultAddressHash> hot_at_;
  std::size_t hot_bytes_ = 0;
  std::deque<Job> jobs_;
  std::size_t queued_bytes_ = 0;
  std::uint64_t queued_ = 0, served_ = 0;
  bool stop_ = false, retain_now_ = false;
  std::string last_problem_;

  std::atomic<std::uint64_t> hits_{0}, misses_{0}, unreadable_{0}, dropped_{0};
  std::atomic<std::int64_t> clock_offset_{0};
  std::chrono::steady_clock::time_point last_report_{};  // vault's thread only
  std::thread thread_;
};

}  // namespace dragoman::store
