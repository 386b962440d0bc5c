// GEN-10: where system text stands.
#include <fmt/format.h>

#include <algorithm>

#include "lower/context.h"
#include "lower/turns.h"

namespace dragoman::lower {
namespace {

using canon::Block;
using canon::Message;
using canon::Role;
using canon::Text;

// The system text a conversation begins with, as one turn.
void join_leading(Context& c) {
  auto& messages = c.draft.messages;
  const std::size_t leading = leading_systems(messages);
  for (std::size_t i = 1; i < leading; ++i)
    for (Block& block : messages[i].blocks) messages.front().blocks.push_back(block);
  if (leading > 1)
    messages.erase(messages.begin() + 1, messages.begin() + static_cast<std::ptrdiff_t>(leading));
}

bool says_something(const Message& m) {
  return std::any_of(m.blocks.begin(), m.blocks.end(), [](const Block& b) {
    const auto* text = std::get_if<Text>(&b.body);
    return !text || !text->text.blank();
  });
}

// ANT-05: Claude takes a system turn in the middle that is behind a user turn and either last or before the
// assistant's. Several in a row are one.
bool stays_between(const std::vector<Message>& messages, std::size_t at) {
  const auto skipped = [&](const Message& m) {
    return canon::is_system(m) || (m.role == Role::user && !says_something(m));
  };
  std::size_t before = at, after = at + 1;
  while (before > 0 && (skipped(messages[before - 1]) || !says_something(messages[before - 1]))) --before;
  while (after < messages.size() && skipped(messages[after])) ++after;
  return before > 0 && messages[before - 1].role == Role::user &&
         (after == messages.size() || messages[after].role == Role::assistant);
}

void join_between(std::vector<Message>& messages) {
  for (std::size_t i = leading_systems(messages); i + 1 < messages.size();) {
    if (!canon::is_system(messages[i]) || !canon::is_system(messages[i + 1])) {
      ++i;
      continue;
    }
    for (Block& block : messages[i + 1].blocks) messages[i].blocks.push_back(std::move(block));
    messages.erase(messages.begin() + static_cast<std::ptrdiff_t>(i) + 1);
  }
}

// An answer of nothing behind a system turn has to stand there once others follow it, or the system turn
// would stand before the user's, and no longer as the provider has it in its cache.
void keep_silent_answers(Context& c) {
  auto& messages = c.draft.messages;
  for (std::size_t i = leading_systems(messages); i + 2 < messages.size(); ++i) {
    Message& answer = messages[i + 1];
    if (!canon::is_system(messages[i]) || answer.role != Role::assistant || says_something(answer)) continue;
    c.edit("GEN-02", answer.pointer, "content", "blank", "(no answer)", Loss::none);
    Block block;
    block.body = Text{"(no answer)"};
    answer.blocks = {std::move(block)};
  }
}

// A system turn in the middle stays where it is, as the user's: in front it would change the beginning of a
// conversation that the provider has in its cache, and speak of what has not been said yet.
void later_as_user(Context& c) {
  auto& messages = c.draft.messages;
  const bool between = c.profile.text(Setting::system) == "between";
  for (std::size_t i = leading_systems(messages); i < messages.size(); ++i) {
    Message& message = messages[i];
    if (!canon::is_system(message) || (between && stays_between(messages, i))) continue;
    c.edit(Setting::system, "GEN-10", message.pointer, "role", "system in the middle",
           "a user turn in its place", Loss::narrowed);
    message.role = Role::user;
    for (Block& block : message.blocks)
      if (auto* text = std::get_if<Text>(&block.body); text && !text->text.blank())
        text->text = c.keep(fmt::format("<system>\n{}\n</system>", text->text.view()));
  }
}

// For targets without a system turn: its text opens the first user turn.
void system_into_user(Context& c) {
  join_leading(c);
  later_as_user(c);
  auto& messages = c.draft.messages;
  if (messages.empty() || !canon::is_system(messages.front())) return;
  Message system = std::move(messages.front());
  messages.erase(messages.begin());
  c.edit(Setting::system, "OAI-48", system.pointer, "role", "system", "user", Loss::narrowed);
  const auto user = std::find_if(messages.begin(), messages.end(),
                                 [](const Message& m) { return m.role == Role::user && !holds_result(m); });
  if (user == messages.end()) {
    system.role = Role::user;
    messages.insert(messages.begin(), std::move(system));
    return;
  }
  user->blocks.insert(user->blocks.begin(), system.blocks.begin(), system.blocks.end());
}

}  // namespace

void pass_system(Context& c) {
  const std::string& where = c.profile.text(Setting::system);
  if (where == "leading" || where == "between") {
    join_leading(c);
    later_as_user(c);
    join_between(c.draft.messages);
    keep_silent_answers(c);
  } else if (where == "user") {
    system_into_user(c);
  }
  // A developer turn is a system turn under another name; say so where the client said otherwise.
  if (c.wire.name != canon::DialectName::openai_chat || c.original.dialect != c.wire.name) return;
  const std::string& role = c.profile.text(Setting::system_role);
  if (role.empty()) return;
  for (const Message& message : c.draft.messages) {
    if (!canon::is_system(message) || canon::name(message.role) == role || message.pointer.empty()) continue;
    c.edit(Setting::system_role, "OAI-41", message.pointer, "role", std::string(canon::name(message.role)),
           role, Loss::none);
  }
}

}  // namespace dragoman::lower
