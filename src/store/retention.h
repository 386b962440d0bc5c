// How long and how much the journal keeps.
#pragma once
#include <chrono>
#include <cstdint>

#include "base/error.h"
#include "store/sqlite.h"

namespace dragoman::store {

struct Retention {
  std::chrono::seconds max_age{std::chrono::hours(24 * 30)};  // 0: for ever
  std::int64_t max_bytes = std::int64_t{1} << 30;             // of the database file; 0: no limit
};

// Deletes the oldest requests with their attempts until both limits hold, and gives the space back. In chunks
// of one transaction each, at most `max_chunks`; returns the number of requests deleted. Size goes by pages
// in use, and what is deleted for size is a little more than needed, so that it does not happen at each call.
Result<std::int64_t> apply_retention(Database& database, const Retention& retention, std::int64_t now_ms,
                                     int max_chunks = 1000);

}  // namespace dragoman::store
