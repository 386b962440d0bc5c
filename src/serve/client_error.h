// What the client is told when nothing could serve it: its own dialect's error shape, the provider's words,
// and every attempt that was made.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "canon/failure.h"
#include "dialect/dialect.h"
#include "failure/failure.h"

namespace dragoman::serve {

// One attempt that failed.
struct FailedAttempt {
  std::string target;
  canon::DialectName dialect;
  failure::Failure failure;
  canon::UpstreamError error;  // body "" when no answer came
  std::string place = {};      // JSON pointer into the client's request of what was refused; "" when unknown
  std::string tool = {};       // the client's name of the tool that is in; "" outside tools
};

// Which of them to tell the client about: the first that says what is wrong with the request or the account,
// else the first that says anything, else the first. Never a later, duller one.
const FailedAttempt& most_useful(const std::vector<FailedAttempt>& attempts);

// Where the client finds it in its own request: a JSON pointer, or the provider's path where both speak the
// same dialect; "" when it cannot be told.
std::string_view client_param(const FailedAttempt& attempt, canon::DialectName client);

int client_status(const FailedAttempt& attempt);
std::string_view client_kind(const FailedAttempt& attempt);

// `pointer` is the provider's own, `param` the client's.
// {"attempts":[{"target","status","class","code","message","pointer","param","tool","body"}…]}, the error
// object's "dragoman" member.
std::string attempts_json(const std::vector<FailedAttempt>& attempts);

}  // namespace dragoman::serve
