#include "store/journal.h"

#include <fmt/chrono.h>
#include <fmt/format.h>
#include <poll.h>
#include <spdlog/spdlog.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>

#include "base/id.h"
#include "store/journal_writer.h"

namespace dragoman::store {
namespace {

constexpr std::chrono::seconds kRetentionPeriod{60};
constexpr std::chrono::seconds kReportPeriod{30};  // between two log lines about the same trouble
constexpr std::size_t kBatchBytes = 8u << 20;      // a transaction's worth of bodies
// A push finds no room although one was made only if other threads race for it or one stopped in mid-step.
constexpr int kPushTries = 64;

std::int64_t now_ms() {
  return std::chrono::duration_cast<std::chrono::milliseconds>(
             std::chrono::system_clock::now().time_since_epoch())
      .count();
}

std::size_t bytes_of(RequestRecord& record) {
  std::size_t sum = sizeof(RequestRecord) + record.attempts.size() * sizeof(AttemptRecord);
  for_each_text(record, [&sum](const std::string& text) { sum += text.size(); });
  return sum;
}

}  // namespace

Journal::Journal(JournalOptions options, std::string location, int wake_fd)
    : options_(std::move(options)),
      location_(std::move(location)),
      queue_(options_.queue_records),
      wake_fd_(wake_fd) {}

Result<std::unique_ptr<Journal>> Journal::open(JournalOptions options) {
  // SQLite's memdb file system lets several connections of this process share one database without a file.
  std::string location = options.path == ":memory:"
                             ? fmt::format("file:/{}?vfs=memdb", random_id("dragoman-", 16))
                             : options.path;
  if (location.empty()) return fail("journal: no path given; name a file or \":memory:\"");
  Result<JournalWriter> sql = JournalWriter::open(location);
  if (!sql) return std::unexpected(Error{"journal " + sql.error().message});
  const int wake_fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
  if (wake_fd < 0)
    return fail(fmt::format("journal: no eventfd ({}); raise the limit of open files", strerror(errno)));
  std::unique_ptr<Journal> journal(new Journal(std::move(options), std::move(location), wake_fd));
  journal->thread_ =
      std::thread([self = journal.get(), writer = std::move(*sql)]() mutable { self->run(writer); });
  return journal;
}

Result<std::unique_ptr<Journal>> Journal::open_or_rotate(const JournalOptions& options) {
  auto journal = open(options);
  if (journal || options.path == ":memory:") return journal;
  const Result<std::string> aside = rotate_corrupt(options.path);
  if (!aside) return journal;  // its error says more than that of the attempt to move the file
  spdlog::warn("{}; moved to {} and begun anew", journal.error().message, *aside);
  return open(options);
}

Journal::~Journal() {
  stop_.store(true, std::memory_order_seq_cst);
  wake();
  if (thread_.joinable()) thread_.join();
  ::close(wake_fd_);
}

void Journal::write(RequestRecord&& record, Acknowledge acknowledge) {
  auto entry = std::make_unique<Entry>(Entry{std::move(record), std::move(acknowledge)});
  entry->bytes = bytes_of(entry->record);
  const std::size_t size = entry->bytes;
  queued_bytes_.fetch_add(size, std::memory_order_relaxed);
  while (queued_bytes_.load(std::memory_order_relaxed) > options_.queue_bytes && queued() > 0) {
    const std::size_t before = queue_.popped();
    drop_oldest();
    if (queue_.popped() == before) break;  // the oldest is still being put in its place
  }
  bool placed = false;
  for (int i = 0; i < kPushTries && !(placed = queue_.push(entry)); ++i) drop_oldest();
  if (!placed) {
    queued_bytes_.fetch_sub(size, std::memory_order_relaxed);
    dropped_.fetch_add(1, std::memory_order_relaxed);
    if (entry->acknowledge) entry->acknowledge(false);
    return;
  }
  // Pairs with the store in sleep(): either we see the writer asleep, or it sees what we pushed.
  if (asleep_.load(std::memory_order_seq_cst)) wake();
}

void Journal::drop_oldest() {
  const std::unique_ptr<Entry> entry = queue_.pop();
  if (!entry) return;
  queued_bytes_.fetch_sub(entry->bytes, std::memory_order_relaxed);
  dropped_.fetch_add(1, std::memory_order_relaxed);
  if (entry->acknowledge) entry->acknowledge(false);
}

void Journal::wake() {
  asleep_.store(false, std::memory_order_seq_cst);
  const std::uint64_t one = 1;
  // Cannot block (EFD_NONBLOCK); fails only when the counter is full, and then the writer wakes anyway.
  [[maybe_unused]] const auto sent = ::write(wake_fd_, &one, sizeof one);
}

void Journal::sleep(std::chrono::milliseconds at_most, bool until_work) {
  if (until_work) {
    asleep_.store(true, std::memory_order_seq_cst);
    if (queued() > 0 && !paused_.load()) at_most = at_most.zero();
  }
  if (stop_.load(std::memory_order_seq_cst)) at_most = at_most.zero();
  pollfd waiting{wake_fd_, POLLIN, 0};
  if (::poll(&waiting, 1, static_cast<int>(at_most.count())) > 0) {
    std::uint64_t count = 0;
    [[maybe_unused]] const auto got = ::read(wake_fd_, &count, sizeof count);
  }
  asleep_.store(false, std::memory_order_relaxed);
}

void Journal::run(JournalWriter& writer) {
  auto next_retention = std::chrono::steady_clock::now();
  for (;;) {
    const bool stopping = stop_.load(std::memory_order_seq_cst);
    // Read before the queue is emptied: what was pushed before flush() was called is in the queue now.
    const std::uint64_t flush = flush_wanted_.load(std::memory_order_seq_cst);
    const bool hurry = stopping || flush != flush_done_;
    if (!paused_.load(std::memory_order_seq_cst) || stopping) {
      const std::size_t goal = queue_.pushed();
      while (static_cast<std::ptrdiff_t>(goal - queue_.popped()) > 0) {
        Batch batch = take(options_.batch_records);
        if (batch.empty())
          std::this_thread::yield();  // a producer is between its claim and its store
        else
          commit(writer, batch);
      }
      if (hurry) {
        const std::lock_guard lock(mutex_);
        flush_done_ = flush;
        flushed_.notify_all();
      }
    }
    if (stopping) return;
    if (const auto now = std::chrono::steady_clock::now(); now >= next_retention) {
      // A few chunks at a time, so that the queue does not overflow behind a long deletion.
      const auto gone = writer.retain(options_.retention, now_ms(), 4);
      if (!gone) report(gone.error().message);
      next_retention = now + (gone && *gone > 0 ? std::chrono::seconds(1) : kRetentionPeriod);
    }
    const auto until_retention = std::chrono::duration_cast<std::chrono::milliseconds>(
        next_retention - std::chrono::steady_clock::now());
    if (flush_wanted_.load(std::memory_order_seq_cst) == flush || paused_.load())
      sleep(std::max(until_retention, std::chrono::milliseconds(1)), true);
    // Company for the first record: under load this makes the batches.
    if (flush_wanted_.load(std::memory_order_seq_cst) == flush && options_.linger.count() > 0)
      sleep(options_.linger, false);
  }
}

Journal::Batch Journal::take(std::size_t up_to) {
  Batch batch;
  std::size_t bytes = 0;
  while (batch.size() < std::max<std::size_t>(up_to, 1) && bytes < kBatchBytes) {
    std::unique_ptr<Entry> entry = queue_.pop();
    if (!entry) break;
    queued_bytes_.fetch_sub(entry->bytes, std::memory_order_relaxed);
    bytes += entry->bytes;
    batch.push_back(std::move(entry));
  }
  return batch;
}

void Journal::commit(JournalWriter& writer, Batch& batch) {
  std::shared_ptr<const Redactor> redactor;
  {
    const std::lock_guard lock(secrets_mutex_);
    redactor = redactor_;
  }
  for (const auto& entry : batch)
    for_each_text(entry->record, [&](std::string& text) { redactor->apply(text); });

  const auto transaction = [&](std::span<const std::unique_ptr<Entry>> entries) {
    Result<void> done = writer.begin();
    for (std::size_t i = 0; done && i < entries.size(); ++i) done = writer.insert(entries[i]->record);
    if (done) done = writer.commit();
    if (!done) {
      writer.rollback();
      report(done.error().message);
    }
    return done.has_value();
  };
  const auto settle = [&](const Entry& entry, bool committed) {
    (committed ? written_ : failed_).fetch_add(1, std::memory_order_relaxed);
    if (entry.acknowledge) entry.acknowledge(committed);
  };
  if (transaction(batch)) {
    for (const auto& entry : batch) settle(*entry, true);
    return;
  }
  // One row SQLite cannot take must not cost the others: each by itself.
  for (std::size_t i = 0; i < batch.size(); ++i)
    settle(*batch[i], batch.size() > 1 && transaction(std::span(batch).subspan(i, 1)));
}

void Journal::report(const std::string& problem) {
  {
    const std::lock_guard lock(mutex_);
    last_problem_ = problem;
  }
  const auto now = std::chrono::steady_clock::now();
  if (last_report_.time_since_epoch().count() && now - last_report_ < kReportPeriod) return;
  last_report_ = now;
  spdlog::error("journal {}", problem);
}

Result<void> Journal::flush(std::chrono::milliseconds timeout) {
  const std::uint64_t failed_before = failed();
  const std::uint64_t mine = flush_wanted_.fetch_add(1, std::memory_order_seq_cst) + 1;
  wake();
  std::unique_lock lock(mutex_);
  if (!flushed_.wait_for(lock, timeout, [&] { return flush_done_ >= mine; }))
    return fail(fmt::format("journal {}: not written after {} ms", location_, timeout.count()));
  if (failed() != failed_before) return fail("journal " + last_problem_);
  return {};
}

void Journal::add_secrets(std::span<const std::string> secrets) {
  const std::lock_guard lock(secrets_mutex_);
  for (const std::string& secret : secrets)
    if (std::ranges::find(secrets_, secret) == secrets_.end()) secrets_.push_back(secret);
  redactor_ = std::make_shared<const Redactor>(secrets_);
}

void Journal::pause(bool on) {
  paused_.store(on, std::memory_order_seq_cst);
  wake();
}

Result<std::string> rotate_corrupt(const std::string& path) {
  namespace fs = std::filesystem;
  std::error_code error;
  if (!fs::is_regular_file(path, error)) return fail(fmt::format("journal {}: no such file", path));
  bool damaged = false;
  std::string why;
  {
    // quick_check reads the whole file; it is only asked when opening failed or writes fail.
    Result<Database> database = Database::open(path, Database::Mode::kReadOnly);
    if (!database) return std::unexpected(Error{"journal " + database.error().message});
    Result<Statement> check = database->prepare("PRAGMA quick_check(1)");
    const Result<bool> row = check ? check->step() : Result<bool>(std::unexpected(check.error()));
    damaged = row ? *row && check->bytes(0) != "ok" : database->damaged();
    if (!row) why = row.error().message;
  }
  if (!damaged) return fail(fmt::format("journal {}: not damaged{}{}", path, why.empty() ? "" : ": ", why));

  const std::string stem =
      fmt::format("{}.corrupt-{:%Y%m%dT%H%M%SZ}", path,
                  fmt::gmtime(std::chrono::system_clock::to_time_t(std::chrono::system_clock::now())));
  std::string aside = stem;
  for (int n = 2; fs::exists(aside, error); ++n) aside = fmt::format("{}-{}", stem, n);
  for (const char* suffix : {"-wal", "-shm"})  // a WAL left behind would be applied to the new file
    if (fs::exists(path + suffix, error)) {
      fs::rename(path + suffix, aside + suffix, error);
      if (error)
        return fail(fmt::format("journal {}{}: cannot be renamed: {}", path, suffix, error.message()));
    }
  fs::rename(path, aside, error);
  if (error) return fail(fmt::format("journal {}: cannot be renamed: {}", path, error.message()));
  return aside;
}

}  // namespace dragoman::store
