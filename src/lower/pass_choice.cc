// GEN-08 and the ladder named → required → auto: the strongest choice the target knows, the rest by narrowing
// the tool list and by saying so.
#include <fmt/format.h>

#include <algorithm>

#include "lower/context.h"

namespace dragoman::lower {
namespace {

using canon::ChoiceMode;
using canon::Param;
using canon::Tool;
using canon::ToolChoice;

void keep_only(Context& c, std::span<const std::string_view> names, Setting cause, std::string_view pointer) {
  std::erase_if(c.draft.tools, [&](const Tool& tool) {
    if (std::find(names.begin(), names.end(), tool.name) != names.end()) return false;
    if (!c.restore.structured_tool.empty() && tool.name == c.restore.structured_tool) return false;
    if (c.wire.name == canon::DialectName::bedrock_converse)
      c.edit("BRM-22", pointer, "tools", std::string(tool.name), "", Loss::none);
    else
      c.edit(cause, "GEN-08", pointer, "tools", std::string(tool.name), "", Loss::none);
    return true;
  });
}

bool has_tool(const Context& c, std::string_view name) {
  return std::any_of(c.draft.tools.begin(), c.draft.tools.end(),
                     [&](const Tool& t) { return t.name == name; });
}

void refuse_unknown(Context& c, std::string_view name) {
  c.refuse("OAI-15", c.draft.tool_choice.pointer,
           fmt::format("tool_choice names '{}', which is not in tools", name));
}

void drop_without_tools(Context& c) {
  ToolChoice& choice = c.draft.tool_choice;
  if (choice.mode == ChoiceMode::required || choice.mode == ChoiceMode::named)
    return c.refuse("GEN-08.choice", choice.pointer,
                    "tool_choice asks for a tool call but the request has no tools");
  if (choice.mode != ChoiceMode::unset)
    c.edit("GEN-08.choice", choice.pointer, "tool_choice", std::string(canon::name(choice.mode)), "",
           Loss::none);
  choice = {};
  auto& parallel = c.draft.params[Param::parallel_tool_calls];
  if (parallel.value)
    c.edit("GEN-08.parallel", parallel.pointer, "parallel_tool_calls", show(parallel.value), "", Loss::none);
  parallel = {};
}

void fit_none(Context& c) {
  ToolChoice& choice = c.draft.tool_choice;
  if (!c.restore.structured_tool.empty()) {
    // No tool may be called but ours, which is how the answer gets its form.
    choice.mode = ChoiceMode::named;
    choice.tool = c.keep(c.restore.structured_tool);
    return keep_only(c, {}, Setting::choice_none, choice.pointer);
  }
  if (c.flag(Setting::choice_none)) return;
  if (canon::has_tool_blocks(c.draft) && c.profile.text(Setting::tool_history_without_tools) != "ok") {
    // The history's calls need their definitions beside them (BR-01): the tools stay, the model is told.
    c.edit(Setting::choice_none, "BR-35", choice.pointer, "tool_choice", "none", "an instruction",
           Loss::widened);
    c.instruct("Do not call any tool; answer in text.");
  } else {
    c.edit(Setting::choice_none, "BR-35", choice.pointer, "tools",
           fmt::format("{} tools", c.draft.tools.size()), "", Loss::none);
    c.draft.tools.clear();
  }
  choice = {};
}

// `required` or `named` to what is left of it.
void fit_forced(Context& c) {
  ToolChoice& choice = c.draft.tool_choice;
  const auto mode = c.draft.reasoning.mode;
  const bool asked = mode == canon::ReasoningConfig::Mode::on ||
                     mode == canon::ReasoningConfig::Mode::adaptive ||
                     (!c.draft.reasoning.effort.empty() && c.draft.reasoning.effort != "none");
  const bool thinks =
      asked || (c.flag(Setting::reasons_by_default) &&
                !(mode == canon::ReasoningConfig::Mode::off && c.flag(Setting::thinking_off)));
  bool free_to_force = c.flag(Setting::choice_with_thinking) || !thinks;
  if (!free_to_force && !asked && c.flag(Setting::thinking_off)) {
    // Nobody asked for reasoning; the forced call was asked for.
    c.draft.reasoning.mode = canon::ReasoningConfig::Mode::off;
    c.edit(Setting::choice_with_thinking, "ANT-38", choice.pointer, "thinking", "", "disabled",
           Loss::narrowed);
    free_to_force = true;
  }
  const bool can_name = free_to_force && c.flag(Setting::choice_named);
  const bool can_require = free_to_force && c.flag(Setting::choice_required);
  const Setting cause = free_to_force || !c.flag(Setting::choice_required) ? Setting::choice_required
                                                                           : Setting::choice_with_thinking;

  if (choice.mode == ChoiceMode::named) {
    if (can_name) return;
    const std::string_view wanted = choice.tool;
    keep_only(c, {&wanted, 1},
              c.flag(Setting::choice_named) ? Setting::choice_with_thinking : Setting::choice_named,
              choice.pointer);
    choice.mode = ChoiceMode::required;
    choice.tool = {};
    if (can_require) {
      c.edit(Setting::choice_named, "BRM-22", choice.pointer, "tool_choice", std::string(wanted), "required",
             Loss::none);
      return;
    }
  }
  if (can_require) return;
  c.edit(cause, "BRM-04", choice.pointer, "tool_choice", "required", "auto and an instruction",
         Loss::widened);
  c.instruct(c.draft.tools.size() == 1
                 ? fmt::format("Call the tool {} now; do not answer in text.", c.draft.tools.front().name)
                 : std::string("Call one of the tools now; do not answer in text."));
  choice.mode = ChoiceMode::automatic;
}

}  // namespace

void pass_choice(Context& c) {
  ToolChoice& choice = c.draft.tool_choice;
  if (c.draft.tools.empty()) return drop_without_tools(c);
  if (choice.mode == ChoiceMode::named && !has_tool(c, choice.tool)) return refuse_unknown(c, choice.tool);
  const auto& tools = c.original.tools;  // what went with its dialect is named by those who know it
  for (const std::string_view name : c.original.tool_choice.allowed)
    if (std::ranges::find(tools, name, &Tool::name) == tools.end()) return refuse_unknown(c, name);
  if (!choice.allowed.empty() && !(c.original.dialect == c.wire.name && c.flag(Setting::choice_allowed))) {
    keep_only(c, choice.allowed, Setting::choice_allowed, choice.pointer);
    // Whatever else has to stay (what the history calls), one tool that must be called can be named.
    if (choice.mode == ChoiceMode::required && choice.allowed.size() == 1 && has_tool(c, choice.allowed[0])) {
      choice.mode = ChoiceMode::named;
      choice.tool = choice.allowed[0];
    }
    choice.allowed.clear();
    if (c.draft.tools.empty()) return drop_without_tools(c);
  }
  if (choice.mode == ChoiceMode::none) fit_none(c);
  if (choice.mode == ChoiceMode::required || choice.mode == ChoiceMode::named) fit_forced(c);
  if (choice.mode == ChoiceMode::automatic && !c.flag(Setting::choice_auto)) {
    if (c.original.tool_choice.mode == ChoiceMode::automatic)
      c.edit(Setting::choice_auto, "BRM-04", choice.pointer, "tool_choice", "auto", "", Loss::none);
    choice.mode = ChoiceMode::unset;
  }
}

}  // namespace dragoman::lower
