// GEN-05: every argument list is an object, with the names a target takes.
#include "base/strings.h"
#include "json/parse.h"
#include "lower/context.h"

namespace dragoman::lower {
namespace {

using canon::Block;
using canon::ToolCall;

void fit_arguments(Context& c, Block& block) {
  auto& call = std::get<ToolCall>(block.body);
  if (call.custom) return;
  const json::Builder build(c.arena);
  const bool text_to_text =
      c.original.dialect == c.wire.name &&
      (c.wire.name == canon::DialectName::openai_chat || c.wire.name == canon::DialectName::openai_responses);
  if (call.arguments.is_object()) {
    // The client's own text says it, unless it wrote "" for {}, or the object itself (OAI-25).
    if (text_to_text && call.arguments_text.empty())
      c.edit("GEN-05", block.pointer, "arguments", call.arguments.members().empty() ? "" : "an object",
             show(call.arguments), Loss::none);
    return;
  }
  if (is_blank(call.arguments_text) && !call.arguments.present()) {
    call.arguments = build.empty_object();
    if (!call.arguments_text.empty() || text_to_text)
      c.edit("GEN-05", block.pointer, "arguments", std::string(call.arguments_text), "{}", Loss::none);
  } else {
    json::Value written = call.arguments;
    if (!written.present()) {
      // JSON of another kind stays what it is; what is no JSON stays as text.
      const auto parsed = json::parse(c.arena, call.arguments_text);
      written = parsed ? *parsed : build.string(call.arguments_text);
    }
    const json::Member member{"arguments", written};
    call.arguments = build.object({&member, 1});
    c.edit("GEN-05", block.pointer, "arguments",
           cut(call.arguments_text.empty() ? show(written) : call.arguments_text), show(call.arguments),
           Loss::none);
  }
  call.arguments_text = {};
}

// BR-34: a member without a name is refused, however deep.
json::Value without_empty_keys(const json::Builder& build, json::Value value, bool& found) {
  if (value.is_array()) {
    std::vector<json::Value> items;
    for (const json::Value item : value.items()) items.push_back(without_empty_keys(build, item, found));
    return found ? build.array(items) : value;
  }
  if (!value.is_object()) return value;
  std::vector<json::Member> members;
  for (json::Member member : value.members()) {
    if (member.key.empty()) {
      found = true;
      continue;
    }
    member.value = without_empty_keys(build, member.value, found);
    members.push_back(member);
  }
  return found ? build.object(members) : value;
}

void drop_empty_keys(Context& c, Block& block) {
  auto& call = std::get<ToolCall>(block.body);
  if (c.flag(Setting::empty_keys) || call.custom) return;
  bool found = false;
  const json::Value kept = without_empty_keys(json::Builder(c.arena), call.arguments, found);
  if (!found) return;
  c.edit(Setting::empty_keys, "BR-34", block.pointer, "arguments", show(call.arguments), show(kept),
         Loss::semantic);
  call.arguments = kept;
  call.arguments_text = {};
}

}  // namespace

void fit_arguments(Context& c) {
  for (canon::Message& message : c.draft.messages)
    for (Block& block : message.blocks)
      if (std::holds_alternative<ToolCall>(block.body)) {
        fit_arguments(c, block);
        drop_empty_keys(c, block);
      }
}

}  // namespace dragoman::lower
