// Whatever the bytes: no crash, and what parses is written out so that it parses to the same value.
#include <cstdlib>

#include "json/fault.h"
#include "json/parse.h"
#include "json/write.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace dragoman;
  Arena arena;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto value = json::parse(arena, text);
  const auto fault = json::find_fault(text);
  if (value && fault) std::abort();
  if (!value) return 0;
  const auto again = json::parse(arena, json::dump_compact(*value));
  if (!again || !json::equal(*value, *again)) std::abort();
  const auto pretty = json::parse(arena, json::dump_pretty(*value));
  // Pretty text nests no deeper, so it parses too.
  if (!pretty || !json::equal(*value, *pretty)) std::abort();
  return 0;
}
