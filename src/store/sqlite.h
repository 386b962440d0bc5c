// A thin owner of SQLite handles. Errors come back as values which name the file and say what to do about it.
#pragma once
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/error.h"

struct sqlite3;
struct sqlite3_stmt;

namespace dragoman::store {

// One prepared statement. Must not outlive its Database. Parameters and columns count as SQLite counts them:
// parameters from 1, columns from 0.
class Statement {
 public:
  // Text and blobs are bound without a copy: the bytes must stay until the next reset().
  void bind(int at, std::int64_t value);
  void bind(int at, std::string_view text);
  void bind_blob(int at, std::string_view bytes);
  void bind_null(int at);
  void bind(int at, const std::optional<std::int64_t>& value);

  // True: a row is there to be read. False: done. After false or an error the statement is reset.
  Result<bool> step();
  // Runs a statement that gives no rows, and makes it ready for the next set of parameters.
  Result<void> run();
  void reset();

  std::int64_t integer(int column) const;
  std::optional<std::int64_t> optional_integer(int column) const;
  // Valid until the next step() or reset(). Text and blobs alike.
  std::string_view bytes(int column) const;
  std::string text(int column) const { return std::string(bytes(column)); }
  bool is_null(int column) const;

 private:
  friend class Database;
  struct Finalize {
    void operator()(sqlite3_stmt* statement) const;
  };
  Statement(sqlite3_stmt* statement, std::shared_ptr<const std::string> name)
      : statement_(statement), name_(std::move(name)) {}

  std::unique_ptr<sqlite3_stmt, Finalize> statement_;
  std::shared_ptr<const std::string> name_;
};

// One connection. One thread at a time: SQLite is opened without its own mutexes.
class Database {
 public:
  enum class Mode {
    kCreate,    // read and write, made if missing; a new file is readable by its owner only
    kReadOnly,  // must exist; the WAL of a running writer is read as well
  };
  // `path` is a file, or a URI of SQLite ("file:/name?vfs=memdb").
  static Result<Database> open(const std::string& path, Mode mode);

  Result<void> run(const char* sql);  // any number of statements, rows ignored
  Result<Statement> prepare(std::string_view sql);
  Result<std::int64_t> integer(std::string_view sql);  // first column of the first row
  std::int64_t last_insert_rowid() const;

  // SQLite's primary result code of the last call on this connection (SQLITE_OK, SQLITE_FULL, …).
  int code() const;
  // True after an error which says that the file itself is not a (sound) database.
  bool damaged() const;
  const std::string& name() const { return *name_; }

 private:
  struct Close {
    void operator()(sqlite3* handle) const;
  };
  Database(sqlite3* handle, std::shared_ptr<const std::string> name)
      : handle_(handle), name_(std::move(name)) {}

  std::unique_ptr<sqlite3, Close> handle_;
  std::shared_ptr<const std::string> name_;
};

// What is in the database `from` at this moment, a running writer's latest rows with it, as a new database
// `to`, which must not exist. `from` is not changed.
Result<void> copy_database(const std::string& from, const std::string& to);

}  // namespace dragoman::store
