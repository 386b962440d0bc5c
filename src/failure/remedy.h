// What a person would change rather than leave out: the `items` an array lacks, a tool's name with a space in
// it, a number above the limit the refusal names. Proposals only: whether one helps is for the provider to
// say. Plain functions.
#pragma once
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "failure/change.h"
#include "failure/request_parts.h"

namespace dragoman::failure {

struct Remedy {
  std::string what;  // "say what the array holds"
  std::vector<Change> changes;
};

// For a refusal in these words, of the request without `gone` (as RequestParts::gone lists it); the best
// first, few. Pointers are into the whole request.
std::vector<Remedy> remedies(const RequestParts& parts, const std::vector<std::string>& gone,
                             std::string_view message);

}  // namespace dragoman::failure
