// What a refusal teaches about a target: the narrow change under which the same request may pass. Proposed as
// what a config can say, so that the same value is applied once, remembered, printed and pinned.
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "failure/advice.h"
#include "failure/failure.h"

namespace dragoman::failure {

// `compat:` flags (data/compat.yaml), `settings:` (profile/setting.h) and `params:` of a provider, model or
// target; names and YAML flow text of their values. Never empty.
struct Repair {
  std::vector<std::pair<std::string, std::string>> compat, settings, params;
  std::string why;  // one phrase: "it does not take the keyword uniqueItems"

  std::string yaml(std::string_view indent) const;  // the lines, for a config file
  // The same in one line: "compat.unsupportedToolSchemaKeywords=[uniqueItems]". Equal repairs have equal
  // names.
  std::string name() const;
  bool operator==(const Repair&) const = default;
};

// For a refusal of the request's shape that names a field, keyword, limit or missing state; nothing for every
// other failure. `message` is the provider's sentence. Rows: CLS H of the contracts.
std::optional<Repair> propose_repair(const Failure& failure, std::string_view message);

}  // namespace dragoman::failure
