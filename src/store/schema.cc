#include "store/schema.h"

#include <fmt/format.h>

#include <array>

namespace dragoman::store {
namespace {

// Entry n leads from version n to n + 1. Never change one that was released: add the next.
//
// AUTOINCREMENT, because a reader follows by seq: after the newest rows are deleted their numbers must not
// come again. Client ids are looked up but not unique: a row is never refused for its id.
constexpr std::array<const char*, kSchemaVersion> kMigrations = {
    R"(
    CREATE TABLE requests (
      seq INTEGER PRIMARY KEY AUTOINCREMENT,
      id TEXT NOT NULL, started_ms INTEGER NOT NULL, key_name TEXT NOT NULL, dialect TEXT NOT NULL,
      endpoint TEXT NOT NULL, model TEXT NOT NULL, stream INTEGER NOT NULL, status INTEGER NOT NULL,
      served_by TEXT NOT NULL, attempt_count INTEGER NOT NULL, edit_count INTEGER NOT NULL,
      loss_classes TEXT NOT NULL, fallback_reason TEXT NOT NULL, total_ms INTEGER NOT NULL,
      first_token_ms INTEGER, input_tokens INTEGER, output_tokens INTEGER, cached_tokens INTEGER,
      cache_write_tokens INTEGER, reasoning_tokens INTEGER, error TEXT NOT NULL,
      request_body BLOB, response_body BLOB);
    CREATE INDEX requests_id ON requests(id);
    CREATE TABLE attempts (
      request_seq INTEGER NOT NULL REFERENCES requests(seq), number INTEGER NOT NULL,
      target TEXT NOT NULL, provider TEXT NOT NULL, model TEXT NOT NULL, status INTEGER NOT NULL,
      outcome TEXT NOT NULL, error_body BLOB NOT NULL, error_headers TEXT NOT NULL, edits TEXT NOT NULL,
      decision TEXT NOT NULL, started_ms INTEGER NOT NULL, connect_ms INTEGER, first_byte_ms INTEGER,
      total_ms INTEGER NOT NULL, upstream_request_id TEXT NOT NULL, input_tokens INTEGER,
      output_tokens INTEGER, cached_tokens INTEGER, cache_write_tokens INTEGER, reasoning_tokens INTEGER);
    CREATE INDEX attempts_request ON attempts(request_seq);
    )",
    // Bodies of single attempts (what each target was sent and said), and the ways people search.
    R"(
    ALTER TABLE attempts ADD COLUMN request_body BLOB;
    ALTER TABLE attempts ADD COLUMN response_body BLOB;
    CREATE INDEX requests_started ON requests(started_ms);
    )",
    // What models' tool calls broke of the clients' schemas.
    R"(
    ALTER TABLE attempts ADD COLUMN violations TEXT NOT NULL DEFAULT '';
    )",
};

Result<int> version_of(Database& database) {
  const Result<std::int64_t> version = database.integer("PRAGMA user_version");
  if (!version) return std::unexpected(version.error());
  const Result<std::int64_t> application = database.integer("PRAGMA application_id");
  if (!application) return std::unexpected(application.error());
  const Result<std::int64_t> tables = database.integer("SELECT count(*) FROM sqlite_master");
  if (!tables) return std::unexpected(tables.error());
  const bool empty = *version == 0 && *application == 0 && *tables == 0;
  if (!empty && *application != kApplicationId)
    return fail(fmt::format("{}: an SQLite database of another program; name another file for the journal",
                            database.name()));
  if (*version > kSchemaVersion)
    return fail(
        fmt::format("{}: written by a newer dragoman (schema {}, this one knows {}); update dragoman or "
                    "name another file",
                    database.name(), *version, kSchemaVersion));
  return static_cast<int>(*version);
}

}  // namespace

Result<void> migrate(Database& database) {
  // Only has an effect before the first table is made; lets the file shrink when old rows go.
  if (auto done = database.run("PRAGMA auto_vacuum = INCREMENTAL"); !done) return done;
  for (;;) {
    // The lock is taken before the version is read, so that two processes do not migrate at once.
    if (auto done = database.run("BEGIN IMMEDIATE"); !done) return done;
    const Result<int> version = version_of(database);
    if (!version || *version == kSchemaVersion) {
      const Result<void> ended = database.run("ROLLBACK");
      if (!version) return std::unexpected(version.error());
      return ended;
    }
    const std::string sql =
        fmt::format("{}; PRAGMA application_id = {}; PRAGMA user_version = {}; COMMIT",
                    kMigrations[static_cast<std::size_t>(*version)], kApplicationId, *version + 1);
    if (auto done = database.run(sql.c_str()); !done) {
      (void)database.run("ROLLBACK");
      return done;
    }
  }
}

Result<void> check_readable(Database& database) {
  const Result<int> version = version_of(database);
  if (!version) return std::unexpected(version.error());
  if (*version < kSchemaVersion)
    return fail(fmt::format("{}: {}; start the gateway on it once", database.name(),
                            *version == 0 ? "still empty" : "written by an older dragoman"));
  return {};
}

}  // namespace dragoman::store
