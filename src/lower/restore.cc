#include "lower/restore.h"

#include <algorithm>
#include <iterator>

#include "json/parse.h"
#include "json/write.h"

namespace dragoman::lower {
namespace {

using canon::BlockType;
using canon::Event;
using canon::EventType;
using canon::StopReason;

std::string_view client_name(const Restore& restore, std::string_view wire) {
  const auto known = restore.names.find(wire);
  return known == restore.names.end() ? wire : std::string_view(known->second);
}

// {"input": "text"} → text; what does not look so is passed as it is.
std::string_view custom_text(Arena& arena, std::string_view arguments) {
  const auto parsed = json::parse(arena, arguments);
  return parsed && (*parsed)["input"].is_string() ? (*parsed)["input"].text() : arguments;
}

const ArgumentPlan* plan_of(const Restore& restore, std::string_view wire_name) {
  const WayBack* const back = restore.way_back(wire_name);
  return back ? &back->plan() : nullptr;
}

std::string_view text_of(Arena& arena, const canon::ToolCall& call) {
  return call.arguments_text.empty() && call.arguments
             ? arena.copy(std::string_view(json::dump_compact(call.arguments)))
             : call.arguments_text;
}

std::string_view issuer(const Restore& restore, std::string_view on_wire) {
  const bool ours = !restore.issuer.empty() && (on_wire.empty() || restore.issuer_always);
  return ours ? std::string_view(restore.issuer) : on_wire;
}

}  // namespace

const WayBack* Restore::way_back(std::string_view wire_name) const {
  const auto after =
      std::ranges::upper_bound(arguments, wire_name, {}, [](const auto& one) { return one.first; });
  if (after == arguments.begin() || std::prev(after)->first != wire_name) return nullptr;
  return std::prev(after)->second.get();
}

void restore(canon::Response& response, const Restore& restore, Arena& arena) {
  for (canon::Choice& choice : response.choices)
    for (canon::Block& block : choice.blocks)
      if (auto* reasoning = std::get_if<canon::Reasoning>(&block.body))
        reasoning->issuer = issuer(restore, reasoning->issuer);
  if (restore.empty()) return;
  if (!restore.own_words()) plain_words(response, restore, arena);
  set_aside(response, restore);
  for (canon::Choice& choice : response.choices) {
    for (canon::Block& block : choice.blocks) {
      if (auto* text = std::get_if<canon::Text>(&block.body); text && restore.output)
        text->text = arena.copy(std::string_view(filtered(restore.output->plan(), text->text)));
      auto* call = std::get_if<canon::ToolCall>(&block.body);
      if (!call) continue;
      if (const ArgumentPlan* plan = plan_of(restore, call->name)) {
        const std::string_view text = arena.copy(std::string_view(filtered(*plan, text_of(arena, *call))));
        const auto parsed = json::parse(arena, text);
        if (!call->arguments_text.empty() || !parsed || !parsed->is_object()) call->arguments_text = text;
        call->arguments = parsed && parsed->is_object() ? *parsed : json::Value();
      }
      if (!restore.structured_tool.empty() && call->name == restore.structured_tool) {
        block.body = canon::Text{text_of(arena, *call)};
        if (choice.stop == StopReason::tool_use) choice.stop = StopReason::end_turn;
        continue;
      }
      if (restore.custom_tools.contains(call->name)) {
        call->arguments_text = custom_text(arena, text_of(arena, *call));
        call->arguments = {};
        call->custom = true;
      }
      call->name = client_name(restore, call->name);
    }
  }
}

// A piece of text through the block's filter, and with the last one what the filter held.
void EventRestorer::filtered(Choice& choice, const Event& event, const canon::EventSink& sink, bool last) {
  std::string text;
  if (last)
    choice.filter->finish(text);
  else
    choice.filter->push(event.text, text);
  if (text.empty()) return;
  Event piece = event;
  piece.text = text;
  if (last) {
    const bool words = event.block_type == BlockType::text || choice.structured;
    piece.type = words ? EventType::text : EventType::tool_arguments;
    piece.block_type = words ? BlockType::text : BlockType::tool_call;
  }
  sink(piece);
}

void EventRestorer::operator()(const Event& given, const canon::EventSink& sink) {
  const bool reasoning =
      given.block_type == BlockType::reasoning || given.block_type == BlockType::redacted_reasoning;
  Event event = given;
  if (reasoning && (given.type == EventType::block_start || given.type == EventType::signature))
    event.issuer = issuer(*restore_, given.issuer);
  if (restore_->empty()) return sink(event);
  const auto next = [&](const Event& plain) {
    aside_(plain, *restore_, [&](const Event& said) { put_back(said, sink); });
  };
  if (restore_->own_words()) return next(event);
  words_(event, *restore_, next);
}

void EventRestorer::put_back(const Event& event, const canon::EventSink& sink) {
  Choice& choice = choices_[event.choice];
  switch (event.type) {
    case EventType::block_start: {
      choice.filter.reset();
      if (event.block_type == BlockType::text && restore_->output)
        choice.filter.emplace(restore_->output->plan());
      if (event.block_type != BlockType::tool_call) return sink(event);
      if (const ArgumentPlan* plan = plan_of(*restore_, event.name)) choice.filter.emplace(*plan);
      Event out = event;
      if (!restore_->structured_tool.empty() && event.name == restore_->structured_tool) {
        choice.structured = choice.was_structured = true;
        choice.wrote = false;
        out.block_type = BlockType::text;
        out.id = out.name = out.signature = {};
        return sink(out);
      }
      choice.custom = restore_->custom_tools.contains(event.name);
      out.custom = choice.custom;
      out.name = client_name(*restore_, event.name);
      return sink(out);
    }
    case EventType::text:
      if (!choice.filter) return sink(event);
      return filtered(choice, event, sink, false);
    case EventType::tool_arguments: {
      if (choice.custom) {
        choice.held += event.text;
        return;
      }
      Event out = event;
      if (choice.structured) {
        out.type = EventType::text;
        out.block_type = BlockType::text;
        choice.wrote = choice.wrote || !event.text.empty();
      }
      if (!choice.filter) return sink(out);
      return filtered(choice, out, sink, false);
    }
    case EventType::block_stop: {
      if (choice.structured && !choice.wrote) {  // an object without members may come as no piece at all
        Event none = event;
        none.type = EventType::tool_arguments;
        none.text = "{}";
        put_back(none, sink);
      }
      Event out = event;
      if (choice.structured) out.block_type = BlockType::text;
      if (choice.filter) filtered(choice, event, sink, true);
      if (choice.custom) {
        Arena arena;
        Event piece = event;
        piece.type = EventType::tool_arguments;
        piece.text = custom_text(arena, choice.held);
        sink(piece);
        choice.held.clear();
      }
      choice.structured = choice.custom = false;
      choice.filter.reset();
      return sink(out);
    }
    case EventType::stop: {
      Event out = event;
      if (choice.was_structured && out.stop == StopReason::tool_use) out.stop = StopReason::end_turn;
      return sink(out);
    }
    default:
      return sink(event);
  }
}

}  // namespace dragoman::lower
