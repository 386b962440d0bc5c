// Any JSON as a tool's parameters, for every target, strict and not: the quick walk comes to what the steps
// come to.
#include <cstdio>
#include <cstdlib>

#include "json/parse.h"
#include "lower/schema_walk_check.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace dragoman;
  static const std::vector<lower::SchemaOptions> modes = lower::strict_modes();
  Arena arena;
  const auto schema = json::parse(arena, {reinterpret_cast<const char*>(data), size});
  if (!schema) return 0;
  std::size_t turn = size;  // each input another mode for each column
  for (const lower::Column& column : lower::keyword_table().columns()) {
    lower::SchemaOptions loose;
    for (lower::SchemaOptions options : {loose, modes[turn++ % modes.size()]}) {
      options.target = lower::target_of(column);
      if (column.name() == "anthropic") options.keys = {"a-z", "a-z_", 64, 0};
      const std::string fault = lower::walk_fault(*schema, options);
      if (fault.empty()) continue;
      std::fprintf(stderr, "%.*s%s: %s\n", static_cast<int>(column.name().size()), column.name().data(),
                   options.strict ? ", strict" : "", fault.c_str());
      std::abort();
    }
  }
  return 0;
}
