// What the passes over turns (pass_system.cc, pass_text.cc, pass_turns.cc) ask of them.
#pragma once
#include <algorithm>
#include <cstddef>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "canon/request.h"

namespace dragoman::lower {

// A turn of our own, with no place in the client's request. `text` outlives it.
inline canon::Message turn(canon::Role role, std::string_view text) {
  canon::Message message;
  message.role = role;
  canon::Block block;
  block.body = canon::Text{text};
  message.blocks.push_back(std::move(block));
  return message;
}

inline bool holds_result(const canon::Message& m) {
  return std::ranges::any_of(
      m.blocks, [](const canon::Block& b) { return std::holds_alternative<canon::ToolResult>(b.body); });
}
inline bool holds_call(const canon::Message& m) {
  return std::ranges::any_of(
      m.blocks, [](const canon::Block& b) { return std::holds_alternative<canon::ToolCall>(b.body); });
}

// How many system turns the conversation begins with.
inline std::size_t leading_systems(const std::vector<canon::Message>& messages) {
  std::size_t n = 0;
  while (n < messages.size() && canon::is_system(messages[n])) ++n;
  return n;
}

}  // namespace dragoman::lower
