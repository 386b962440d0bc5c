// Arguments as any model may write them, under a plan of any schema: first line the schema, the rest the
// text. However the text is cut, the same comes out.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "json/parse.h"
#include "lower/argument_filter.h"
#include "lower/tool_schema.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace dragoman;
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  const std::size_t line = input.find('\n');
  if (line == input.npos) return 0;
  Arena arena;
  const auto schema = json::parse(arena, input.substr(0, line));
  if (!schema) return 0;
  lower::SchemaOptions options;
  options.target.column = "openai-strict";
  options.target.wrap_choices = true;
  options.strict = true;
  options.keys = {{}, "A-Za-z0-9_", 16, 0};
  const lower::LoweredSchema lowered = lower::lower_schema(*schema, options, arena);
  if (!lowered.back) return 0;
  const std::string_view text = input.substr(line + 1);
  const std::string whole = lower::filtered(lowered.back->plan(), text);
  std::string pieces;
  lower::ArgumentFilter filter(lowered.back->plan());
  for (std::size_t i = 0; i < text.size(); i += 3) filter.push(text.substr(i, 3), pieces);
  filter.finish(pieces);
  if (pieces != whole) std::abort();
  return 0;
}
