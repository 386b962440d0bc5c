#include "lower/restore.h"

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

}  // namespace

void restore(canon::Response& response, const Restore& restore, Arena& arena) {
  if (restore.empty()) return;
  for (canon::Choice& choice : response.choices) {
    for (canon::Block& block : choice.blocks) {
      auto* call = std::get_if<canon::ToolCall>(&block.body);
      if (!call) continue;
      if (!restore.structured_tool.empty() && call->name == restore.structured_tool) {
        const std::string_view text = call->arguments_text.empty()
                                          ? arena.copy(std::string_view(json::dump_compact(call->arguments)))
                                          : call->arguments_text;
        block.body = canon::Text{text};
        if (choice.stop == StopReason::tool_use) choice.stop = StopReason::end_turn;
        continue;
      }
      if (restore.custom_tools.contains(call->name)) {
        const std::string_view text = call->arguments_text.empty()
                                          ? arena.copy(std::string_view(json::dump_compact(call->arguments)))
                                          : call->arguments_text;
        call->arguments_text = custom_text(arena, text);
        call->arguments = {};
        call->custom = true;
      }
      call->name = client_name(restore, call->name);
    }
  }
}

void EventRestorer::operator()(const Event& event, const canon::EventSink& sink) {
  if (restore_->empty()) return sink(event);
  switch (event.type) {
    case EventType::block_start: {
      if (event.block_type != BlockType::tool_call) return sink(event);
      Event out = event;
      if (!restore_->structured_tool.empty() && event.name == restore_->structured_tool) {
        structured_ = was_structured_ = true;
        out.block_type = BlockType::text;
        out.id = out.name = out.signature = {};
        return sink(out);
      }
      custom_ = restore_->custom_tools.contains(event.name);
      out.custom = custom_;
      out.name = client_name(*restore_, event.name);
      return sink(out);
    }
    case EventType::tool_arguments: {
      if (custom_) {
        held_ += event.text;
        return;
      }
      if (!structured_) return sink(event);
      Event out = event;
      out.type = EventType::text;
      out.block_type = BlockType::text;
      return sink(out);
    }
    case EventType::block_stop: {
      Event out = event;
      if (structured_) out.block_type = BlockType::text;
      if (custom_) {
        Arena arena;
        Event piece = event;
        piece.type = EventType::tool_arguments;
        piece.text = custom_text(arena, held_);
        sink(piece);
        held_.clear();
      }
      structured_ = custom_ = false;
      return sink(out);
    }
    case EventType::stop: {
      Event out = event;
      if (was_structured_ && out.stop == StopReason::tool_use) out.stop = StopReason::end_turn;
      return sink(out);
    }
    default:
      return sink(event);
  }
}

}  // namespace dragoman::lower
