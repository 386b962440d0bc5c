// Where the rules come from: data/rule_sources.csv, for people and for the `source` of edits.
#pragma once
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"

namespace dragoman::profile {

// One fact about what providers take.
struct RuleSource {
  std::string rule;      // "BRM-03"
  std::string what;      // what is refused, or what holds
  std::string remedy;    // what is sent instead; may be empty
  std::string source;    // who says so, in the short keys of docs/providers/README.md; may be empty
  std::string evidence;  // L live exchange, I issue, D documentation, C client code, A inferred; may be empty
};

class RuleSources {
 public:
  static Result<RuleSources> builtin();

  // By id; an id with a suffix ("GROQ-15-llama", one of several rows for one fact) finds its fact. Null if
  // there is none.
  const RuleSource* find(std::string_view rule) const;
  std::span<const RuleSource> all() const { return rows_; }

 private:
  std::vector<RuleSource> rows_;  // sorted by id
};

// The rows of a CSV text (RFC 4180), the head included; a row of a blank line is left out.
std::vector<std::vector<std::string>> csv_rows(std::string_view text);

}  // namespace dragoman::profile
