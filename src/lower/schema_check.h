// What must hold of every rewriting, whatever the schema: for the tests and the fuzzer.
#pragma once
#include <fmt/format.h>

#include <string>
#include <vector>

#include "json/write.h"
#include "lower/schema.h"
#include "lower/schema_keywords.h"
#include "lower/schema_refs.h"

namespace dragoman::lower {

// The target the profiles make of a column: Bedrock's other families take three keys at the root.
inline SchemaTarget target_of(const Column& column) {
  static const std::vector<std::string> three = {"type", "properties", "required"};
  const std::string_view name = column.name();
  const bool few = name == "bedrock-nova" || name == "bedrock-llama4" || name == "bedrock-mistral";
  return {name, few ? std::span<const std::string>(three) : std::span<const std::string>(), false, true};
}

// The first keyword the column refuses, "" if none is left.
inline std::string refused_keyword(json::Value result, const Column& column) {
  std::vector<json::Value> open = {result};
  while (!open.empty()) {
    const json::Value schema = open.back();
    open.pop_back();
    if (schema.is_bool() && column.rejects(Row::boolean_true)) return "a boolean schema";
    for (const json::Member& member : schema.members()) {
      if (column.judge(member.key, member.value) == Cell::reject)
        return std::string(member.key) + ": " + json::dump_compact(member.value);
      if (const Keyword* keyword = find_keyword(member.key))
        if (member.value.is_null() && keyword->wants != Wants::anything)
          return std::string(member.key) + ": null";
    }
    if (column.traits().typed && schema.is_object() && !schema["type"] && !schema["anyOf"] &&
        !schema["oneOf"] && !schema["allOf"] && !schema["$ref"])
      return "no type: " + json::dump_compact(schema);
    if (column.rejects(Row::type_beside_any_of) && schema["type"] && schema["anyOf"])
      return "type beside anyOf";
    if (column.rejects(Row::ref_siblings) && schema["$ref"] && schema.members().size() > 1)
      return "siblings of $ref";
    if (column.rejects(Row::bare_array) && schema["type"].text() == "array" && !schema["items"] &&
        !schema["prefixItems"])
      return "array without items";
    if (column.rejects(Row::type_list) && schema["type"].is_array()) return "a list of types";
    append_subschemas(schema, open);
  }
  return {};
}

// What is wrong with rewriting `schema` for `column`; "" if nothing is.
inline std::string fault_of(json::Value schema, const Column& column) {
  const SchemaTarget target = target_of(column);
  const std::string before = json::dump(schema);
  Arena arena;
  const json::Value result = rewrite_schema(schema, target, "", arena, {});
  const std::string out = json::dump(result);
  if (json::dump(schema) != before) return "the input was changed";
  if (json::dump(rewrite_schema(schema, target, "", arena, {})) != out) return "not deterministic";
  if (result["type"].text() != "object" || !result["properties"].is_object())
    return "no object at the root: " + out;
  for (const char* composed : {"$ref", "anyOf", "oneOf", "allOf", "enum", "const", "not"})
    if (result[composed]) return std::string(composed) + " at the root: " + out;
  if (column.passes_all()) return {};
  if (const std::string refused = refused_keyword(result, column); !refused.empty())
    return "refused: " + refused + " in " + json::dump_compact(result);
  std::string edits;
  const json::Value again = rewrite_schema(result, target, "", arena, [&](const Edit& e) {
    edits += fmt::format("\n  {} {} {}: {} -> {}", e.rule, e.pointer, e.keyword, e.before, e.after);
  });
  if (json::dump(again) != out || !edits.empty())
    return "not idempotent:\n" + out + "\nbecame\n" + json::dump(again) + edits;
  return {};
}

}  // namespace dragoman::lower
