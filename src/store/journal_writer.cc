#include "store/journal_writer.h"

#include "store/schema.h"

namespace dragoman::store {
namespace {

void bind_usage(Statement& statement, int at, const TokenUsage& usage) {
  statement.bind(at, usage.input);
  statement.bind(at + 1, usage.output);
  statement.bind(at + 2, usage.cached);
  statement.bind(at + 3, usage.cache_write);
  statement.bind(at + 4, usage.reasoning);
}

void bind_body(Statement& statement, int at, const std::optional<std::string>& body) {
  body ? statement.bind_blob(at, *body) : statement.bind_null(at);
}

}  // namespace

Result<JournalWriter> JournalWriter::open(const std::string& location) {
  Result<Database> database = Database::open(location, Database::Mode::kCreate);
  if (!database) return std::unexpected(database.error());
  // The order matters: auto_vacuum, which migrate() sets, is fixed once the file is in WAL mode.
  if (auto done = migrate(*database); !done) return std::unexpected(done.error());
  // synchronous=NORMAL: no fsync a commit; what is committed is in the kernel and survives our death. The
  // limit makes the WAL shrink again after a burst. The ids' index is written all over under load: its pages
  // should be found in the cache, and go from the WAL to the file once for many changes.
  if (auto done = database->run("PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;"
                                "PRAGMA journal_size_limit = 16777216; PRAGMA wal_autocheckpoint = 4000;"
                                "PRAGMA cache_size = -4096;"
                                "PRAGMA temp_store = MEMORY");
      !done)
    return std::unexpected(done.error());
  Result<Statement> request = database->prepare(
      "INSERT INTO requests (id, started_ms, key_name, dialect, endpoint, model, stream, status, served_by, "
      "attempt_count, edit_count, loss_classes, fallback_reason, total_ms, first_token_ms, input_tokens, "
      "output_tokens, cached_tokens, cache_write_tokens, reasoning_tokens, error, request_body, "
      "response_body) "
      "VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)");
  if (!request) return std::unexpected(request.error());
  Result<Statement> attempt = database->prepare(
      "INSERT INTO attempts (request_seq, number, target, provider, model, status, outcome, error_body, "
      "error_headers, edits, decision, started_ms, connect_ms, first_byte_ms, total_ms, upstream_request_id, "
      "input_tokens, output_tokens, cached_tokens, cache_write_tokens, reasoning_tokens, request_body, "
      "response_body, violations) VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)");
  if (!attempt) return std::unexpected(attempt.error());
  return JournalWriter(std::move(*database), std::move(*request), std::move(*attempt));
}

Result<void> JournalWriter::insert(const RequestRecord& r) {
  request_.bind(1, r.id);
  request_.bind(2, r.started_ms);
  request_.bind(3, r.key_name);
  request_.bind(4, r.dialect);
  request_.bind(5, r.endpoint);
  request_.bind(6, r.model);
  request_.bind(7, std::int64_t{r.stream});
  request_.bind(8, std::int64_t{r.status});
  request_.bind(9, r.served_by);
  request_.bind(10, static_cast<std::int64_t>(r.attempts.size()));
  request_.bind(11, std::int64_t{r.edit_count});
  request_.bind(12, r.loss_classes);
  request_.bind(13, r.fallback_reason);
  request_.bind(14, r.total_ms);
  request_.bind(15, r.first_token_ms);
  bind_usage(request_, 16, r.usage);
  request_.bind(21, r.error);
  bind_body(request_, 22, r.request_body);
  bind_body(request_, 23, r.response_body);
  const Result<void> done = request_.run();
  request_.reset();
  if (!done) return done;

  const std::int64_t seq = database_.last_insert_rowid();
  for (const AttemptRecord& a : r.attempts) {
    attempt_.bind(1, seq);
    attempt_.bind(2, std::int64_t{a.number});
    attempt_.bind(3, a.target);
    attempt_.bind(4, a.provider);
    attempt_.bind(5, a.model);
    attempt_.bind(6, std::int64_t{a.status});
    attempt_.bind(7, a.outcome);
    attempt_.bind_blob(8, a.error_body);
    attempt_.bind(9, a.error_headers);
    attempt_.bind(10, a.edits);
    attempt_.bind(11, a.decision);
    attempt_.bind(12, a.started_ms);
    attempt_.bind(13, a.connect_ms);
    attempt_.bind(14, a.first_byte_ms);
    attempt_.bind(15, a.total_ms);
    attempt_.bind(16, a.upstream_request_id);
    bind_usage(attempt_, 17, a.usage);
    bind_body(attempt_, 22, a.request_body);
    bind_body(attempt_, 23, a.response_body);
    attempt_.bind(24, a.violations);
    const Result<void> inserted = attempt_.run();
    attempt_.reset();
    if (!inserted) return inserted;
  }
  return {};
}

}  // namespace dragoman::store
