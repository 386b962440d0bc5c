// After the rules: nothing the profile calls illegal may be left. What is found here is a bug of ours, so it
// is refused with its name rather than sent to be refused by somebody else.
#include <fmt/format.h>

#include <algorithm>

#include "base/seen_texts.h"
#include "dialect/tool_namespace.h"
#include "lower/context.h"
#include "lower/names.h"

namespace dragoman::lower {
namespace {

using canon::Block;
using canon::ChoiceMode;
using canon::Media;
using canon::MediaKind;
using canon::Message;
using canon::Reasoning;
using canon::Role;
using canon::Tool;
using canon::ToolCall;
using canon::ToolResult;

void bug(Context& c, std::string_view rule, std::string_view pointer, std::string what) {
  c.refuse(
      rule, pointer,
      fmt::format("dragoman could not make the request legal: {}. This is a bug; please report it", what));
}

void check_tools(Context& c) {
  const NameJudge judge({c.profile.text(Setting::tool_name_first), c.profile.text(Setting::tool_name_rest),
                         static_cast<std::size_t>(c.profile.integer(Setting::tool_name_max)), 0});
  const auto is_server = [](const Tool& tool) { return tool.kind == canon::ToolKind::server; };
  // Server tools come first: several may have one name, but no other tool may have it too.
  SeenTexts names(c.draft.tools.size() + 1);  // and the choice
  for (const Tool& tool : c.draft.tools)
    if (is_server(tool)) names.insert(tool.name);
  for (const Tool& tool : c.draft.tools) {
    if (is_server(tool)) continue;
    if (!judge.fits(dialect::split_space(tool.name).name))
      bug(c, "GEN-06", tool.pointer, fmt::format("tool name '{}'", dialect::shown_name(tool.name)));
    if (!names.insert(tool.name))
      bug(c, "GEN-06", tool.pointer, fmt::format("two tools named '{}'", tool.name));
  }
  const auto& choice = c.draft.tool_choice;
  if (c.draft.tools.empty() && choice.mode != ChoiceMode::unset)
    bug(c, "GEN-08", choice.pointer, "tool_choice without tools");
  if (choice.mode == ChoiceMode::named && names.insert(choice.tool))
    bug(c, "GEN-08", choice.pointer, fmt::format("tool_choice names '{}'", choice.tool));
}

void check_blocks(Context& c, const std::vector<Block>& blocks) {
  for (const Block& block : blocks) {
    if (const auto* media = std::get_if<Media>(&block.body);
        media && media->kind == MediaKind::image && !c.flag(Setting::images))
      bug(c, "GEN-14", block.pointer, "an image is left");
    if (const auto* call = std::get_if<ToolCall>(&block.body);
        call && !call->custom && !call->arguments.is_object())
      bug(c, "GEN-05", block.pointer, "arguments that are no object");
    if (const auto* result = std::get_if<ToolResult>(&block.body)) check_blocks(c, result->content);
    if (const auto* reasoning = std::get_if<Reasoning>(&block.body); reasoning && !accepts(c, *reasoning))
      bug(c, "GEN-12", block.pointer, "foreign reasoning is left");
  }
}

void check_turns(Context& c) {
  std::vector<std::string_view> open;
  const Message* before = nullptr;
  for (const Message& message : c.draft.messages) {
    if (message.blocks.empty()) bug(c, "GEN-02", message.pointer, "an empty turn");
    check_blocks(c, message.blocks);
    if (before && c.flag(Setting::alternate) && before->role == message.role && !canon::is_system(message))
      bug(c, "GEN-11", message.pointer, fmt::format("two {} turns in a row", canon::name(message.role)));
    for (const Block& block : message.blocks) {
      if (const auto* call = std::get_if<ToolCall>(&block.body)) open.push_back(call->id);
      if (const auto* result = std::get_if<ToolResult>(&block.body)) {
        const auto at = std::find(open.begin(), open.end(), result->call_id);
        if (at == open.end())
          bug(c, "GEN-03", block.pointer, fmt::format("a result for the unknown call '{}'", result->call_id));
        else
          open.erase(at);
      }
    }
    before = &message;
  }
  if (!open.empty()) bug(c, "GEN-03", "", fmt::format("a call without result, '{}'", open.front()));
  if (c.draft.messages.empty() || canon::is_system(c.draft.messages.back())) {
    const bool any_user = std::any_of(c.draft.messages.begin(), c.draft.messages.end(),
                                      [](const Message& m) { return m.role == Role::user; });
    if (!any_user && !c.prompted()) bug(c, "GEN-11", "", "no user turn");
  }
}

}  // namespace

void verify(Context& c) {
  check_tools(c);
  check_turns(c);
}

}  // namespace dragoman::lower
