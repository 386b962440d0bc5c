// What a client said of reasoning that the target's words have no place for is said, whatever way it got
// lost.
#include <algorithm>
#include <array>

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
}

}  // namespace dragoman::lower
