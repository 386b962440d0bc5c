// Schema documents to programs: the list of schemas to compile, and where references lead.
#include <fmt/format.h>

#include "lower/validate/compiler.h"

namespace dragoman::validate {

using json::Member;
using json::Value;

namespace {

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

Result<Program> Compiler::run(Value root) {
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

SchemaId Compiler::intern(Value schema) {
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

void Compiler::leave_out(std::string_view keyword, std::string reason) {
  program_.unsupported.push_back({json::pointer_join(program_.document.pointer(place_), keyword),
                                  std::string(keyword), std::move(reason)});
  if (keyword != "format") unchecked_ = true;  // formats nobody knows are no constraint
}

SchemaId Compiler::get_schema(std::string_view keyword, SchemaDraft first, SchemaDraft last) {
  const Value value = get(keyword, first, last);
  if (!value) return kNoSchema;
  if (value.is_object() || value.is_bool()) return intern(value);
  leave_out(keyword, "is neither an object nor a boolean");
  return kNoSchema;
}

void Compiler::compile(SchemaId id) {
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

void Compiler::constraints() {
  type();
  enumeration();
  numbers();
  strings();
  arrays();
  objects();
  combinations();
  unevaluated();
}

void Compiler::references() {
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

std::optional<Document::Target> Compiler::find(std::string_view keyword, Value ref) {
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
void Compiler::track(std::string_view anchor) {
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

Result<Program> compile_program(Value schema, const Validator::Options& options) {
  if (!schema.is_object() && !schema.is_bool())
    return fail(fmt::format("a JSON Schema is an object or a boolean, not {}", name(schema.kind())));
  decode_strings(schema);
  return Compiler(schema, options).run(schema);
}

}  // namespace dragoman::validate
