// Chunks to events. Each choice's pieces go through a queue of blocks (block_queue.h).
#include <fmt/format.h>

#include <deque>

#include "base/strings.h"
#include "dialect/error_body.h"
#include "dialect/media.h"
#include "dialect/openai_chat/block_queue.h"
#include "dialect/openai_chat/wire.h"
#include "dialect/reasoning_state.h"
#include "dialect/stream_end.h"
#include "json/parse.h"

namespace dragoman::dialect::openai_chat {
namespace {

using canon::BlockType;
using canon::Event;
using canon::EventSink;
using canon::EventType;
using canon::StopReason;
using json::Value;

struct ChoiceState {
  ChoiceState(int number, Arena& arena) : index(number), blocks(number, arena) {}

  int index;
  BlockQueue blocks;
  bool any_call = false;
  std::string finish, stop_sequence;
  bool finished = false;
};

class Decoder final : public StreamDecoder {
 public:
  std::expected<void, canon::UpstreamError> push(const Frame& frame, const EventSink& sink) override {
    const std::string_view data = trim(frame.data);
    if (data.empty() || ended_) return {};
    if (data == "[DONE]") {
      if (!started_) return std::unexpected(unreadable("the stream ended without an answer", frame.data));
      end(sink);
      return {};
    }
    arena_.reset();
    const auto parsed = json::parse(arena_, data);
    if (!parsed)
      return std::unexpected(unreadable("a stream chunk is not JSON: " + parsed.error().message, frame.data));
    const Value chunk = *parsed;
    if (frame.event == "error" || is_error_value(chunk)) return std::unexpected(error(chunk, frame.data));
    for (const Value choice : chunk["choices"].items())
      if (is_error_value(choice)) return std::unexpected(error(choice, frame.data));
    read(chunk, sink);
    for (const ChoiceState& state : choices_) {
      if (!is_broken_finish(state.finish)) continue;
      auto gone = broken(fmt::format("the provider ended its answer with finish_reason \"{}\"", state.finish),
                         frame.data);
      gone.code = state.finish;
      return std::unexpected(std::move(gone));
    }
    return {};
  }

  bool finish(const EventSink& sink) override {
    if (ended_) return true;
    if (choices_.empty()) return false;
    for (const ChoiceState& state : choices_)
      if (!state.finished) return false;
    end(sink);
    return true;
  }

 private:
  static canon::UpstreamError unreadable(std::string_view what, std::string_view body) {
    canon::UpstreamError out = unreadable_answer(what, body);
    out.in_stream = true;
    return out;
  }
  // The provider's own word for it.
  static canon::UpstreamError broken(std::string message, std::string_view body) {
    canon::UpstreamError out;
    out.status = 200;
    out.in_stream = true;
    out.message = std::move(message);
    out.body = body;
    return out;
  }
  static canon::UpstreamError error(Value v, std::string_view body) {
    canon::UpstreamError out = read_error_value(200, v);
    out.in_stream = true;
    out.body = body;
    return out;
  }

  void read(Value chunk, const EventSink& sink) {
    usage_.merge(read_usage(chunk["usage"]));
    usage_.merge(read_usage(chunk["x_groq"]["usage"]));
    if (const std::string_view tier = chunk["service_tier"].text(); !tier.empty()) tier_ = tier;
    const auto choices = chunk["choices"].items();
    if (choices.empty()) return;  // Azure's filter results at the start, the usage chunk at the end
    if (!started_) {
      started_ = true;
      Event start;
      start.type = EventType::start;
      start.id = chunk["id"].text();
      start.model = chunk["model"].text();
      start.created = chunk["created"].integer().value_or(0);
      start.service_tier = tier_;
      start.fingerprint = chunk["system_fingerprint"].text();
      sink(start);
    }
    for (const Value v : choices) {
      if (!v.is_object()) continue;
      usage_.merge(read_usage(v["usage"]));  // Moonshot
      ChoiceState& state = choice(v["index"].integer().value_or(0));
      delta(state, v["delta"].is_object() ? v["delta"] : v["message"], sink);
      if (const Value logprobs = read_logprobs(arena_, v, v["delta"]["content"].text()); logprobs.present()) {
        Event event;
        event.type = EventType::logprobs;
        event.choice = state.index;
        event.block = std::max(0, state.blocks.live() - 1);
        event.value = logprobs;
        sink(event);
      }
      if (const std::string_view word = v["finish_reason"].text(); !word.empty()) {
        // Some hosts say it twice; calls outrank a plain stop.
        if (!state.finished || read_finish_reason(word) == StopReason::tool_use) state.finish = word;
        state.finished = true;
      }
      for (const std::string_view key : {"stop_reason", "matched_stop"})
        if (v[key].is_string()) state.stop_sequence = v[key].text();
    }
  }

  // Choices are few and come in any order.
  ChoiceState& choice(std::int64_t index) {
    const int wanted = static_cast<int>(std::clamp<std::int64_t>(index, 0, 127));
    for (ChoiceState& state : choices_)
      if (state.index == wanted) return state;
    return choices_.emplace_back(wanted, arena_);
  }

  void delta(ChoiceState& state, Value v, const EventSink& sink) {
    if (!v.is_object()) return;
    reasoning(state, v, sink);
    content(state, v["content"], sink);
    state.blocks.text(BlockType::refusal, v["refusal"].text(), sink);
    for (const Value image : v["images"].items())
      if (const auto data = split_data_url(image["image_url"]["url"].text()))
        state.blocks.media(data->media_type, data->data, sink);
    for (const std::string_view key : {"annotations", "audio"})
      if (const Value f = v[key]; f.present() && !(f.is_array() && f.items().empty()))
        state.blocks.foreign(key, json::dump(f), sink);
    for (const Value call : v["tool_calls"].items())
      if (call.is_object()) tool_call(state, call, sink);
    if (v["function_call"].is_object() && v["tool_calls"].items().empty()) {
      const json::Member member{"function", v["function_call"]};
      tool_call(state, json::Builder(arena_).object({&member, 1}), sink);
    }
  }

  void reasoning(ChoiceState& state, Value v, const EventSink& sink) {
    // The plain field repeats the details' text; take the text from one of the two only.
    std::string_view plain = v["reasoning_content"].text();
    if (plain.empty()) plain = v["reasoning"].text();
    bool text_in_details = false;
    for (const Value detail : v["reasoning_details"].items()) {
      if (!detail.is_object()) continue;
      const canon::Reasoning r = read_detail(detail);
      text_in_details |= !r.text.empty();
    }
    if (!text_in_details) state.blocks.text(BlockType::reasoning, plain, sink);
    for (const Value detail : v["reasoning_details"].items()) {
      if (!detail.is_object()) continue;
      const canon::Reasoning r = read_detail(detail);
      if (!r.redacted.empty()) {
        state.blocks.redacted(r.redacted, r.issuer, sink);
        continue;
      }
      // Words that are no reasoning by their own type are a block of that name: lower/restore may show them.
      const std::string_view type = detail["type"].text();
      state.blocks.text(BlockType::reasoning, r.text, sink, type.starts_with("reasoning") ? "" : type);
      if (!r.signature.empty()) state.blocks.signature(r.signature, r.issuer, sink);
    }
  }

  void content(ChoiceState& state, Value v, const EventSink& sink) {
    if (v.is_string()) return state.blocks.text(BlockType::text, v.text(), sink);
    for (const Value part : v.items()) {
      const std::string_view type = part["type"].text();
      if (type == "text") {
        state.blocks.text(BlockType::text, part["text"].text(), sink);
      } else if (type == "thinking") {
        state.blocks.text(BlockType::reasoning, part["thinking"].text(), sink);
        for (const Value piece : part["thinking"].items())
          state.blocks.text(BlockType::reasoning, piece["text"].text(), sink);
      } else if (part.is_object()) {
        state.blocks.foreign(type, json::dump(part), sink);
      }
    }
  }

  static void tool_call(ChoiceState& state, Value v, const EventSink& sink) {
    CallPiece piece;
    piece.custom = v["custom"].is_object();
    const Value f = v[piece.custom ? "custom" : "function"];
    piece.index = v["index"].integer();
    piece.id = v["id"].text();
    piece.name = f["name"].text();
    piece.signature = v["extra_content"]["google"]["thought_signature"].text();
    std::string whole;  // some hosts give the object itself
    if (f["arguments"].is_object()) whole = json::dump_compact(f["arguments"]);
    piece.arguments = whole.empty() ? f[piece.custom ? "input" : "arguments"].text() : whole;
    state.any_call = true;
    state.blocks.call(piece, sink);
  }

  void end(const EventSink& sink) {
    for (ChoiceState& state : choices_) {
      state.blocks.end(sink);
      Event stop;
      stop.type = EventType::stop;
      stop.choice = state.index;
      stop.stop = read_finish_reason(state.finish);
      stop.stop_text = state.finish;
      if (stop.stop == StopReason::end_turn && !state.stop_sequence.empty()) {
        stop.stop = StopReason::stop_sequence;
        stop.stop_sequence = state.stop_sequence;
      }
      if (state.any_call && (stop.stop == StopReason::end_turn || stop.stop == StopReason::unknown))
        stop.stop = StopReason::tool_use;
      sink(stop);
    }
    end_stream(usage_, tier_, sink);
    ended_ = true;
  }

  Arena arena_;
  std::deque<ChoiceState> choices_;
  canon::Usage usage_;
  std::string tier_;
  bool started_ = false, ended_ = false;
};

}  // namespace

std::unique_ptr<StreamDecoder> make_decoder() { return std::make_unique<Decoder>(); }

}  // namespace dragoman::dialect::openai_chat
