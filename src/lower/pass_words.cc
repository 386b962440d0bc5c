// The client's own bytes say reasoning in the words of another host. They must not go out as they are, and
// what is said in other words is an edit: how reasoning is asked for, whether it is shown, and how history
// carries it.
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

// `pointer` names `key` or something in it.
bool below(std::string_view pointer, std::string_view key) {
  return pointer == key || (pointer.starts_with(key) && pointer.substr(key.size()).starts_with('/'));
}

bool said_at(const Context& c, std::string_view pointer) {
  return std::ranges::any_of(c.edits, [&](const Edit& e) { return below(e.pointer, pointer); });
}

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
    if (name != style || below(said.pointer, field) || below(said.effort_pointer, field)) continue;
    if (std::ranges::any_of(c.edits, [&](const Edit& e) { return e.pointer == at; })) return;  // said already
    c.edit(Setting::reasoning_style, "OAI-49", at, field.substr(1), std::string(at.substr(1)),
           std::string(field.substr(1)), Loss::none);
    return;
  }
}

// `include_reasoning` and `reasoning.exclude`: OpenRouter's words; Groq takes the first, but not beside its
// own word for how reasoning is shown (GROQ-10).
void shown(Context& c) {
  const auto& include = c.original.reasoning.include;
  if (!include || c.profile.text(Setting::reasoning_style) == "openrouter") return;
  const json::Value source = c.original.source;
  const json::Value said = source["include_reasoning"];
  const std::string_view at = said.present() ? "/include_reasoning" : "/reasoning/exclude";
  if (said.present() && c.flag(Setting::thinking) &&
      profile::list_contains(c.profile.list(Setting::request_keys), "include_reasoning")) {
    if (std::ranges::find(c.draft.extra, "reasoning_format", &canon::Extra::key) == c.draft.extra.end())
      c.draft.extra.push_back({"include_reasoning", said, at});
    else
      c.edit(Setting::reasoning_style, "GROQ-10", at, "include_reasoning", *include ? "true" : "false", "",
             Loss::none);
    return;
  }
  // Left alone most hosts show what they have: only hiding it is lost.
  const bool quiet = *include || !c.flag(Setting::thinking);
  const bool word = said.present() ? *include : !*include;  // `exclude` says the opposite
  c.edit(Setting::reasoning_style, "OAI-49", at, "include_reasoning", word ? "true" : "false", "",
         quiet ? Loss::none : Loss::semantic);
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
      if (said_at(c, at)) continue;
      const bool kept = thoughts > 0 && !source[field].text().empty();
      c.edit(Setting::reasoning_replay, "GEN-12", at, "reasoning", std::string(field), kept ? how : "",
             Loss::none);
    }
    if (how == "thinking_parts" && thoughts > 1)
      c.edit(Setting::reasoning_replay, "MIS-25", message.pointer, "thinking", "several parts", "one part",
             Loss::none);
  }
}

}  // namespace

void pass_words(Context& c) {
  if (c.original.dialect != DialectName::openai_chat) return;
  const bool chat = c.wire.name == DialectName::openai_chat;
  if (chat) {
    asked(c);
    not_raw(c);
  }
  if (chat || c.wire.name == DialectName::cohere_chat || c.wire.name == DialectName::bedrock_converse)
    shown(c);
  if (chat) replayed(c);
}

}  // namespace dragoman::lower
