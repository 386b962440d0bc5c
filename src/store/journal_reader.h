// Reads the journal on a connection of its own, in the gateway or in another process, while it is written.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "store/record.h"
#include "store/sqlite.h"

namespace dragoman::store {

// What is wanted; an empty or zero member does not restrict. Texts may hold '*' and '?'; case counts.
struct LogFilter {
  int limit = 50;
  std::int64_t since_id = 0;  // only rows with a greater seq
  std::string key;            // name of the client key
  std::string model;          // requested, or sent upstream by an attempt
  std::string target;         // of the answer or of any attempt
  std::string outcome;        // class of any attempt
  int status_class = 0;       // 2, 4, 5: hundreds of the final status
  std::int64_t started_from_ms = 0;
  int status = 0;  // the final status itself
};

// One thread at a time. Holds no lock between calls.
class JournalReader {
 public:
  // A file which must exist, or the URI that Journal::location() gives.
  static Result<JournalReader> open(const std::string& location);

  // The newest `limit` matching requests, the oldest of them first. With attempts, without bodies; error
  // bodies are cut after 4096 bytes (kListedErrorBytes).
  Result<std::vector<RequestRecord>> recent(const LogFilter& filter);
  // The first `limit` matching requests after filter.since_id, for who follows. Same shape.
  Result<std::vector<RequestRecord>> next(const LogFilter& filter);
  // All of one request; the latest if the id came twice; nothing if there is none.
  Result<std::optional<RequestRecord>> find(std::string_view id);
  // The greatest seq there is, 0 in an empty journal.
  Result<std::int64_t> last_seq();

 private:
  explicit JournalReader(Database database) : database_(std::move(database)) {}
  Result<std::vector<RequestRecord>> list(const LogFilter& filter, bool newest);

  Database database_;
};

inline constexpr int kListedErrorBytes = 4096;

}  // namespace dragoman::store
