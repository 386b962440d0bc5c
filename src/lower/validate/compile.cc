// Schema documents to programs: one function a group of keywords, a work list instead of recursion.
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "json/write.h"
#include "lower/validate/program.h"

namespace dragoman::validate {
namespace {

using json::Kind;
using json::Member;
using json::Value;

constexpr SchemaDraft k4 = SchemaDraft::draft4, k6 = SchemaDraft::draft6, k7 = SchemaDraft::draft7,
                      k2019 = SchemaDraft::draft2019, k2020 = SchemaDraft::draft2020;

class Compiler {
 public:
  Compiler(Value root, const Validator::Options& options)
      : options_(options), program_(Document(root, options.default_draft)) {}

  Result<Program> run(Value root) {
    intern(root);
    for (SchemaId id = 0; id < program_.schemas.size(); ++id) {
      if (program_.schemas.size() > options_.limits.schemas)
        return fail(fmt::format("the schema holds more than {} subschemas", options_.limits.schemas));
      compile(id);
    }
    if (const SchemaId at = endless_schema(program_); at != kNoSchema)
      return fail("the schema refers to itself without a step into the instance, so that no check would end",
                  program_.document.pointer(program_.schemas[at].place));
    return std::move(program_);
  }

 private:
  // The number under which the schema is, or will be, compiled.
  SchemaId intern(Value schema) {
    const auto [at, made] = ids_.emplace(schema.node(), static_cast<SchemaId>(program_.schemas.size()));
    if (made) {
      const PlaceId place = program_.document.place_of(schema);
      program_.schemas.push_back({.source = schema,
                                  .place = place,
                                  .resource = program_.document.resource_of(place),
                                  .never = schema.is_bool() && !schema.boolean()});
    }
    return at->second;
  }

  void leave_out(std::string_view keyword, std::string reason) {
    program_.unsupported.push_back({json::pointer_join(program_.document.pointer(place_), keyword),
                                    std::string(keyword), std::move(reason)});
    if (keyword != "format") unchecked_ = true;  // formats nobody knows are no constraint
  }

  // The keyword's value, if the draft has the keyword.
  Value get(std::string_view keyword, SchemaDraft first = k4, SchemaDraft last = k2020) const {
    return draft_ < first || draft_ > last ? Value() : schema_[keyword];
  }
  // The same, if it is a schema.
  SchemaId get_schema(std::string_view keyword, SchemaDraft first = k4, SchemaDraft last = k2020) {
    const Value value = get(keyword, first, last);
    if (!value) return kNoSchema;
    if (value.is_object() || value.is_bool()) return intern(value);
    leave_out(keyword, "is neither an object nor a boolean");
    return kNoSchema;
  }

  // Keywords are added in the order of a person reading: type first, unevaluated* last (they need the
  // others).
  void add(Op op, std::string_view keyword, Value value, std::uint64_t number = 0,
           SchemaId schema = kNoSchema) {
    program_.schemas[id_].checks.push_back({op, keyword, value, number, schema});
  }
  template <class T>
  std::uint64_t keep(std::vector<T>& table, T entry) {
    table.push_back(std::move(entry));
    return table.size() - 1;
  }

  void compile(SchemaId id) {
    id_ = id;
    schema_ = program_.schemas[id].source;
    place_ = program_.schemas[id].place;
    if (!schema_.is_object()) return;
    draft_ = program_.document.resource(program_.schemas[id].resource).draft;
    unchecked_ = false;
    program_.schemas[id].nullable = nullable();
    references();
    if (draft_ > k7 || !schema_["$ref"].is_string()) constraints();  // up to draft 7 a $ref stands alone
    if (unchecked_) {
      auto& checks = program_.schemas[id].checks;
      checks.insert(checks.begin(), {Op::unchecked, "", {}});
    }
  }

  void constraints() {
    type();
    enumeration();
    numbers();
    strings();
    arrays();
    objects();
    combinations();
    unevaluated();
  }

  void type() {
    const Value value = get("type");
    if (!value) return;
    struct Name {
      std::string_view name;
      std::uint64_t bits;
    };
    const std::array names = {Name{"null", kTypeNull},
                              Name{"boolean", kTypeBoolean},
                              Name{"number", kTypeNumber},
                              Name{"string", kTypeString},
                              Name{"array", kTypeArray},
                              Name{"object", kTypeObject},
                              Name{"integer", draft_ == k4 ? kTypeIntegerText : kTypeInteger}};
    std::uint64_t bits = 0;
    bool known = value.is_string() || (value.is_array() && !value.items().empty());
    const auto one = [&](Value item) {
      const auto* at = std::ranges::find(names, item.text(), &Name::name);
      if (at == names.end())
        known = false;
      else
        bits |= at->bits;
    };
    if (value.is_string()) one(value);
    for (const Value item : value.items()) one(item);
    if (!known) return leave_out("type", "is not one of the seven types of JSON Schema, or a list of them");
    if (nullable()) bits |= kTypeNull;
    add(Op::type, "type", value, bits);
  }

  bool nullable() const { return options_.openapi_nullable && schema_["nullable"].boolean(); }

  void enumeration() {
    if (const Value value = get("enum")) {
      if (value.is_array())
        add(Op::enumeration, "enum", value);
      else
        leave_out("enum", "is not an array");
    }
    if (const Value value = get("const", k6)) add(Op::enumeration, "const", value);
  }

  void references() {
    if (const Value ref = get("$ref")) {
      if (const auto target = find("$ref", ref)) add(Op::reference, "$ref", ref, 0, intern(target->schema));
    }
    if (const Value ref = get("$recursiveRef", k2019, k2019)) {
      if (const auto target = find("$recursiveRef", ref)) {
        const ResourceId resource = program_.document.resource_of(program_.document.place_of(target->schema));
        const bool dynamic = program_.document.resource(resource).recursive_anchor;
        if (dynamic) track("");
        add(Op::recursive_reference, "$recursiveRef", ref, dynamic, intern(target->schema));
      }
    }
    if (const Value ref = get("$dynamicRef", k2020)) {
      if (const auto target = find("$dynamicRef", ref)) {
        const DynamicRule rule = {intern(target->schema), target->dynamic_anchor};
        if (!rule.anchor.empty()) track(rule.anchor);
        add(Op::dynamic_reference, "$dynamicRef", ref, keep(program_.dynamics, rule));
      }
    }
  }

  std::optional<Document::Target> find(std::string_view keyword, Value ref) {
    if (!ref.is_string()) {
      leave_out(keyword, "is not a string");
      return std::nullopt;
    }
    auto target = program_.document.resolve(ref.text(), program_.schemas[id_].resource);
    if (!target)
      leave_out(keyword, is_meta_schema(ref.text())
                             ? "names a schema of JSON Schema itself, which is not part of the document"
                             : "leads nowhere in this document; other documents are not fetched");
    return target;
  }

  // Compiles every schema that a dynamic reference to `anchor` may end at.
  void track(std::string_view anchor) {
    const auto [at, made] = program_.dynamic_targets.try_emplace(anchor);
    if (!made) return;
    for (ResourceId id = 0; id < program_.document.resources(); ++id) {
      const Resource& resource = program_.document.resource(id);
      if (anchor.empty()) {
        if (resource.recursive_anchor) at->second.emplace(id, intern(resource.root));
      } else if (const auto found = resource.dynamic_anchors.find(anchor);
                 found != resource.dynamic_anchors.end()) {
        at->second.emplace(id, intern(found->second));
      }
    }
  }

  void bound(Op op, std::string_view keyword, Value value) {
    if (!value.is_number()) return leave_out(keyword, "is not a number");
    Decimal number = Decimal::parse(value.number_text());
    if (op == Op::multiple_of && (number.zero() || number.negative))
      return leave_out(keyword, "is not above 0");
    add(op, keyword, value, keep(program_.decimals, std::move(number)));
  }

  void numbers() {
    // Draft 4 has a boolean beside the bound; a number is what later drafts write. Each is taken as meant.
    const Value low = get("minimum"), high = get("maximum");
    const Value above = get("exclusiveMinimum"), below = get("exclusiveMaximum");
    if (low) bound(above.boolean() ? Op::exclusive_minimum : Op::minimum, "minimum", low);
    if (high) bound(below.boolean() ? Op::exclusive_maximum : Op::maximum, "maximum", high);
    if (above && !above.is_bool()) bound(Op::exclusive_minimum, "exclusiveMinimum", above);
    if (below && !below.is_bool()) bound(Op::exclusive_maximum, "exclusiveMaximum", below);
    if (const Value value = get("multipleOf")) bound(Op::multiple_of, "multipleOf", value);
  }

  // A whole number from 0 up, at most 2^64-1.
  std::optional<std::uint64_t> count(std::string_view keyword, SchemaDraft first = k4) {
    const Value value = get(keyword, first);
    if (!value) return std::nullopt;
    const Decimal number = value.is_number() ? Decimal::parse(value.number_text()) : Decimal();
    if (!value.is_number() || number.negative || !number.whole()) {
      leave_out(keyword, "is not a whole number from 0 up");
      return std::nullopt;
    }
    return number.clamped();
  }
  void add_count(Op op, std::string_view keyword) {
    if (const auto number = count(keyword)) add(op, keyword, schema_[keyword], *number);
  }

  std::optional<std::uint32_t> pattern(std::string_view keyword, std::string_view text) {
    if (const auto at = patterns_.find(text); at != patterns_.end()) return at->second;
    const ValidationLimits& limits = options_.limits;
    if (program_.patterns.size() >= limits.patterns || pattern_size_ >= limits.pattern_program) {
      leave_out(keyword, "the patterns of the schema are too many or too large together");
      return std::nullopt;
    }
    // Few patterns may be large, many must be small: some 380 MB for the worst thousand.
    constexpr std::size_t kLarge = 32;
    const std::int64_t memory = program_.patterns.size() < kLarge ? 4 << 20 : 256 << 10;
    auto made = Pattern::compile(text, memory);
    // One that came to nothing took its time too.
    pattern_size_ += made ? made->program_size() : static_cast<std::size_t>(memory / 64);
    if (!made) {
      leave_out(keyword, fmt::format("the pattern {}", made.error().message));
      return std::nullopt;
    }
    const auto id = static_cast<std::uint32_t>(keep(program_.patterns, std::move(*made)));
    patterns_.emplace(text, id);
    return id;
  }

  void strings() {
    add_count(Op::min_length, "minLength");
    add_count(Op::max_length, "maxLength");
    if (const Value value = get("pattern")) {
      if (!value.is_string())
        leave_out("pattern", "is not a string");
      else if (const auto id = pattern("pattern", value.text()))
        add(Op::pattern, "pattern", value, *id);
    }
    const Value value = get("format");
    if (!value || !options_.assert_formats) return;
    if (const Format* format = find_format(value.text()))
      add(Op::format, "format", value, keep(program_.formats, format));
    else
      leave_out("format", "is not a format that is checked");
  }

  void arrays() {
    add_count(Op::min_items, "minItems");
    add_count(Op::max_items, "maxItems");
    if (get("uniqueItems").boolean()) add(Op::unique_items, "uniqueItems", schema_["uniqueItems"]);

    // 2020-12 says prefixItems and items where the older drafts say items and additionalItems. A list under
    // `items` has no meaning in 2020-12, so that the old one can be taken.
    const Value items = get("items"), prefix = get("prefixItems", k2020);
    ItemRule rule;
    const Value list = prefix ? prefix : items.is_array() ? items : Value();
    const std::string_view list_keyword = prefix ? "prefixItems" : "items";
    if (prefix && !prefix.is_array()) leave_out("prefixItems", "is not an array");
    for (const Value item : list.items()) {
      if (!item.is_object() && !item.is_bool()) {
        leave_out(list_keyword, "holds something that is no schema");
        break;
      }
      rule.prefix.push_back(intern(item));
    }
    if (items && !items.is_array()) {
      rule.rest_keyword = "items";
      rule.rest = get_schema("items");
    } else if (items && !prefix) {
      rule.rest_keyword = "additionalItems";
      rule.rest = get_schema("additionalItems");
    }
    if (!rule.prefix.empty() || rule.rest != kNoSchema)
      add(Op::items, list_keyword, list, keep(program_.items, std::move(rule)));

    if (const SchemaId schema = get_schema("contains", k6); schema != kNoSchema) {
      const ContainsRule contains = {schema, count("minContains", k2019).value_or(1),
                                     count("maxContains", k2019).value_or(UINT64_MAX), draft_ >= k2020};
      add(Op::contains, "contains", schema_["contains"], keep(program_.contains, contains));
    }
  }

  static bool all_strings(Value list) {
    return list.is_array() && std::ranges::all_of(list.items(), &Value::is_string);
  }

  void objects() {
    add_count(Op::min_properties, "minProperties");
    add_count(Op::max_properties, "maxProperties");
    if (const Value value = get("required")) {
      // OpenAPI and draft 3 have a boolean here, which says something about the parent: nothing to check.
      if (all_strings(value)) {
        std::unordered_map<std::string_view, std::uint32_t> names;
        for (const Value name : value.items())
          names.emplace(name.text(), static_cast<std::uint32_t>(names.size()));
        add(Op::required, "required", value, keep(program_.names, std::move(names)));
      } else {
        leave_out("required", "is not an array of strings");
      }
    }
    ObjectRule rule;
    for (const std::string_view keyword : {"properties", "patternProperties"}) {
      const Value value = get(keyword);
      if (value && !value.is_object()) leave_out(keyword, "is not an object");
      for (const Member& member : value.members()) {
        if (!member.value.is_object() && !member.value.is_bool()) {
          leave_out(keyword, fmt::format("{} is no schema", json::dump(quote(member.key))));
        } else if (keyword == "properties") {
          rule.properties.emplace(member.key, intern(member.value));
        } else if (const auto id = pattern(keyword, member.key)) {
          rule.patterns.push_back({*id, member.key, intern(member.value)});
        }
      }
    }
    // Without all patterns nobody can say which members are additional.
    if (rule.patterns.size() == get("patternProperties").members().size())
      rule.additional = get_schema("additionalProperties");
    else if (get("additionalProperties"))
      leave_out("additionalProperties", "depends on a pattern that is not checked");
    if (!rule.properties.empty() || !rule.patterns.empty() || rule.additional != kNoSchema)
      add(Op::properties, "properties", {}, keep(program_.objects, std::move(rule)));
    if (const SchemaId names = get_schema("propertyNames", k6); names != kNoSchema)
      add(Op::property_names, "propertyNames", schema_["propertyNames"], 0, names);
    dependents("dependencies", k4, true, true);
    dependents("dependentRequired", k2019, true, false);
    dependents("dependentSchemas", k2019, false, true);
  }

  Value quote(std::string_view text) { return json::Builder(scratch_).string(text); }

  void dependents(std::string_view keyword, SchemaDraft first, bool names, bool schemas) {
    const Value value = get(keyword, first);
    if (!value) return;
    DependentRule rule;
    for (const Member& member : value.members()) {
      if (schemas && (member.value.is_object() || member.value.is_bool()))
        rule.schemas.emplace_back(member.key, intern(member.value));
      else if (names && all_strings(member.value))
        rule.names.emplace_back(member.key, member.value);
      else
        leave_out(keyword, fmt::format("holds under {} what it may not", json::dump(quote(member.key))));
    }
    const bool has_names = !rule.names.empty(), has_schemas = !rule.schemas.empty();
    const std::uint64_t at = keep(program_.dependents, std::move(rule));
    if (has_names) add(Op::dependent_required, keyword, value, at);
    if (has_schemas) add(Op::dependent_schemas, keyword, value, at);
  }

  void list(Op op, std::string_view keyword) {
    const Value value = get(keyword);
    if (!value) return;
    std::vector<SchemaId> schemas;
    for (const Value item : value.items())
      if (item.is_object() || item.is_bool()) schemas.push_back(intern(item));
    if (schemas.empty() || schemas.size() != value.items().size())
      return leave_out(keyword, "is not a list of schemas");
    add(op, keyword, value, keep(program_.lists, std::move(schemas)));
  }

  void combinations() {
    list(Op::all_of, "allOf");
    list(Op::any_of, "anyOf");
    list(Op::one_of, "oneOf");
    if (const SchemaId schema = get_schema("not"); schema != kNoSchema)
      add(Op::negation, "not", schema_["not"], 0, schema);
    if (const SchemaId test = get_schema("if", k7); test != kNoSchema) {
      const ConditionRule rule = {test, get_schema("then", k7), get_schema("else", k7)};
      add(Op::condition, "if", schema_["if"], keep(program_.conditions, rule));
    }
  }

  void unevaluated() {
    if (const SchemaId schema = get_schema("unevaluatedItems", k2019); schema != kNoSchema)
      add(Op::unevaluated_items, "unevaluatedItems", schema_["unevaluatedItems"], 0, schema);
    if (const SchemaId schema = get_schema("unevaluatedProperties", k2019); schema != kNoSchema)
      add(Op::unevaluated_properties, "unevaluatedProperties", schema_["unevaluatedProperties"], 0, schema);
    if (const auto& checks = program_.schemas[id_].checks; !checks.empty())
      program_.schemas[id_].tracks = checks.back().op >= Op::unevaluated_items;
  }

  const Validator::Options& options_;
  Program program_;
  Arena scratch_;  // for quoting in messages
  std::unordered_map<const json::Node*, SchemaId> ids_;
  std::unordered_map<std::string_view, std::uint32_t> patterns_;
  std::size_t pattern_size_ = 0;

  // The schema being compiled.
  SchemaId id_ = 0;
  Value schema_;
  PlaceId place_ = 0;
  SchemaDraft draft_ = k2020;
  bool unchecked_ = false;  // something in it was left out
};

// Strings with escapes are decoded on first use, which is a write: done here once, so that checks only read.
void decode_strings(Value root) {
  std::vector<Value> open = {root};
  while (!open.empty()) {
    const Value at = open.back();
    open.pop_back();
    at.text();
    open.insert(open.end(), at.items().begin(), at.items().end());
    for (const Member& member : at.members()) open.push_back(member.value);
  }
}

}  // namespace

Result<Program> compile_program(Value schema, const Validator::Options& options) {
  if (!schema.is_object() && !schema.is_bool())
    return fail(fmt::format("a JSON Schema is an object or a boolean, not {}", name(schema.kind())));
  decode_strings(schema);
  return Compiler(schema, options).run(schema);
}

}  // namespace dragoman::validate
