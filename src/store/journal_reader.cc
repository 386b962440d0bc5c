#include "store/journal_reader.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <system_error>

#include "store/schema.h"

namespace dragoman::store {
namespace {

// Bodies come last, so that a list can leave them out.
constexpr std::string_view kRequestColumns =
    "seq, id, started_ms, key_name, dialect, endpoint, model, stream, status, served_by, attempt_count, "
    "edit_count, "
    "loss_classes, fallback_reason, total_ms, first_token_ms, input_tokens, output_tokens, cached_tokens, "
    "cache_write_tokens, reasoning_tokens, error";
constexpr std::string_view kAttemptColumns =
    "number, target, provider, model, status, outcome, error_headers, edits, decision, started_ms, "
    "connect_ms, "
    "first_byte_ms, total_ms, upstream_request_id, input_tokens, output_tokens, cached_tokens, "
    "cache_write_tokens, "
    "reasoning_tokens, violations";

std::optional<std::string> optional_text(const Statement& row, int column) {
  if (row.is_null(column)) return std::nullopt;
  return row.text(column);
}

TokenUsage usage_at(const Statement& row, int column) {
  return {row.optional_integer(column), row.optional_integer(column + 1), row.optional_integer(column + 2),
          row.optional_integer(column + 3), row.optional_integer(column + 4)};
}

RequestRecord request_of(const Statement& row) {
  RequestRecord r;
  r.seq = row.integer(0);
  r.id = row.text(1);
  r.started_ms = row.integer(2);
  r.key_name = row.text(3);
  r.dialect = row.text(4);
  r.endpoint = row.text(5);
  r.model = row.text(6);
  r.stream = row.integer(7) != 0;
  r.status = static_cast<int>(row.integer(8));
  r.served_by = row.text(9);
  r.attempt_count = static_cast<int>(row.integer(10));
  r.edit_count = static_cast<int>(row.integer(11));
  r.loss_classes = row.text(12);
  r.fallback_reason = row.text(13);
  r.total_ms = row.integer(14);
  r.first_token_ms = row.optional_integer(15);
  r.usage = usage_at(row, 16);
  r.error = row.text(21);
  return r;
}

AttemptRecord attempt_of(const Statement& row) {
  AttemptRecord a;
  a.number = static_cast<int>(row.integer(0));
  a.target = row.text(1);
  a.provider = row.text(2);
  a.model = row.text(3);
  a.status = static_cast<int>(row.integer(4));
  a.outcome = row.text(5);
  a.error_headers = row.text(6);
  a.edits = row.text(7);
  a.decision = row.text(8);
  a.started_ms = row.integer(9);
  a.connect_ms = row.optional_integer(10);
  a.first_byte_ms = row.optional_integer(11);
  a.total_ms = row.integer(12);
  a.upstream_request_id = row.text(13);
  a.usage = usage_at(row, 14);
  a.violations = row.text(19);
  a.error_body = row.text(20);
  return a;
}

// '*' and '?' stay wild; '[', which GLOB would take for a set, does not.
std::string glob_pattern(std::string_view text) {
  std::string out;
  for (const char c : text) c == '[' ? out += "[[]" : out += c;
  return out;
}

struct Query {
  std::string sql;
  std::vector<std::string> texts;  // parameters in order
};

Query list_query(const LogFilter& filter, bool newest) {
  Query q;
  q.sql = fmt::format("SELECT {} FROM requests r WHERE seq > {}", kRequestColumns, filter.since_id);
  const auto add = [&q](std::string_view condition, const std::string& value) {
    if (value.empty()) return;
    q.texts.push_back(glob_pattern(value));
    q.sql += fmt::format(" AND ({})", fmt::format(fmt::runtime(condition), q.texts.size()));
  };
  add("key_name GLOB ?{0}", filter.key);
  add("model GLOB ?{0} OR EXISTS (SELECT 1 FROM attempts a WHERE a.request_seq = r.seq AND a.model GLOB "
      "?{0})",
      filter.model);
  add("served_by GLOB ?{0} OR EXISTS (SELECT 1 FROM attempts a WHERE a.request_seq = r.seq AND a.target GLOB "
      "?{0})",
      filter.target);
  add("EXISTS (SELECT 1 FROM attempts a WHERE a.request_seq = r.seq AND a.outcome GLOB ?{0})",
      filter.outcome);
  if (filter.status_class) q.sql += fmt::format(" AND status / 100 = {}", filter.status_class);
  if (filter.status) q.sql += fmt::format(" AND status = {}", filter.status);
  if (filter.started_from_ms) q.sql += fmt::format(" AND started_ms >= {}", filter.started_from_ms);
  q.sql += fmt::format(" ORDER BY seq {} LIMIT {}", newest ? "DESC" : "ASC", std::max(filter.limit, 0));
  return q;
}

}  // namespace

Result<JournalReader> JournalReader::open(const std::string& location) {
  Result<Database> database = Database::open(location, Database::Mode::kReadOnly);
  std::error_code ignored;
  if (!database && !location.starts_with("file:") && !std::filesystem::exists(location, ignored))
    return fail(fmt::format("{}: no such journal", location));
  if (!database) return std::unexpected(database.error());
  if (auto fine = check_readable(*database); !fine) return std::unexpected(fine.error());
  return JournalReader(std::move(*database));
}

Result<std::vector<RequestRecord>> JournalReader::list(const LogFilter& filter, bool newest) {
  // One transaction, so that requests and attempts are of the same moment.
  if (auto begun = database_.run("BEGIN"); !begun) return std::unexpected(begun.error());
  auto result = [&]() -> Result<std::vector<RequestRecord>> {
    const Query query = list_query(filter, newest);
    Result<Statement> rows = database_.prepare(query.sql);
    if (!rows) return std::unexpected(rows.error());
    for (std::size_t i = 0; i < query.texts.size(); ++i) rows->bind(static_cast<int>(i + 1), query.texts[i]);
    std::vector<RequestRecord> records;
    for (;;) {
      const Result<bool> row = rows->step();
      if (!row) return std::unexpected(row.error());
      if (!*row) break;
      records.push_back(request_of(*rows));
    }
    if (newest) std::ranges::reverse(records);
    Result<Statement> attempts = database_.prepare(fmt::format(
        "SELECT {}, substr(error_body, 1, {}) FROM attempts WHERE request_seq = ?1 ORDER BY number",
        kAttemptColumns, kListedErrorBytes));
    if (!attempts) return std::unexpected(attempts.error());
    for (RequestRecord& record : records) {
      attempts->bind(1, record.seq);
      for (;;) {
        const Result<bool> row = attempts->step();
        if (!row) return std::unexpected(row.error());
        if (!*row) break;
        record.attempts.push_back(attempt_of(*attempts));
      }
    }
    return records;
  }();
  if (auto ended = database_.run("ROLLBACK"); !ended && result) return std::unexpected(ended.error());
  return result;
}

Result<std::vector<RequestRecord>> JournalReader::recent(const LogFilter& filter) {
  return list(filter, true);
}
Result<std::vector<RequestRecord>> JournalReader::next(const LogFilter& filter) {
  return list(filter, false);
}

// A request is never changed after it is written, so the two statements cannot disagree but by its deletion.
Result<std::optional<RequestRecord>> JournalReader::find(std::string_view id) {
  Result<Statement> row = database_.prepare(fmt::format(
      "SELECT {}, request_body, response_body FROM requests WHERE id = ?1 ORDER BY seq DESC LIMIT 1",
      kRequestColumns));
  if (!row) return std::unexpected(row.error());
  row->bind(1, id);
  Result<bool> found = row->step();
  if (!found) return std::unexpected(found.error());
  if (!*found) return std::nullopt;
  RequestRecord record = request_of(*row);
  record.request_body = optional_text(*row, 22);
  record.response_body = optional_text(*row, 23);
  row->reset();

  Result<Statement> attempts =
      database_.prepare(fmt::format("SELECT {}, error_body, request_body, response_body FROM attempts WHERE "
                                    "request_seq = ?1 ORDER BY number",
                                    kAttemptColumns));
  if (!attempts) return std::unexpected(attempts.error());
  attempts->bind(1, record.seq);
  for (;;) {
    found = attempts->step();
    if (!found) return std::unexpected(found.error());
    if (!*found) break;
    AttemptRecord attempt = attempt_of(*attempts);
    attempt.request_body = optional_text(*attempts, 21);
    attempt.response_body = optional_text(*attempts, 22);
    record.attempts.push_back(std::move(attempt));
  }
  return record;
}

Result<std::int64_t> JournalReader::last_seq() {
  return database_.integer("SELECT coalesce(max(seq), 0) FROM requests");
}

}  // namespace dragoman::store
