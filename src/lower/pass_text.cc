// GEN-02: no blank text, and text in the form the host reads.
#include <algorithm>

#include "lower/context.h"
#include "lower/turns.h"

namespace dragoman::lower {
namespace {

using canon::Block;
using canon::Message;
using canon::Role;
using canon::Text;
using canon::ToolResult;

void drop_blank(Context& c, std::vector<Block>& blocks) {
  std::erase_if(blocks, [&](const Block& block) {
    const auto* text = std::get_if<Text>(&block.body);
    if (!text || !text->text.blank()) return false;
    c.edit("GEN-02", block.pointer, "text", text->text.empty() ? "empty" : "white space", "", Loss::none);
    return true;
  });
}

// DS-06, TG-01: hosts that read content as a string. The encoder joins the parts; here it is said.
bool parts_of_text(const std::vector<Block>& blocks) {
  return !blocks.empty() && std::all_of(blocks.begin(), blocks.end(), [](const Block& b) {
    return std::holds_alternative<Text>(b.body) && !b.pointer.ends_with("/content");
  });
}

void say_joined(Context& c) {
  if (!c.flag(Setting::string_content) || c.original.dialect != canon::DialectName::openai_chat) return;
  const auto say = [&](std::string_view pointer) {
    c.edit(Setting::string_content, "DS-06", pointer, "content", "parts", "one string", Loss::none);
  };
  for (const Message& message : c.draft.messages) {
    if (parts_of_text(message.blocks)) say(message.pointer);
    for (const Block& block : message.blocks) {
      const auto* result = std::get_if<ToolResult>(&block.body);
      // Words of our own in a result's place have no place in the client's body.
      if (result && parts_of_text(result->content) && result->content.front().pointer.contains("/content/"))
        say(block.pointer);
    }
  }
}

// A turn that said nothing from the start; of one whose blocks were blank each block was reported.
void say_empty(Context& c, const Message& message) {
  if (!message.blocks.empty() || message.pointer.empty()) return;
  for (const Message& original : c.original.messages)
    if (original.pointer == message.pointer && original.blocks.empty())
      c.edit(message.role == Role::assistant ? "GEN-02.silent" : "GEN-02.empty", message.pointer, "content",
             "nothing", "", Loss::none);
}

}  // namespace

void pass_text(Context& c) {
  // Who speaks last decides whether the model answers or goes on with its own words.
  const bool user_last = !c.draft.messages.empty() && c.draft.messages.back().role == Role::user;
  for (Message& message : c.draft.messages) {
    drop_blank(c, message.blocks);
    if (message.role == Role::assistant) drop_unfollowed(c, message);
    for (Block& block : message.blocks) {
      auto* result = std::get_if<ToolResult>(&block.body);
      if (!result) continue;
      drop_blank(c, result->content);
      // BR-13: a failed one has words even where others may be empty.
      const bool silent_failure = result->is_error && c.wire.name == canon::DialectName::bedrock_converse;
      if (!result->content.empty() || (c.flag(Setting::result_empty) && !silent_failure)) continue;
      Block placeholder;
      placeholder.body = Text{"(no output)"};
      result->content.push_back(std::move(placeholder));
      c.edit(Setting::result_empty, "BR-14", block.pointer, "content", "", "(no output)", Loss::none);
    }
  }
  say_joined(c);
  std::erase_if(c.draft.messages, [&](const Message& message) {
    say_empty(c, message);
    return message.blocks.empty();
  });
  if (user_last && !c.draft.messages.empty() && c.draft.messages.back().role == Role::assistant) {
    c.edit("GEN-02", c.original.messages.back().pointer, "content", "blank", "Continue.", Loss::none);
    c.draft.messages.push_back(turn(Role::user, "Continue."));
  }
}

}  // namespace dragoman::lower
