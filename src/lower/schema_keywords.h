// What each target does with each JSON Schema keyword: data/schema_keywords.csv as an immutable table.
#pragma once
#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/error.h"
#include "json/value.h"

namespace dragoman::lower {

//   ok       taken and, as far as anybody knows, enforced
//   ignore   taken, not enforced
//   reject   the request is refused
//   unknown  nobody has tried; kept as it is unless a rewrite without loss exists
enum class Cell : std::uint8_t { ok, ignore, reject, unknown };

// Rows of the file that the rewriting asks for by name. Formats are looked up by their own name.
// clang-format off
#define DRAGOMAN_SCHEMA_ROWS(X)                                                                       \
  X(schema, "$schema") X(id, "$id") X(anchor, "$anchor") X(ref, "$ref") X(dynamic_ref, "$dynamicRef") \
  X(dynamic_anchor, "$dynamicAnchor") X(recursive_ref, "$recursiveRef")                               \
  X(recursive_anchor, "$recursiveAnchor") X(vocabulary, "$vocabulary") X(defs, "$defs")               \
  X(definitions, "definitions") X(comment, "$comment") X(type, "type") X(enumeration, "enum")         \
  X(constant, "const") X(title, "title") X(description, "description") X(default_value, "default")    \
  X(examples, "examples") X(deprecated, "deprecated") X(read_only, "readOnly")                        \
  X(write_only, "writeOnly") X(properties, "properties") X(required, "required")                      \
  X(additional_false, "additionalProperties:false") X(additional_true, "additionalProperties:true")   \
  X(additional_schema, "additionalProperties:schema") X(pattern_properties, "patternProperties")      \
  X(property_names, "propertyNames") X(min_properties, "minProperties")                               \
  X(max_properties, "maxProperties") X(dependent_required, "dependentRequired")                       \
  X(dependent_schemas, "dependentSchemas") X(dependencies, "dependencies")                            \
  X(unevaluated_properties, "unevaluatedProperties") X(items, "items:schema")                         \
  X(items_array, "items:array(draft-07 tuple)") X(items_boolean, "items:boolean")                     \
  X(prefix_items, "prefixItems") X(additional_items, "additionalItems") X(min_items_1, "minItems:0-1") \
  X(min_items, "minItems:>1") X(max_items, "maxItems") X(unique_items, "uniqueItems")                 \
  X(contains, "contains") X(min_contains, "minContains") X(max_contains, "maxContains")               \
  X(unevaluated_items, "unevaluatedItems") X(min_length, "minLength") X(max_length, "maxLength")      \
  X(pattern, "pattern") X(format, "format(known)") X(format_unknown, "format(unknown value)")         \
  X(content_encoding, "contentEncoding") X(content_media_type, "contentMediaType")                    \
  X(content_schema, "contentSchema") X(minimum, "minimum") X(maximum, "maximum")                      \
  X(exclusive_minimum, "exclusiveMinimum(number)") X(exclusive_maximum, "exclusiveMaximum(number)")   \
  X(exclusive_boolean, "exclusiveMinimum(boolean draft-04)") X(multiple_of, "multipleOf")             \
  X(all_of_1, "allOf(1 member)") X(all_of, "allOf(>1)") X(any_of, "anyOf(nested)")                    \
  X(one_of, "oneOf(nested)") X(negation, "not") X(conditional, "if/then/else")                        \
  X(nullable, "nullable") X(example, "example") X(discriminator, "discriminator")                     \
  X(xml, "xml/externalDocs") X(property_ordering, "propertyOrdering") X(extension, "x-* extension")   \
  X(type_or_null, "type:[T,null]") X(type_list, "type:[T1,T2]") X(type_missing, "type missing")       \
  X(type_unknown, "type unknown value") X(root_type, "root type not object")                          \
  X(root_properties, "root without properties") X(root_any_of, "root anyOf/oneOf")                    \
  X(root_all_of, "root allOf") X(root_ref, "root $ref") X(root_value, "root enum/not/const")          \
  X(root_notes, "root $schema/title/description") X(root_additional, "root additionalProperties")     \
  X(empty_object, "nested object empty properties") X(bare_array, "array without items")              \
  X(boolean_true, "boolean subschema true") X(recursion, "recursive $ref")                            \
  X(ref_siblings, "$ref with siblings") X(external_ref, "external $ref")                              \
  X(type_beside_any_of, "type beside anyOf") X(enum_values, "enum non-string members")                \
  X(enum_mixed, "enum mixed types") X(enum_empty, "enum empty")                                       \
  X(enum_blank, "enum empty-string member") X(required_invalid, "required:null or boolean")           \
  X(required_unknown, "required unknown property")                                                    \
  X(optional_properties, "optional properties (not all required)")
// clang-format on

enum class Row : std::uint8_t {
#define DRAGOMAN_ROW(id, text) id,
  DRAGOMAN_SCHEMA_ROWS(DRAGOMAN_ROW)
#undef DRAGOMAN_ROW
};
#define DRAGOMAN_ROW(id, text) +1
inline constexpr std::size_t kRows = 0 DRAGOMAN_SCHEMA_ROWS(DRAGOMAN_ROW);
#undef DRAGOMAN_ROW

std::string_view text(Row row);  // as the file writes it

// Where schemas stand inside a keyword's value. Everything else is data and never looked into: a default, an
// enum, an example, or the name of a property.
enum class Holds : std::uint8_t {
  data,
  schema,          // not, if, additionalProperties, …
  list,            // anyOf, allOf, oneOf, prefixItems
  schema_or_list,  // items
  map,             // properties, $defs, …: schemas by name
  dependencies,    // of draft-07: by name, a schema or a list of names
};

// What a keyword's value must be, by the meta-schema of 2020-12 (or draft-04 to 07 for the older ones).
enum class Wants : std::uint8_t { anything, text, number, flag, list, object, schema };
bool is_wanted(Wants wants, json::Value value);  // schema_shape.cc

struct Keyword {
  std::string_view name;
  Row row;
  Holds holds = Holds::data;
  Wants wants = Wants::anything;
  bool note = false;           // says nothing about which values are valid: dropping it loses none
  std::string_view type = {};  // of the values it is about; "" all
};

const Keyword* find_keyword(std::string_view name);  // nullptr: no keyword of JSON Schema or OpenAPI

// Which of the patterns a column that takes `pattern` takes.
enum class Patterns : std::uint8_t {
  any,
  python,         // OAI-35: what Python's re compiles
  no_lookaround,  // OAI-35 in strict mode: that, without look-around
  simple,         // ANTS-04: neither look-around, back-references, word boundaries nor Unicode classes
  whole,          // LCPP-10: from ^ to $, of groups, classes and repetitions only
  unanchored,     // COH-11: no ^, $ or look-ahead
};

// Does the pattern keep to the rule? One that no reader of regular expressions takes keeps to none.
bool pattern_fits(Patterns rule, std::string_view pattern);

// What one column cannot say in cells.
struct Traits {
  std::string_view column;
  bool typed = false;          // every node has a type, or an anyOf whose branches have
  bool own_keywords = false;   // a node has the keywords of its type only (GEM-32, GEM-34, GEM-35)
  bool closed = false;         // every object says additionalProperties: false (OAIS-01, ANTS-01)
  bool root_defs = false;      // $defs at the root only, and references to nothing else (KIMI-24)
  bool plain_refs = false;     // a reference is split at its slashes and compared as written: no ~1, no %20
  bool lone_types = false;     // no keyword of one type beside a list of types (KIMI-20)
  bool explicit_maps = false;  // an object without properties says additionalProperties: true (XAI-07)
  Patterns patterns = Patterns::any;
  bool lone_patterns = false;        // no lengths beside pattern or format
  std::int64_t most_length = 0;      // greatest minLength, maxLength it takes; 0: any
  std::int64_t most_items = 0;       // the same of minItems, maxItems
  std::int64_t most_properties = 0;  // the same of minProperties, maxProperties
};

class Column {
 public:
  std::string_view name() const { return traits_.column; }
  const Traits& traits() const { return traits_; }
  bool passes_all() const { return traits_.column.empty(); }
  Cell operator[](Row row) const { return cells_[static_cast<std::size_t>(row)]; }
  bool rejects(Row row) const { return (*this)[row] == Cell::reject; }
  Cell format(std::string_view name) const;
  // The cell that judges this member of a schema; the value decides where the file tells forms apart.
  Cell judge(std::string_view keyword, json::Value value) const;
  Cell judge(const Keyword& keyword, json::Value value) const;
  // The row of docs/providers that explains why the column cannot take `row`; "SCHEMA-<keyword>", in the
  // arena, where none fits.
  std::string_view rule(Row row, std::string_view keyword, Arena& arena) const;

 private:
  friend class KeywordTable;
  Traits traits_ = {};
  std::array<Cell, kRows> cells_ = {};
  std::array<std::string_view, kRows> rules_ = {};
  std::unordered_map<std::string_view, Cell> formats_;
};

class KeywordTable {
 public:
  // Every row of Row must be there, and every cell one of the four words. `csv` must outlive the table.
  static Result<KeywordTable> parse(std::string_view csv);
  // The column of that name; one that passes everything for "" and for a name the file does not have.
  const Column& column(std::string_view name) const;
  const std::vector<Column>& columns() const { return columns_; }

 private:
  std::vector<Column> columns_;
  Column pass_all_;
};

// The table in the binary; parsed on first use, constant after.
const KeywordTable& keyword_table();

}  // namespace dragoman::lower
