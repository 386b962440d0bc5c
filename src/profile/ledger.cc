#include "profile/ledger.h"

#include <fmt/format.h>

#include <algorithm>

#include "profile/data_files.h"
#include "profile/rule_sources.h"

namespace dragoman::profile {

Result<Ledger> Ledger::builtin() {
  Ledger out;
  for (const DataFile& file : data_files()) {
    if (!file.path.starts_with("rules/")) continue;
    auto rows = csv_rows(file.text);
    if (!rows.empty()) rows.erase(rows.begin());  // the head
    for (std::vector<std::string>& r : rows) {
      if (r.size() != 6)
        return fail(fmt::format("{}: {} columns in the row of '{}', expected 6", file.path, r.size(), r[0]));
      if (std::ranges::find(kDispositions, r[1]) == kDispositions.end())
        return fail(fmt::format("{}: {}: '{}' is no disposition; there are {}", file.path, r[0], r[1],
                                fmt::join(kDispositions, ", ")));
      out.rows_.push_back({std::move(r[0]), std::move(r[1]), std::move(r[2]), std::move(r[3]),
                           std::move(r[4]), std::move(r[5])});
    }
  }
  std::ranges::sort(out.rows_, {}, &LedgerRow::rule);
  return out;
}

const LedgerRow* Ledger::find(std::string_view rule) const {
  const auto found = std::ranges::lower_bound(
      rows_, rule, {}, [](const LedgerRow& row) { return std::string_view(row.rule); });
  return found != rows_.end() && found->rule == rule ? &*found : nullptr;
}

}  // namespace dragoman::profile
