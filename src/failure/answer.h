// An upstream's refusal as the rule tables read it: lower case, one line, without the marks that texts lose
// and gain on their way through relays, terminals and issue trackers.
#pragma once
#include <cstddef>
#include <string>
#include <string_view>

#include "canon/failure.h"

namespace dragoman::failure {

// No provider says what it means later than that, and a body that echoes the request could be megabytes.
inline constexpr std::size_t kReadLimit = 16 * 1024;

struct Answer {
  std::string_view provider;
  int status;        // the one meant: of the innermost envelope, where HTTP's own says little
  std::string type;  // in lower case
  std::string code;
  std::string text;
  std::string own_words;  // `text` without what it quotes of the request
  std::string body;
};

// `error` is read and not kept; `provider` is, and must outlive the answer. Linear in what it reads.
Answer read_answer(std::string_view provider, const canon::UpstreamError& error);

}  // namespace dragoman::failure
