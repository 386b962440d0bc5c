// MISC-01: for hosts whose models make one call a turn, in the history too.
#include <fmt/format.h>

#include <algorithm>

#include "lower/context.h"

namespace dragoman::lower {
namespace {

using canon::Block;
using canon::Message;
using canon::ToolCall;
using canon::ToolResult;

bool is_call(const Block& block) { return std::holds_alternative<ToolCall>(block.body); }

const std::string_view* answered(const Block& block) {
  const auto* result = std::get_if<ToolResult>(&block.body);
  return result ? &result->call_id : nullptr;
}

}  // namespace

// Runs after pass_calls, which puts the results right behind the calls, in one user turn or several.
void pass_one_call(Context& c) {
  if (!c.flag(Setting::calls_one)) return;
  std::vector<Message> out;
  auto& messages = c.draft.messages;
  for (std::size_t i = 0; i < messages.size(); ++i) {
    Message& message = messages[i];
    const auto calls = std::count_if(message.blocks.begin(), message.blocks.end(), is_call);
    if (calls < 2) {
      out.push_back(std::move(message));
      continue;
    }
    c.edit(Setting::calls_one, "MISC-01", message.pointer, "tool_calls",
           fmt::format("{} calls in one turn", calls), "one call a turn", Loss::narrowed);
    Message turn = message;
    std::erase_if(turn.blocks, is_call);
    for (Block& block : message.blocks) {
      if (!is_call(block)) continue;
      const std::string_view id = std::get<ToolCall>(block.body).id;
      turn.blocks.push_back(std::move(block));
      out.push_back(turn);
      turn.blocks.clear();
      turn.extra.clear();
      // Its result comes out of the turns behind; what else they say stays there.
      for (std::size_t j = i + 1; j < messages.size() && messages[j].role == canon::Role::user; ++j) {
        auto& blocks = messages[j].blocks;
        const auto at = std::find_if(blocks.begin(), blocks.end(), [&](const Block& b) {
          const std::string_view* answers = answered(b);
          return answers && *answers == id;
        });
        if (at == blocks.end()) continue;
        Message answer;
        answer.role = canon::Role::user;
        answer.pointer = messages[j].pointer;
        answer.blocks.push_back(std::move(*at));
        blocks.erase(at);
        out.push_back(std::move(answer));
        break;
      }
    }
    while (i + 1 < messages.size() && messages[i + 1].blocks.empty()) ++i;  // taken apart above
  }
  messages = std::move(out);
}

}  // namespace dragoman::lower
