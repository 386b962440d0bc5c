#include <fmt/format.h>

#include <algorithm>

#include "base/strings.h"
#include "sandbox/anthropic/check.h"

namespace dragoman::sandbox::anthropic {
namespace {

// ANT-10 and ANT-12: results come first in the next turn; what stands behind other content does not count.
Refused check_answered(const Turn& turn, const Turn* next) {
  std::vector<std::string_view> answered;
  if (next != nullptr && next->role == "user") {
    for (const Block& block : next->blocks) {
      if (block.type != "tool_result") break;
      answered.push_back(block.value["tool_use_id"].text());
    }
  }
  std::string missing;
  for (const Block& block : turn.blocks) {
    if (block.type != "tool_use") continue;
    const std::string_view id = block.value["id"].text();
    if (std::ranges::find(answered, id) != answered.end()) continue;
    if (!missing.empty()) missing += ", ";
    missing += id;
  }
  if (missing.empty()) return std::nullopt;
  return refuse(fmt::format(
      "messages.{}: `tool_use` ids were found without `tool_result` blocks immediately after: {}. Each "
      "`tool_use` block must have a corresponding `tool_result` block in the next message.",
      turn.message, missing));
}

// ANT-11.
Refused check_expected(const Turn& turn, const Turn* before) {
  std::vector<std::string_view> seen;
  for (const Block& block : turn.blocks) {
    if (block.type != "tool_result") continue;
    const std::string_view id = block.value["tool_use_id"].text();
    const bool expected = before != nullptr && std::ranges::any_of(before->blocks, [&](const Block& b) {
                            return b.type == "tool_use" && b.value["id"].text() == id;
                          });
    if (!expected) {
      return refuse(
          fmt::format("messages.{}.content.{}: unexpected `tool_use_id` found in `tool_result` blocks: {}. "
                      "Each `tool_result` "
                      "block must have a corresponding `tool_use` block in the previous message.",
                      block.message, block.index, id));
    }
    if (std::ranges::find(seen, id) != seen.end()) {
      return refuse(
          fmt::format("messages.{}.content.{}: each tool_use must have a single result. Found multiple "
                      "`tool_result` blocks "
                      "with id: {}",
                      block.message, block.index, id));
    }
    seen.push_back(id);
  }
  return std::nullopt;
}

// ANT-52: a server tool's call and its result stand in the same assistant turn.
Refused check_server_tools(const Turn& turn) {
  const auto is_result = [](const Block& b) {
    return b.type.ends_with("_tool_result") && b.type != "tool_result";
  };
  for (const Block& block : turn.blocks) {
    if (block.type == "server_tool_use") {
      const std::string_view id = block.value["id"].text();
      const bool paired = std::ranges::any_of(
          turn.blocks, [&](const Block& b) { return is_result(b) && b.value["tool_use_id"].text() == id; });
      if (!paired) {
        return refuse(
            fmt::format("messages.{}: `{}` tool use with id `{}` was found without a corresponding "
                        "`{}_tool_result` block",
                        block.message, block.value["name"].text(), id, block.value["name"].text()));
      }
    }
    if (is_result(block)) {
      const std::string_view id = block.value["tool_use_id"].text();
      const bool paired = std::ranges::any_of(turn.blocks, [&](const Block& b) {
        return b.type == "server_tool_use" && b.value["id"].text() == id;
      });
      if (!paired) {
        return refuse(
            fmt::format("messages.{}.content.{}: unexpected `tool_use_id` found in `{}` blocks: {}. Each "
                        "`{}` block must have a "
                        "corresponding `server_tool_use` block before it.",
                        block.message, block.index, block.type, id, block.type));
      }
    }
  }
  return std::nullopt;
}

// ANT-05.
Refused check_system_turn(std::span<const Turn> turns, std::size_t at) {
  const Turn& turn = turns[at];
  const bool placed = at + 1 == turns.size() || turns[at + 1].role == "assistant";
  const bool splits_calls = at > 0 && std::ranges::any_of(turns[at - 1].blocks, [](const Block& b) {
                              return b.type == "tool_use";
                            });
  const bool only_text = std::ranges::all_of(turn.blocks, [](const Block& b) { return b.type == "text"; });
  if (placed && !splits_calls && only_text && at > 0) return std::nullopt;
  return refuse(fmt::format("messages.{}: role 'system' must precede an 'assistant' message or end the array",
                            turn.message));
}

Refused check_contents(json::Value messages) {
  for (std::size_t i = 0; i < messages.items().size(); ++i) {
    const json::Value content = messages.at(i)["content"];
    const bool empty = content.is_string() ? content.text().empty() : content.items().empty();
    const bool last_assistant =
        i + 1 == messages.items().size() && messages.at(i)["role"].text() == "assistant";
    if (empty && !last_assistant) {
      return refuse(
          fmt::format("messages.{}: all messages must have non-empty content except for the optional final "
                      "assistant message",
                      i));
    }
    if (content.is_string() && !empty && is_blank(content.text())) {
      return refuse("messages: text content blocks must contain non-whitespace text");
    }
  }
  return std::nullopt;
}

}  // namespace

Refused check_turns(json::Value body, std::span<const Turn> turns, const Model& model) {
  const std::size_t count = body["messages"].items().size();
  if (count == 0) return refuse("messages: at least one message is required");
  if (count > 100000) {
    return refuse(
        fmt::format("messages: List should have at most 100000 items after validation, not {}", count));
  }
  if (Refused no = check_contents(body["messages"])) return no;
  if (turns.front().role == "assistant") return refuse("messages: first message must use the \"user\" role");
  for (std::size_t i = 0; i < turns.size(); ++i) {
    const Turn* next = i + 1 < turns.size() ? &turns[i + 1] : nullptr;
    if (turns[i].role == "system") {
      if (Refused no = check_system_turn(turns, i)) return no;
    }
    if (turns[i].role == "user") {
      if (Refused no = check_expected(turns[i], i > 0 ? &turns[i - 1] : nullptr)) return no;
    }
    if (turns[i].role == "assistant") {
      if (Refused no = check_answered(turns[i], next)) return no;
      if (Refused no = check_server_tools(turns[i])) return no;
    }
  }
  const Turn& last = turns.back();
  if (last.role == "assistant") {
    if (!model.prefill) {
      return refuse(
          "This model does not support assistant message prefill. The conversation must end with a user "
          "message.");
    }
    if (!last.blocks.empty() && last.blocks.back().type == "text") {
      const std::string_view text = last.blocks.back().text();
      if (!text.empty() && trim(text).end() != text.end()) {
        return refuse("messages: final assistant content cannot end with trailing whitespace");
      }
    }
    if (body["output_config"]["format"].present()) {  // ANTS-15
      return refuse(
          "output_config.format: structured outputs cannot be combined with assistant message prefill.");
    }
  }
  return std::nullopt;
}

}  // namespace dragoman::sandbox::anthropic
