#include "store/vault_file.h"

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <algorithm>

#include "store/journal.h"

namespace dragoman::store {
namespace {

constexpr int kChunk = 500;
constexpr int kChunksACall = 8;

Result<void> prepare_schema(Database& database) {
  const auto version = database.integer("PRAGMA user_version");
  if (!version) return std::unexpected(version.error());
  const auto application = database.integer("PRAGMA application_id");
  if (!application) return std::unexpected(application.error());
  const auto tables = database.integer("SELECT count(*) FROM sqlite_master");
  if (!tables) return std::unexpected(tables.error());
  const bool empty = *version == 0 && *application == 0 && *tables == 0;
  if (!empty && *application != VaultFile::kApplicationId)
    return fail(fmt::format("{}: an SQLite database of another program; name another file for the vault",
                            database.name()));
  if (*version > VaultFile::kVersion)
    return fail(
        fmt::format("{}: written by a newer dragoman (vault {}, this one knows {}); update dragoman or name "
                    "another file",
                    database.name(), *version, VaultFile::kVersion));
  if (*version == VaultFile::kVersion) return {};
  const std::string sql = fmt::format(
      "BEGIN IMMEDIATE;"
      "CREATE TABLE sealed (address BLOB PRIMARY KEY, stored_s INTEGER NOT NULL, value BLOB NOT NULL) "
      "WITHOUT ROWID;"
      "CREATE INDEX sealed_stored ON sealed(stored_s);"
      "PRAGMA application_id = {}; PRAGMA user_version = {}; COMMIT",
      VaultFile::kApplicationId, VaultFile::kVersion);
  auto done = database.run(sql.c_str());
  if (!done) (void)database.run("ROLLBACK");
  return done;
}

Result<Database> open_database(const std::string& location) {
  auto database = Database::open(location, Database::Mode::kCreate);
  if (!database) return database;
  for (const char* pragma :
       {"PRAGMA auto_vacuum = INCREMENTAL", "PRAGMA journal_mode = WAL", "PRAGMA synchronous = NORMAL"})
    if (auto done = database->run(pragma); !done) return std::unexpected(done.error());
  if (auto done = prepare_schema(*database); !done) return std::unexpected(done.error());
  return database;
}

VaultAddress address_from(std::string_view bytes) {
  VaultAddress out{};
  std::copy_n(bytes.begin(), std::min(bytes.size(), out.size()), out.begin());
  return out;
}

}  // namespace

Result<VaultFile> VaultFile::open(const std::string& location) {
  auto database = open_database(location);
  if (!database && !location.starts_with("file:")) {
    if (const auto aside = rotate_corrupt(location)) {
      spdlog::warn("vault {}; moved to {} and begun anew", database.error().message, *aside);
      database = open_database(location);
    }
  }
  if (!database) return std::unexpected(Error{"vault " + database.error().message});
  auto put = database->prepare(
      "INSERT INTO sealed (address, stored_s, value) VALUES (?1, ?2, ?3) ON CONFLICT (address) DO UPDATE SET "
      "stored_s = "
      "?2, value = ?3");
  auto get = database->prepare("SELECT value FROM sealed WHERE address = ?1");
  for (const auto* statement : {&put, &get})
    if (!*statement) return std::unexpected(Error{"vault " + statement->error().message});
  return VaultFile(*std::move(database), *std::move(put), *std::move(get));
}

Result<void> VaultFile::put(const VaultAddress& address, std::string_view sealed, std::int64_t now_s) {
  put_.bind_blob(1, bytes_of(address));
  put_.bind(2, now_s);
  put_.bind_blob(3, sealed);
  auto done = put_.run();
  put_.reset();
  return done;
}

Result<std::optional<std::string>> VaultFile::get(const VaultAddress& address) {
  get_.bind_blob(1, bytes_of(address));
  const auto row = get_.step();
  std::optional<std::string> out;
  if (row && *row) out = get_.text(0);
  get_.reset();
  if (!row) return std::unexpected(row.error());
  return out;
}

Result<void> VaultFile::each_address(const std::function<void(const VaultAddress&)>& sink) {
  auto statement = database_.prepare("SELECT address FROM sealed");
  if (!statement) return std::unexpected(statement.error());
  for (;;) {
    const auto row = statement->step();
    if (!row) return std::unexpected(row.error());
    if (!*row) return {};
    sink(address_from(statement->bytes(0)));
  }
}

Result<std::size_t> VaultFile::drop(std::string_view condition, int limit, std::vector<VaultAddress>& gone) {
  auto statement = database_.prepare(fmt::format(
      "DELETE FROM sealed WHERE address IN (SELECT address FROM sealed WHERE {} ORDER BY stored_s LIMIT "
      "{}) RETURNING address",
      condition, limit));
  if (!statement) return std::unexpected(statement.error());
  std::size_t count = 0;
  for (;;) {
    const auto row = statement->step();
    if (!row) return std::unexpected(row.error());
    if (!*row) return count;
    gone.push_back(address_from(statement->bytes(0)));
    ++count;
  }
}

Result<void> VaultFile::retain(std::int64_t max_age_s, std::int64_t max_bytes, std::int64_t now_s,
                               std::vector<VaultAddress>& gone) {
  const std::size_t before = gone.size();
  for (int i = 0; max_age_s > 0 && i < kChunksACall; ++i) {
    const auto count = drop(fmt::format("stored_s < {}", now_s - max_age_s), kChunk, gone);
    if (!count) return std::unexpected(count.error());
    if (*count < kChunk) break;
  }
  const auto used = [&]() -> Result<std::int64_t> {
    std::int64_t values[3] = {};
    constexpr const char* kAsked[] = {"PRAGMA page_count", "PRAGMA freelist_count", "PRAGMA page_size"};
    for (int i = 0; i < 3; ++i) {
      const auto value = database_.integer(kAsked[i]);
      if (!value) return value;
      values[i] = *value;
    }
    return (values[0] - values[1]) * values[2];
  };
  if (max_bytes > 0) {
    auto bytes = used();
    // A little more than needed goes, so that it does not happen with every row.
    const bool over = bytes && *bytes > max_bytes;
    for (int i = 0; over && bytes && *bytes > max_bytes - max_bytes / 10 && i < kChunksACall; ++i) {
      const auto rows = database_.integer("SELECT count(*) FROM sealed");
      if (!rows) return std::unexpected(rows.error());
      const auto count = drop("1", static_cast<int>(std::clamp<std::int64_t>(*rows / 20, 1, kChunk)), gone);
      if (!count) return std::unexpected(count.error());
      if (*count == 0) break;
      bytes = used();
    }
    if (!bytes) return std::unexpected(bytes.error());
  }
  if (gone.size() > before) return database_.run("PRAGMA incremental_vacuum");
  return {};
}

}  // namespace dragoman::store
