// The client's own bytes say reasoning in the words of another host. They must not go out as they are, and
// what is said in other words is an edit: how reasoning is asked for, and how history carries it.
#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

#include "lower/context.h"

namespace dragoman::lower {
namespace {

using canon::DialectName;
using canon::Message;
using canon::Reasoning;
using Mode = canon::ReasoningConfig::Mode;

// How it is asked for: each style's own field (dialect/openai_chat/reasoning.cc).
void asked(Context& c) {
  constexpr std::pair<std::string_view, std::string_view> kFields[] = {
      {"effort", "/reasoning_effort"},
      {"deepseek", "/thinking"},
      {"zai", "/thinking"},
      {"minimax", "/thinking"},
      {"qwen", "/enable_thinking"},
      {"together", "/reasoning"},
      {"openrouter", "/reasoning"},
      {"qwen_template", "/chat_template_kwargs"}};
  const canon::ReasoningConfig& r = c.draft.reasoning;
  if (r.mode == Mode::unset && r.effort.empty() && !r.budget) return;
  const std::string_view style = reasoning_style(c);
  const canon::ReasoningConfig& said = c.original.reasoning;
  if (said.pointer.empty() && said.effort_pointer.empty()) return;
  const std::string_view at = said.effort_pointer.empty() ? said.pointer : said.effort_pointer;
  for (const auto& [name, field] : kFields) {
    if (name != style || json::pointer_within(said.pointer, field) ||
        json::pointer_within(said.effort_pointer, field))
      continue;
    if (c.told(at)) return;
    c.edit(Setting::reasoning_style, "OAI-49", at, field.substr(1), std::string(at.substr(1)),
           std::string(field.substr(1)), Loss::none);
    return;
  }
}

// GROQ-10: beside tools and JSON output reasoning has a field of its own, which is what the host does
// unasked.
void not_raw(Context& c) {
  if (c.flag(Setting::raw_with_tools)) return;
  const canon::FormatKind format = c.draft.response_format.kind;
  const bool json = format == canon::FormatKind::json_object || format == canon::FormatKind::json_schema;
  if (c.draft.tools.empty() && !json) return;
  std::erase_if(c.draft.extra, [&](const canon::Extra& extra) {
    if (extra.key != "reasoning_format" || extra.value.text() != "raw") return false;
    c.edit(Setting::raw_with_tools, "GROQ-10", extra.pointer, "reasoning_format", "raw", "", Loss::narrowed);
    return true;
  });
}

// How history carries it: MM-10, CER-12, MIS-25. A field of another name, or an empty one, is refused by
// hosts with closed messages (MIS-01, GROQ-01).
void replayed(Context& c) {
  constexpr std::array<std::string_view, 3> kFields = {"reasoning_content", "reasoning", "reasoning_details"};
  const std::string& how = c.profile.text(Setting::reasoning_replay);
  for (const Message& message : c.draft.messages) {
    if (message.role != canon::Role::assistant || message.pointer.empty()) continue;
    const auto thoughts = std::ranges::count_if(
        message.blocks, [](const canon::Block& b) { return std::holds_alternative<Reasoning>(b.body); });
    const json::Value source = json::resolve(c.original.source, message.pointer);
    const bool own = !how.empty() && source[how].present();  // others beside it are the host's own repetition
    for (const std::string_view field : kFields) {
      if (own || field == how || !source[field].present()) continue;
      const std::string at = json::pointer_join(message.pointer, field);
      if (c.told(at)) continue;
      const bool kept = thoughts > 0 && !source[field].text().empty();
      c.edit(Setting::reasoning_replay, "GEN-12", at, "reasoning", std::string(field), kept ? how : "",
             Loss::none);
    }
    if (how == "thinking_parts" && thoughts > 1)
      c.edit(Setting::reasoning_replay, "MIS-25", message.pointer, "thinking", "several parts", "one part",
             Loss::none);
  }
}

// Said twice: what counts less goes along as long as the client's bytes do.
void overruled(Context& c) {
  const canon::ReasoningConfig& counts = c.original.reasoning;
  if (c.original.dialect == c.wire.name && c.edits.empty()) return;
  for (const std::string_view at : counts.overruled) {
    if (c.told(at)) continue;
    const json::Value said = json::resolve(c.original.source, at);
    c.edit("GEN-13", at, "reasoning", show(said), "what is said elsewhere",
           said.text() == counts.effort ? Loss::none : Loss::semantic);
  }
}

}  // namespace

void pass_words(Context& c) {
  if (c.original.dialect == DialectName::openai_chat && c.wire.name == DialectName::openai_chat) {
    asked(c);
    not_raw(c);
    replayed(c);
  }
  overruled(c);
}

}  // namespace dragoman::lower
