#include "lower/answer_words.h"

#include "json/parse.h"
#include "json/write.h"

namespace dragoman::lower {
namespace {

using canon::BlockType;
using canon::Event;
using canon::EventType;

void decode_arguments(canon::ToolCall& call, Arena& arena) {
  const std::string written = call.arguments_text.empty() && call.arguments
                                  ? json::dump_compact(call.arguments)
                                  : std::string(call.arguments_text);
  if (!written.contains('&')) return;
  call.arguments_text = arena.copy(std::string_view(html_arguments(written)));
  const auto parsed = json::parse(arena, call.arguments_text);
  call.arguments = parsed && parsed->is_object() ? *parsed : json::Value();
}

}  // namespace

void plain_words(canon::Response& response, const Restore& restore, Arena& arena) {
  for (canon::Choice& choice : response.choices) {
    bool goes_on = false;
    for (canon::Block& block : choice.blocks) {
      const auto* reasoning = std::get_if<canon::Reasoning>(&block.body);
      if (reasoning && restore.visible_details.contains(reasoning->source["type"].text()))
        block.body = canon::Text{reasoning->text};
      if (auto* text = std::get_if<canon::Text>(&block.body); text && !goes_on) {
        goes_on = true;
        const std::string_view said = text->text;
        if (said.starts_with(restore.prefill)) text->text = said.substr(restore.prefill.size());
      }
      if (auto* call = std::get_if<canon::ToolCall>(&block.body); call && restore.html_arguments)
        decode_arguments(*call, arena);
    }
  }
}

// The first text of an answer, less the prefill if that is what it begins with.
void AnswerWords::after_prefill(Choice& choice, const Event& event, std::string_view prefill,
                                const canon::EventSink& sink) {
  Event out = event;
  const std::string_view rest = prefill.substr(choice.repeated);
  if (event.type == EventType::text && !rest.empty() && rest.starts_with(event.text)) {
    choice.repeated += event.text.size();
    if (choice.repeated == prefill.size()) choice.goes_on = true;
    return;
  }
  choice.goes_on = true;
  std::string whole(prefill.substr(0, choice.repeated));  // it was something else
  if (event.type != EventType::text) {
    if (!whole.empty()) {
      out.type = EventType::text;
      out.text = whole;
      sink(out);
    }
    return sink(event);
  }
  if (event.text.starts_with(rest)) {
    out.text = event.text.substr(rest.size());
  } else {
    whole += event.text;
    out.text = whole;
  }
  sink(out);
}

void AnswerWords::operator()(const Event& event, const Restore& restore, const canon::EventSink& sink) {
  Choice& choice = choices_[event.choice];
  if (event.type == EventType::block_start)
    choice.visible = event.block_type == BlockType::reasoning && restore.visible_details.contains(event.name);
  Event out = event;
  if (choice.visible && event.block_type == BlockType::reasoning) {
    out.block_type = BlockType::text;
    if (event.type == EventType::block_start) out.name = {};
    sink(out);
    if (event.type == EventType::block_stop) choice.visible = false;
    return;
  }
  const bool ends = event.type == EventType::block_stop;
  if (!restore.prefill.empty() && !choice.goes_on && event.block_type == BlockType::text &&
      (event.type == EventType::text || ends))
    return after_prefill(choice, event, restore.prefill, sink);
  const bool piece = event.type == EventType::tool_arguments;
  const bool stop = event.type == EventType::block_stop && event.block_type == BlockType::tool_call;
  if (!restore.html_arguments || !(piece || stop)) return sink(event);
  std::string plain;
  if (piece)
    choice.html.feed(event.text, plain);
  else
    choice.html.finish(plain);
  if (!plain.empty()) {
    out.type = EventType::tool_arguments;
    out.text = plain;
    sink(out);
  }
  if (stop) sink(event);
}

}  // namespace dragoman::lower
