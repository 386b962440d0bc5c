#include "store/response_store.h"

#include <fmt/format.h>

#include <algorithm>

namespace dragoman::store {
namespace {

constexpr std::int64_t kApplication = 0x64726773;  // "drgs"
constexpr int kLongest = 10'000;                   // turns of one conversation
constexpr int kPutsBetweenChecks = 32;

constexpr const char* kTables = R"(
  CREATE TABLE IF NOT EXISTS responses (
    id TEXT NOT NULL, key_name TEXT NOT NULL, previous TEXT NOT NULL, created_ms INTEGER NOT NULL,
    used_ms INTEGER NOT NULL, input BLOB NOT NULL, output BLOB NOT NULL, body BLOB NOT NULL,
    PRIMARY KEY (id, key_name)) WITHOUT ROWID;
  CREATE INDEX IF NOT EXISTS responses_used ON responses(used_ms);
  CREATE TABLE IF NOT EXISTS response_items (
    item_id TEXT NOT NULL, key_name TEXT NOT NULL, response_id TEXT NOT NULL, item BLOB NOT NULL,
    PRIMARY KEY (item_id, key_name)) WITHOUT ROWID;
  CREATE INDEX IF NOT EXISTS response_items_of ON response_items(response_id, key_name);
)";

// The lock is given back whatever happens on the way.
class Transaction {
 public:
  explicit Transaction(Database& database) : database_(database) {}
  ~Transaction() {
    if (open_) (void)database_.run("ROLLBACK");
  }
  Result<void> begin() {
    auto done = database_.run("BEGIN IMMEDIATE");
    open_ = done.has_value();
    return done;
  }
  Result<void> commit() {
    auto done = database_.run("COMMIT");
    if (done) open_ = false;
    return done;
  }

 private:
  Database& database_;
  bool open_ = false;
};

}  // namespace

Result<std::unique_ptr<ResponseStore>> ResponseStore::open(ResponseStoreOptions options) {
  const std::string where = options.path == ":memory:" ? "file::memory:" : options.path;
  auto database = Database::open(where, Database::Mode::kCreate);
  if (!database) return std::unexpected(database.error());
  const auto application = database->integer("PRAGMA application_id");
  if (!application) return std::unexpected(application.error());
  const auto tables = database->integer("SELECT count(*) FROM sqlite_master");
  if (!tables) return std::unexpected(tables.error());
  if (*application != kApplication && (*application != 0 || *tables != 0))
    return fail(fmt::format("{}: an SQLite database of another program; name another file for responses",
                            options.path));
  // synchronous=NORMAL: no fsync a response; what is committed survives our death.
  const std::string set_up = fmt::format(
      "PRAGMA auto_vacuum = INCREMENTAL; PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;"
      "PRAGMA journal_size_limit = 16777216; PRAGMA temp_store = MEMORY; PRAGMA application_id = {};{}",
      kApplication, kTables);
  if (auto done = database->run(set_up.c_str()); !done) return std::unexpected(done.error());
  return std::unique_ptr<ResponseStore>(new ResponseStore(std::move(options), std::move(*database)));
}

void ResponseStore::add_secrets(std::span<const std::string> secrets) {
  const std::lock_guard lock(mutex_);
  for (const std::string& secret : secrets)
    if (std::ranges::find(secrets_, secret) == secrets_.end()) secrets_.push_back(secret);
  redactor_ = Redactor(secrets_);
}

Result<void> ResponseStore::put(KeptResponse r, std::int64_t now_ms) {
  const std::lock_guard lock(mutex_);
  for (std::string* text : {&r.input, &r.output, &r.body}) redactor_.apply_known(*text);
  for (auto& [id, text] : r.items) redactor_.apply_known(text);
  Transaction transaction(database_);
  if (auto done = transaction.begin(); !done) return done;
  auto insert = database_.prepare(
      "INSERT OR REPLACE INTO responses (id, key_name, previous, created_ms, used_ms, input, output, body) "
      "VALUES (?,?,?,?,?,?,?,?)");
  if (!insert) return std::unexpected(insert.error());
  insert->bind(1, r.id);
  insert->bind(2, r.key_name);
  insert->bind(3, r.previous);
  insert->bind(4, r.created_ms);
  insert->bind(5, now_ms);
  insert->bind_blob(6, r.input);
  insert->bind_blob(7, r.output);
  insert->bind_blob(8, r.body);
  if (auto done = insert->run(); !done) return done;
  auto item = database_.prepare(
      "INSERT OR REPLACE INTO response_items (item_id, key_name, response_id, item) VALUES (?,?,?,?)");
  if (!item) return std::unexpected(item.error());
  for (const auto& [id, text] : r.items) {
    item->bind(1, id);
    item->bind(2, r.key_name);
    item->bind(3, r.id);
    item->bind_blob(4, text);
    if (auto done = item->run(); !done) return done;
    item->reset();
  }
  if (auto done = transaction.commit(); !done) return done;
  if (++puts_ < kPutsBetweenChecks) return {};
  puts_ = 0;
  return retain(now_ms);
}

Result<std::optional<KeptResponse>> ResponseStore::get(std::string_view id, std::string_view key_name) {
  const std::lock_guard lock(mutex_);
  auto select = database_.prepare(
      "SELECT previous, created_ms, input, output, body FROM responses WHERE id = ? AND key_name = ?");
  if (!select) return std::unexpected(select.error());
  select->bind(1, id);
  select->bind(2, key_name);
  const auto row = select->step();
  if (!row) return std::unexpected(row.error());
  if (!*row) return std::nullopt;
  return KeptResponse{.id = std::string(id),
                      .key_name = std::string(key_name),
                      .previous = select->text(0),
                      .created_ms = select->integer(1),
                      .input = select->text(2),
                      .output = select->text(3),
                      .body = select->text(4)};
}

Result<std::optional<std::string>> ResponseStore::conversation(std::string_view id, std::string_view key_name,
                                                               std::int64_t now_ms) {
  const std::lock_guard lock(mutex_);
  auto select =
      database_.prepare("SELECT previous, input, output FROM responses WHERE id = ? AND key_name = ?");
  if (!select) return std::unexpected(select.error());
  auto touch = database_.prepare("UPDATE responses SET used_ms = ? WHERE id = ? AND key_name = ?");
  if (!touch) return std::unexpected(touch.error());
  std::vector<std::string> turns;  // newest first
  std::string at(id);
  std::vector<std::string> ids;
  while (!at.empty()) {
    if (turns.size() >= kLongest)
      return fail(fmt::format("the conversation of {} has more than {} turns", id, kLongest));
    select->bind(1, at);
    select->bind(2, key_name);
    const auto row = select->step();
    if (!row) return std::unexpected(row.error());
    if (!*row) return std::nullopt;
    std::string turn = select->text(1);
    const std::string_view output = select->bytes(2);
    if (!turn.empty() && !output.empty()) turn += ',';
    turn += output;
    turns.push_back(std::move(turn));
    ids.push_back(at);
    at = select->text(0);
    select->reset();
  }
  for (const std::string& used : ids) {
    touch->bind(1, now_ms);
    touch->bind(2, used);
    touch->bind(3, key_name);
    if (auto done = touch->run(); !done) return std::unexpected(done.error());
    touch->reset();
  }
  std::string out;
  for (std::size_t i = turns.size(); i-- > 0;) {
    if (turns[i].empty()) continue;
    if (!out.empty()) out += ',';
    out += turns[i];
  }
  return out;
}

Result<std::optional<std::string>> ResponseStore::item(std::string_view item_id, std::string_view key_name) {
  const std::lock_guard lock(mutex_);
  auto select = database_.prepare("SELECT item FROM response_items WHERE item_id = ? AND key_name = ?");
  if (!select) return std::unexpected(select.error());
  select->bind(1, item_id);
  select->bind(2, key_name);
  const auto row = select->step();
  if (!row) return std::unexpected(row.error());
  if (!*row) return std::nullopt;
  return select->text(0);
}

Result<bool> ResponseStore::erase(std::string_view id, std::string_view key_name) {
  const std::lock_guard lock(mutex_);
  Transaction transaction(database_);
  if (auto done = transaction.begin(); !done) return std::unexpected(done.error());
  for (const char* sql : {"DELETE FROM response_items WHERE response_id = ? AND key_name = ?",
                          "DELETE FROM responses WHERE id = ? AND key_name = ?"}) {
    auto statement = database_.prepare(sql);
    if (!statement) return std::unexpected(statement.error());
    statement->bind(1, id);
    statement->bind(2, key_name);
    if (auto done = statement->run(); !done) return std::unexpected(done.error());
  }
  const auto changed = database_.integer("SELECT changes()");
  if (!changed) return std::unexpected(changed.error());
  if (auto done = transaction.commit(); !done) return std::unexpected(done.error());
  return *changed > 0;
}

// Old ones first, then, while the file is too big, the least recently used.
Result<void> ResponseStore::retain(std::int64_t now_ms) {
  constexpr const char* kOrphans =
      "DELETE FROM response_items WHERE NOT EXISTS (SELECT 1 FROM responses r WHERE r.id = response_id AND "
      "r.key_name = response_items.key_name)";
  bool gone = false;
  if (options_.max_age.count() > 0) {
    const std::int64_t oldest = now_ms - options_.max_age.count() * 1000;
    if (auto done = database_.run(fmt::format("DELETE FROM responses WHERE used_ms < {}", oldest).c_str());
        !done)
      return done;
    const auto changed = database_.integer("SELECT changes()");
    gone = changed && *changed > 0;
  }
  const auto used = [&]() -> Result<std::int64_t> {
    return database_.integer(
        "SELECT (SELECT page_count FROM pragma_page_count) * (SELECT page_size FROM pragma_page_size) - "
        "(SELECT freelist_count FROM pragma_freelist_count) * (SELECT page_size FROM pragma_page_size)");
  };
  if (options_.max_bytes > 0) {
    auto bytes = used();
    if (!bytes) return std::unexpected(bytes.error());
    const bool over = *bytes > options_.max_bytes;
    for (int round = 0; over && round < 1000 && *bytes > options_.max_bytes - options_.max_bytes / 10;
         ++round) {
      if (auto done = database_.run("DELETE FROM responses WHERE (id, key_name) IN "
                                    "(SELECT id, key_name FROM responses ORDER BY used_ms LIMIT 64)");
          !done)
        return done;
      const auto changed = database_.integer("SELECT changes()");
      if (!changed || *changed == 0) break;
      if (auto done = database_.run(kOrphans); !done) return done;
      bytes = used();
      if (!bytes) return std::unexpected(bytes.error());
    }
    gone |= over;
  }
  if (!gone) return {};
  if (auto done = database_.run(kOrphans); !done) return done;
  return database_.run("PRAGMA incremental_vacuum");
}

}  // namespace dragoman::store
