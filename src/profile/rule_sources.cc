#include "profile/rule_sources.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/strings.h"
#include "profile/data_files.h"

namespace dragoman::profile {

std::vector<std::vector<std::string>> csv_rows(std::string_view text) {
  std::vector<std::vector<std::string>> rows;
  std::vector<std::string> row;
  std::string cell;
  bool quoted = false;
  const auto end_row = [&] {
    row.push_back(std::move(cell));
    cell.clear();
    if (row.size() > 1 || !row[0].empty()) rows.push_back(std::move(row));
    row.clear();
  };
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (quoted) {
      if (c != '"') {
        cell += c;
      } else if (i + 1 < text.size() && text[i + 1] == '"') {
        cell += '"';
        ++i;
      } else {
        quoted = false;
      }
    } else if (c == '"') {
      quoted = true;
    } else if (c == ',') {
      row.push_back(std::move(cell));
      cell.clear();
    } else if (c == '\n') {
      end_row();
    } else if (c != '\r') {
      cell += c;
    }
  }
  if (!cell.empty() || !row.empty()) end_row();
  return rows;
}

namespace {

constexpr std::string_view kKeywordRule = "SCHEMA-";

// Edits of a schema that no single rule asks for name its keyword: SCHEMA-pattern.
void add_keywords(std::string_view csv, std::vector<RuleSource>& out) {
  const auto table = csv_rows(csv);
  for (std::size_t i = 1; i < table.size(); ++i) {
    const std::vector<std::string>& row = table[i];
    if (row.size() < 2 || row.size() != table.front().size()) continue;
    const std::string& notes = row[row.size() - 2];
    out.push_back({.rule = fmt::format("{}{}", kKeywordRule, row.front()),
                   .what = notes.empty() ? "what the target's schemas may say" : notes,
                   .remedy = {},
                   .source = row.back().starts_with("RULES ") ? row.back().substr(6) : row.back(),
                   .evidence = {}});
  }
}

// Does a row of the keyword table, "oneOf(nested)", "xml/externalDocs", "items:schema", tell of `keyword`?
bool tells_of(std::string_view row, std::string_view keyword) {
  if (keyword.starts_with("x-")) return row == "x-* extension";
  if (keyword == "true" || keyword == "false") return row == "boolean subschema true";
  const std::string_view names = row.substr(0, row.find_first_of("(:"));
  return std::ranges::any_of(split(names, '/'), [&](std::string_view name) { return name == keyword; });
}

}  // namespace

Result<RuleSources> RuleSources::builtin() {
  RuleSources out;
  for (const DataFile& file : data_files()) {
    if (file.path == "schema_keywords.csv") add_keywords(file.text, out.rows_);
    if (file.path != "rule_sources.csv") continue;
    auto rows = csv_rows(file.text);
    if (!rows.empty()) rows.erase(rows.begin());  // the head
    for (std::vector<std::string>& r : rows) {
      if (r.size() != 5)
        return fail(fmt::format("{}: {} columns in the row of '{}', expected 5", file.path, r.size(), r[0]));
      out.rows_.push_back(
          {std::move(r[0]), std::move(r[1]), std::move(r[2]), std::move(r[3]), std::move(r[4])});
    }
  }
  std::ranges::sort(out.rows_, {}, &RuleSource::rule);
  return out;
}

const RuleSource* RuleSources::find(std::string_view rule) const {
  for (;;) {
    const auto found = std::ranges::lower_bound(
        rows_, rule, {}, [](const RuleSource& row) { return std::string_view(row.rule); });
    if (found != rows_.end() && found->rule == rule) return &*found;
    if (rule.starts_with(kKeywordRule)) {  // a keyword is no suffix; the table may tell its forms apart
      const std::string_view keyword = rule.substr(kKeywordRule.size());
      for (auto row = std::ranges::lower_bound(rows_, kKeywordRule, {}, &RuleSource::rule);
           row != rows_.end() && row->rule.starts_with(kKeywordRule); ++row)
        if (tells_of(std::string_view(row->rule).substr(kKeywordRule.size()), keyword)) return &*row;
      return nullptr;
    }
    const std::size_t dash = rule.rfind('-');
    if (dash == std::string_view::npos) return nullptr;
    rule = rule.substr(0, dash);
  }
}

}  // namespace dragoman::profile
