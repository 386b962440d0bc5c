#include "lower/asked.h"

#include <algorithm>

namespace dragoman::lower {
namespace {

using canon::Block;
using canon::Message;
using canon::Role;

// Results of calls stand in user turns, in every dialect.
bool of_the_user(const Block& block) { return !std::holds_alternative<canon::ToolResult>(block.body); }

}  // namespace

bool asked_about(const canon::Request& original, std::string_view pointer) {
  bool found = false;
  for (auto message = original.messages.rbegin(); message != original.messages.rend(); ++message) {
    if (message->role == Role::assistant && found) return false;
    if (message->role != Role::user) continue;
    for (const Block& block : message->blocks) {
      if (!of_the_user(block)) continue;
      found = true;
      if (block.pointer == pointer) return true;
    }
  }
  return false;
}

}  // namespace dragoman::lower
