// The tables of the journal file and how older files become the present one.
#pragma once
#include "base/error.h"
#include "store/sqlite.h"

namespace dragoman::store {

// PRAGMA user_version of a file this program writes.
inline constexpr int kSchemaVersion = 3;
// PRAGMA application_id, "DRGM": tells our files from other SQLite databases.
inline constexpr int kApplicationId = 0x4452474d;

// Brings an empty or older file up to kSchemaVersion, each version in one transaction of its own. A file of a
// newer dragoman, or of another program, is an error and stays as it is.
Result<void> migrate(Database& database);

// The same refusals for readers, who must not change the file; an empty or older file is an error which tells
// to start the gateway on it once.
Result<void> check_readable(Database& database);

}  // namespace dragoman::store
