// Chunks to events. A choice's pieces go through a queue of blocks: the front one is live, its pieces go out
// as they come; those behind it wait. A text or reasoning block ends when something else begins; a tool call
// ends when its arguments are a whole JSON object (or the answer ends), so that hosts which interleave
// parallel calls, or send an id late, still give whole blocks one after the other.
#include <fmt/format.h>

#include <deque>

#include "base/strings.h"
#include "dialect/error_body.h"
#include "dialect/media.h"
#include "dialect/openai_chat/wire.h"
#include "dialect/reasoning_state.h"
#include "json/parse.h"

namespace dragoman::dialect::openai_chat {
namespace {

using canon::BlockType;
using canon::Event;
using canon::EventSink;
using canon::EventType;
using canon::StopReason;
using json::Value;

// Follows JSON text just far enough to know when the object that it is has ended.
class ObjectEnd {
 public:
  void feed(std::string_view text) {
    for (const char c : text) {
      if (quoted_) {
        if (escaped_)
          escaped_ = false;
        else if (c == '\\')
          escaped_ = true;
        else if (c == '"')
          quoted_ = false;
      } else if (c == '"') {
        quoted_ = true;
      } else if (c == '{' || c == '[') {
        ++depth_;
        begun_ = true;
      } else if ((c == '}' || c == ']') && depth_ > 0) {
        --depth_;
      }
    }
  }
  bool ended() const { return begun_ && depth_ == 0 && !quoted_; }

 private:
  int depth_ = 0;
  bool begun_ = false, quoted_ = false, escaped_ = false;
};

struct Item {
  BlockType type = BlockType::text;
  std::string id, name, signature, issuer;  // tool call, or the reasoning block's state
  std::string text;  // pieces not delivered yet; for redacted, media and foreign the whole
  ObjectEnd arguments;
  bool custom = false;
  bool started = false, done = false;
};

struct ChoiceState {
  int index = 0;
  std::deque<Item> items;                             // the front one is live
  std::vector<std::pair<std::int64_t, Item*>> calls;  // by the host's own index; deque references stay valid
  Item* last_call = nullptr;
  int next_block = 0;
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
      if (!started_) return std::unexpected(broken("the stream ended without an answer", frame.data));
      end(sink);
      return {};
    }
    arena_.reset();
    const auto parsed = json::parse(arena_, data);
    if (!parsed)
      return std::unexpected(broken("a stream chunk is not JSON: " + parsed.error().message, frame.data));
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
        event.block = std::max(0, state.next_block - 1);
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
    choices_.push_back({});
    choices_.back().index = wanted;
    return choices_.back();
  }

  void delta(ChoiceState& state, Value v, const EventSink& sink) {
    if (!v.is_object()) return;
    reasoning(state, v, sink);
    content(state, v["content"], sink);
    add_text(state, BlockType::refusal, v["refusal"].text(), sink);
    for (const Value image : v["images"].items()) {
      if (const auto data = split_data_url(image["image_url"]["url"].text())) {
        Item& item = add(state, BlockType::media, sink);
        item.name = data->media_type;
        item.text = data->data;
        item.done = true;
        advance(state, sink);
      }
    }
    for (const std::string_view key : {"annotations", "audio"})
      if (const Value f = v[key]; f.present() && !(f.is_array() && f.items().empty()))
        foreign(state, key, f, sink);
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
    if (!text_in_details) add_text(state, BlockType::reasoning, plain, sink);
    for (const Value detail : v["reasoning_details"].items()) {
      if (!detail.is_object()) continue;
      const canon::Reasoning r = read_detail(detail);
      if (!r.redacted.empty()) {
        Item& item = add(state, BlockType::redacted_reasoning, sink);
        item.text = r.redacted;
        item.issuer = r.issuer;
        item.done = true;
        advance(state, sink);
        continue;
      }
      // Words that are no reasoning by their own type are a block of that name: lower/restore may show them.
      const std::string_view type = detail["type"].text();
      add_text(state, BlockType::reasoning, r.text, sink, type.starts_with("reasoning") ? "" : type);
      if (r.signature.empty()) continue;
      Item& item = tail(state, BlockType::reasoning, sink);
      item.signature += r.signature;
      item.issuer = r.issuer;
      item.done = true;  // the signature is the block's last word
      advance(state, sink);
    }
  }

  void content(ChoiceState& state, Value v, const EventSink& sink) {
    if (v.is_string()) return add_text(state, BlockType::text, v.text(), sink);
    for (const Value part : v.items()) {
      const std::string_view type = part["type"].text();
      if (type == "text") {
        add_text(state, BlockType::text, part["text"].text(), sink);
      } else if (type == "thinking") {
        add_text(state, BlockType::reasoning, part["thinking"].text(), sink);
        for (const Value piece : part["thinking"].items())
          add_text(state, BlockType::reasoning, piece["text"].text(), sink);
      } else if (part.is_object()) {
        foreign(state, type, part, sink);
      }
    }
  }

  void foreign(ChoiceState& state, std::string_view type, Value v, const EventSink& sink) {
    Item& item = add(state, BlockType::foreign, sink);
    item.name = type;
    item.text = json::dump(v);
    item.done = true;
    advance(state, sink);
  }

  void add_text(ChoiceState& state, BlockType type, std::string_view text, const EventSink& sink,
                std::string_view name = {}) {
    if (text.empty()) return;
    tail(state, type, sink, name).text += text;
    advance(state, sink);
  }

  // The last block if it is an open one of this type and name, else a new one.
  Item& tail(ChoiceState& state, BlockType type, const EventSink& sink, std::string_view name = {}) {
    if (!state.items.empty()) {
      Item& last = state.items.back();
      if (last.type == type && !last.done && last.name == name) return last;
    }
    Item& item = add(state, type, sink);
    item.name = name;
    return item;
  }

  Item& add(ChoiceState& state, BlockType type, const EventSink& sink) {
    if (!state.items.empty() && state.items.back().type != BlockType::tool_call)
      state.items.back().done = true;
    advance(state, sink);
    Item& item = state.items.emplace_back();
    item.type = type;
    return item;
  }

  Item& call_for(ChoiceState& state, Value v, const EventSink& sink) {
    const std::string_view id = v["id"].text();
    const std::string_view name = v[v["custom"].is_object() ? "custom" : "function"]["name"].text();
    const auto index = v["index"].integer();
    Item* known = nullptr;
    if (index) {
      for (auto& [key, item] : state.calls)
        if (key == *index) known = item;
    } else {
      known = state.last_call;
      if (known && id.empty() && !name.empty() && !known->name.empty())
        known = nullptr;  // a whole call, no id
    }
    // The same index with another id is another call: some hosts give every parallel call index 0.
    if (known && !id.empty() && !known->id.empty() && known->id != id) known = nullptr;
    if (known) return *known;
    Item& item = add(state, BlockType::tool_call, sink);
    if (index) {
      std::erase_if(state.calls, [&](const auto& entry) { return entry.first == *index; });
      state.calls.emplace_back(*index, &item);
    }
    return item;
  }

  void tool_call(ChoiceState& state, Value v, const EventSink& sink) {
    Item& item = call_for(state, v, sink);
    state.last_call = &item;
    state.any_call = true;
    if (item.id.empty()) item.id = v["id"].text();
    if (v["custom"].is_object()) item.custom = true;
    const Value f = v[item.custom ? "custom" : "function"];
    if (item.name.empty()) item.name = f["name"].text();
    if (item.signature.empty()) item.signature = v["extra_content"]["google"]["thought_signature"].text();
    std::string pieces(f[item.custom ? "input" : "arguments"].text());
    if (f["arguments"].is_object()) pieces = json::dump_compact(f["arguments"]);
    if (!item.done || !is_blank(pieces)) item.text += pieces;
    if (!item.custom) item.arguments.feed(pieces);
    advance(state, sink);
  }

  // Delivers what the front block has, and the next one's when it is over.
  void advance(ChoiceState& state, const EventSink& sink, bool ending = false) {
    while (!state.items.empty()) {
      Item& item = state.items.front();
      const bool call = item.type == BlockType::tool_call;
      // A call is over when the next block has begun and its own arguments are whole.
      if (ending || (call && state.items.size() > 1 && item.arguments.ended())) item.done = true;
      if (!deliver(state, item, sink) || !item.done) return;
      Event stop = at(state, item, EventType::block_stop);
      sink(stop);
      ++state.next_block;
      std::erase_if(state.calls, [&](const auto& entry) { return entry.second == &item; });
      if (state.last_call == &item) state.last_call = nullptr;
      state.items.pop_front();
    }
  }

  static Event at(const ChoiceState& state, const Item& item, EventType type) {
    Event event;
    event.type = type;
    event.choice = state.index;
    event.block = state.next_block;
    event.block_type = item.type;
    return event;
  }

  // False when the block cannot begin yet: a call without its name or id.
  bool deliver(ChoiceState& state, Item& item, const EventSink& sink) {
    const bool call = item.type == BlockType::tool_call;
    if (!item.started) {
      if (call && !item.done && (item.id.empty() || item.name.empty())) return false;
      item.started = true;
      Event start = at(state, item, EventType::block_start);
      start.issuer = item.issuer;
      start.custom = item.custom;
      if (call) {
        start.id = item.id;
        start.signature = item.signature;
      }
      start.name = item.name;
      if (item.type == BlockType::redacted_reasoning || item.type == BlockType::media) start.text = item.text;
      if (item.type == BlockType::foreign) {
        start.issuer = canon::name(canon::DialectName::openai_chat);
        if (const auto value = json::parse(arena_, item.text)) start.value = *value;
      }
      sink(start);
      const bool whole = item.type == BlockType::redacted_reasoning || item.type == BlockType::media ||
                         item.type == BlockType::foreign;
      if (whole) item.text.clear();  // it went out with the start
    }
    if (!item.text.empty()) {
      Event piece = at(state, item, call ? EventType::tool_arguments : EventType::text);
      piece.text = item.text;
      sink(piece);
      item.text.clear();
    }
    if (item.type == BlockType::reasoning && !item.signature.empty()) {
      Event signature = at(state, item, EventType::signature);
      signature.text = item.signature;
      signature.issuer = item.issuer;
      sink(signature);
      item.signature.clear();
    }
    return true;
  }

  void end(const EventSink& sink) {
    for (ChoiceState& state : choices_) {
      advance(state, sink, true);
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
    if (usage_.known()) {
      Event usage;
      usage.type = EventType::usage;
      usage.usage = usage_;
      usage.service_tier = tier_;
      sink(usage);
    }
    Event last;
    last.type = EventType::end;
    sink(last);
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
