// Scripted faults: what goes wrong with a call instead of, or on the way of, the emulator's answer.
//
// Three ways to ask for one, the first that names one wins:
//   the request header   x-sandbox-fault: rate_limit;retry_after=2
//   the model's name     "gpt-4o-mini!rate_limit;retry_after=2" (the emulator sees "gpt-4o-mini")
//   a script             POST /_sandbox/faults (server.h), consumed one fault a call
//
// kind         parameters (all kinds take delay=ms: wait before anything)
// none         -             nothing goes wrong: a gap in a script
// hang         -             the request is read, nothing is ever sent
// delay        ms            wait before the answer
// delay_event  ms            wait before every event of a stream but the first
// rate_limit   retry_after   429 in the provider's words; seconds, in Retry-After ("" leaves the header out)
// overloaded   status        529 from Anthropic, 503 from others, unless given
// quota        -             the provider's refusal for want of money, with the status it uses for that
// status       code, message, body    any status; `body` byte for byte, else `message` in the provider's
// shape
//              A number stands for it: "429", "500" ("429" is rate_limit, "503" and "529" are overloaded)
// (error_event, cut, stall and reset take gap=ms: the wait between what was sent and the fault)
// error_event  after, at, status, code, message   200, then an error event. at=start (default): before any
// other
//              event; at=token: after the first event with content; after=N: after N events
// cut          after=N events or bytes=N, clean   ends the body early; clean: as if it were whole
// stall        after=N       sends N events (default 1), then nothing, connection open
// reset        after=N       sends N events (default: not even a head), then resets the connection
// html_502     -             a proxy's HTML page
// empty_200    -             200 with no body
// garbage      -             200 whose body is not what it says it is
// say          -             nothing goes wrong, but the model says what the script has it say
//
// In a script every kind may have `text` and `calls`: what the model says instead of what answer.h would have
// it say. `calls` is a list of {"name", "arguments", "id"}; without a name the tool is chosen as ever;
// arguments are JSON, or a string that is taken as it is.
#pragma once
#include <cstdint>
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

enum class FaultKind {
  none,
  hang,
  delay,
  delay_event,
  rate_limit,
  overloaded,
  quota,
  status,
  error_event,
  cut,
  stall,
  reset,
  html_502,
  empty_200,
  garbage,
  say,
};

struct Fault {
  FaultKind kind = FaultKind::none;
  std::int64_t delay_ms = 0;        // before anything
  std::int64_t event_delay_ms = 0;  // delay_event
  std::int64_t gap_ms = 0;          // between the last event and the fault
  int status = 0;                   // 0: the kind's own
  std::string code;
  std::string message;
  std::string body;
  std::string retry_after;
  std::optional<std::int64_t> after;  // events
  std::optional<std::int64_t> bytes;
  bool at_token = false;
  bool clean = false;
  std::optional<Say> say;
};

// "kind;param=value;param=value". Values are taken as they are, without quotes; '%XX' stands for a byte, so
// that a value may hold ';'.
Result<Fault> parse_fault(std::string_view text);

// {"kind": "...", "retry_after": 2, ...}
Result<Fault> parse_fault(json::Value value);

// The part of a model's name before '!', and the fault after it.
std::string_view real_model(std::string_view model);
std::string_view model_fault(std::string_view model);

// Scripts in the order they came. Thread-safe.
class FaultBook {
 public:
  // {"provider": glob, "model": glob, "faults": [...], "repeat": bool}; missing globs match everything.
  Result<void> script(json::Value spec);
  void clear();

  // The next fault of the first script that has one for this call, taken off it (or moved to its end).
  std::optional<Fault> take(std::string_view provider, std::string_view model);

 private:
  struct Script {
    std::string provider;
    std::string model;
    std::deque<Fault> faults;
    bool repeat = false;
  };

  std::mutex mutex_;
  std::vector<Script> scripts_;
};

}  // namespace dragoman::sandbox
