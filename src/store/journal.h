// The journal: every request with every attempt, written to SQLite by one thread of its own.
#pragma once
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <thread>
#include <vector>

#include "base/error.h"
#include "store/journal_reader.h"
#include "store/record.h"
#include "store/record_queue.h"
#include "store/redact.h"
#include "store/retention.h"

namespace dragoman::store {

class JournalWriter;

struct JournalOptions {
  std::string path;                      // a file, made 0600 if missing, or ":memory:"
  std::size_t queue_records = 8192;      // rounded up to a power of two
  std::size_t queue_bytes = 64u << 20;   // bodies and error texts that may wait to be written
  std::size_t batch_records = 512;       // at most so many in one transaction
  std::chrono::milliseconds linger{50};  // how long the first record of a batch waits for company
  Retention retention;
};

// Thread-safe unless said otherwise. In WAL mode with synchronous=NORMAL: a row that flush() or an
// acknowledgement has reported survives the death of the process at any point, though not a power cut.
class Journal {
 public:
  // Called once for each record: true when its transaction is committed, false when it was dropped or failed.
  // Runs on the writer thread (or, for a record pushed out by another, on that one's thread): it must be
  // short and must not call the journal.
  using Acknowledge = std::function<void(bool committed)>;

  // Makes or migrates the file and starts the thread. The error names the file and the remedy.
  static Result<std::unique_ptr<Journal>> open(JournalOptions options);

  // The same, but a damaged file is put aside first (see rotate_corrupt), which is logged: the gateway
  // starts.
  static Result<std::unique_ptr<Journal>> open_or_rotate(const JournalOptions& options);

  // Writes what is queued, then ends the thread.
  ~Journal();
  Journal(const Journal&) = delete;
  Journal& operator=(const Journal&) = delete;

  // Never waits. When the queue is full the oldest record in it is dropped and counted.
  void write(RequestRecord&& record, Acknowledge acknowledge = {});

  // Waits until everything written before the call is committed, dropped or failed. An error if the time is
  // up or if a row could not be written meanwhile.
  Result<void> flush(std::chrono::milliseconds timeout = std::chrono::seconds(30));

  // Texts to blot out of every record written from now on. They are only ever added: a record of a request
  // which began before a reload of the config may still hold an old key.
  void add_secrets(std::span<const std::string> secrets);

  // A new reader on its own connection.
  Result<JournalReader> reader() const { return JournalReader::open(location_); }
  const std::string& location() const { return location_; }

  // Counters since the start, for metrics.
  std::uint64_t written() const { return written_.load(std::memory_order_relaxed); }
  std::uint64_t dropped() const { return dropped_.load(std::memory_order_relaxed); }  // queue was full
  std::uint64_t failed() const { return failed_.load(std::memory_order_relaxed); }    // SQLite refused
  std::size_t queued() const { return queue_.pushed() - queue_.popped(); }            // about

  // For tests: while paused the writer takes nothing from the queue.
  void pause(bool on);

 private:
  struct Entry {
    RequestRecord record;
    Acknowledge acknowledge;
    std::size_t bytes = 0;
  };
  using Batch = std::vector<std::unique_ptr<Entry>>;

  Journal(JournalOptions options, std::string location, int wake_fd);
  void drop_oldest();
  void wake();
  void sleep(std::chrono::milliseconds at_most, bool until_work);
  void run(JournalWriter& writer);
  Batch take(std::size_t up_to);
  void commit(JournalWriter& writer, Batch& batch);
  void report(const std::string& problem);

  const JournalOptions options_;
  const std::string location_;
  RecordQueue<Entry> queue_;
  std::atomic<std::size_t> queued_bytes_{0};
  std::atomic<std::uint64_t> written_{0}, dropped_{0}, failed_{0};
  std::atomic<bool> asleep_{false}, stop_{false}, paused_{false};
  std::atomic<std::uint64_t> flush_wanted_{0};
  int wake_fd_;

  std::mutex mutex_;  // guards the three below; never taken by write()
  std::condition_variable flushed_;
  std::uint64_t flush_done_ = 0;
  std::string last_problem_;

  std::mutex secrets_mutex_;  // held for the copy of one pointer
  std::vector<std::string> secrets_;
  std::shared_ptr<const Redactor> redactor_ = std::make_shared<const Redactor>();

  std::chrono::steady_clock::time_point last_report_{};  // writer thread only
  std::thread thread_;
};

// Renames a damaged journal with its -wal and -shm to "<path>.corrupt-<UTC time>" and returns that name. An
// error, and nothing is touched, if the file is missing, sound, or merely not accessible.
Result<std::string> rotate_corrupt(const std::string& path);

}  // namespace dragoman::store
