// What a client said of reasoning that the target's words have no place for is said, whatever way it got
// lost.
#include <algorithm>

#include "lower/context.h"

namespace dragoman::lower {
namespace {

using canon::DialectName;
using canon::ReasoningConfig;
using Mode = ReasoningConfig::Mode;

// Whether the draft's mode is said on the wire.
bool says_mode(const Context& c) {
  const ReasoningConfig& r = c.draft.reasoning;
  if (r.mode == Mode::unset) return !r.effort.empty() || r.budget;
  const std::string_view style = reasoning_style(c);
  if (style == "effort" && r.mode == Mode::off) return true;
  if (style == "gemini_budget") return r.mode != Mode::on || r.budget;
  return !efforts_only(c) || !r.effort.empty();
}

bool thinks(const Context& c) {
  const ReasoningConfig& r = c.draft.reasoning;
  if (!c.flag(Setting::thinking) || r.mode == Mode::off) return false;
  return r.mode != Mode::unset || !r.effort.empty() || r.budget || c.flag(Setting::reasons_by_default);
}

// Whether the answer shows thoughts as the client wants them, by a word on the wire or because it has no
// other way.
bool says_shown(const Context& c) {
  const ReasoningConfig& r = c.draft.reasoning;
  const std::string_view style = reasoning_style(c);
  if (r.include != c.original.reasoning.include) return false;
  switch (c.wire.name) {
    case DialectName::anthropic_messages:
      return r.mode == Mode::on || r.mode == Mode::adaptive;
    case DialectName::gemini_generate:
      return style.starts_with("gemini_");
    case DialectName::openai_responses:
      return style != "none";
    case DialectName::openai_chat:
      return style == "openrouter";
    default:
      return false;
  }
}

// OpenRouter's older word; Groq takes it too, but not beside its own for how reasoning is shown (GROQ-10).
bool include_reasoning(Context& c, std::string_view at) {
  if (c.wire.name != DialectName::openai_chat || !thinks(c) ||
      !profile::list_contains(c.profile.list(Setting::request_keys), "include_reasoning") ||
      std::ranges::find(c.draft.extra, "reasoning_format", &canon::Extra::key) != c.draft.extra.end())
    return false;
  const bool include = *c.original.reasoning.include;
  c.draft.extra.push_back({"include_reasoning", json::Builder(c.arena).boolean(include), at});
  if (at != "/include_reasoning")
    c.edit(Setting::reasoning_style, "GROQ-10", at, "include_reasoning",
           show(json::resolve(c.original.source, at)), include ? "true" : "false", Loss::none);
  return true;
}

// Whether thoughts are shown: left alone most hosts show what they have, so that only hiding it is lost.
void tell_shown(Context& c) {
  const ReasoningConfig& asked = c.original.reasoning;
  const std::string_view at = asked.include_pointer;
  if (!asked.include || at.empty() || says_shown(c) || c.told(at) || include_reasoning(c, at)) return;
  const bool quiet = *asked.include || !thinks(c);
  c.edit("GEN-13.shown", at, at.substr(at.rfind('/') + 1), show(json::resolve(c.original.source, at)), "",
         quiet ? Loss::none : Loss::semantic);
}

std::string_view word(Mode mode) {
  return mode == Mode::adaptive ? "adaptive" : mode == Mode::off ? "off" : "on";
}

}  // namespace

void pass_told(Context& c) {
  const ReasoningConfig& asked = c.original.reasoning;
  const ReasoningConfig& r = c.draft.reasoning;
  // As the model sees fit, on without saying how much, or off: what happens unasked is not lost.
  const bool none = asked.mode == Mode::unset && asked.effort == "none";
  const std::string_view at = none ? asked.effort_pointer : asked.pointer;
  if ((none || asked.mode != Mode::unset) && !at.empty() && !says_mode(c) && !c.told(at)) {
    const Mode mode = none ? Mode::off : asked.mode;
    c.edit(Setting::reasoning_style, "GEN-13", at, "reasoning", std::string(word(mode)), "",
           (mode != Mode::off) == c.flag(Setting::reasons_by_default) ? Loss::none : Loss::semantic);
  }
  if (!asked.effort.empty() && asked.effort != "none" && r.effort.empty() && !r.budget &&
      !c.told(asked.effort_pointer))
    c.edit(Setting::effort, "GEN-13", asked.effort_pointer, "effort", std::string(asked.effort), "",
           Loss::semantic);
  // How thoughts are summed up is OpenAI's to say; elsewhere they come as the model tells them.
  const bool sums_up =
      c.wire.name == DialectName::openai_responses && reasoning_style(c) != "none" && !r.summary.empty();
  if (!asked.summary.empty() && !sums_up)
    c.edit("GEN-01", asked.summary_pointer, "summary", std::string(asked.summary), "", Loss::none);
  tell_shown(c);
}

}  // namespace dragoman::lower
