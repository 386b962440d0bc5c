#include "store/response_store.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace dragoman::store {
namespace {

constexpr std::int64_t kApplication = 0x64726773;  // "drgs"
constexpr int kLongest = 10'000;                   // turns of one conversation
constexpr int kPutsBetweenChecks = 32;
constexpr int kErased = 64, kMostErased = 1024;  // responses at once; after kPutsBetweenChecks

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

Result<std::optional<KeptConversation>> ResponseStore::conversation(std::string_view id,
                                                                    std::string_view key_name,
                                                                    std::int64_t now_ms, std::size_t most) {
  const std::lock_guard lock(mutex_);
  auto select = database_.prepare(
      "SELECT previous, input, output, used_ms FROM responses WHERE id = ? AND key_name = ?");
  if (!select) return std::unexpected(select.error());
  std::vector<std::string> turns;  // newest first
  std::vector<std::string> stale;
  std::size_t bytes = 0;
  int count = 0;
  for (std::string at(id); !at.empty();) {
    if (count++ == kLongest)
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
    bytes += turn.size() + 1;
    if (bytes - 1 > most) return KeptConversation{.too_long = true};
    if (!turn.empty()) turns.push_back(std::move(turn));
    if (now_ms - select->integer(3) >= stale_after()) stale.push_back(at);
    std::string previous = select->text(0);
    select->reset();  // it is bound to `at`
    at = std::move(previous);
  }
  if (auto done = touch(stale, key_name, now_ms); !done) return std::unexpected(done.error());
  KeptConversation out;
  out.items.reserve(bytes);
  for (std::size_t i = turns.size(); i-- > 0;) {
    if (!out.items.empty()) out.items += ',';
    out.items += turns[i];
  }
  return out;
}

// A row is written anew for it, with all that was said: not with every turn of a long conversation.
Result<void> ResponseStore::touch(std::span<const std::string> ids, std::string_view key_name,
                                  std::int64_t now_ms) {
  if (ids.empty()) return {};
  Transaction transaction(database_);
  if (auto done = transaction.begin(); !done) return done;
  auto update = database_.prepare("UPDATE responses SET used_ms = ? WHERE id = ? AND key_name = ?");
  if (!update) return std::unexpected(update.error());
  for (const std::string& id : ids) {
    update->bind(1, now_ms);
    update->bind(2, id);
    update->bind(3, key_name);
    if (auto done = update->run(); !done) return done;
  }
  return transaction.commit();
}

// How exact "since it was last used" is.
std::int64_t ResponseStore::stale_after() const {
  constexpr std::int64_t kTenMinutes = 10 * 60 * 1000;
  return options_.max_age.count() > 0 ? std::min<std::int64_t>(kTenMinutes, options_.max_age.count() * 100)
                                      : kTenMinutes;
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

Result<std::int64_t> ResponseStore::bytes_used() {
  return database_.integer(
      "SELECT (SELECT page_count FROM pragma_page_count) * (SELECT page_size FROM pragma_page_size) - "
      "(SELECT freelist_count FROM pragma_freelist_count) * (SELECT page_size FROM pragma_page_size)");
}

// Whether there were any. Their items go first, found by the index: a look at every item there is would take
// seconds.
Result<bool> ResponseStore::erase_those(const std::string& which) {
  Transaction transaction(database_);
  if (auto done = transaction.begin(); !done) return std::unexpected(done.error());
  for (const auto& [table, keys] :
       {std::pair{"response_items", "response_id, key_name"}, std::pair{"responses", "id, key_name"}})
    if (auto done =
            database_.run(fmt::format("DELETE FROM {} WHERE ({}) IN (SELECT id, key_name FROM responses {})",
                                      table, keys, which)
                              .c_str());
        !done)
      return std::unexpected(done.error());
  const auto changed = database_.integer("SELECT changes()");
  if (!changed) return std::unexpected(changed.error());
  if (auto done = transaction.commit(); !done) return std::unexpected(done.error());
  return *changed > 0;
}

// Old ones first, then, while the file is too big, the least recently used: some each time, so that no answer
// waits for all of them.
Result<void> ResponseStore::retain(std::int64_t now_ms) {
  bool gone = false;
  if (options_.max_age.count() > 0) {
    const auto old = erase_those(fmt::format("WHERE used_ms < {} ORDER BY used_ms LIMIT {}",
                                             now_ms - options_.max_age.count() * 1000, kMostErased));
    if (!old) return std::unexpected(old.error());
    gone = *old;
  }
  if (options_.max_bytes > 0) {
    auto bytes = bytes_used();
    if (!bytes) return std::unexpected(bytes.error());
    const bool over = *bytes > options_.max_bytes;
    for (int erased = 0;
         over && erased < kMostErased && *bytes > options_.max_bytes - options_.max_bytes / 10;
         erased += kErased) {
      const auto some = erase_those(fmt::format("ORDER BY used_ms LIMIT {}", kErased));
      if (!some) return std::unexpected(some.error());
      if (!*some) break;
      bytes = bytes_used();
      if (!bytes) return std::unexpected(bytes.error());
    }
    gone |= over;
  }
  return gone ? database_.run("PRAGMA incremental_vacuum(4096)") : Result<void>();
}

}  // namespace dragoman::store
