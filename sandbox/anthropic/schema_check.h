// What Anthropic refuses about a tool's input_schema (ANT-31 … ANT-35), and the narrower language of strict
// tools and of output_config.format (ANTS-01 … ANTS-14).
#pragma once
#include <cstdint>
#include <optional>
#include <string>

#include "json/value.h"

namespace dragoman::sandbox::anthropic {

// `path` is "tools.0.custom.input_schema". The message, or nothing.
std::optional<std::string> check_tool_schema(const std::string& path, json::Value schema);

struct StrictCost {
  std::int64_t optional_parameters = 0;
  std::int64_t union_parameters = 0;
};

// `path` is "tools.0.custom" or "output_config.format.schema". Adds to `cost`, which is limited over all
// schemas of a request. `paranoid` adds the rules that only client code vouches for.
std::optional<std::string> check_strict_schema(const std::string& path, json::Value schema, bool paranoid,
                                               StrictCost& cost);

// The limits over a whole request (ANTS-09 … ANTS-12). `largest` is the largest single schema's cost.
std::optional<std::string> check_strict_totals(std::int64_t strict_tools, const StrictCost& total,
                                               std::int64_t largest);

}  // namespace dragoman::sandbox::anthropic
