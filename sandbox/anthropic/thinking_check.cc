#include <fmt/format.h>

#include "sandbox/anthropic/check.h"
#include "sandbox/anthropic/signature.h"

namespace dragoman::sandbox::anthropic {
namespace {

bool is_thinking(const Block& block) { return block.type == "thinking" || block.type == "redacted_thinking"; }

// ANT-15: while tools are being used, the turn that called them begins with its thinking.
Refused check_start(std::span<const Turn> turns, std::size_t last_assistant) {
  const Turn& turn = turns[last_assistant];
  bool calls = false;
  for (const Block& block : turn.blocks) calls = calls || block.type == "tool_use";
  if (!calls || turn.blocks.empty() || is_thinking(turn.blocks.front())) return std::nullopt;
  const Block& first = turn.blocks.front();
  return refuse(fmt::format(
      "messages.{}.content.{}.type: Expected `thinking` or `redacted_thinking`, but found `{}`. When "
      "`thinking` is "
      "enabled, a final `assistant` message must start with a thinking block (preceeding the lastmost set of "
      "`tool_use` and `tool_result` blocks). We recommend you include thinking blocks from previous turns. "
      "To avoid "
      "this requirement, disable `thinking`. Please consult our documentation at "
      "https://docs.claude.com/en/docs/build-with-claude/extended-thinking",
      first.message, first.index, first.type));
}

}  // namespace

Refused check_thinking(json::Value body, std::span<const Turn> turns, const Model& model) {
  std::size_t last_assistant = turns.size();
  for (std::size_t i = 0; i < turns.size(); ++i) {
    if (turns[i].role == "assistant") last_assistant = i;
  }
  if (last_assistant == turns.size()) return std::nullopt;
  if (body["thinking"]["type"].text() == "enabled") {
    if (Refused no = check_start(turns, last_assistant)) return no;
  }
  for (std::size_t i = 0; i < turns.size(); ++i) {
    for (const Block& block : turns[i].blocks) {
      if (block.type != "thinking") continue;
      const SignatureFault fault =
          verify_thinking(model.line, block.value["thinking"].text(), block.value["signature"].text());
      if (fault == SignatureFault::none) continue;
      if (fault == SignatureFault::edited && model.edited_thinking) continue;
      if (fault == SignatureFault::edited && i == last_assistant && lists(model.thinking, "enabled")) {
        return refuse(
            fmt::format("messages.{}.content.{}: `thinking` or `redacted_thinking` blocks in the latest "
                        "assistant message cannot "
                        "be modified. These blocks must remain as they were in the original response.",
                        block.message, block.index));
      }
      return refuse(fmt::format("messages.{}.content.{}: Invalid `signature` in `thinking` block",
                                block.message, block.index));
    }
  }
  return std::nullopt;
}

}  // namespace dragoman::sandbox::anthropic
