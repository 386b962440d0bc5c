// The SQL side of the journal's writer thread.
#pragma once
#include <cstdint>
#include <string>
#include <utility>

#include "base/error.h"
#include "store/record.h"
#include "store/retention.h"
#include "store/sqlite.h"

namespace dragoman::store {

// One thread at a time. Records must be redacted before they come here.
class JournalWriter {
 public:
  // Migrates the file and switches it to WAL.
  static Result<JournalWriter> open(const std::string& location);

  Result<void> begin() { return database_.run("BEGIN IMMEDIATE"); }
  Result<void> insert(const RequestRecord& record);
  Result<void> commit() { return database_.run("COMMIT"); }
  void rollback() { (void)database_.run("ROLLBACK"); }

  Result<std::int64_t> retain(const Retention& retention, std::int64_t now_ms, int max_chunks) {
    return apply_retention(database_, retention, now_ms, max_chunks);
  }

 private:
  JournalWriter(Database database, Statement request, Statement attempt)
      : database_(std::move(database)), request_(std::move(request)), attempt_(std::move(attempt)) {}

  Database database_;  // first, so that the statements go before it
  Statement request_, attempt_;
};

}  // namespace dragoman::store
