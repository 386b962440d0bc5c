#include "lower/aside.h"

#include <algorithm>
#include <string_view>

#include "json/parse.h"
#include "json/write.h"

namespace dragoman::lower {
namespace {

using canon::BlockType;
using canon::Event;
using canon::EventType;

bool is_answer(const Restore& restore, std::string_view tool) {
  return restore.aside_of == "*" || restore.aside_of == tool;
}

// With views of its own.
Event kept(Arena& arena, const Event& event) {
  Event out = event;
  for (std::string_view Event::* member :
       {&Event::text, &Event::id, &Event::name, &Event::signature, &Event::issuer, &Event::model,
        &Event::stop_text, &Event::stop_sequence, &Event::service_tier, &Event::fingerprint})
    out.*member = arena.copy(event.*member);
  if (event.value)
    if (const auto value = json::parse(arena, arena.copy(std::string_view(json::dump(event.value)))))
      out.value = *value;
  return out;
}

// One event of a text that goes out as a thought. What is said of words (probabilities, sources) is not of
// it.
void think(Event event, const canon::EventSink& sink) {
  if (event.type == EventType::citation || event.type == EventType::logprobs) return;
  event.block_type = BlockType::reasoning;
  event.issuer = {};
  sink(event);
}

// JSON, or a fence around it.
bool begins_as_json(const std::vector<Event>& held) {
  for (const Event& event : held) {
    if (event.type != EventType::text) continue;
    const std::size_t first = event.text.find_first_not_of(" \t\r\n");
    if (first != std::string_view::npos) return std::string_view("{[`").contains(event.text[first]);
  }
  return false;
}

bool is_text(const Event& event) {
  switch (event.type) {
    case EventType::block_start:
    case EventType::block_stop:
    case EventType::text:
      return event.block_type == BlockType::text;
    case EventType::citation:
    case EventType::logprobs:
      return true;
    default:
      return false;
  }
}

}  // namespace

void set_aside(canon::Response& response, const Restore& restore) {
  if (restore.aside_of.empty()) return;
  for (canon::Choice& choice : response.choices) {
    const bool answered = std::ranges::any_of(choice.blocks, [&](const canon::Block& block) {
      const auto* call = std::get_if<canon::ToolCall>(&block.body);
      return call != nullptr && is_answer(restore, call->name);
    });
    if (!answered) continue;
    for (canon::Block& block : choice.blocks)
      if (const auto* text = std::get_if<canon::Text>(&block.body))
        block.body = canon::Reasoning{.text = text->text};
  }
}

void Aside::release(Choice& choice, bool as_thoughts, const canon::EventSink& sink) {
  for (const Event& event : choice.held) {
    if (as_thoughts && is_text(event))
      think(event, sink);
    else
      sink(event);
  }
  choice.held.clear();
  choice.arena.reset();
}

void Aside::operator()(const Event& event, const Restore& restore, const canon::EventSink& sink) {
  const bool of_stream = event.type == EventType::start || event.type == EventType::usage ||
                         event.type == EventType::end || event.type == EventType::ping;
  if (restore.aside_of.empty() || of_stream) return sink(event);
  Choice& choice = choices_[event.choice];
  if (event.type == EventType::stop) {
    release(choice, false, sink);
    return sink(event);
  }
  if (event.type == EventType::block_start && event.block_type == BlockType::tool_call) {
    const bool answer = is_answer(restore, event.name);
    release(choice, answer, sink);
    choice.answered |= answer;
    return sink(event);
  }
  if (event.type == EventType::block_start && event.block_type == BlockType::text) {
    choice.thought = choice.answered;
    if (!choice.answered && !choice.plain && !choice.arena) choice.arena = std::make_unique<Arena>(1024);
  }
  if (choice.thought && is_text(event)) {
    think(event, sink);
    choice.thought = event.type != EventType::block_stop;
    return;
  }
  if (!choice.arena) return sink(event);
  choice.held.push_back(kept(*choice.arena, event));
  if (!begins_as_json(choice.held)) return;
  choice.plain = true;
  release(choice, false, sink);
}

}  // namespace dragoman::lower
