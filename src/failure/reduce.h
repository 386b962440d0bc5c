// From a request that is refused to the smallest one that is refused in the same words, and to the least that
// has to go for it to pass. No I/O: requests are put to whoever `Ask` stands for.
#pragma once
#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "canon/dialect_name.h"
#include "failure/change.h"
#include "failure/failure.h"
#include "failure/request_parts.h"

namespace dragoman::failure {

// What came of one request.
struct Reply {
  enum class Kind : std::uint8_t {
    passed,
    refused,
    unknown,  // it could not be found out: bounds, a busy provider, no connection. Ends the search
  };
  Kind kind = Kind::unknown;
  FailureClass cls = FailureClass::other;  // of a refusal
  std::string message = {};                // the provider's words; for `unknown`, why
  int status = 0;
};

// Whether `reply` is `refusal` again: of its class, and in its words but for digits, ids, punctuation and
// what they quote of the request as JSON. Of a refusal that lists several faults, a line each, some are
// enough.
bool same_refusal(const Reply& reply, const Reply& refusal);

struct Step {
  std::string_view looking_at;  // "tools", "tool schemas", "messages", "parameters", "the fix"
  std::size_t kept = 0, of = 0;
};
using Ask = std::function<Reply(const std::string& request, const Step& step)>;

// There are too many of something, whichever they are.
struct Count {
  std::string pointer;  // of the list
  std::size_t most = 0, sent = 0;
};

// One thing that is wrong, by itself enough to be refused.
struct Fault {
  Reply refusal;
  std::string request;           // the smallest that is refused so, JSON text
  std::vector<std::string> fix;  // what has to go, pointers into the client's request
  bool minimal = false;          // false: the search ended before this was known to be the smallest
  std::optional<Count> count;    // of a fault that is one of number
  std::string remedy;            // what to change instead of leaving anything out: "say what the array holds"
  std::vector<Change> changes;   // the same as steps; then `fix` is empty
};

struct Reduction {
  Reply first;                   // to the request as it is
  std::vector<Fault> faults;     // in the order in which they came to light
  std::vector<std::string> fix;  // what has to go for it to pass, besides `changes`: nothing can be spared
  std::vector<Change> changes;   // what has to be changed for it to pass, before anything goes
  std::string fixed;             // the request without it; "" when it is not known to pass
  std::string unfinished;        // why the search ended early; "" when it did not
  std::size_t asked = 0;         // questions, those that had been answered before left out
  std::size_t answered_before = 0;
};

// `request`: a JSON object in that dialect, which must outlive the call. Tools first, then what their schemas
// are made of, then messages and parameters, again until nothing more can go.
Reduction reduce(canon::DialectName dialect, json::Value request, const Ask& ask);

// What a search for one fault would cost, by pretending one in the deepest part of each side.
struct Estimate {
  std::size_t requests = 0;
  std::size_t bytes = 0;  // of all of them
};
Estimate estimate(canon::DialectName dialect, json::Value request);

}  // namespace dragoman::failure
