#include "lower/sent_messages.h"

#include <variant>
#include <vector>

#include "base/arena.h"
#include "json/parse.h"

namespace dragoman::lower {
namespace {

using canon::Block;
using canon::DialectName;

template <class... Kinds>
bool is_one_of(const Block& block) {
  return (std::holds_alternative<Kinds>(block.body) || ...);
}

// Responses: what is said, each call, each result and each thought is an item of its own.
std::vector<Sent> items(const canon::Request& draft) {
  std::vector<Sent> out;
  for (const canon::Message& message : draft.messages) {
    bool words = false;
    for (const Block& block : message.blocks) {
      const bool own = is_one_of<canon::ToolCall, canon::ToolResult, canon::Reasoning, canon::Foreign>(block);
      if (own)
        out.push_back({&message, &block});
      else if (!words)
        out.push_back({&message, nullptr});
      words = !own;
    }
  }
  return out;
}

// Chat and Cohere: every tool result is a message of its own, what else there is follows as one.
std::vector<Sent> chat_messages(const canon::Request& draft) {
  std::vector<Sent> out;
  for (const canon::Message& message : draft.messages) {
    bool others = message.blocks.empty();
    for (const Block& block : message.blocks) {
      if (is_one_of<canon::ToolResult>(block))
        out.push_back({&message, &block});
      else
        others = true;
    }
    if (others) out.push_back({&message, nullptr});
  }
  return out;
}

std::vector<Sent> turns(const canon::Request& draft) {
  std::vector<Sent> out;
  for (const canon::Message& message : draft.messages)
    if (!canon::is_system(message)) out.push_back({&message, nullptr});
  return out;
}

}  // namespace

Sent sent_message(const Inside& inside, std::size_t index, DialectName spoken) {
  std::vector<Sent> sent;
  switch (spoken) {
    case DialectName::openai_responses: {
      sent = items(inside.draft);
      if (inside.wire.name != spoken) break;
      // What the system says in front may have gone into `instructions`: the bytes tell.
      Arena arena;
      const auto body = json::parse(arena, inside.lowered.body);
      const std::size_t there = body ? (*body)["input"].items().size() : sent.size();
      if (sent.size() > there) index += sent.size() - there;
      break;
    }
    case DialectName::openai_chat:
    case DialectName::cohere_chat:
      sent = chat_messages(inside.draft);
      break;
    default:
      sent = turns(inside.draft);
  }
  return index < sent.size() ? sent[index] : Sent();
}

}  // namespace dragoman::lower
