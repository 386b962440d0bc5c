#include <cstdlib>

#include "json/parse.h"
#include "sandbox/instance.h"

// Any JSON is a schema to the generator: it must come back, and what it makes must be valid.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace dragoman;
  Arena arena;
  const auto schema = json::parse(arena, {reinterpret_cast<const char*>(data), size}, {.depth = 64});
  if (!schema) return 0;
  const auto made = sandbox::make_instance(*schema, size % 3);
  if (!made) return 0;
  const auto value = json::parse(arena, *made);
  if (!value || !sandbox::schema_fault(*schema, *value).empty()) std::abort();
  return 0;
}
