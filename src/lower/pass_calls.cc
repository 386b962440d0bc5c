// GEN-03, GEN-04: every call has one result right after its turn, every id is unique and in the target's
// alphabet.
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "base/strings.h"
#include "json/write.h"
#include "lower/context.h"
#include "lower/names.h"

namespace dragoman::lower {
namespace {

using canon::Block;
using canon::Message;
using canon::Role;
using canon::Text;
using canon::ToolCall;
using canon::ToolResult;

Block text_block(Context& c, std::string_view text, std::string_view pointer) {
  Block block;
  block.body = Text{c.keep(text)};
  block.pointer = pointer;
  return block;
}

// The results of a history, found by call id; each is given out once.
class Results {
 public:
  explicit Results(std::vector<Message>& messages) {
    for (std::size_t m = 0; m < messages.size(); ++m)
      for (Block& block : messages[m].blocks)
        if (auto* result = std::get_if<ToolResult>(&block.body))
          all_.push_back({m, result->call_id, &block, false});
  }

  struct Found {
    Block* block = nullptr;
    std::size_t message = 0;
    std::size_t place = 0;  // among all results of the history
  };
  // The first one not yet taken, at or after message `from` and before message `end`.
  Found take(std::string_view id, std::size_t from, std::size_t end) {
    for (std::size_t i = 0; i < all_.size(); ++i) {
      Entry& entry = all_[i];
      if (entry.taken || entry.message < from || entry.message >= end || entry.id != id) continue;
      entry.taken = true;
      return {entry.block, entry.message, i};
    }
    return {};
  }
  bool taken(const Block& block) const {
    return std::any_of(all_.begin(), all_.end(),
                       [&](const Entry& e) { return e.block == &block && e.taken; });
  }

 private:
  struct Entry {
    std::size_t message;
    std::string_view id;
    Block* block;
    bool taken;
  };
  std::vector<Entry> all_;
};

// Where each id is called. Some providers number their calls in each turn anew (Kimi): what follows the later
// call answers that one, though the earlier was never answered.
class Callers {
 public:
  explicit Callers(const std::vector<Message>& messages) : end_(messages.size()) {
    for (std::size_t m = 0; m < messages.size(); ++m)
      for (const Block& block : messages[m].blocks)
        if (const auto* call = std::get_if<ToolCall>(&block.body)) at_[call->id].push_back(m);
  }
  // The first message after `message` that calls by this id again; the end of the history when none does.
  std::size_t next(std::string_view id, std::size_t message) const {
    const auto known = at_.find(id);
    if (known == at_.end()) return end_;
    const auto later = std::upper_bound(known->second.begin(), known->second.end(), message);
    return later == known->second.end() ? end_ : *later;
  }

 private:
  std::size_t end_;
  std::map<std::string_view, std::vector<std::size_t>> at_;
};

// Is there nothing but results from message `from` up to this block?
bool results_only(const std::vector<Message>& messages, std::size_t from, const Block* up_to) {
  for (std::size_t m = from; m < messages.size(); ++m) {
    for (const Block& block : messages[m].blocks) {
      if (&block == up_to) return true;
      if (!std::holds_alternative<ToolResult>(block.body)) return false;
    }
  }
  return false;
}

Block missing_result(Context& c, const ToolCall& call, std::string_view pointer) {
  ToolResult result;
  result.call_id = call.id;
  result.name = call.name;
  result.is_error = true;
  result.content.push_back(text_block(c, "Error: no result was recorded for this call.", pointer));
  c.edit("GEN-03.unanswered", pointer, "tool_result", "", "no result recorded", Loss::narrowed);
  Block block;
  block.body = std::move(result);
  block.pointer = pointer;
  return block;
}

// An answer to a call nobody made: its words stay, as the user's.
Block orphan(Context& c, const Block& block, std::string_view rule) {
  const auto& result = std::get<ToolResult>(block.body);
  std::string text =
      fmt::format("Result of an earlier tool call{}{}:", result.name.empty() ? "" : " to ", result.name);
  for (const Block& part : result.content)
    if (const auto* piece = std::get_if<Text>(&part.body)) text += fmt::format("\n{}", piece->text);
  c.edit(rule, block.pointer, "tool_result", std::string(result.call_id), "text", Loss::narrowed);
  return text_block(c, text, block.pointer);
}

// Rebuilds the turns so that each assistant turn with calls is followed by one user turn that starts with
// their results, in call order.
void pair(Context& c) {
  std::vector<Message>& messages = c.draft.messages;
  Results results(messages);
  const Callers callers(messages);
  std::vector<Message> paired;
  paired.reserve(messages.size() + 2);
  std::set<std::string_view> ids;
  std::vector<bool> moved(messages.size());  // the words of this turn stand behind the results before it

  for (std::size_t m = 0; m < messages.size(); ++m) {
    Message& message = messages[m];
    if (message.role != Role::assistant) {
      Message kept = message;
      kept.blocks.clear();
      for (Block& block : message.blocks) {
        if (!std::holds_alternative<ToolResult>(block.body)) {
          if (!moved[m]) kept.blocks.push_back(block);
        } else if (!results.taken(block))
          kept.blocks.push_back(orphan(c, block, "GEN-03.orphan"));
      }
      // A turn that held nothing but results has given them all away.
      const bool only_results = kept.blocks.empty() && !message.blocks.empty();
      if (!only_results) paired.push_back(std::move(kept));
      continue;
    }
    Message answers;
    answers.role = Role::user;
    std::size_t next_place = 0;
    for (Block& block : message.blocks) {
      auto* call = std::get_if<ToolCall>(&block.body);
      if (!call) continue;
      const Results::Found at = results.take(call->id, m + 1, callers.next(call->id, m));
      Block* found = at.block;
      if (found) {
        const bool late = !results_only(messages, m + 1, found);
        if (late || at.place < next_place)
          c.edit("GEN-03.order", found->pointer, "tool_result", late ? "later" : "in another order",
                 "right after its call, in call order", Loss::none);
        next_place = std::max(next_place, at.place);
      }
      if (!ids.insert(call->id).second || call->id.empty()) {
        // GEN-04: the same id on two calls; the later pair gets one of its own.
        std::string fresh;
        for (std::uint64_t salt = ids.size();; ++salt) {
          fresh = fit({"A-Za-z", "A-Za-z0-9_", 40, 0}, fmt::format("call_{}", call->id), salt);
          if (!ids.contains(fresh)) break;
        }
        c.edit("GEN-04.twin", block.pointer, "id", std::string(call->id), fresh, Loss::none);
        call->id = c.keep(fresh);
        ids.insert(call->id);
        if (found) std::get<ToolResult>(found->body).call_id = call->id;
      }
      Block answer = found ? *found : missing_result(c, *call, block.pointer);
      auto& result = std::get<ToolResult>(answer.body);
      if (result.name.empty()) result.name = call->name;
      answers.pointer = answers.pointer.empty() ? answer.pointer : answers.pointer;
      answers.blocks.push_back(std::move(answer));
    }
    paired.push_back(std::move(message));
    if (answers.blocks.empty()) continue;
    paired.push_back(std::move(answers));
    // The rest of the user's turn that brought the results follows in the same turn.
    if (m + 1 < messages.size() && messages[m + 1].role == Role::user) {
      Message& next = messages[m + 1];
      std::vector<Block> rest;
      for (Block& block : next.blocks)
        if (!std::holds_alternative<ToolResult>(block.body)) rest.push_back(block);
      if (rest.size() < next.blocks.size()) {
        for (Block& block : rest) paired.back().blocks.push_back(std::move(block));
        moved[m + 1] = true;  // not taken out: `results` knows blocks by where they are
      }
    }
  }
  messages = std::move(paired);
}

// Is the history already as pair() would leave it? The usual case; saves the rebuilding. `by_name`: the
// target finds a result's call by the tool's name, so every result needs one.
bool well_paired(const std::vector<Message>& messages, bool by_name) {
  std::set<std::string_view> ids;
  std::vector<std::string_view>
      open;  // the calls of the last assistant turn, of which `next` have their results
  std::size_t next = 0;
  for (const Message& message : messages) {
    if (message.role == Role::assistant) {
      if (next != open.size()) return false;
      open.clear();
      next = 0;
      for (const Block& block : message.blocks) {
        const auto* call = std::get_if<ToolCall>(&block.body);
        if (!call) continue;
        if (call->id.empty() || !ids.insert(call->id).second) return false;
        open.push_back(call->id);
      }
      continue;
    }
    for (const Block& block : message.blocks) {
      const auto* result = std::get_if<ToolResult>(&block.body);
      // The user's own words come after all results.
      if (!result && next != open.size()) return false;
      if (!result) continue;
      if ((by_name && result->name.empty()) || next >= open.size() || result->call_id != open[next])
        return false;
      ++next;
    }
  }
  return next == open.size();
}

// GEN-04: one function for calls and results.
void fit_ids(Context& c) {
  const Alphabet alphabet{{},
                          c.profile.text(Setting::tool_id_chars),
                          static_cast<std::size_t>(c.profile.integer(Setting::tool_id_max)),
                          static_cast<std::size_t>(c.profile.integer(Setting::tool_id_exact))};
  if (alphabet.rest.empty() && !alphabet.max && !alphabet.exact) return;
  // Each depends on those before it only: what was sent of a conversation is sent the same when it has grown.
  const NameJudge judge(alphabet);
  std::map<std::string_view, std::string_view> wire;
  std::set<std::string_view> taken;
  const auto map = [&](std::string_view id, std::string_view pointer) {
    if (id.empty()) return id;
    if (const auto known = wire.find(id); known != wire.end()) return known->second;
    const bool as_it_is = judge.fits(id) && !taken.contains(id);
    std::string made = as_it_is ? std::string(id) : fit(alphabet, id);
    for (std::uint64_t salt = 1; taken.contains(made); ++salt) made = fit(alphabet, id, salt);
    const std::string_view kept = as_it_is ? id : c.keep(made);
    taken.insert(kept);
    wire.emplace(id, kept);
    if (as_it_is) return id;
    c.edit(c.profile.integer(Setting::tool_id_exact) ? Setting::tool_id_exact : Setting::tool_id_chars,
           "GEN-04", pointer, "id", std::string(id), made, Loss::none);
    return kept;
  };
  for (Message& message : c.draft.messages) {
    for (Block& block : message.blocks) {
      if (auto* call = std::get_if<ToolCall>(&block.body)) call->id = map(call->id, block.pointer);
      if (auto* result = std::get_if<ToolResult>(&block.body))
        result->call_id = map(result->call_id, block.pointer);
    }
  }
}

void mark_errors(Context& c) {
  if (c.profile.text(Setting::result_error) != "text") return;
  for (Message& message : c.draft.messages) {
    for (Block& block : message.blocks) {
      auto* result = std::get_if<ToolResult>(&block.body);
      if (!result || !result->is_error) continue;
      result->is_error = false;
      auto* first = result->content.empty() ? nullptr : std::get_if<Text>(&result->content.front().body);
      if (first && first->text.view().starts_with("Error")) continue;
      c.edit(Setting::result_error, "BRM-41", block.pointer, "is_error", "true", "Error: …", Loss::none);
      if (first)
        first->text = c.keep(fmt::format("Error: {}", first->text.view()));
      else
        result->content.insert(result->content.begin(), text_block(c, "Error:", block.pointer));
    }
  }
}

canon::Tool stub(Context& c, std::string_view name) {
  const json::Builder build(c.arena);
  canon::Tool tool;
  tool.name = name;
  tool.description = "Used earlier in this conversation; not available now.";
  const json::Member members[] = {{"type", build.string("object")}, {"properties", build.empty_object()}};
  tool.schema = build.object(members);
  return tool;
}

// GEN-09: calls in the history, no tools in the request.
// GROQ-04: calls of the history name tools of the request. One that is no longer there is declared as what it
// is.
void declare_history(Context& c) {
  if (!c.flag(Setting::history_tools_declared) || c.draft.tools.empty() || !canon::has_tool_blocks(c.draft))
    return;
  std::set<std::string_view> names;
  for (const canon::Tool& tool : c.draft.tools) names.insert(tool.name);
  for (const Message& message : c.draft.messages)
    for (const Block& block : message.blocks) {
      const auto* call = std::get_if<ToolCall>(&block.body);
      if (!call || !names.insert(call->name).second) continue;
      c.draft.tools.push_back(stub(c, call->name));
      c.edit(Setting::history_tools_declared, "GROQ-04", block.pointer, "tools", "not in the list",
             "a stub of " + std::string(call->name), Loss::none);
    }
}

void history_without_tools(Context& c) {
  static const std::string kText = "text";
  // A target that takes no tools takes no calls either.
  const std::string& how =
      c.flag(Setting::tools) ? c.profile.text(Setting::tool_history_without_tools) : kText;
  if (how == "ok" || !c.draft.tools.empty() || !canon::has_tool_blocks(c.draft)) return;
  if (how == "stub") {
    std::set<std::string_view> names;
    for (const Message& message : c.draft.messages)
      for (const Block& block : message.blocks)
        if (const auto* call = std::get_if<ToolCall>(&block.body)) names.insert(call->name);
    for (const std::string_view name : names) c.draft.tools.push_back(stub(c, name));
    c.edit(Setting::tool_history_without_tools, "GEN-09", "", "tools", "",
           fmt::format("{} stub tools", names.size()), Loss::none);
    return;
  }
  for (Message& message : c.draft.messages) {
    for (Block& block : message.blocks) {
      if (const auto* call = std::get_if<ToolCall>(&block.body)) {
        c.edit(Setting::tool_history_without_tools, "GEN-09", block.pointer, "tool_call",
               std::string(call->name), "text", Loss::narrowed);
        block =
            text_block(c, fmt::format("[called {} with {}]", call->name, json::dump_compact(call->arguments)),
                       block.pointer);
      } else if (std::holds_alternative<ToolResult>(block.body)) {
        block = orphan(c, block, c.rule(Setting::tool_history_without_tools, "GEN-09"));
      }
    }
  }
}

}  // namespace

void pass_calls(Context& c) {
  fit_arguments(c);
  if (!well_paired(c.draft.messages, c.wire.name == canon::DialectName::gemini_generate)) pair(c);
  fit_ids(c);
  mark_errors(c);
  history_without_tools(c);
  declare_history(c);
}

}  // namespace dragoman::lower
