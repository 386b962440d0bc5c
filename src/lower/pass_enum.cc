// Google's text/x.enum: the answer is one of a few words, bare. Nobody else has it; there the model is told.
#include <fmt/format.h>

#include <algorithm>

#include "json/write.h"
#include "lower/context.h"

namespace dragoman::lower {

void pass_enum(Context& c) {
  if (c.wire.name == canon::DialectName::gemini_generate) return;
  auto& extras = c.draft.extra;
  const auto find = [&](std::string_view key) { return std::ranges::find(extras, key, &canon::Extra::key); };
  const auto type = find("generationConfig.responseMimeType");
  if (type == extras.end() || type->value.text() != "text/x.enum") return;
  auto schema = find("generationConfig.responseSchema");
  if (schema == extras.end()) schema = find("generationConfig.responseJsonSchema");
  if (schema == extras.end() || schema->value["enum"].items().empty()) return;
  c.edit("GEN-01", schema->pointer, "response_format", "text/x.enum", "an instruction", Loss::semantic);
  c.instruct(fmt::format("Answer with exactly one of these words, without its quotes, and nothing else: {}",
                         json::dump_compact(schema->value["enum"])));
  std::erase_if(extras, [](const canon::Extra& extra) {
    return extra.key == "generationConfig.responseMimeType" ||
           extra.key == "generationConfig.responseSchema" ||
           extra.key == "generationConfig.responseJsonSchema";
  });
}

}  // namespace dragoman::lower
