// Scripted answers: what emulated models say, turn by turn, instead of what answer.h would have them say.
//
//   POST /_sandbox/plays  {"provider": glob, "model": glob, "turns": [
//     {"calls": [{"name": "Read", "arguments": {"file_path": "/tmp/a"}}]},
//     {"text": "I have read it."}]}
//
// Turns are used up one a request. One with calls waits for a request that offers all of its tools, one with
// text for a request that has the calls before it in its history: agents ask other things on the side.
// A fault of kind `say` goes before; it answers whatever comes next.
#pragma once
#include <deque>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "json/value.h"
#include "sandbox/answer.h"

namespace dragoman::sandbox {

// Thread-safe.
class PlayBook {
 public:
  struct Turn {
    Say say;
    std::vector<std::string> names;  // that the request must hold, in quotes
    std::size_t script = 0;          // whose turn it is
  };

  Result<void> script(json::Value spec);
  void clear();
  // The next turn for this call, taken off its script.
  std::optional<Turn> take(std::string_view provider, std::string_view model, std::string_view body);
  // The call was refused: the turn is still to be played.
  void give_back(Turn turn);

 private:
  struct Script {
    std::string provider, model;
    std::deque<Turn> turns;
  };
  std::mutex mutex_;
  std::vector<Script> scripts_;
};

}  // namespace dragoman::sandbox
