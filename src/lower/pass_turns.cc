// GEN-11: turns in an order the target takes, and what the last one may be.
#include <fmt/format.h>

#include <algorithm>

#include "base/strings.h"
#include "lower/context.h"
#include "lower/turns.h"

namespace dragoman::lower {
namespace {

using canon::Block;
using canon::Message;
using canon::Role;
using canon::Text;
using canon::ToolCall;
using canon::ToolResult;

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

}  // namespace

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
