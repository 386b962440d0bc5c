// GEN-01: nothing goes out that the target does not list. And what only another dialect knows.
#include <fmt/format.h>

#include <algorithm>

#include "lower/context.h"
#include "lower/names.h"

namespace dragoman::lower {
namespace {

using canon::Block;
using canon::DialectName;
using canon::Extra;
using canon::Foreign;
using canon::Message;
using canon::Tool;
using canon::ToolKind;
using canon::ToolResult;

bool same_dialect(const Context& c) { return c.original.dialect == c.wire.name; }

void filter(Context& c, std::vector<Extra>& extras, Setting allowed) {
  std::erase_if(extras, [&](const Extra& extra) {
    // The client's unknown keys mean something in its own dialect only; the config's own (no pointer) are
    // meant for the target.
    const bool ours = extra.pointer.empty();
    if (ours || (same_dialect(c) && profile::list_contains(c.profile.list(allowed), extra.key))) return false;
    // OpenAI's mark of what a message was for, made by its models and for them; Codex's notes on itself; a
    // result's namespace, which its call says too.
    const bool bookkeeping =
        (extra.key == "phase" || extra.key == "client_metadata" || extra.key == "namespace") &&
        c.original.dialect == DialectName::openai_responses;
    const Loss loss = bookkeeping ? Loss::none : Loss::semantic;
    // A key with a rule of its own ("GEN-01.prompt_cache_options") before the list's.
    const std::string own = fmt::format("GEN-01.{}", extra.key);
    const std::string_view cited = c.profile.cite(own);
    if (cited != c.profile.cite("GEN-01"))
      c.edit(cited, extra.pointer, extra.key, show(extra.value), "", loss);
    else
      c.edit(allowed, "GEN-01", extra.pointer, extra.key, show(extra.value), "", loss);
    return true;
  });
}

// ANT-56: a call's `caller` of a kind the target does not know is refused; without one it is taken.
void drop_caller(Context& c, Block& block) {
  const auto& types = c.profile.list(Setting::caller_types);
  if (types.empty()) return;
  std::erase_if(block.extra, [&](const Extra& extra) {
    if (extra.key != "caller" || profile::list_contains(types, extra.value["type"].text())) return false;
    c.edit(Setting::caller_types, "ANT-56", extra.pointer, extra.key, show(extra.value), "", Loss::semantic);
    return true;
  });
}

void filter_blocks(Context& c, std::vector<Block>& blocks) {
  for (Block& block : blocks) {
    filter(c, block.extra, Setting::block_keys);
    drop_caller(c, block);
    if (auto* result = std::get_if<ToolResult>(&block.body)) filter_blocks(c, result->content);
  }
}

// A host that knows no `refusal` gets the model's words of refusing as what they are: its words.
void refusal_to_text(Context& c, std::vector<Block>& blocks) {
  const bool has_word =
      c.wire.name == canon::DialectName::openai_chat || c.wire.name == canon::DialectName::openai_responses;
  if (has_word && c.flag(Setting::refusals)) return;
  for (Block& block : blocks) {
    const auto* refusal = std::get_if<canon::Refusal>(&block.body);
    if (!refusal) continue;
    c.edit(Setting::refusals, "GEN-01", block.pointer, "refusal", cut(refusal->text), "text", Loss::none);
    block.body = canon::Text{refusal->text};
  }
}

void drop_foreign(Context& c, std::vector<Block>& blocks) {
  const bool keep = same_dialect(c) && c.flag(Setting::keep_foreign);
  std::erase_if(blocks, [&](const Block& block) {
    const auto* foreign = std::get_if<Foreign>(&block.body);
    if (!foreign || keep) return false;
    c.edit(Setting::keep_foreign, "GEN-01", block.pointer, foreign->type, show(foreign->source), "",
           Loss::semantic);
    return true;
  });
  for (Block& block : blocks)
    if (auto* result = std::get_if<ToolResult>(&block.body)) drop_foreign(c, result->content);
}

// OAI-06: a participant's name in the letters the target takes, still one name a participant.
void fit_name(Context& c, Message& message) {
  const Alphabet alphabet{"", c.profile.text(Setting::message_name_chars), 64, 0};
  if (message.name.empty() || alphabet.rest.empty() || fits(alphabet, message.name)) return;
  const std::string_view made = c.keep(fit(alphabet, message.name));
  c.edit(Setting::message_name_chars, "OAI-06", message.pointer, "name", std::string(message.name),
         std::string(made), Loss::none);
  message.name = made;
}

}  // namespace

void pass_extras(Context& c) {
  filter(c, c.draft.extra, Setting::request_keys);
  for (Message& message : c.draft.messages) {
    filter(c, message.extra, Setting::message_keys);
    filter_blocks(c, message.blocks);
    refusal_to_text(c, message.blocks);
    if (!message.name.empty() && !c.flag(Setting::message_name)) {
      c.edit(Setting::message_name, "GEN-01", message.pointer, "name", std::string(message.name), "",
             Loss::semantic);
      message.name = {};
    }
    fit_name(c, message);
  }
  for (Tool& tool : c.draft.tools) filter(c, tool.extra, Setting::tool_keys);
}

void pass_foreign(Context& c) {
  for (Message& message : c.draft.messages) drop_foreign(c, message.blocks);
  const bool functions =
      std::ranges::any_of(c.draft.tools, [](const Tool& tool) { return tool.kind != ToolKind::server; });
  const bool alone = functions && !c.flag(Setting::server_with_functions);
  std::erase_if(c.draft.tools, [&](const Tool& tool) {
    const bool known = same_dialect(c) && c.flag(Setting::server_tools);
    if (tool.kind != ToolKind::server || (known && !alone)) return false;
    c.edit(known ? Setting::server_with_functions : Setting::server_tools, "GEN-01", tool.pointer, "tool",
           show(tool.source), "", Loss::semantic);
    return true;
  });
}

}  // namespace dragoman::lower
