#include "lower/schema_column_rules.h"

#include <algorithm>
#include <vector>

namespace dragoman::lower {
namespace {

struct RuleRow {
  std::string_view column;
  std::string_view rule;
  std::vector<Row> rows;  // empty: the column's general rule
};

const std::vector<RuleRow>& rules() {
  static const std::vector<RuleRow> all = {
      {"openai", "OAI-30", {Row::root_type, Row::root_any_of, Row::root_all_of, Row::root_value}},
      {"openai", "OAI-31", {Row::bare_array}},
      {"openai", "OAI-32", {Row::root_properties}},
      {"openai", "OAI-34", {Row::type_missing}},
      {"openai", "OAI-36", {Row::type_unknown}},
      {"openai", "OAI-35", {Row::pattern}},
      {"openai", "OAI-33", {}},
      {"openai-strict", "OAIS-01", {Row::additional_false, Row::additional_true, Row::additional_schema}},
      {"openai-strict", "OAIS-03", {Row::root_type, Row::root_any_of, Row::root_all_of, Row::root_value}},
      {"openai-strict", "OAIS-05", {Row::format, Row::format_unknown}},
      {"openai-strict", "OAIS-06", {Row::ref_siblings}},
      {"openai-strict", "OAIS-09", {Row::boolean_true, Row::type_missing}},
      {"openai-strict", "OAI-35", {Row::pattern}},
      {"openai-strict", "OAIS-04", {}},
      {"openai-strict-tuned",
       "OAIS-10",
       {Row::min_length, Row::max_length, Row::pattern, Row::format, Row::format_unknown, Row::minimum,
        Row::maximum, Row::exclusive_minimum, Row::exclusive_maximum, Row::multiple_of,
        Row::pattern_properties, Row::min_items_1, Row::min_items, Row::max_items}},
      {"openai-strict-tuned",
       "OAIS-01",
       {Row::additional_false, Row::additional_true, Row::additional_schema}},
      {"openai-strict-tuned",
       "OAIS-03",
       {Row::root_type, Row::root_any_of, Row::root_all_of, Row::root_value}},
      {"openai-strict-tuned", "OAIS-06", {Row::ref_siblings}},
      {"openai-strict-tuned", "OAIS-09", {Row::boolean_true, Row::type_missing}},
      {"openai-strict-tuned", "OAIS-04", {}},
      {"anthropic", "ANT-32", {Row::root_type}},
      {"anthropic", "ANT-31", {Row::root_ref, Row::root_properties}},
      {"anthropic", "ANT-33", {Row::root_any_of, Row::root_all_of}},
      {"anthropic", "ANT-34", {}},
      {"anthropic-strict",
       "ANTS-01",
       {Row::additional_false, Row::additional_true, Row::additional_schema, Row::all_of}},
      {"anthropic-strict",
       "ANTS-02",
       {Row::minimum, Row::maximum, Row::exclusive_minimum, Row::exclusive_maximum, Row::multiple_of}},
      {"anthropic-strict",
       "ANTS-03",
       {Row::min_items, Row::max_items, Row::unique_items, Row::contains, Row::min_contains,
        Row::max_contains}},
      {"anthropic-strict", "ANTS-04", {Row::min_length, Row::max_length, Row::pattern}},
      {"anthropic-strict", "ANTS-06", {Row::boolean_true}},
      {"anthropic-strict", "ANTS-08", {Row::recursion, Row::ref, Row::defs, Row::definitions}},
      {"anthropic-strict", "ANTS-13", {Row::format, Row::format_unknown}},
      {"anthropic-strict", "ANTS-14", {Row::external_ref}},
      {"anthropic-strict",
       "ANTS-05",
       {Row::pattern_properties, Row::property_names, Row::min_properties, Row::max_properties,
        Row::dependent_required, Row::dependent_schemas, Row::dependencies, Row::conditional, Row::negation}},
      {"bedrock-claude", "BR-32", {Row::root_type}},
      {"bedrock-claude", "ANT-33", {Row::root_any_of, Row::root_all_of}},
      {"bedrock-claude", "ANT-34", {}},
      {"bedrock-nova", "BR-32", {Row::root_type}},
      {"bedrock-nova", "BRM-07", {}},
      {"bedrock-llama4", "BR-32", {Row::root_type}},
      {"bedrock-llama4", "BR-33", {}},
      {"bedrock-mistral", "BR-32", {Row::root_type}},
      {"bedrock-mistral", "BR-33", {}},
      {"gemini-parameters", "GEM-32", {Row::type_missing, Row::properties, Row::required}},
      {"gemini-parameters", "GEM-33", {Row::empty_object}},
      {"gemini-parameters", "GEM-34", {Row::bare_array, Row::items, Row::items_array, Row::items_boolean}},
      {"gemini-parameters",
       "GEM-35",
       {Row::enumeration, Row::enum_values, Row::enum_mixed, Row::enum_empty, Row::enum_blank}},
      {"gemini-parameters", "GEM-36", {Row::format, Row::format_unknown}},
      {"gemini-parameters", "GEM-38", {Row::type_or_null, Row::type_list}},
      {"gemini-parameters", "GEM-39", {Row::required_unknown}},
      {"gemini-parameters", "GEM-31", {}},
      {"gemini-jsonschema", "GEM-43", {}},
      {"vertex", "VTX-01", {Row::root_type}},
      {"vertex", "VTX-02", {Row::type_missing, Row::boolean_true}},
      {"vertex", "GEM-33", {Row::empty_object}},
      {"vertex", "GEM-34", {Row::bare_array, Row::items, Row::items_array, Row::items_boolean}},
      {"vertex",
       "GEM-35",
       {Row::enumeration, Row::enum_values, Row::enum_mixed, Row::enum_empty, Row::enum_blank}},
      {"vertex", "GEM-36", {Row::format, Row::format_unknown}},
      {"vertex", "GEM-38", {Row::type_or_null, Row::type_list}},
      {"vertex", "GEM-39", {Row::required_unknown}},
      {"vertex", "GEM-31", {}},
      {"moonshot", "KIMI-20", {Row::type_missing, Row::boolean_true}},
      {"moonshot", "KIMI-21", {Row::type_beside_any_of}},
      {"moonshot", "KIMI-22", {Row::ref_siblings}},
      {"moonshot", "KIMI-24", {Row::ref, Row::defs, Row::definitions, Row::external_ref}},
      {"moonshot", "KIMI-25", {Row::root_type, Row::root_any_of, Row::root_all_of, Row::root_ref}},
      {"moonshot", "KIMI-26", {}},
      {"deepseek-strict", "DS-12", {}},
      {"xai", "XAI-06", {Row::items_array, Row::boolean_true}},
      {"xai", "XAI-09", {Row::root_any_of, Row::root_all_of}},
      {"xai", "XAI-07", {}},
      {"groq-strict", "GROQ-07", {}},
      {"cerebras",
       "CER-03",
       {Row::root_type, Row::root_properties, Row::root_any_of, Row::root_all_of, Row::root_ref}},
      {"cerebras", "CER-03", {}},
      {"mistral", "MIS-04", {Row::root_properties}},
      {"mistral", "MIS-14", {}},
      {"ollama-format", "OLL-08", {}},
      {"cohere",
       "COH-06",
       {Row::type_missing, Row::required_unknown, Row::root_type, Row::root_properties, Row::root_any_of,
        Row::root_all_of, Row::root_ref}},
      {"cohere", "COH-11", {}},
      {"llama.cpp", "LCPP-13", {Row::min_length, Row::max_length, Row::min_items, Row::max_items}},
      {"llama.cpp", "LCPP-10", {}},
      {"vllm-xgrammar", "VLLM-02", {}},
  };
  return all;
}

}  // namespace

bool is_about_root(Row row) { return row >= Row::root_type && row <= Row::root_additional; }

std::string_view column_rule(std::string_view column, Row row) {
  std::string_view general;
  for (const RuleRow& rule : rules()) {
    if (rule.column != column) continue;
    if (rule.rows.empty()) general = rule.rule;
    if (std::ranges::find(rule.rows, row) != rule.rows.end()) return rule.rule;
  }
  return is_about_root(row) ? std::string_view() : general;
}

}  // namespace dragoman::lower
