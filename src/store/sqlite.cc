#include "store/sqlite.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sqlite3.h>
#include <unistd.h>

namespace dragoman::store {
namespace {

// A reader in another process holds its locks for milliseconds; more than this is a fault worth a message.
constexpr int kBusyMilliseconds = 5000;

const char* what_to_do(int code) {
  switch (code) {
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
      return "the file is damaged or no SQLite database: move it away and a new one is made";
    case SQLITE_CANTOPEN:
      return "check that the directory exists and that this user may write in it";
    case SQLITE_READONLY:
    case SQLITE_PERM:
      return "give this user write access to the file and its directory";
    case SQLITE_FULL:
      return "the disk is full: free some space or lower the journal's size limit";
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return "another process holds it locked: end that process or use another file";
    case SQLITE_IOERR:
      return "the disk failed to read or write: check the file system, then move the file away";
    case SQLITE_TOOBIG:
      return "a value is larger than SQLite's limit of 1 GB";
    default:
      return "";
  }
}

std::unexpected<Error> sqlite_error(sqlite3* handle, int code, const std::string& name) {
  const int primary = code & 0xff;
  const char* text =
      handle && sqlite3_errcode(handle) != SQLITE_OK ? sqlite3_errmsg(handle) : sqlite3_errstr(code);
  std::string message = fmt::format("{}: {} (SQLite error {})", name, text, code);
  if (const char* hint = what_to_do(primary); *hint) message += fmt::format("; {}", hint);
  return fail(std::move(message));
}

}  // namespace

void Statement::Finalize::operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }

void Statement::bind(int at, std::int64_t value) { sqlite3_bind_int64(statement_.get(), at, value); }

// An empty view may hold a null pointer, which SQLite would take for NULL.
void Statement::bind(int at, std::string_view text) {
  sqlite3_bind_text64(statement_.get(), at, text.empty() ? "" : text.data(), text.size(), SQLITE_STATIC,
                      SQLITE_UTF8);
}
void Statement::bind_blob(int at, std::string_view bytes) {
  sqlite3_bind_blob64(statement_.get(), at, bytes.empty() ? "" : bytes.data(), bytes.size(), SQLITE_STATIC);
}
void Statement::bind_null(int at) { sqlite3_bind_null(statement_.get(), at); }
void Statement::bind(int at, const std::optional<std::int64_t>& value) {
  value ? bind(at, *value) : bind_null(at);
}

Result<bool> Statement::step() {
  const int code = sqlite3_step(statement_.get());
  if (code == SQLITE_ROW) return true;
  if (code == SQLITE_DONE) {
    sqlite3_reset(statement_.get());
    return false;
  }
  auto error = sqlite_error(sqlite3_db_handle(statement_.get()), code, *name_);
  sqlite3_reset(statement_.get());
  return error;
}

Result<void> Statement::run() {
  for (;;) {
    const Result<bool> row = step();
    if (!row) return std::unexpected(row.error());
    if (!*row) return {};
  }
}

void Statement::reset() {
  sqlite3_reset(statement_.get());
  sqlite3_clear_bindings(statement_.get());
}

std::int64_t Statement::integer(int column) const { return sqlite3_column_int64(statement_.get(), column); }

std::optional<std::int64_t> Statement::optional_integer(int column) const {
  if (is_null(column)) return std::nullopt;
  return integer(column);
}

std::string_view Statement::bytes(int column) const {
  const auto* data = static_cast<const char*>(sqlite3_column_blob(statement_.get(), column));
  const int size = sqlite3_column_bytes(statement_.get(), column);
  return data ? std::string_view(data, static_cast<std::size_t>(size)) : std::string_view();
}

bool Statement::is_null(int column) const {
  return sqlite3_column_type(statement_.get(), column) == SQLITE_NULL;
}

void Database::Close::operator()(sqlite3* handle) const { sqlite3_close_v2(handle); }

Result<Database> Database::open(const std::string& path, Mode mode) {
  const bool uri = path.starts_with("file:");
  if (mode == Mode::kCreate && !uri) {
    // Made here, because SQLite would leave it readable by all under the usual umask, and it may hold
    // prompts. The -wal and -shm files take the mode of the database.
    const int fd = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (fd >= 0) ::close(fd);
  }
  int flags = SQLITE_OPEN_NOMUTEX | (uri ? SQLITE_OPEN_URI : 0);
  flags |= mode == Mode::kReadOnly ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE;
  sqlite3* handle = nullptr;
  const int code = sqlite3_open_v2(path.c_str(), &handle, flags, nullptr);
  Database database(handle, std::make_shared<const std::string>(path));
  if (code != SQLITE_OK) return sqlite_error(handle, code, path);
  sqlite3_busy_timeout(handle, kBusyMilliseconds);
  return database;
}

Result<void> Database::run(const char* sql) {
  const int code = sqlite3_exec(handle_.get(), sql, nullptr, nullptr, nullptr);
  if (code != SQLITE_OK) return sqlite_error(handle_.get(), code, *name_);
  return {};
}

Result<Statement> Database::prepare(std::string_view sql) {
  sqlite3_stmt* statement = nullptr;
  const int code =
      sqlite3_prepare_v2(handle_.get(), sql.data(), static_cast<int>(sql.size()), &statement, nullptr);
  if (code != SQLITE_OK) return sqlite_error(handle_.get(), code, *name_);
  return Statement(statement, name_);
}

Result<std::int64_t> Database::integer(std::string_view sql) {
  Result<Statement> statement = prepare(sql);
  if (!statement) return std::unexpected(statement.error());
  const Result<bool> row = statement->step();
  if (!row) return std::unexpected(row.error());
  if (!*row) return fail(fmt::format("{}: no row from {}", *name_, sql));
  return statement->integer(0);
}

std::int64_t Database::last_insert_rowid() const { return sqlite3_last_insert_rowid(handle_.get()); }

int Database::code() const { return sqlite3_errcode(handle_.get()) & 0xff; }

bool Database::damaged() const { return code() == SQLITE_CORRUPT || code() == SQLITE_NOTADB; }

Result<void> copy_database(const std::string& from, const std::string& to) {
  auto database = Database::open(from, Database::Mode::kReadOnly);
  if (!database) return std::unexpected(database.error());
  auto statement = database->prepare("VACUUM INTO ?1");
  if (!statement) return std::unexpected(statement.error());
  statement->bind(1, std::string_view(to));
  return statement->run();
}

}  // namespace dragoman::store
