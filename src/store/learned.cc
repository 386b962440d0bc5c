#include "store/learned.h"

#include <fmt/format.h>

#include "base/arena.h"
#include "json/parse.h"
#include "json/write.h"

namespace dragoman::store {
namespace {

// PRAGMA application_id, "DRGL".
constexpr int kLearnedId = 0x4452474c;

std::string to_json(const NamedValues& values) {
  std::string out;
  json::Writer w(out);
  w.begin_object();
  for (const auto& [name, value] : values) w.field(name, value);
  w.end_object();
  return out;
}

NamedValues from_json(std::string_view text) {
  NamedValues out;
  Arena arena;
  if (const auto read = json::parse(arena, text))
    for (const json::Member& member : read->members()) out.emplace_back(member.key, member.value.text());
  return out;
}

}  // namespace

Result<std::unique_ptr<Learned>> Learned::open(const std::string& path) {
  auto database = Database::open(path, Database::Mode::kCreate);
  if (!database) return std::unexpected(database.error());
  const auto id = database->integer("PRAGMA application_id");
  if (!id) return std::unexpected(id.error());
  const auto tables = database->integer("SELECT count(*) FROM sqlite_master");
  if (!tables) return std::unexpected(tables.error());
  if (*id != kLearnedId && (*id != 0 || *tables != 0))
    return fail(fmt::format(
        "{}: an SQLite database of another program; name another file for what is learned", path));
  if (auto made = database->run(
          fmt::format("PRAGMA application_id = {}; PRAGMA journal_mode = WAL;"
                      "CREATE TABLE IF NOT EXISTS repairs (target TEXT NOT NULL, name TEXT NOT NULL,"
                      " compat TEXT NOT NULL, settings TEXT NOT NULL, params TEXT NOT NULL,"
                      " why TEXT NOT NULL, words TEXT NOT NULL, learned_ms INTEGER NOT NULL,"
                      " expires_ms INTEGER NOT NULL, times INTEGER NOT NULL,"
                      " PRIMARY KEY (target, name)) WITHOUT ROWID",
                      kLearnedId)
              .c_str());
      !made)
    return std::unexpected(made.error());
  return std::unique_ptr<Learned>(new Learned(*std::move(database)));
}

Result<std::vector<LearnedRepair>> Learned::all(std::int64_t now_ms) {
  const std::lock_guard lock(mutex_);
  auto statement = database_.prepare(
      "SELECT target, name, compat, settings, params, why, words, learned_ms, expires_ms, times FROM repairs "
      "WHERE expires_ms > ?1 ORDER BY target, name");
  if (!statement) return std::unexpected(statement.error());
  statement->bind(1, now_ms);
  std::vector<LearnedRepair> out;
  for (;;) {
    const auto row = statement->step();
    if (!row) return std::unexpected(row.error());
    if (!*row) return out;
    out.push_back({statement->text(0), statement->text(1), from_json(statement->bytes(2)),
                   from_json(statement->bytes(3)), from_json(statement->bytes(4)), statement->text(5),
                   statement->text(6), statement->integer(7), statement->integer(8), statement->integer(9)});
  }
}

Result<void> Learned::learn(const LearnedRepair& repair) {
  const std::lock_guard lock(mutex_);
  auto statement = database_.prepare(
      "INSERT INTO repairs VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, 1) ON CONFLICT (target, name) DO "
      "UPDATE SET "
      "words = excluded.words, expires_ms = max(expires_ms, excluded.expires_ms), times = times + 1");
  if (!statement) return std::unexpected(statement.error());
  const std::string compat = to_json(repair.compat), settings = to_json(repair.settings),
                    params = to_json(repair.params);
  statement->bind(1, repair.target);
  statement->bind(2, repair.name);
  statement->bind(3, compat);
  statement->bind(4, settings);
  statement->bind(5, params);
  statement->bind(6, repair.why);
  statement->bind(7, repair.words);
  statement->bind(8, repair.learned_ms);
  statement->bind(9, repair.expires_ms);
  return statement->run();
}

Result<std::int64_t> Learned::forget(std::string_view target, std::string_view name) {
  const std::lock_guard lock(mutex_);
  auto statement =
      database_.prepare("DELETE FROM repairs WHERE (?1 = '' OR target = ?1) AND (?2 = '' OR name = ?2)");
  if (!statement) return std::unexpected(statement.error());
  statement->bind(1, target);
  statement->bind(2, name);
  if (auto done = statement->run(); !done) return std::unexpected(done.error());
  return database_.integer("SELECT changes()");
}

Result<std::int64_t> Learned::version() {
  const std::lock_guard lock(mutex_);
  return database_.integer("PRAGMA data_version");
}

}  // namespace dragoman::store
