#include "serve/argument_gate.h"

#include <utility>

#include "json/parse.h"
#include "json/write.h"

namespace dragoman::serve {

using canon::BlockType;
using canon::Event;
using canon::EventSink;
using canon::EventType;

namespace {

// The event with everything it points to in the arena.
Event kept_copy(const Event& event, Arena& arena) {
  Event out = event;
  for (std::string_view* text : {&out.text, &out.id, &out.name, &out.signature, &out.issuer, &out.model,
                                 &out.stop_text, &out.stop_sequence, &out.service_tier, &out.fingerprint})
    *text = arena.copy(*text);
  if (event.value) {
    const auto copied = json::parse(arena, json::dump(event.value));
    out.value = copied ? *copied : json::Value();
  }
  return out;
}

}  // namespace

void ArgumentGate::listen(const Event& event) {
  several_ |= event.choice > 0;
  // Under `report` only what is judged is kept.
  const bool call = event.type == EventType::block_start
                        ? event.block_type == BlockType::tool_call
                        : event.type == EventType::tool_arguments || event.type == EventType::block_stop ||
                              event.type == EventType::stop;
  if (kept_.holds() || kept_.output_promised() || call) folder_.add(event);
}

void ArgumentGate::emit(const Event& event, const EventSink& sink) {
  if (waiting_) return enqueue(event);
  delivered_ |= canon::commits(event);
  sink(event);
}

void ArgumentGate::enqueue(const Event& event) { queue_.push_back(kept_copy(event, arena_)); }

void ArgumentGate::push(const Event& event, const EventSink& sink) {
  if (failed_) return;
  if (kept_.active()) listen(event);
  if (!kept_.holds()) return sink(event);
  switch (event.type) {
    case EventType::block_start:
      if (event.block_type == BlockType::tool_call && !event.custom && kept_.covers(event.name)) {
        in_call_ = true;
        call_ = kept_copy(event, arena_);
        arguments_.clear();
        // If the attempt may fail for this call, another target can only answer while nothing was shown.
        start_waits_ = kept_.may_fail() && !delivered_;
        if (!start_waits_) emit(event, sink);
        return;
      }
      if (event.block_type == BlockType::text && kept_.output_promised()) waiting_ = true;
      return emit(event, sink);
    case EventType::tool_arguments:
      if (!in_call_) return emit(event, sink);
      arguments_ += event.text;
      return;
    case EventType::block_stop:
      if (!in_call_) return emit(event, sink);
      return end_of_call(event, sink);
    default:
      return emit(event, sink);
  }
}

void ArgumentGate::end_of_call(const Event& stop, const EventSink& sink) {
  in_call_ = false;
  const std::size_t before = kept_.pending().size();
  const std::size_t block = several_ ? Enforcement::kNowhere : static_cast<std::size_t>(stop.block);
  Event arguments = call_;
  arguments.type = EventType::tool_arguments;
  arguments.signature = {};
  arguments.text = kept_.judge_call(call_.name, arguments_, block, arena_);
  if (kept_.must_fail()) {
    failed_ = true;
    return;
  }
  if (kept_.pending().size() > before) {
    waiting_ = true;
    broken_.insert(block);
  }
  if (start_waits_) emit(call_, sink);
  emit(arguments, sink);
  emit(stop, sink);
}

canon::ToolCall* ArgumentGate::broken_call(const Event& event) {
  const auto block = static_cast<std::size_t>(event.block);
  if (event.type != EventType::tool_arguments || !broken_.contains(block)) return nullptr;
  if (answer_.choices.empty() || block >= answer_.choices[0].blocks.size()) return nullptr;
  return std::get_if<canon::ToolCall>(&answer_.choices[0].blocks[block].body);
}

void ArgumentGate::close() {
  answer_ = folder_.take();
  kept_.judge(answer_, arena_, !kept_.holds());
  repairing_ = !kept_.pending().empty();
  // What could be coerced of a broken call was, and is what a repair starts from.
  for (const Event& event : queue_)
    if (canon::ToolCall* call = broken_call(event)) set_arguments(*call, event.text, arena_);
}

void ArgumentGate::release(const EventSink& sink) {
  waiting_ = false;
  bool text_done = false;
  for (Event& event : queue_) {
    if (const canon::ToolCall* call = broken_call(event)) event.text = call->arguments_text;
    if (event.type == EventType::usage && repairing_) event.usage = answer_.usage;
    if (event.type == EventType::text && event.block_type == BlockType::text && kept_.output_promised() &&
        kept_.changed()) {
      if (std::exchange(text_done, true)) continue;
      event.text = output();
    }
    sink(event);
  }
  queue_.clear();
}

// Where the output was replaced, all of it stands in one block.
std::string_view ArgumentGate::output() const {
  for (const canon::Choice& choice : answer_.choices)
    for (const canon::Block& block : choice.blocks)
      if (const auto* text = std::get_if<canon::Text>(&block.body)) return text->text.view();
  return {};
}

}  // namespace dragoman::serve
