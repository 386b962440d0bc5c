// GEM-51: a request that names a cached content has its instructions, tools and tool choice from there; with
// any of its own it is refused.
#include <algorithm>

#include "lower/context.h"

namespace dragoman::lower {

void pass_cached(Context& c) {
  if (c.wire.name != canon::DialectName::gemini_generate ||
      std::ranges::none_of(c.draft.extra, [](const canon::Extra& e) { return e.key == "cachedContent"; }))
    return;
  constexpr std::string_view kThere = "in the cached content";
  std::erase_if(c.draft.messages, [&](const canon::Message& message) {
    if (!canon::is_system(message)) return false;
    c.edit("GEM-51", message.pointer, "systemInstruction", "system text", std::string(kThere),
           Loss::semantic);
    return true;
  });
  for (const canon::Tool& tool : c.draft.tools)
    c.edit("GEM-51", tool.pointer, "tools", std::string(tool.name), std::string(kThere), Loss::semantic);
  c.draft.tools.clear();
  if (c.draft.tool_choice.mode != canon::ChoiceMode::unset)
    c.edit("GEM-51", c.draft.tool_choice.pointer, "toolConfig", "tool choice", std::string(kThere),
           Loss::semantic);
  c.draft.tool_choice = {};
}

}  // namespace dragoman::lower
