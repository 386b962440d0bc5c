// Every cell of data/schema_keywords.csv: a schema that uses the row's keyword comes out without it where the
// column refuses it, unchanged where the column takes it, and where nobody knows in other words only if those
// cost nothing. A property of the keyword's name is nobody's business.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include "json/parse.h"
#include "lower/schema_check.h"
#include "lower/tool_schema.h"

namespace dragoman::lower {
namespace {

// What uses the row, as the property "p" of an object. Several, where one alone would say nothing.
struct Use {
  Row row;
  std::string_view schema;
  std::string_view trace;  // what the schema must not hold afterwards: a member's key, or key:value
};

constexpr Use kUses[] = {
    {Row::schema, R"({"type":"string","$schema":"https://json-schema.org/draft/2020-12/schema"})", "$schema"},
    {Row::comment, R"({"type":"string","$comment":"c"})", "$comment"},
    {Row::vocabulary, R"({"type":"string","$vocabulary":{}})", "$vocabulary"},
    {Row::dynamic_anchor, R"({"type":"string","$dynamicAnchor":"n"})", "$dynamicAnchor"},
    {Row::recursive_anchor,
     R"({"type":"object","properties":{"a":{"type":"string"}},"$recursiveAnchor":true})", "$recursiveAnchor"},
    {Row::constant, R"({"type":"string","const":"a"})", "const"},
    {Row::title, R"({"type":"string","title":"T"})", "title"},
    {Row::default_value, R"({"type":"string","default":"a"})", "default"},
    {Row::examples, R"({"type":"string","examples":["a"]})", "examples"},
    {Row::deprecated, R"({"type":"string","deprecated":true})", "deprecated"},
    {Row::read_only, R"({"type":"string","readOnly":true})", "readOnly"},
    {Row::write_only, R"({"type":"string","writeOnly":true})", "writeOnly"},
    {Row::additional_false,
     R"({"type":"object","properties":{"a":{"type":"string"}},"additionalProperties":false})",
     "additionalProperties:false"},
    {Row::additional_true,
     R"({"type":"object","properties":{"a":{"type":"string"}},"additionalProperties":true})",
     "additionalProperties:true"},
    {Row::additional_schema,
     R"({"type":"object","properties":{"a":{"type":"string"}},"additionalProperties":{"type":"integer"}})",
     "additionalProperties:{"},
    {Row::pattern_properties,
     R"({"type":"object","properties":{"a":{"type":"string"}},"patternProperties":{"^x":{"type":"string"}}})",
     "patternProperties"},
    {Row::property_names,
     R"({"type":"object","properties":{"a":{"type":"string"}},"propertyNames":{"pattern":"^a"}})",
     "propertyNames"},
    {Row::min_properties, R"({"type":"object","properties":{"a":{"type":"string"}},"minProperties":1})",
     "minProperties"},
    {Row::max_properties, R"({"type":"object","properties":{"a":{"type":"string"}},"maxProperties":3})",
     "maxProperties"},
    {Row::dependent_required,
     R"({"type":"object","properties":{"a":{"type":"string"},"b":{"type":"string"}},"dependentRequired":{"a":["b"]}})",
     "dependentRequired"},
    {Row::dependent_schemas,
     R"({"type":"object","properties":{"a":{"type":"string"}},"dependentSchemas":{"a":{"type":"object","required":["a"]}}})",
     "dependentSchemas"},
    {Row::dependencies,
     R"({"type":"object","properties":{"a":{"type":"string"},"b":{"type":"string"}},"dependencies":{"a":["b"]}})",
     "dependencies"},
    {Row::unevaluated_properties,
     R"({"type":"object","properties":{"a":{"type":"string"}},"unevaluatedProperties":false})",
     "unevaluatedProperties"},
    {Row::items_array, R"({"type":"array","items":[{"type":"string"}]})", "items:["},
    {Row::items_boolean, R"({"type":"array","prefixItems":[{"type":"string"}],"items":false})",
     "items:false"},
    {Row::prefix_items, R"({"type":"array","prefixItems":[{"type":"string"}],"items":{"type":"string"}})",
     "prefixItems"},
    {Row::additional_items, R"({"type":"array","items":{"type":"string"},"additionalItems":false})",
     "additionalItems"},
    {Row::min_items_1, R"({"type":"array","items":{"type":"string"},"minItems":1})", "minItems"},
    {Row::min_items, R"({"type":"array","items":{"type":"string"},"minItems":2})", "minItems:2"},
    {Row::max_items, R"({"type":"array","items":{"type":"string"},"maxItems":3})", "maxItems"},
    {Row::unique_items, R"({"type":"array","items":{"type":"string"},"uniqueItems":true})", "uniqueItems"},
    {Row::contains, R"({"type":"array","items":{"type":"string"},"contains":{"type":"string"}})", "contains"},
    {Row::min_contains,
     R"({"type":"array","items":{"type":"string"},"contains":{"type":"string"},"minContains":2})",
     "minContains"},
    {Row::max_contains,
     R"({"type":"array","items":{"type":"string"},"contains":{"type":"string"},"maxContains":2})",
     "maxContains"},
    {Row::unevaluated_items, R"({"type":"array","items":{"type":"string"},"unevaluatedItems":false})",
     "unevaluatedItems"},
    {Row::min_length, R"({"type":"string","minLength":2})", "minLength"},
    {Row::max_length, R"({"type":"string","maxLength":3})", "maxLength"},
    {Row::pattern, R"({"type":"string","pattern":"[a-z]"})", "pattern"},
    {Row::format_unknown, R"({"type":"string","format":"made-up"})", "format"},
    {Row::content_encoding, R"({"type":"string","contentEncoding":"base64"})", "contentEncoding"},
    {Row::content_media_type, R"({"type":"string","contentMediaType":"image/png"})", "contentMediaType"},
    {Row::content_schema, R"({"type":"string","contentSchema":{"type":"string"}})", "contentSchema"},
    {Row::minimum, R"({"type":"integer","minimum":1})", "minimum"},
    {Row::maximum, R"({"type":"integer","maximum":3})", "maximum"},
    {Row::exclusive_minimum, R"({"type":"integer","exclusiveMinimum":1})", "exclusiveMinimum"},
    {Row::exclusive_maximum, R"({"type":"integer","exclusiveMaximum":3})", "exclusiveMaximum"},
    {Row::exclusive_boolean, R"({"type":"integer","minimum":1,"exclusiveMinimum":true})",
     "exclusiveMinimum:true"},
    {Row::multiple_of, R"({"type":"integer","multipleOf":5})", "multipleOf"},
    {Row::all_of_1, R"({"allOf":[{"type":"string"}]})", "allOf"},
    {Row::all_of, R"({"type":"string","allOf":[{"minLength":2},{"maxLength":3}]})", "allOf"},
    {Row::any_of, R"({"anyOf":[{"type":"string"},{"type":"integer"}]})", "anyOf"},
    {Row::one_of, R"({"oneOf":[{"type":"string"},{"type":"integer"}]})", "oneOf"},
    {Row::negation, R"({"type":"string","not":{"enum":["a"]}})", "not"},
    {Row::conditional,
     R"({"type":"string","if":{"type":"string","enum":["a"]},"then":{"type":"string","enum":["a"]}})", "if"},
    {Row::nullable, R"({"type":"string","nullable":true})", "nullable"},
    {Row::example, R"({"type":"string","example":"a"})", "example"},
    {Row::discriminator, R"({"type":"string","discriminator":{"propertyName":"k"}})", "discriminator"},
    {Row::xml, R"({"type":"string","xml":{}})", "xml"},
    {Row::property_ordering,
     R"({"type":"object","properties":{"a":{"type":"string"}},"propertyOrdering":["a"]})",
     "propertyOrdering"},
    {Row::extension, R"({"type":"string","x-note":1})", "x-note"},
    {Row::type_or_null, R"({"type":["string","null"]})", "type:["},
    {Row::type_list, R"({"type":["string","integer"]})", "type:["},
    {Row::type_unknown, R"({"type":"str"})", "type:\"str\""},
    {Row::boolean_true, R"(true)", ""},
    {Row::ref, R"({"$ref":"#/$defs/d"})", "$ref"},
    {Row::definitions, R"({"$ref":"#/definitions/d"})", "definitions"},
    {Row::recursion, R"({"$ref":"#/$defs/r"})", "$ref"},
    {Row::ref_siblings, R"({"$ref":"#/$defs/d","minLength":2})", "$ref"},
    {Row::external_ref, R"({"$ref":"https://example.com/s.json"})", "$ref"},
    {Row::type_beside_any_of, R"({"type":"string","anyOf":[{"minLength":2},{"maxLength":1}]})", ""},
    {Row::enum_values, R"({"type":"integer","enum":[1,2,3]})", "enum:[1"},
    {Row::enum_mixed, R"({"enum":["a",1]})", "enum:[\"a\",1"},
    {Row::enum_blank, R"({"type":"string","enum":["","a"]})", "enum:[\"\""},
    {Row::required_invalid, R"({"type":"object","properties":{"a":{"type":"string"}},"required":null})",
     "required:null"},
    {Row::required_unknown, R"({"type":"object","properties":{"a":{"type":"string"}},"required":["a","z"]})",
     ""},
    {Row::empty_object, R"({"type":"object","properties":{}})", "properties:{}"},
    {Row::bare_array, R"({"type":"array"})", ""},
};

bool holds(json::Value schema, std::string_view trace) {
  const std::size_t colon = trace.find(':');
  const std::string_view key = trace.substr(0, colon);
  std::vector<json::Value> open = {schema};
  while (!open.empty()) {
    const json::Value next = open.back();
    open.pop_back();
    for (const json::Member& member : next.members())
      if (member.key == key &&
          (colon == trace.npos || json::dump_compact(member.value).starts_with(trace.substr(colon + 1))))
        return true;
    append_subschemas(next, open);
  }
  return false;
}

constexpr std::string_view kDefinitions =
    R"("$defs":{"d":{"type":"string"},"r":{"type":"object","properties":{"k":{"type":"string"},"kid":{"$ref":"#/$defs/r"}}}})";

std::string document(std::string_view schema, std::string_view name) {
  std::string text =
      R"({"type":"object","properties":{")" + std::string(name) + "\":" + std::string(schema) + "}";
  if (schema.find("$defs") != schema.npos) text += "," + std::string(kDefinitions);
  if (schema.find("/definitions/") != schema.npos) text += R"(,"definitions":{"d":{"type":"string"}})";
  return text + "}";
}

TEST(SchemaCells, EveryCellIsHonoured) {
  std::size_t cells = 0;
  for (const Use& use : kUses) {
    for (const Column& column : keyword_table().columns()) {
      ++cells;
      Arena arena;
      const std::string text_in = document(use.schema, "p");
      const auto schema = json::parse(arena, text_in);
      ASSERT_TRUE(schema) << text_in;
      EXPECT_EQ(fault_of(*schema, column), "") << column.name() << " " << text(use.row);
      std::string losses, edits;
      const json::Value out = rewrite_schema(*schema, target_of(column), "", arena, [&](const Edit& e) {
        if (e.keyword == use.trace.substr(0, use.trace.find(':'))) losses += e.loss == Loss::none ? "n" : "L";
        edits += fmt::format("\n  {} {} {} {}", e.rule, e.pointer, e.keyword, name(e.loss));
      });
      const std::string shown = std::string(text(use.row)) + " for " + std::string(column.name()) + ": " +
                                json::dump_compact(out) + edits;
      switch (column[use.row]) {
        case Cell::reject:
          if (!use.trace.empty()) EXPECT_FALSE(holds(out["properties"]["p"], use.trace)) << shown;
          break;
        case Cell::unknown:  // other words only without loss
          if (!column.traits().closed && target_of(column).root_keys.empty())
            EXPECT_EQ(losses.find('L'), losses.npos) << shown;
          break;
        case Cell::ok:
        case Cell::ignore:
          break;
      }
    }
  }
  EXPECT_EQ(cells, std::size(kUses) * keyword_table().columns().size());
}

// `const`, `type`, `$ref` … as names of properties, beside schemas that no column minds.
TEST(SchemaCells, PropertiesNamedLikeKeywordsAreLeftAlone) {
  std::vector<std::string> names;
  for (std::size_t i = 0; i < kRows; ++i) {
    const std::string_view word = text(static_cast<Row>(i));
    names.emplace_back(word.substr(0, word.find_first_of(" :(/")));
  }
  for (const std::string_view more :
       {"ref", "strict", "definitions", "id", "then", "else", "externalDocs", "_"})
    names.emplace_back(more);
  std::string members;
  std::set<std::string> once;
  for (const std::string& name : names)
    if (once.insert(name).second)
      members += (members.empty() ? "\"" : ",\"") + name + R"(":{"type":"string"})";
  const std::string plain =
      R"({"type":"object","properties":{)" + members + R"(},"required":["type","$ref"]})";
  const std::string closed = plain.substr(0, plain.size() - 1) + R"(,"additionalProperties":false})";
  for (const Column& column : keyword_table().columns()) {
    Arena arena;
    const auto schema = json::parse(arena, column.traits().closed ? closed : plain);
    ASSERT_TRUE(schema);
    std::string edits;
    const json::Value out = rewrite_schema(*schema, target_of(column), "", arena, [&](const Edit& e) {
      edits += fmt::format("{} {}\n", e.rule, e.pointer);
    });
    EXPECT_EQ(edits, "") << column.name();
    EXPECT_EQ(out.node(), schema->node()) << column.name();
  }
}

}  // namespace
}  // namespace dragoman::lower
