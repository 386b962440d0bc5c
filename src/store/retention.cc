#include "store/retention.h"

#include <fmt/format.h>

#include <algorithm>

namespace dragoman::store {
namespace {

constexpr int kChunk = 500;

Result<std::int64_t> bytes_in_use(Database& database) {
  const auto pages = database.integer("PRAGMA page_count");
  if (!pages) return pages;
  const auto unused = database.integer("PRAGMA freelist_count");
  if (!unused) return unused;
  const auto size = database.integer("PRAGMA page_size");
  if (!size) return size;
  return (*pages - *unused) * *size;
}

// Deletes up to kChunk of the oldest requests among those for which `condition` holds.
Result<std::int64_t> delete_oldest(Database& database, const std::string& condition, int chunk) {
  const std::string sql = fmt::format(
      "BEGIN IMMEDIATE; CREATE TEMP TABLE IF NOT EXISTS leaving (seq INTEGER PRIMARY KEY); DELETE FROM "
      "leaving;"
      "INSERT INTO leaving SELECT seq FROM requests WHERE {} ORDER BY seq LIMIT {};"
      "DELETE FROM attempts WHERE request_seq IN (SELECT seq FROM leaving);"
      "DELETE FROM requests WHERE seq IN (SELECT seq FROM leaving); COMMIT",
      condition, chunk);
  if (auto done = database.run(sql.c_str()); !done) {
    (void)database.run("ROLLBACK");
    return std::unexpected(done.error());
  }
  return database.integer("SELECT count(*) FROM leaving");
}

}  // namespace

Result<std::int64_t> apply_retention(Database& database, const Retention& retention, std::int64_t now_ms,
                                     int max_chunks) {
  std::int64_t deleted = 0;
  int chunks = 0;
  if (retention.max_age.count() > 0) {
    const std::int64_t oldest = now_ms - retention.max_age.count() * 1000;
    while (chunks < max_chunks) {
      ++chunks;
      const auto gone = delete_oldest(database, fmt::format("started_ms < {}", oldest), kChunk);
      if (!gone) return gone;
      deleted += *gone;
      if (*gone < kChunk) break;
    }
  }
  if (retention.max_bytes > 0) {
    auto used = bytes_in_use(database);
    if (!used) return used;
    const bool over = *used > retention.max_bytes;
    const std::int64_t goal = retention.max_bytes - retention.max_bytes / 10;
    while (over && *used > goal && chunks < max_chunks) {
      ++chunks;
      // A share of what is there, so that a few rows with large bodies do not all go for a small excess.
      const auto rows = database.integer("SELECT count(*) FROM requests");
      if (!rows) return rows;
      const auto chunk = static_cast<int>(std::clamp<std::int64_t>(*rows / 20, 1, kChunk));
      const auto gone = delete_oldest(database, "1", chunk);
      if (!gone) return gone;
      if (*gone == 0) break;
      deleted += *gone;
      if (used = bytes_in_use(database); !used) return used;
    }
  }
  if (deleted > 0)
    if (auto done = database.run("PRAGMA incremental_vacuum"); !done) return std::unexpected(done.error());
  return deleted;
}

}  // namespace dragoman::store
