// Content that lies with one provider, under a name only it knows: Google's cached contents, OpenAI's
// prompts.
#include <algorithm>

#include "lower/context.h"

namespace dragoman::lower {
namespace {

bool names(const std::vector<canon::Extra>& extras, std::string_view key) {
  return std::ranges::find(extras, key, &canon::Extra::key) != extras.end();
}

// Left out like another unknown field it would leave the model with a question about nothing.
void refuse_elsewhere(Context& c) {
  struct Row {
    canon::DialectName dialect;
    std::string_view key, reason;
  };
  static constexpr Row kRows[] = {
      {canon::DialectName::gemini_generate, "cachedContent",
       "the cached content lies with Google, and this target cannot read it; send the content itself"},
      {canon::DialectName::openai_responses, "prompt",
       "the prompt lies with OpenAI, and this target cannot read it; send its text in `instructions`"},
  };
  for (const Row& row : kRows)
    for (const canon::Extra& extra : c.original.extra)
      if (c.original.dialect == row.dialect && extra.key == row.key && extra.value.present() &&
          !names(c.draft.extra, row.key))
        c.refuse(c.rule(Setting::request_keys, "GEN-01"), extra.pointer, std::string(row.reason));
}

}  // namespace

// GEM-51: a request that names a cached content has its instructions, tools and tool choice from there; with
// any of its own it is refused.
void pass_cached(Context& c) {
  refuse_elsewhere(c);
  if (c.wire.name != canon::DialectName::gemini_generate || !names(c.draft.extra, "cachedContent")) return;
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
