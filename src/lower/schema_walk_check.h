// The quick walk (schema_trim.h) against the steps: for the tests and the fuzzer.
#pragma once
#include <fmt/format.h>

#include <string>
#include <vector>

#include "json/write.h"
#include "lower/schema_check.h"
#include "lower/tool_schema.h"

namespace dragoman::lower {

// All that is known of a lowered schema but what it cost to make.
inline std::string all_of(const LoweredSchema& lowered) {
  const StrictCost& cost = lowered.cost;
  std::string nulled, edits;
  for (const Edit& edit : lowered.edits)
    edits += fmt::format("{} {} {} {}: {} -> {}\n", edit.rule, name(edit.loss), edit.pointer, edit.keyword,
                         edit.before, edit.after);
  if (lowered.back)
    for (const ArgumentPlan::Node& node : lowered.back->plan().nodes)
      for (const auto& [key, property] : node.properties)
        nulled += key + (property.drop_null ? " null away " : property.takes_null ? " or null " : " ");
  return fmt::format("{}\n{}fault '{}', way back: {}, cost {} {} {} {} {} {} {}, {}",
                     json::dump(lowered.schema), edits, lowered.fault, lowered.back ? nulled : "none",
                     cost.depth, cost.properties, cost.characters, cost.enum_values, cost.enum_characters,
                     cost.optional, cost.unions, lowered.unchanged ? "unchanged" : "changed");
}

// The strict modes of the providers, and each of their conditions by itself.
inline std::vector<SchemaOptions> strict_modes() {
  const StrictRules rules[] = {
      {}, {true, true, true, false}, {false, true, false, false}, {true, false, false, true}};
  std::vector<SchemaOptions> all;
  for (const StrictRules& one : rules)
    for (const bool close : {false, true})
      all.push_back({.strict = true,
                     .close = close,
                     .close_rule = "CER-01",
                     .rules = one,
                     .strict_rule = "OAIS-02",
                     .first_keys_rule = "OAIS-07"});
  return all;
}

// Where the two part; "" where they do not.
inline std::string walk_fault(json::Value schema, SchemaOptions options) {
  Arena arena;
  const std::string quick = all_of(lower_schema(schema, options, arena));
  options.target.every_step = true;
  const std::string slow = all_of(lower_schema(schema, options, arena));
  return quick == slow ? "" : fmt::format("at a look:\n{}\nby every step:\n{}", quick, slow);
}

}  // namespace dragoman::lower
