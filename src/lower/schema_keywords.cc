#include "lower/schema_keywords.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/same_text.h"
#include "base/strings.h"
#include "lower/key_hash.h"
#include "lower/schema_column_rules.h"
#include "profile/data_files.h"

namespace dragoman::lower {
namespace {

constexpr std::string_view kRowText[] = {
#define DRAGOMAN_ROW(id, text) text,
    DRAGOMAN_SCHEMA_ROWS(DRAGOMAN_ROW)
#undef DRAGOMAN_ROW
};

constexpr Keyword kKeywords[] = {
    {"$schema", Row::schema, Holds::data, Wants::text, true},
    {"$id", Row::id, Holds::data, Wants::text, true},
    {"id", Row::extension, Holds::data, Wants::text, true},  // draft-04's $id
    {"$anchor", Row::anchor, Holds::data, Wants::text, true},
    {"$ref", Row::ref, Holds::data, Wants::text},
    {"$dynamicRef", Row::dynamic_ref, Holds::data, Wants::text},
    {"$dynamicAnchor", Row::dynamic_anchor, Holds::data, Wants::text, true},
    {"$recursiveRef", Row::recursive_ref, Holds::data, Wants::text},
    {"$recursiveAnchor", Row::recursive_anchor, Holds::data, Wants::flag, true},
    {"$vocabulary", Row::vocabulary, Holds::data, Wants::object, true},
    {"$defs", Row::defs, Holds::map, Wants::object, true},
    {"definitions", Row::definitions, Holds::map, Wants::object, true},
    {"$comment", Row::comment, Holds::data, Wants::text, true},
    {"type", Row::type},
    {"enum", Row::enumeration, Holds::data, Wants::list},
    {"const", Row::constant},
    {"title", Row::title, Holds::data, Wants::text, true},
    {"description", Row::description, Holds::data, Wants::text, true},
    {"default", Row::default_value, Holds::data, Wants::anything, true},
    {"examples", Row::examples, Holds::data, Wants::anything, true},
    {"deprecated", Row::deprecated, Holds::data, Wants::flag, true},
    {"readOnly", Row::read_only, Holds::data, Wants::flag, true},
    {"writeOnly", Row::write_only, Holds::data, Wants::flag, true},
    {"properties", Row::properties, Holds::map, Wants::object, false, "object"},
    {"required", Row::required, Holds::data, Wants::list, false, "object"},
    {"additionalProperties", Row::additional_schema, Holds::schema, Wants::schema, false, "object"},
    {"patternProperties", Row::pattern_properties, Holds::map, Wants::object, false, "object"},
    {"propertyNames", Row::property_names, Holds::schema, Wants::schema, false, "object"},
    {"minProperties", Row::min_properties, Holds::data, Wants::number, false, "object"},
    {"maxProperties", Row::max_properties, Holds::data, Wants::number, false, "object"},
    {"dependentRequired", Row::dependent_required, Holds::data, Wants::object, false, "object"},
    {"dependentSchemas", Row::dependent_schemas, Holds::map, Wants::object, false, "object"},
    {"dependencies", Row::dependencies, Holds::dependencies, Wants::object, false, "object"},
    {"unevaluatedProperties", Row::unevaluated_properties, Holds::schema, Wants::schema, false, "object"},
    {"items", Row::items, Holds::schema_or_list, Wants::anything, false, "array"},
    {"prefixItems", Row::prefix_items, Holds::list, Wants::list, false, "array"},
    {"additionalItems", Row::additional_items, Holds::schema, Wants::schema, false, "array"},
    {"minItems", Row::min_items, Holds::data, Wants::number, false, "array"},
    {"maxItems", Row::max_items, Holds::data, Wants::number, false, "array"},
    {"uniqueItems", Row::unique_items, Holds::data, Wants::flag, false, "array"},
    {"contains", Row::contains, Holds::schema, Wants::schema, false, "array"},
    {"minContains", Row::min_contains, Holds::data, Wants::number, false, "array"},
    {"maxContains", Row::max_contains, Holds::data, Wants::number, false, "array"},
    {"unevaluatedItems", Row::unevaluated_items, Holds::schema, Wants::schema, false, "array"},
    {"minLength", Row::min_length, Holds::data, Wants::number, false, "string"},
    {"maxLength", Row::max_length, Holds::data, Wants::number, false, "string"},
    {"pattern", Row::pattern, Holds::data, Wants::text, false, "string"},
    {"format", Row::format, Holds::data, Wants::text},
    {"contentEncoding", Row::content_encoding, Holds::data, Wants::text, true},
    {"contentMediaType", Row::content_media_type, Holds::data, Wants::text, true},
    {"contentSchema", Row::content_schema, Holds::schema, Wants::schema, true},
    {"minimum", Row::minimum, Holds::data, Wants::number, false, "number"},
    {"maximum", Row::maximum, Holds::data, Wants::number, false, "number"},
    {"exclusiveMinimum", Row::exclusive_minimum, Holds::data, Wants::anything, false,
     "number"},  // a boolean in draft-04
    {"exclusiveMaximum", Row::exclusive_maximum, Holds::data, Wants::anything, false, "number"},
    {"multipleOf", Row::multiple_of, Holds::data, Wants::number, false, "number"},
    {"allOf", Row::all_of, Holds::list, Wants::list},
    {"anyOf", Row::any_of, Holds::list, Wants::list},
    {"oneOf", Row::one_of, Holds::list, Wants::list},
    {"not", Row::negation, Holds::schema, Wants::schema},
    {"if", Row::conditional, Holds::schema, Wants::schema},
    {"then", Row::conditional, Holds::schema, Wants::schema},
    {"else", Row::conditional, Holds::schema, Wants::schema},
    {"nullable", Row::nullable, Holds::data, Wants::flag},
    {"example", Row::example, Holds::data, Wants::anything, true},
    {"discriminator", Row::discriminator, Holds::data, Wants::anything, true},
    {"xml", Row::xml, Holds::data, Wants::anything, true},
    {"externalDocs", Row::xml, Holds::data, Wants::anything, true},
    {"propertyOrdering", Row::property_ordering, Holds::data, Wants::anything, true, "object"},
};

// Where kKeywords has the name of a hash: its place, counted from one; 0 where it has none. The next free
// slot where two share one.
constexpr auto kIndex = [] {
  std::array<std::uint8_t, 256> slots{};
  for (std::size_t i = 0; i < std::size(kKeywords); ++i) {
    std::size_t at = key_hash(kKeywords[i].name) % slots.size();
    while (slots[at]) at = (at + 1) % slots.size();
    slots[at] = static_cast<std::uint8_t>(i + 1);
  }
  return slots;
}();

// What the cells cannot say; the sources are the rules named at Traits.
constexpr Traits kTraits[] = {
    {.column = "openai", .patterns = Patterns::python},
    {.column = "openai-strict", .closed = true, .patterns = Patterns::no_lookaround},
    {.column = "openai-strict-tuned", .closed = true, .patterns = Patterns::no_lookaround},
    {.column = "anthropic-strict", .closed = true, .patterns = Patterns::simple},
    {.column = "groq-strict", .closed = true, .patterns = Patterns::no_lookaround},
    {.column = "deepseek-strict", .closed = true},
    {.column = "cohere", .patterns = Patterns::unanchored},
    {.column = "llama.cpp",
     .plain_refs = true,
     .patterns = Patterns::whole,
     .most_length = 2000,
     .most_items = 2000},
    {.column = "vllm-xgrammar", .lone_patterns = true},
    {.column = "gemini-parameters", .typed = true, .own_keywords = true},
    {.column = "vertex", .typed = true, .own_keywords = true},
    {.column = "moonshot", .root_defs = true, .plain_refs = true, .lone_types = true},
    {.column = "xai",
     .explicit_maps = true,
     .patterns = Patterns::simple,
     .most_length = 2048,
     .most_items = 256,
     .most_properties = 64},
};

// One record of a CSV line by RFC 4180 (no line breaks inside fields).
std::vector<std::string_view> fields(std::string_view line) {
  std::vector<std::string_view> out;
  while (true) {
    if (line.starts_with('"')) {
      const std::size_t end = line.find('"', 1);
      out.push_back(line.substr(1, end == line.npos ? end : end - 1));
      line.remove_prefix(end == line.npos ? line.size() : end + 1);
    } else {
      out.push_back(line.substr(0, line.find(',')));
      line.remove_prefix(out.back().size());
    }
    if (line.empty()) return out;
    line.remove_prefix(1);
  }
}

std::optional<Cell> cell_of(std::string_view word) {
  if (word == "ok") return Cell::ok;
  if (word == "ignore") return Cell::ignore;
  if (word == "reject") return Cell::reject;
  if (word == "unknown") return Cell::unknown;
  return std::nullopt;
}

}  // namespace

std::string_view text(Row row) { return kRowText[static_cast<std::size_t>(row)]; }

const Keyword* find_keyword(std::string_view name) {
  for (std::size_t at = key_hash(name) % kIndex.size(); kIndex[at]; at = (at + 1) % kIndex.size())
    if (const Keyword& keyword = kKeywords[kIndex[at] - 1]; same_text(keyword.name, name)) return &keyword;
  return nullptr;
}

Cell Column::format(std::string_view name) const {
  if (passes_all()) return Cell::ok;
  const auto found = formats_.find(name);
  return found == formats_.end() ? (*this)[Row::format_unknown] : found->second;
}

Cell Column::judge(std::string_view keyword, json::Value value) const {
  const Keyword* known = find_keyword(keyword);
  return known ? judge(*known, value) : (*this)[Row::extension];
}

Cell Column::judge(const Keyword& known, json::Value value) const {
  switch (known.row) {
    case Row::additional_schema:
      if (value.is_bool()) return (*this)[value.boolean() ? Row::additional_true : Row::additional_false];
      break;
    case Row::items:
      if (value.is_array()) return (*this)[Row::items_array];
      if (value.is_bool()) {  // a schema too, where nothing says that it may be one here
        const Cell cell = (*this)[Row::items_boolean];
        return cell != Cell::ok && rejects(Row::boolean_true) ? Cell::reject : cell;
      }
      break;
    case Row::min_items:
      if (value.number() <= 1) return (*this)[Row::min_items_1];
      if (traits_.most_items && value.number() > static_cast<double>(traits_.most_items)) return Cell::reject;
      break;
    case Row::exclusive_minimum:
    case Row::exclusive_maximum:
      if (value.is_bool()) return (*this)[Row::exclusive_boolean];
      break;
    case Row::all_of:
      if (value.items().size() == 1) return (*this)[Row::all_of_1];
      break;
    case Row::format:
      return format(value.text());
    case Row::pattern:
      if (!passes_all() && !pattern_fits(traits_.patterns, value.text())) return Cell::reject;
      break;
    case Row::min_length:
    case Row::max_length:
      if (traits_.most_length && value.number() > static_cast<double>(traits_.most_length))
        return Cell::reject;
      break;
    case Row::max_items:
      if (traits_.most_items && value.number() > static_cast<double>(traits_.most_items)) return Cell::reject;
      break;
    case Row::min_properties:
    case Row::max_properties:
      if (traits_.most_properties && value.number() > static_cast<double>(traits_.most_properties))
        return Cell::reject;
      break;
    default:
      break;
  }
  return (*this)[known.row];
}

Result<KeywordTable> KeywordTable::parse(std::string_view csv) {
  KeywordTable table;
  std::unordered_map<std::string_view, std::size_t> wanted;
  for (std::size_t i = 0; i < kRows; ++i) wanted.emplace(kRowText[i], i);
  std::vector<std::string_view> header;
  std::size_t first = 2, last = 0;  // the columns between `group` and `notes`
  for (std::string_view line : split(csv, '\n')) {
    line = trim(line);
    if (line.empty()) continue;
    const auto record = fields(line);
    if (header.empty()) {
      header = record;
      for (last = first; last < header.size() && header[last] != "notes"; ++last) {
        Column column;
        column.traits_.column = header[last];
        for (const Traits& traits : kTraits)
          if (traits.column == header[last]) column.traits_ = traits;
        table.columns_.push_back(std::move(column));
      }
      continue;
    }
    if (record.size() != header.size())
      return fail(
          fmt::format("row {} has {} fields, the header {}", record[0], record.size(), header.size()));
    const auto row = wanted.find(record[0]);
    for (std::size_t i = first; i < last; ++i) {
      const auto cell = cell_of(record[i]);
      if (!cell)
        return fail(fmt::format("row {} column {}: no such cell: {}", record[0], header[i], record[i]));
      Column& column = table.columns_[i - first];
      if (row != wanted.end()) column.cells_[row->second] = *cell;
      if (std::string_view names = record[0]; names.starts_with("format:"))
        for (const std::string_view name : split(names.substr(7), '/')) column.formats_[name] = *cell;
    }
    if (row != wanted.end()) wanted.erase(row);
  }
  if (!wanted.empty()) return fail(fmt::format("no row for {}", wanted.begin()->first));
  for (Column& column : table.columns_) {
    column.traits_.typed |= column.rejects(Row::type_missing);
    for (std::size_t row = 0; row < kRows; ++row)
      column.rules_[row] = column_rule(column.name(), static_cast<Row>(row));
  }
  return table;
}

const Column& KeywordTable::column(std::string_view name) const {
  for (const Column& column : columns_)
    if (column.name() == name) return column;
  return pass_all_;
}

const KeywordTable& keyword_table() {
  static const KeywordTable table = [] {
    for (const profile::DataFile& file : profile::data_files())
      if (file.path == "schema_keywords.csv")
        if (auto parsed = KeywordTable::parse(file.text)) return *std::move(parsed);
    return KeywordTable();  // a broken file fails the test that reads it, not the request
  }();
  return table;
}

std::string_view Column::rule(Row row, std::string_view keyword, Arena& arena) const {
  const std::string_view rule = rules_[static_cast<std::size_t>(row)];
  if (!rule.empty()) return rule;
  return is_about_root(row) ? "GEN-07" : arena.copy(std::string_view(fmt::format("SCHEMA-{}", keyword)));
}

}  // namespace dragoman::lower
