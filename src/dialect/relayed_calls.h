// An answer that goes out in the provider's own bytes, because client and provider speak one dialect, with
// ids by which the client can answer every call (canon/call_ids.h): only they are changed, and only where
// they must be. One object for each answer.
#pragma once
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "base/arena.h"
#include "canon/call_ids.h"
#include "dialect/dialect.h"
#include "json/value.h"

namespace dragoman::dialect {

class RelayedCalls {
 public:
  // `seed` as CallIds has it.
  RelayedCalls(canon::DialectName dialect, std::string_view seed) : dialect_(dialect), ids_(seed) {}

  // The data of a frame of the stream; nothing when it may go as it is. In the order of the stream.
  std::optional<std::string> frame(const Frame& frame);
  // The same of a whole answer.
  std::optional<std::string> whole(json::Value body);

  struct Row;  // where a dialect says its calls' ids

 private:
  using Place = std::pair<int, std::int64_t>;  // choice, number of the call in it
  struct Known {
    std::string given, shown;
  };

  std::optional<std::string> rename(json::Value value, bool stream);
  json::Value inside(json::Value value, std::string_view path, const Row& row, Place at, bool top);
  json::Value call(json::Value value, const Row& row, Place at);

  canon::DialectName dialect_;
  canon::CallIds ids_;
  std::map<Place, Known> known_;
  bool changed_ = false;  // some id, so far
  Arena arena_{1024};
};

}  // namespace dragoman::dialect
