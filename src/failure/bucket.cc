#include "failure/bucket.h"

#include <re2/re2.h>

#include <array>

namespace dragoman::failure {
namespace {

// Spans stop at a full stop: two sentences are two matters. The lengths are the sorting's own.
constexpr const char* kOverloaded = R"((?is)\b529\b[^.]*overloaded|overloaded_error)";
constexpr const char* kCredit = R"((?is)credit balance is too low)"
                                R"(|insufficient[^.]{0,25}(?:credit|funds|balance))"
                                R"(|you(?:'ve| have) hit your limit)"
                                R"(|hit your[^.]{0,20}limit)"
                                R"(|rate.?limit[^.]{0,30}rejected)"
                                R"(|out of extra usage)"
                                R"(|unable to verify[^.]{0,20}membership)";

struct Patterns {
  RE2 overloaded{kOverloaded};
  RE2 credit{kCredit};
};

const Patterns& patterns() {
  static const Patterns compiled;
  return compiled;
}

}  // namespace

std::string_view name(Bucket bucket) {
  switch (bucket) {
    case Bucket::overloaded:
      return "overloaded";
    case Bucket::credit:
      return "credit";
    case Bucket::other:
      break;
  }
  return "other";
}

Bucket bucket_of(std::string_view text, int status, std::string_view type) {
  if (status == 529 || RE2::PartialMatch(text, patterns().overloaded)) return Bucket::overloaded;
  if (type == "billing_error" || type == "rate_limit" || status == 402 || status == 429)
    return Bucket::credit;
  return RE2::PartialMatch(text, patterns().credit) ? Bucket::credit : Bucket::other;
}

}  // namespace dragoman::failure
