// What a client said of reasoning that the target's words have no place for is said, whatever way it got
// lost.
#include <algorithm>
#include <array>

#include "dialect/gemini_generate/spelling.h"
#include "lower/context.h"

namespace dragoman::lower {
namespace {

using Mode = canon::ReasoningConfig::Mode;

bool told(const Context& c, std::string_view pointer) {
  return std::ranges::any_of(c.edits, [&](const Edit& edit) { return edit.pointer == pointer; });
}

// Styles that say how much and have no word for "think" alone.
bool efforts_only(const Context& c) {
  if (c.wire.name == canon::DialectName::anthropic_messages) return false;
  const std::string_view style = reasoning_style(c);
  static constexpr std::array<std::string_view, 5> kStyles = {"none", "effort", "gemini_level",
                                                              "bedrock_effort", "bedrock_nested_effort"};
  return std::ranges::find(kStyles, style) != kStyles.end();
}

// Whether thoughts are shown, as Gemini's clients say it: most others show what they have, so that only
// hiding it is lost.
void tell_thoughts_shown(Context& c) {
  const auto& include = c.original.reasoning.include;
  if (!include || c.original.dialect != canon::DialectName::gemini_generate ||
      c.wire.name == canon::DialectName::gemini_generate)
    return;
  const bool carried = c.draft.reasoning.include && c.draft.reasoning.mode != Mode::unset &&
                       (c.wire.name == canon::DialectName::anthropic_messages ||
                        c.profile.text(Setting::reasoning_style) == "openrouter");
  if (carried) return;
  const json::Member config = dialect::gemini::find(c.original.source, "generationConfig");
  const json::Member thinking = dialect::gemini::find(config.value, "thinkingConfig");
  const json::Member shown = dialect::gemini::find(thinking.value, "includeThoughts");
  if (!shown.value.present()) return;
  std::string at;
  for (const std::string_view key : {config.key, thinking.key, shown.key}) json::append_pointer(at, key);
  if (told(c, at)) return;
  const bool quiet = *include || !c.flag(Setting::thinking);
  c.edit("GEN-13", c.keep(at), "includeThoughts", *include ? "true" : "false", "",
         quiet ? Loss::none : Loss::semantic);
}

}  // namespace

void pass_told(Context& c) {
  const canon::ReasoningConfig& asked = c.original.reasoning;
  const canon::ReasoningConfig& r = c.draft.reasoning;
  const bool words = !r.effort.empty() || r.budget;
  // As the model sees fit, or on without saying how much: what happens unasked where a model always reasons.
  if ((asked.mode == Mode::adaptive || asked.mode == Mode::on) && !asked.pointer.empty() && !words &&
      efforts_only(c) && !told(c, asked.pointer))
    c.edit(Setting::reasoning_style, "GEN-13", asked.pointer, "reasoning",
           asked.mode == Mode::adaptive ? "adaptive" : "on", "",
           c.flag(Setting::reasons_by_default) ? Loss::none : Loss::semantic);
  if (!asked.effort.empty() && asked.effort != "none" && !words && !told(c, asked.effort_pointer))
    c.edit(Setting::effort, "GEN-13", asked.effort_pointer, "effort", std::string(asked.effort), "",
           Loss::semantic);
  // How thoughts are summed up is OpenAI's to say; elsewhere they come as the model tells them.
  if (!asked.summary.empty() && (c.wire.name != canon::DialectName::openai_responses ||
                                 c.profile.text(Setting::reasoning_style) == "none")) {
    const bool old = !c.original.source["reasoning"]["summary"].is_string();
    c.edit("GEN-01", old ? "/reasoning/generate_summary" : "/reasoning/summary", "summary",
           std::string(asked.summary), "", Loss::none);
  }
  tell_thoughts_shown(c);
}

}  // namespace dragoman::lower
