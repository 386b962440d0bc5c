// Any JSON as a tool's parameters, for every target: no crash, and the properties of schema_check.h.
#include <cstdio>
#include <cstdlib>

#include "json/parse.h"
#include "lower/schema_check.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace dragoman;
  Arena arena;
  const auto schema = json::parse(arena, {reinterpret_cast<const char*>(data), size});
  if (!schema) return 0;
  for (const lower::Column& column : lower::keyword_table().columns()) {
    const std::string fault = lower::fault_of(*schema, column);
    if (fault.empty()) continue;
    std::fprintf(stderr, "%.*s: %s\n", static_cast<int>(column.name().size()), column.name().data(),
                 fault.c_str());
    std::abort();
  }
  return 0;
}
