// GEN-01: nothing goes out that the target does not list. And what only another dialect knows.
#include <fmt/format.h>

#include <algorithm>

#include "lower/asked.h"
#include "lower/context.h"
#include "lower/media.h"
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
  const bool chat = c.wire.name == DialectName::openai_chat;
  const bool has_word = chat || c.wire.name == DialectName::openai_responses;
  // OAI-04: on Chat a turn's parts are texts, or one refusal and nothing else.
  const auto parts = std::count_if(blocks.begin(), blocks.end(), [](const Block& b) {
    return std::holds_alternative<canon::Refusal>(b.body) || std::holds_alternative<canon::Text>(b.body);
  });
  const bool crowded = chat && parts > 1;
  if (has_word && c.flag(Setting::refusals) && !crowded) return;
  for (Block& block : blocks) {
    const auto* refusal = std::get_if<canon::Refusal>(&block.body);
    if (!refusal) continue;
    if (has_word && c.flag(Setting::refusals))
      c.edit("OAI-04", block.pointer, "refusal", cut(refusal->text), "text", Loss::none);
    else
      c.edit(Setting::refusals, "GEN-01", block.pointer, "refusal", cut(refusal->text), "text", Loss::none);
    block.body = canon::Text{refusal->text};
  }
}

bool is_foreign(const Block& block) { return std::holds_alternative<Foreign>(block.body); }

void drop_foreign(Context& c, std::vector<Block>& blocks) {
  const bool keep = same_dialect(c) && c.flag(Setting::keep_foreign);
  if (!keep) spread_chunks(c, blocks);
  // Without anything of the user's last words the answer would be to no question.
  if (!keep && !blocks.empty() && std::ranges::all_of(blocks, is_foreign) &&
      asked_about(c.original, blocks.front().pointer))
    c.refuse(c.rule(Setting::keep_foreign, "GEN-01"), blocks.front().pointer,
             fmt::format("{} takes no content of the type '{}', and that is all the user says", c.model,
                         std::get<Foreign>(blocks.front().body).type));
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

// ANT-52: what the service's own tools did comes in pairs within a turn. Only the last turn may end in a call
// that waits for the service to go on.
void drop_halves(Context& c) {
  if (c.wire.name != DialectName::anthropic_messages) return;
  const auto& messages = c.draft.messages;
  for (Message& message : c.draft.messages) {
    const bool last = &message == &messages.back();
    const auto id_of = [](const Block& block, bool call) -> std::string_view {
      const auto* foreign = std::get_if<Foreign>(&block.body);
      if (!foreign || !foreign->type.ends_with(call ? "_tool_use" : "_tool_result")) return {};
      return foreign->source[call ? "id" : "tool_use_id"].text();
    };
    std::vector<std::string_view> calls, results;
    for (const Block& block : message.blocks) {
      if (const auto id = id_of(block, true); !id.empty()) calls.push_back(id);
      if (const auto id = id_of(block, false); !id.empty()) results.push_back(id);
    }
    std::erase_if(message.blocks, [&](const Block& block) {
      const std::string_view call = id_of(block, true), result = id_of(block, false);
      const bool waits = !call.empty() && !last && std::ranges::find(results, call) == results.end();
      const bool lost = !result.empty() && std::ranges::find(calls, result) == calls.end();
      if (!waits && !lost) return false;
      const auto& foreign = std::get<Foreign>(block.body);
      c.edit("ANT-52", block.pointer, foreign.type, show(foreign.source), "", Loss::semantic);
      return true;
    });
  }
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

bool one_tool(const Context& c) {
  static constexpr std::string_view kSearches[] = {"googleSearch", "googleSearchRetrieval",
                                                   "enterpriseWebSearch", "retrieval"};
  return c.flag(Setting::one_tool) && same_dialect(c) &&
         std::ranges::any_of(c.draft.tools, [](const Tool& tool) {
           return tool.kind != ToolKind::server ||
                  std::ranges::find(kSearches, tool.name) == std::end(kSearches);
         });
}

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
  drop_halves(c);
  // GEM-60, VTX-08: beside functions, or an output format, the service's own tools are refused.
  const auto& rivals = c.profile.list(Setting::server_tools_not_with);
  const bool functions =
      profile::list_contains(rivals, "functions") &&
      std::ranges::any_of(c.draft.tools, [](const Tool& t) { return t.kind != ToolKind::server; });
  const bool json = profile::list_contains(rivals, "json") &&
                    (c.draft.response_format.kind == canon::FormatKind::json_object ||
                     c.draft.response_format.kind == canon::FormatKind::json_schema);
  if (functions || json)
    std::erase_if(c.draft.tools, [&](const Tool& tool) {
      if (tool.kind != ToolKind::server) return false;
      c.edit(functions ? "GEM-60" : "VTX-08", tool.pointer, "tool", show(tool.source), "", Loss::semantic);
      return true;
    });
  std::erase_if(c.draft.tools, [&](const Tool& tool) {
    if (tool.kind != ToolKind::server || (same_dialect(c) && c.flag(Setting::server_tools))) return false;
    c.edit(Setting::server_tools, "GEN-01", tool.pointer, "tool", show(tool.source), "", Loss::semantic);
    return true;
  });
  if (const std::size_t said = c.original.source["tools"].items().size(); said > 1 && one_tool(c))
    c.edit(Setting::one_tool, "VTX-09", "/tools", "tools", fmt::format("{} objects", said), "one",
           Loss::none);
}

}  // namespace dragoman::lower
