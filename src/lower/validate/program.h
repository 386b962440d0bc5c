// A schema document made ready for checking: each schema a list of checks, everything a check needs beside
// it. Views point into the schema's text.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "base/error.h"
#include "json/value.h"
#include "lower/validate/decimal.h"
#include "lower/validate/document.h"
#include "lower/validate/format.h"
#include "lower/validate/regex.h"
#include "lower/validate/validate.h"

namespace dragoman::validate {

using SchemaId = std::uint32_t;
inline constexpr SchemaId kNoSchema = UINT32_MAX;

enum class Op : std::uint8_t {
  unchecked,  // something here is not enforced (Validator::unsupported())
  type,
  enumeration,  // `enum` and `const`
  minimum,
  maximum,
  exclusive_minimum,
  exclusive_maximum,
  multiple_of,
  min_length,
  max_length,
  pattern,
  format,
  min_items,
  max_items,
  unique_items,
  min_properties,
  max_properties,
  required,
  dependent_required,
  properties,  // with patternProperties and additionalProperties
  property_names,
  items,  // with prefixItems and additionalItems
  contains,
  all_of,
  any_of,
  one_of,
  negation,
  condition,
  dependent_schemas,
  reference,
  dynamic_reference,
  recursive_reference,
  unevaluated_items,
  unevaluated_properties,
};

// Bits of Check::number for Op::type.
enum TypeBit : std::uint64_t {
  kTypeNull = 1,
  kTypeBoolean = 2,
  kTypeNumber = 4,
  kTypeString = 8,
  kTypeArray = 16,
  kTypeObject = 32,
  kTypeInteger = 64,
  kTypeIntegerText = 128,  // draft 4: 1.0 is no integer
};

struct Check {
  Op op;
  std::string_view keyword;  // as written
  json::Value value;         // the keyword's value
  std::uint64_t number = 0;  // a bound, the bits of `type`, or which entry of the tables below
  SchemaId schema = kNoSchema;
};

struct ObjectRule {
  std::unordered_map<std::string_view, SchemaId> properties;
  struct ByPattern {
    std::uint32_t pattern;
    std::string_view text;
    SchemaId schema;
  };
  std::vector<ByPattern> patterns;
  SchemaId additional = kNoSchema;
};

struct ItemRule {
  std::vector<SchemaId> prefix;
  std::string_view rest_keyword;
  SchemaId rest = kNoSchema;
};

struct ContainsRule {
  SchemaId schema = kNoSchema;
  std::uint64_t least = 1, most = UINT64_MAX;
  bool marks = false;  // 2020-12: what it finds counts as evaluated
};

struct ConditionRule {
  SchemaId test = kNoSchema, then = kNoSchema, otherwise = kNoSchema;
};

struct DependentRule {
  std::vector<std::pair<std::string_view, json::Value>> names;  // member → the names it needs
  std::vector<std::pair<std::string_view, SchemaId>> schemas;
};

struct DynamicRule {
  SchemaId schema = kNoSchema;  // where the reference leads by itself
  std::string_view anchor;      // "" : it is an ordinary reference
};

struct Schema {
  json::Value source;
  PlaceId place = 0;
  ResourceId resource = 0;
  bool never = false;     // the schema `false`
  bool tracks = false;    // holds unevaluatedItems or unevaluatedProperties
  bool nullable = false;  // OpenAPI's: null passes whatever chooses or refers here
  std::vector<Check> checks;
};

struct Program {
  explicit Program(Document mapped) : document(std::move(mapped)) {}

  Document document;
  std::vector<Schema> schemas;  // [0] is the root
  std::vector<ObjectRule> objects;
  std::vector<ItemRule> items;
  std::vector<ContainsRule> contains;
  std::vector<ConditionRule> conditions;
  std::vector<DependentRule> dependents;
  std::vector<std::vector<SchemaId>> lists;
  std::vector<DynamicRule> dynamics;
  std::vector<std::unordered_map<std::string_view, std::uint32_t>> names;  // of `required`
  std::vector<Decimal> decimals;
  std::vector<Pattern> patterns;
  std::vector<const Format*> formats;
  // (resource, anchor) → schema, for the anchors that dynamic references name; "" is $recursiveAnchor.
  std::unordered_map<std::string_view, std::unordered_map<ResourceId, SchemaId>> dynamic_targets;
  std::vector<Unsupported> unsupported;
};

// A schema that is part of a circle of references without a step into the instance, so that no check of it
// would end; kNoSchema if there is none.
SchemaId endless_schema(const Program& program);

Result<Program> compile_program(json::Value schema, const Validator::Options& options);

}  // namespace dragoman::validate
