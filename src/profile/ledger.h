// What is done about each rule of the contracts: data/rules/<section>.csv, one row a rule. The facts
// themselves are in data/rule_sources.csv (rule_sources.h); the cases that prove a row are in
// tests/golden/rules/<rule>/ (docs/adding-a-rule.md).
#pragma once
#include <array>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"

namespace dragoman::profile {

// What becomes of a rule, and what its case has to show.
inline constexpr std::array<std::string_view, 9> kDispositions = {
    "legal",    // goes out as it is; the case shows that nothing is taken from it
    "shape",    // the encoder writes it in no other way; nothing of the client's changes, so there is no edit
    "rewrite",  // said in other words: an edit cites the rule
    "drop",     // left out: an edit cites the rule
    "reject",   // refused before sending, citing the rule; another target may take it
    "raise",    // on the way back: what the answer or the stream becomes
    "classify",   // a failure: what it is taken for, and whether it may be retried
    "transport",  // URL, headers, signature, framing
    "outside",    // about an interface that is not spoken; `note` says which
};

struct LedgerRow {
  std::string rule;         // "BR-30"
  std::string disposition;  // of kDispositions
  // What does it, words separated by blanks: setting:tool_name_max, param:temperature, row:BRM-03,
  // keyword:oneOf, pass:calls (src/lower/pass_calls.cc), failure:<id of a row of src/failure>, or a file.
  std::string by;
  std::string loss;       // loss classes its edits may have, separated by blanks; "" for none at all
  std::string unrefused;  // why no emulator refuses the unlowered form, where one would be expected to
  std::string note;       // conflicting sources and what was followed; anything a reader should know
};

class Ledger {
 public:
  static Result<Ledger> builtin();

  // Null if there is none.
  const LedgerRow* find(std::string_view rule) const;
  std::span<const LedgerRow> all() const { return rows_; }

 private:
  std::vector<LedgerRow> rows_;  // sorted by rule
};

}  // namespace dragoman::profile
