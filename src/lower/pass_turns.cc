// GEN-02, GEN-10, GEN-11: where system text stands, no blank text, and turns in an order the target takes.
#include <fmt/format.h>

#include <algorithm>

#include "base/strings.h"
#include "lower/context.h"

namespace dragoman::lower {
namespace {

using canon::Block;
using canon::Message;
using canon::Role;
using canon::Text;
using canon::ToolCall;
using canon::ToolResult;

Message turn(Role role, std::string_view text) {
  Message message;
  message.role = role;
  Block block;
  block.body = Text{text};
  message.blocks.push_back(std::move(block));
  return message;
}

bool holds_result(const Message& m) {
  return std::any_of(m.blocks.begin(), m.blocks.end(),
                     [](const Block& b) { return std::holds_alternative<ToolResult>(b.body); });
}
bool holds_call(const Message& m) {
  return std::any_of(m.blocks.begin(), m.blocks.end(),
                     [](const Block& b) { return std::holds_alternative<ToolCall>(b.body); });
}

std::size_t leading_systems(const std::vector<Message>& messages) {
  std::size_t n = 0;
  while (n < messages.size() && canon::is_system(messages[n])) ++n;
  return n;
}

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

void drop_blank(Context& c, std::vector<Block>& blocks) {
  std::erase_if(blocks, [&](const Block& block) {
    const auto* text = std::get_if<Text>(&block.body);
    if (!text || !text->text.blank()) return false;
    c.edit("GEN-02", block.pointer, "text", text->text.empty() ? "empty" : "white space", "", Loss::none);
    return true;
  });
}

// BRM-01, BRM-02: calls, results and talk each in turns of their own.
void split_mixed(Context& c) {
  const bool results_alone = !c.flag(Setting::result_mixed);
  const bool calls_alone = !c.flag(Setting::call_mixed);
  if (!results_alone && !calls_alone) return;
  std::vector<Message> out;
  for (Message& message : c.draft.messages) {
    const bool results = results_alone && message.role == Role::user && holds_result(message);
    const bool calls = calls_alone && message.role == Role::assistant && holds_call(message);
    Message own, talk;
    own.role = talk.role = message.role;
    own.pointer = talk.pointer = message.pointer;
    for (Block& block : message.blocks) {
      const bool tool =
          std::holds_alternative<ToolResult>(block.body) || std::holds_alternative<ToolCall>(block.body);
      (tool ? own : talk).blocks.push_back(block);
    }
    if ((!results && !calls) || talk.blocks.empty()) {
      out.push_back(std::move(message));
    } else if (results) {
      c.edit(Setting::result_mixed, "BRM-01", message.pointer, "content", "tool results and text in one turn",
             "two turns", Loss::narrowed);
      out.push_back(std::move(own));
      out.push_back(turn(Role::assistant, "I have the tool results."));
      out.push_back(std::move(talk));
    } else {
      c.edit(Setting::call_mixed, "BRM-02", message.pointer, "content", "text and tool calls in one turn",
             "two turns", Loss::narrowed);
      out.push_back(std::move(talk));
      out.push_back(turn(Role::user, "Go on."));
      out.push_back(std::move(own));
    }
  }
  c.draft.messages = std::move(out);
}

void merge_neighbours(Context& c) {
  if (!c.flag(Setting::alternate)) return;
  std::vector<Message> out;
  for (Message& message : c.draft.messages) {
    // Where the user may not follow results directly, an assistant's turn will come between.
    const bool apart = !c.flag(Setting::user_after_tool) && message.role == Role::user && !out.empty() &&
                       holds_result(out.back()) && !holds_result(message);
    if (out.empty() || out.back().role != message.role || canon::is_system(message) || apart) {
      out.push_back(std::move(message));
      continue;
    }
    const bool both_talk = !holds_result(out.back());
    if (both_talk)
      c.edit(Setting::alternate, "BR-18", message.pointer, "role", "a turn of its own",
             fmt::format("joined to the {} turn before it", canon::name(message.role)), Loss::none);
    auto& into = out.back().blocks;
    if (message.role == Role::user && holds_result(message)) {
      // Results first: they answer the turn before.
      std::vector<Block> results, talk;
      for (const std::vector<Block>* blocks : {&into, &message.blocks})
        for (const Block& block : *blocks)
          (std::holds_alternative<ToolResult>(block.body) ? results : talk).push_back(block);
      into = std::move(results);
      into.insert(into.end(), talk.begin(), talk.end());
    } else {
      into.insert(into.end(), message.blocks.begin(), message.blocks.end());
    }
  }
  c.draft.messages = std::move(out);
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

// MIS-22: the client's own word that its last assistant turn is to be gone on from.
bool says_prefill(const Context& c, const Message& message) {
  const std::string& key = c.profile.text(Setting::prefill_key);
  return !key.empty() && std::ranges::any_of(message.extra, [&](const canon::Extra& extra) {
    return extra.key == key && extra.value.boolean();
  });
}

// The same for clients of Anthropic's, Google's and Bedrock's dialects, where ending with the assistant says
// it: that its turn be gone on from. To OpenAI's it is a turn like any other. Calls are answered by results,
// never gone on from.
void say_prefill(Context& c) {
  const bool openai = c.original.dialect == canon::DialectName::openai_chat ||
                      c.original.dialect == canon::DialectName::openai_responses;
  Message& last = c.draft.messages.back();
  if (openai || !c.flag(Setting::prefill_said) || last.role != Role::assistant ||
      std::ranges::none_of(last.blocks,
                           [](const Block& b) { return std::holds_alternative<Text>(b.body); }) ||
      holds_call(last))
    return;
  const std::string_view key = c.keep(c.profile.text(Setting::prefill_key));
  c.edit(Setting::prefill_key, "MIS-22", last.pointer, key, "", "true", Loss::none);
  last.extra.push_back({key, json::Builder(c.arena).boolean(true), {}});
  if (!c.flag(Setting::prefill_repeated)) return;
  for (const Block& block : last.blocks)
    if (const auto* text = std::get_if<Text>(&block.body)) c.restore.prefill += text->text;
}

// MIS-23: it is refused on any turn but the last.
void drop_prefill_keys(Context& c) {
  const std::string& key = c.profile.text(Setting::prefill_key);
  if (key.empty()) return;
  auto& messages = c.draft.messages;
  for (Message& message : messages) {
    if (&message == &messages.back() && message.role == Role::assistant) break;
    std::erase_if(message.extra, [&](const canon::Extra& extra) {
      if (extra.key != key) return false;
      c.edit("MIS-23", extra.pointer, extra.key, show(extra.value), "", Loss::none);
      return true;
    });
  }
}

// GEM-03: where a role left out is refused, the encoder says it; here it is told. "function", which older
// SDKs write on a function's answer, is the user's.
void say_roles(Context& c) {
  if (c.wire.name != canon::DialectName::gemini_generate || c.original.dialect != c.wire.name) return;
  const json::Value contents = c.original.source["contents"];
  for (std::size_t i = 0; i < contents.items().size(); ++i) {
    const json::Value role = contents.at(i)["role"];
    if (role.text() == "function" || (!role.present() && c.flag(Setting::roles_said)))
      c.edit("GEM-03", json::pointer_join("/contents", i), "role", std::string(role.text()), "user",
             Loss::none);
  }
}

void pass_turns(Context& c) {
  say_roles(c);
  merge_neighbours(c);
  split_mixed(c);
  auto& messages = c.draft.messages;
  const std::size_t first = leading_systems(messages);
  const bool nothing = first == messages.size();
  if (nothing && c.prompted()) return;
  if (nothing || (c.flag(Setting::first_user) && messages[first].role != Role::user)) {
    // OAI-01, ZAI-01, GEM-01: no provider answers a system turn alone.
    c.edit(Setting::first_user, "GEN-11", "", "messages",
           nothing ? "no user turn" : "the assistant speaks first", "a user turn in front", Loss::narrowed);
    messages.insert(messages.begin() + static_cast<std::ptrdiff_t>(first),
                    turn(Role::user, nothing ? "Begin." : "Hello."));
  }
  // The user's only turn was blank, or there never was one, and system text stands last: nobody asks
  // anything.
  if (canon::is_system(messages.back()) &&
      std::ranges::none_of(messages, [](const Message& message) { return message.role == Role::user; })) {
    c.edit(Setting::first_user, "GEN-11", "", "messages", "no user turn", "a user turn at the end",
           Loss::narrowed);
    messages.push_back(turn(Role::user, "Continue."));
  }
  // ANTS-15: where a prefill is taken at all, it may not be beside an output schema.
  const bool schema_first =
      c.draft.response_format.kind == canon::FormatKind::json_schema && !c.flag(Setting::json_prefill);
  drop_prefill_keys(c);
  say_prefill(c);
  if ((c.flag(Setting::last_user) || schema_first) && messages.back().role == Role::assistant &&
      !says_prefill(c, messages.back())) {
    c.edit(c.flag(Setting::last_user) ? Setting::last_user : Setting::json_prefill, "ANT-07",
           messages.back().pointer, "messages", "ends with the assistant (prefill)", "a user turn at the end",
           Loss::narrowed);
    messages.push_back(turn(Role::user, "Continue."));
  }
  // ANT-21: a final assistant text must not end in white space.
  Message& last = messages.back();
  if (last.role == Role::assistant && !last.blocks.empty() && !c.flag(Setting::final_space))
    if (auto* text = std::get_if<Text>(&last.blocks.back().body)) {
      std::string_view shorter = text->text;
      while (!shorter.empty() && is_blank(shorter.substr(shorter.size() - 1))) shorter.remove_suffix(1);
      if (shorter.size() != text->text.size()) {
        c.edit(Setting::final_space, "ANT-21", last.blocks.back().pointer, "text", "white space at the end",
               "", Loss::none);
        text->text = shorter;
      }
    }
  if (c.flag(Setting::user_after_tool)) return;
  for (std::size_t i = 1; i < messages.size(); ++i) {
    if (messages[i].role != Role::user || holds_result(messages[i]) || !holds_result(messages[i - 1]))
      continue;
    c.edit(Setting::user_after_tool, "MIS-20", messages[i].pointer, "messages", "user after tool",
           "an assistant turn between", Loss::narrowed);
    messages.insert(messages.begin() + static_cast<std::ptrdiff_t>(i),
                    turn(Role::assistant, "I have the tool results."));
    ++i;
  }
}

}  // namespace dragoman::lower
