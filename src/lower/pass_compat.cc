// What OpenClaw's compat flags ask of a request (data/compat.yaml): the part before the other passes, the
// part after them, and what the encoder will write differently, said as edits.
#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "base/hash.h"
#include "base/strings.h"
#include "json/parse.h"
#include "lower/context.h"

namespace dragoman::lower {
namespace {

using canon::Block;
using canon::ChoiceMode;
using canon::Message;
using canon::Param;
using canon::Reasoning;
using canon::Role;
using canon::Text;
using canon::ToolCall;
using canon::ToolResult;
using Mode = canon::ReasoningConfig::Mode;

constexpr std::string_view kDefaultRule = "compat";

bool openai_wire(const Context& c) { return c.wire.name == canon::DialectName::openai_chat; }
bool responses_wire(const Context& c) { return c.wire.name == canon::DialectName::openai_responses; }

// --- reasoning -------------------------------------------------------------------------------------------

std::string describe(const canon::ReasoningConfig& r) {
  if (r.mode == Mode::off) return "off";
  if (!r.effort.empty()) return std::string(r.effort);
  return r.budget ? fmt::format("{} tokens", *r.budget) : std::string("on");
}

// The endpoint's label for the client's; "" if the map has none.
std::string_view mapped(const std::vector<std::string>& map, std::string_view label) {
  for (const std::string& entry : map) {
    const std::size_t equals = entry.find('=');
    if (equals != std::string::npos && std::string_view(entry).substr(0, equals) == label)
      return std::string_view(entry).substr(equals + 1);
  }
  return {};
}

void map_effort(Context& c, bool asked_off) {
  canon::ReasoningConfig& r = c.draft.reasoning;
  const auto& map = c.profile.list(Setting::effort_map);
  if (map.empty()) return;
  std::string_view label = asked_off ? mapped(map, "off") : mapped(map, r.effort);
  if (asked_off && label.empty()) label = mapped(map, "none");
  if (label.empty()) return;
  const std::string before = describe(r);
  if (before != label)
    c.edit(Setting::effort_map, kDefaultRule, r.effort_pointer.empty() ? r.pointer : r.effort_pointer,
           "effort", before, std::string(label), Loss::none);
  c.fixed_effort = label;
}

void fit_effort_field(Context& c) {
  canon::ReasoningConfig& r = c.draft.reasoning;
  const bool asked_off = r.mode == Mode::off || (r.effort == "none" && r.mode == Mode::unset);
  const bool asked_on = !asked_off && (r.mode != Mode::unset || r.budget || !r.effort.empty());
  if (!asked_off && !asked_on) return;
  map_effort(c, asked_off);
  if (!c.fixed_effort.empty() || !(openai_wire(c) || responses_wire(c)) || !c.flag(Setting::thinking)) return;
  const std::string pointer(r.effort_pointer.empty() ? r.pointer : r.effort_pointer);
  const bool by_effort = responses_wire(c) || c.profile.text(Setting::reasoning_style) == "effort";
  const auto forget = [&](Setting cause, Loss loss) {
    c.edit(cause, kDefaultRule, pointer, "reasoning_effort", describe(r), "", loss);
    const auto include = r.include;
    r = {};
    r.include = include;
  };
  if (by_effort && asked_off && c.profile.text(Setting::effort_off) == "omit" &&
      c.flag(Setting::thinking_off))
    return forget(Setting::effort_off, Loss::semantic);
  // OpenRouter's word stands inside `reasoning`; the field is not spoken of.
  if (c.flag(Setting::effort_field) || c.profile.text(Setting::reasoning_style) == "openrouter") return;
  if (by_effort) return forget(Setting::effort_field, asked_off ? Loss::none : Loss::semantic);
  if (r.effort.empty() || asked_off) return;
  c.edit(Setting::effort_field, kDefaultRule, pointer, "effort", std::string(r.effort), "on", Loss::narrowed);
  r.effort = {};
  if (r.mode == Mode::unset) r.mode = Mode::on;
}

// Reasoning of earlier turns, where a host reads it as nothing but words.
void reasoning_to_text(Context& c) {
  if (!c.flag(Setting::reasoning_as_text)) return;
  for (Message& message : c.draft.messages) {
    if (message.role != Role::assistant) continue;
    std::string words;
    std::string_view pointer;
    std::erase_if(message.blocks, [&](const Block& block) {
      const auto* reasoning = std::get_if<Reasoning>(&block.body);
      if (!reasoning || is_blank(reasoning->text)) return false;
      if (!words.empty()) words += "\n\n";
      words += reasoning->text;
      if (pointer.empty()) pointer = block.pointer;
      return true;
    });
    if (words.empty()) continue;
    c.edit(Setting::reasoning_as_text, kDefaultRule, pointer, "reasoning", cut(words), "text",
           Loss::narrowed);
    Block block;
    block.body = Text{c.keep(words)};
    block.pointer = pointer;
    message.blocks.insert(message.blocks.begin(), std::move(block));
  }
}

// --- tools -----------------------------------------------------------------------------------------------

// A model without tools that sees talk of them would make calls up in its text.
void leave_tools_out(Context& c) {
  if (c.flag(Setting::tools) || !c.flag(Setting::tools_left_out) || c.draft.tools.empty()) return;
  c.edit(Setting::tools_left_out, kDefaultRule, "/tools", "tools",
         fmt::format("{} tools", c.draft.tools.size()), "", Loss::semantic);
  c.draft.tools.clear();
  canon::ToolChoice& choice = c.draft.tool_choice;
  if (choice.mode != ChoiceMode::unset)
    c.edit(Setting::tools_left_out, kDefaultRule, choice.pointer, "tool_choice",
           std::string(canon::name(choice.mode)), "", Loss::semantic);
  choice = {};
  auto& parallel = c.draft.params[Param::parallel_tool_calls];
  if (parallel.value)
    c.edit(Setting::tools_left_out, kDefaultRule, parallel.pointer, "parallel_tool_calls",
           show(parallel.value), "", Loss::none);
  parallel = {};
  c.instruct(
      "You have no tools in this conversation. Do not claim to call one, to read files or to run anything; "
      "if a tool would be needed, say so.");
}

void fit_eager_input(Context& c) {
  if (c.flag(Setting::eager_tool_input)) return;
  bool asked = false;
  for (canon::Tool& tool : c.draft.tools)
    std::erase_if(tool.extra, [&](const canon::Extra& extra) {
      if (extra.key != "eager_input_streaming") return false;
      asked = asked || extra.value.boolean();
      c.edit(Setting::eager_tool_input, kDefaultRule, extra.pointer, extra.key, show(extra.value), "",
             Loss::none);
      return true;
    });
  if (asked) c.headers.emplace_back("anthropic-beta", "fine-grained-tool-streaming-2025-05-14");
}

// --- fields of the body ----------------------------------------------------------------------------------

void add_field(Context& c, Setting cause, std::string_view key, json::Value value) {
  for (const canon::Extra& mine : c.original.extra)
    if (mine.key == key) return;  // the client's own word
  for (const canon::Extra& theirs : c.draft.extra)
    if (theirs.key == key) return;  // the config's
  c.edit(cause, kDefaultRule, "", key, "", show(value), Loss::none);
  c.draft.extra.push_back({c.keep(key), value, {}});
}

void add_routing(Context& c) {
  const json::Builder build(c.arena);
  const auto parsed = [&](Setting setting) -> json::Value {
    const std::string& text = c.profile.text(setting);
    if (text.empty()) return {};
    const auto value = json::parse(c.arena, text);
    return value && value->is_object() && !value->members().empty() ? *value : json::Value();
  };
  if (const json::Value routing = parsed(Setting::openrouter_routing))
    add_field(c, Setting::openrouter_routing, "provider", routing);
  if (const json::Value routing = parsed(Setting::vercel_routing)) {
    const json::Member gateway{"gateway", routing};
    add_field(c, Setting::vercel_routing, "providerOptions", build.object({&gateway, 1}));
  }
  if (c.flag(Setting::tool_stream) && c.original.stream && !c.draft.tools.empty())
    add_field(c, Setting::tool_stream, "tool_stream", build.boolean(true));
  if (c.flag(Setting::store_false) && !c.draft.params.has(Param::store) &&
      c.profile.param(Param::store).support == profile::Support::ok) {
    c.edit(Setting::store_false, kDefaultRule, "", "store", "", "false", Loss::none);
    c.draft.params[Param::store].value = build.boolean(false);
  }
}

// The conversation's name as a header can carry it: the client's own key, or its end user's.
std::string session_of(const canon::Request& request) {
  for (const Param p : {Param::prompt_cache_key, Param::user}) {
    const std::string_view id = request.params[p].value.text();
    if (is_blank(id)) continue;
    const bool plain = id.size() <= 128 && std::ranges::all_of(id, [](char ch) {
                         return (ch >= 'a' && ch <= 'z') || (ch >= 'A' && ch <= 'Z') ||
                                (ch >= '0' && ch <= '9') || std::string_view("-_.:@").contains(ch);
                       });
    return plain ? std::string(id) : fmt::format("s-{:016x}", stable_hash(id));
  }
  return {};
}

void add_session_headers(Context& c) {
  const std::string& format = c.profile.text(Setting::session_headers);
  if (format.empty() && !c.flag(Setting::session_id_header)) return;
  const std::string session = session_of(c.original);
  if (session.empty()) return;
  const auto add = [&](std::string_view name) { c.headers.emplace_back(name, session); };
  if (format == "openrouter") add("x-session-id");
  if (format == "openai" || c.flag(Setting::session_id_header)) add("session_id");
  if (format != "openai") return;
  add("x-client-request-id");
  add("x-session-affinity");
}

// --- after the other passes ------------------------------------------------------------------------------

bool has_words(const Message& message) {
  return !canon::is_system(message) && std::ranges::any_of(message.blocks, [](const Block& block) {
    const auto* text = std::get_if<Text>(&block.body);
    return (text && !text->text.blank()) || std::holds_alternative<canon::Media>(block.body);
  });
}

void add_words(Context& c) {
  auto& messages = c.draft.messages;
  if (!c.flag(Setting::nonempty_turn) || std::ranges::any_of(messages, has_words)) return;
  c.edit(Setting::nonempty_turn, kDefaultRule, "", "messages", "no turn with text", "a user turn",
         Loss::narrowed);
  Message turn;
  Block block;
  block.body = Text{"Continue."};
  turn.blocks.push_back(std::move(block));
  messages.push_back(std::move(turn));
}

// System text, the last tool, the last turn's last text: what a cache can reuse on the next turn.
void set_markers(Context& c) {
  if (!c.flag(Setting::cache_auto) || c.profile.integer(Setting::cache_markers) < 3) return;
  const auto marked = [](const auto& items) {
    return std::ranges::any_of(items, [](const auto& item) { return item.cache.set; });
  };
  auto& messages = c.draft.messages;
  if (marked(c.draft.tools) ||
      std::ranges::any_of(messages, [&](const Message& m) { return marked(m.blocks); }))
    return;
  const auto mark = [&](canon::CacheMarker& marker, std::string_view pointer) {
    marker.set = true;
    c.edit(Setting::cache_auto, kDefaultRule, pointer, "cache_control", "", "marker", Loss::none);
  };
  const auto mark_text = [&](Message& message) {
    for (std::size_t i = message.blocks.size(); i-- > 0;) {
      if (!std::holds_alternative<Text>(message.blocks[i].body)) continue;
      mark(message.blocks[i].cache, message.blocks[i].pointer);
      return true;
    }
    return false;
  };
  for (Message& message : messages)
    if (canon::is_system(message) && mark_text(message)) break;
  if (!c.draft.tools.empty()) mark(c.draft.tools.back().cache, c.draft.tools.back().pointer);
  for (std::size_t i = messages.size(); i-- > 0;)
    if (!canon::is_system(messages[i]) && mark_text(messages[i])) break;
}

void say_auto(Context& c) {
  canon::ToolChoice& choice = c.draft.tool_choice;
  if (!c.flag(Setting::choice_auto_said) || !c.flag(Setting::choice_auto) || c.draft.tools.empty() ||
      choice.mode != ChoiceMode::unset)
    return;
  choice.mode = ChoiceMode::automatic;
  c.edit(Setting::choice_auto_said, kDefaultRule, "", "tool_choice", "", "auto", Loss::none);
}

// What the encoder leaves out or adds in a message, said here so that nothing goes in silence.
void say_message_shape(Context& c) {
  if (!openai_wire(c)) return;
  const bool bare = c.flag(Setting::bare_messages);
  const bool named = c.flag(Setting::result_name) && !bare;
  const bool reasoning =
      c.flag(Setting::reasoning_always) && !bare && !c.profile.text(Setting::reasoning_replay).empty();
  const bool from_chat = c.original.dialect == canon::DialectName::openai_chat;
  const auto lost = [&](std::string_view pointer, std::string_view key, std::string before) {
    c.edit(Setting::bare_messages, kDefaultRule, pointer, key, std::move(before), "", Loss::semantic);
  };
  for (const Message& message : c.draft.messages) {
    bool calls = false, words = false, thinks = false;
    for (const Block& block : message.blocks) {
      if (const auto* call = std::get_if<ToolCall>(&block.body)) {
        calls = true;
        if (bare) lost(block.pointer, "tool_calls", std::string(call->name));
      } else if (const auto* result = std::get_if<ToolResult>(&block.body)) {
        if (bare) lost(block.pointer, "tool_call_id", std::string(result->call_id));
        const bool said = from_chat && json::resolve(c.original.source, block.pointer)["name"];
        if (named && !result->name.empty() && !said)
          c.edit(Setting::result_name, kDefaultRule, block.pointer, "name", "", std::string(result->name),
                 Loss::none);
      } else if (const auto* thought = std::get_if<Reasoning>(&block.body)) {
        thinks = true;
        if (bare) lost(block.pointer, "reasoning", cut(thought->text));
      } else if (!std::holds_alternative<canon::Refusal>(block.body)) {
        words = true;
      }
    }
    if (bare && !message.name.empty()) lost(message.pointer, "name", std::string(message.name));
    if (bare)
      for (const canon::Extra& extra : message.extra) lost(extra.pointer, extra.key, show(extra.value));
    if (message.role != Role::assistant) continue;
    if (!words && calls && (bare || !c.flag(Setting::null_content)))
      c.edit(bare ? Setting::bare_messages : Setting::null_content, kDefaultRule, message.pointer, "content",
             "null", "\"\"", Loss::none);
    if (reasoning && !thinks)
      c.edit(Setting::reasoning_always, kDefaultRule, message.pointer,
             c.profile.text(Setting::reasoning_replay), "", "\"\"", Loss::none);
  }
}

// Where system text in front stands in a Responses body.
void place_instructions(Context& c) {
  const std::string& where = c.profile.text(Setting::responses_instructions);
  if (!responses_wire(c) || where.empty()) return;
  if (where == "required" && (c.draft.messages.empty() || !canon::is_system(c.draft.messages.front()))) {
    constexpr std::string_view kSome = "You are a helpful assistant.";
    c.instruct(kSome);
    c.edit(Setting::responses_instructions, "OAIR-21", "", "instructions", "", std::string(kSome),
           Loss::narrowed);
  }
  for (Message& message : c.draft.messages) {
    if (!canon::is_system(message)) return;
    const bool own = message.pointer == "/instructions";
    if (message.pointer.empty()) continue;  // of dragoman's own
    if (where != "none" ? own || c.original.dialect != c.wire.name : !own) continue;
    c.edit(Setting::responses_instructions, kDefaultRule, message.pointer, "instructions",
           own ? "instructions" : "in input", own ? "in input" : "instructions", Loss::none);
    if (own) message.pointer = {};  // the encoder knows them by where they stood
  }
}

void say_tool_shape(Context& c) {
  if (!c.flag(Setting::openai_tools) || c.draft.tools.empty() ||
      c.wire.name != canon::DialectName::anthropic_messages || c.original.dialect != c.wire.name)
    return;
  c.edit(Setting::openai_tools, kDefaultRule, "/tools", "tools", "as Anthropic writes them",
         "as OpenAI writes them", Loss::none);
}

}  // namespace

void pass_compat(Context& c) {
  fit_effort_field(c);
  reasoning_to_text(c);
  leave_tools_out(c);
  fit_eager_input(c);
  add_routing(c);
  add_session_headers(c);
}

void pass_compat_turns(Context& c) {
  add_words(c);
  set_markers(c);
  say_auto(c);
}

void pass_compat_shape(Context& c) {
  say_message_shape(c);
  say_tool_shape(c);
  place_instructions(c);
  // What the answer needs to be read as it is meant.
  c.restore.html_arguments = c.profile.text(Setting::arguments_encoding) == "html-entities";
  for (const std::string& type : c.profile.list(Setting::visible_details))
    c.restore.visible_details.insert(type);
}

}  // namespace dragoman::lower
