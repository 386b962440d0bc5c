// Responses kept for their clients (OpenAI's `store` and `previous_response_id`), in SQLite beside the
// journal.
//
// A row is one turn: the items the client sent with it and the response object it got. A conversation is the
// chain of rows by `previous`, so that a long one costs its length once. Each row belongs to one client key
// and is seen by no other.
#pragma once
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/error.h"
#include "store/redact.h"
#include "store/sqlite.h"

namespace dragoman::store {

struct ResponseStoreOptions {
  std::string path;                 // a file, made 0600 if missing, or ":memory:"
  std::chrono::seconds max_age{0};  // since a response was last used; 0: no limit
  std::int64_t max_bytes = 0;       // of the file; the least recently used go first; 0: no limit
};

struct KeptResponse {
  std::string id;
  std::string key_name;  // of the client key; "" where the gateway is open
  std::string previous;  // id of the response it goes on from; "" none
  std::int64_t created_ms = 0;
  std::string input;   // the client's own items of this turn, JSON texts with a comma between
  std::string output;  // the response's items, the same way
  std::string body;    // the response object
  std::vector<std::pair<std::string, std::string>> items;  // of the output: id, JSON text
};

// The items of a conversation, JSON texts with a comma between, oldest first.
struct KeptConversation {
  std::string items;
  bool too_long = false;  // they are more bytes than were asked for; `items` is empty
};

// Thread-safe: one connection behind one lock. Calls take as long as SQLite and the disk do, so none is made
// on a loop.
class ResponseStore {
 public:
  // The error names the file and the remedy.
  static Result<std::unique_ptr<ResponseStore>> open(ResponseStoreOptions options);

  // The gateway's own secrets, which no conversation may carry to the disk. Adds to what was said before.
  void add_secrets(std::span<const std::string> secrets);

  // An id that is there already is written over: the same answer to the same client.
  Result<void> put(KeptResponse response, std::int64_t now_ms);
  // Without `items`. Nothing when there is none of this key.
  Result<std::optional<KeptResponse>> get(std::string_view id, std::string_view key_name);
  // The conversation up to and with response `id`, unless it has more than `most` bytes. Nothing when it, or
  // one before it, is not there (any more). All of them count as used now.
  Result<std::optional<KeptConversation>> conversation(std::string_view id, std::string_view key_name,
                                                       std::int64_t now_ms, std::size_t most = SIZE_MAX);
  // An item some response of this key had in its output.
  Result<std::optional<std::string>> item(std::string_view item_id, std::string_view key_name);
  // False when there was none.
  Result<bool> erase(std::string_view id, std::string_view key_name);

 private:
  ResponseStore(ResponseStoreOptions options, Database database)
      : options_(std::move(options)), database_(std::move(database)) {}
  Result<void> touch(std::span<const std::string> ids, std::string_view key_name, std::int64_t now_ms);
  std::int64_t stale_after() const;
  Result<std::int64_t> bytes_used();
  Result<bool> erase_those(const std::string& which);
  Result<void> retain(std::int64_t now_ms);

  ResponseStoreOptions options_;
  std::mutex mutex_;
  Database database_;
  std::vector<std::string> secrets_;
  Redactor redactor_;
  int puts_ = 0;  // since the limits were looked after
};

}  // namespace dragoman::store
