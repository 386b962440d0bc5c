// Anthropic's stream events to canonical ones. They are nearly the same; what differs is that blocks only
// Anthropic knows (server tools, their results) are delivered whole at their end, and that unfinished
// arguments are text. Blocks come one after the other; where a host's calls run side by side, what belongs to
// the later ones waits for the end of the first.
#include <map>
#include <string>
#include <vector>

#include "base/strings.h"
#include "dialect/anthropic_messages/wire.h"
#include "dialect/error_body.h"
#include "dialect/stream_end.h"
#include "json/parse.h"

namespace dragoman::dialect::anthropic_messages {
namespace {

using canon::BlockType;
using canon::Event;
using canon::EventSink;
using canon::EventType;
using json::Value;

class Decoder final : public StreamDecoder {
 public:
  std::expected<void, canon::UpstreamError> push(const Frame& frame, const EventSink& sink) override {
    const std::string_view data = trim(frame.data);
    if (data.empty() || data == "[DONE]" || ended_)
      return {};  // OpenRouter ends Messages streams with [DONE]
    arena_.reset();
    const auto parsed = json::parse(arena_, data);
    if (!parsed)
      return std::unexpected(unreadable("a stream event is not JSON: " + parsed.error().message, frame.data));
    const Value v = *parsed;
    if (frame.event == "error" || is_error_value(v)) {
      canon::UpstreamError error = read_error_value(200, v);
      error.in_stream = true;
      error.body = frame.data;
      return std::unexpected(std::move(error));
    }
    const std::string_view type = v["type"].text();
    if (type == "message_start") {
      start(v["message"], sink);
    } else if (type == "ping") {
      Event event;
      event.type = EventType::ping;
      sink(event);
    } else if (!started_) {
      return std::unexpected(unreadable("the stream does not begin with message_start", frame.data));
    } else if (type.starts_with("content_block_")) {
      of_block(type, v, data, sink);
    } else if (type == "message_delta") {
      message_delta(v, sink);
    } else if (type == "message_stop") {
      end(sink);
    } else if (!type.empty()) {
      Event event;  // newer than this program
      event.type = EventType::foreign;
      event.name = type;
      event.value = v;
      event.issuer = canon::name(canon::DialectName::anthropic_messages);
      sink(event);
    }
    return {};
  }

  // Hosts that close the connection where message_stop belongs have said why the answer ended.
  bool finish(const EventSink& sink) override {
    if (stopped_ && !ended_) end(sink);
    return ended_;
  }

 private:
  static canon::UpstreamError unreadable(std::string_view what, std::string_view body) {
    canon::UpstreamError out = unreadable_answer(what, body);
    out.in_stream = true;
    return out;
  }

  void start(Value message, const EventSink& sink) {
    if (started_) return;
    started_ = true;
    usage_.merge(read_usage(message["usage"]));
    tier_ = message["usage"]["service_tier"].text();
    Event event;
    event.type = EventType::start;
    event.id = message["id"].text();
    event.model = message["model"].text();
    event.usage = usage_;
    event.service_tier = tier_;
    sink(event);
    // Some hosts put a whole first block here instead of streaming it.
    for (const Value block : message["content"].items()) {
      block_start(block, sink);
      block_stop(sink);
    }
  }

  Event at(EventType type) const {
    Event event;
    event.type = type;
    event.block = block_;
    event.block_type = type_;
    return event;
  }

  void of_block(std::string_view type, Value v, std::string_view data, const EventSink& sink) {
    const auto index = v["index"].integer();
    if (open_ && type_ == BlockType::tool_call && index && index_ && *index != *index_) {
      waiting_.emplace_back(data);
    } else if (type == "content_block_start") {
      if (stopped_) return;  // no block follows the stop
      block_start(v["content_block"], sink);
      index_ = index;
    } else if (type == "content_block_delta") {
      delta(v["delta"], sink);
    } else if (type == "content_block_stop") {
      block_stop(sink);
      catch_up(sink);
    }
  }

  // What waited for the end of a block. Some of it may wait again, for the next one's.
  void catch_up(const EventSink& sink) {
    for (const std::string& data : std::exchange(waiting_, {}))
      if (const auto parsed = json::parse(arena_, data))
        of_block((*parsed)["type"].text(), *parsed, data, sink);
  }

  void block_start(Value v, const EventSink& sink) {
    if (!v.is_object()) return;
    block_stop(sink);  // an unclosed one
    open_ = true;
    index_.reset();
    const std::string_view word = v["type"].text();
    type_ = word == "text"                ? BlockType::text
            : word == "thinking"          ? BlockType::reasoning
            : word == "redacted_thinking" ? BlockType::redacted_reasoning
            : word == "tool_use"          ? BlockType::tool_call
                                          : BlockType::foreign;
    if (type_ == BlockType::foreign) {
      foreign_ = json::dump(v);
      foreign_arguments_.clear();
      foreign_text_.clear();
      return;
    }
    Event event = at(EventType::block_start);
    if (type_ == BlockType::reasoning || type_ == BlockType::redacted_reasoning) event.issuer = "anthropic";
    if (type_ == BlockType::redacted_reasoning) event.text = v["data"].text();
    if (type_ == BlockType::tool_call) {
      called_ = true;
      event.id = v["id"].text();
      event.name = v["name"].text();
    }
    sink(event);
    if (type_ == BlockType::text) {
      piece(EventType::text, v["text"].text(), sink);
      for (const Value citation : v["citations"].items()) cite(citation, sink);
    }
    if (type_ == BlockType::reasoning) {
      piece(EventType::text, v["thinking"].text(), sink);
      piece(EventType::signature, v["signature"].text(), sink);
    }
    // The input is {} here and comes in deltas; hosts that send it whole put it here.
    if (type_ == BlockType::tool_call && !v["input"].members().empty())
      piece(EventType::tool_arguments, json::dump_compact(v["input"]), sink);
    else if (type_ == BlockType::tool_call)
      piece(EventType::tool_arguments, input_text(arena_, v["input"]), sink);
  }

  void piece(EventType type, std::string_view text, const EventSink& sink) {
    if (text.empty()) return;
    Event event = at(type);
    event.text = text;
    if (type == EventType::signature) event.issuer = "anthropic";
    sink(event);
  }

  void cite(Value citation, const EventSink& sink) {
    Event event = at(EventType::citation);
    event.value = citation;
    sink(event);
  }

  void delta(Value v, const EventSink& sink) {
    if (!open_) return;
    if (type_ == BlockType::foreign) return foreign_delta(v);
    const std::string_view type = v["type"].text();
    if (type == "text_delta" && type_ == BlockType::text) piece(EventType::text, v["text"].text(), sink);
    if (type == "thinking_delta" && type_ == BlockType::reasoning)
      piece(EventType::text, v["thinking"].text(), sink);
    if (type == "signature_delta" && type_ == BlockType::reasoning)
      piece(EventType::signature, v["signature"].text(), sink);
    if (type == "input_json_delta" && type_ == BlockType::tool_call)
      piece(EventType::tool_arguments, v["partial_json"].text(), sink);
    if (type == "citations_delta" && type_ == BlockType::text && v["citation"].is_object())
      cite(v["citation"], sink);
  }

  // Server tools stream their input as JSON text; others (compaction) extend a text member of the block.
  void foreign_delta(Value v) {
    if (v["type"].text() == "input_json_delta") {
      foreign_arguments_ += v["partial_json"].text();
      return;
    }
    for (const json::Member& m : v.members())
      if (m.key != "type" && m.value.is_string()) foreign_text_[std::string(m.key)] += m.value.text();
  }

  void block_stop(const EventSink& sink) {
    if (!open_) return;
    if (type_ == BlockType::foreign) foreign_block(sink);
    sink(at(EventType::block_stop));
    open_ = false;
    ++block_;
  }

  void foreign_block(const EventSink& sink) {
    const auto parsed = json::parse(arena_, foreign_);
    if (!parsed) return;
    const json::Builder build(arena_);
    Value block = *parsed;
    if (const auto input = json::parse(arena_, foreign_arguments_); !foreign_arguments_.empty() && input)
      block = build.with(block, "input", *input);
    for (const auto& [key, text] : foreign_text_) {
      const std::string whole = std::string(block[key].text()) + text;
      block = build.with(block, arena_.copy(std::string_view(key)), build.string_copy(whole));
    }
    Event event = at(EventType::block_start);
    event.name = block["type"].text();
    event.value = block;
    event.issuer = canon::name(canon::DialectName::anthropic_messages);
    sink(event);
  }

  void message_delta(Value v, const EventSink& sink) {
    do {
      block_stop(sink);
      catch_up(sink);
    } while (open_);
    // The deltas' counts are cumulative; an input count here lacks nothing only if its cache parts are here
    // too, so those of message_start fill in.
    const Value u = v["usage"];
    canon::Usage usage = read_usage(u);
    if (usage.input >= 0) {
      if (!u["cache_read_input_tokens"].is_number()) usage.input += std::max<std::int64_t>(usage_.cached, 0);
      if (!u["cache_creation_input_tokens"].is_number())
        usage.input += std::max<std::int64_t>(usage_.cache_write, 0);
    }
    usage_.merge(usage);
    const Value d = v["delta"];
    if (const std::string_view word = d["stop_reason"].text(); !word.empty() && !stopped_) {
      stopped_ = true;
      Event event;
      event.type = EventType::stop;
      event.stop = read_stop_reason(word, called_);
      event.stop_text = word;
      event.stop_sequence = d["stop_sequence"].text();
      sink(event);
    }
  }

  void end(const EventSink& sink) {
    block_stop(sink);
    if (!stopped_) {
      Event event;
      event.type = EventType::stop;
      sink(event);
    }
    end_stream(usage_, tier_, sink);
    ended_ = true;
  }

  Arena arena_;
  bool started_ = false, open_ = false, stopped_ = false, ended_ = false, called_ = false;
  BlockType type_ = BlockType::text;
  int block_ = 0;
  std::optional<std::int64_t> index_ = {};  // the open block's, on the wire
  std::vector<std::string> waiting_ = {};   // events of other blocks, while a call is open
  std::string foreign_, foreign_arguments_, tier_;
  std::map<std::string, std::string> foreign_text_;
  canon::Usage usage_;
};

}  // namespace

std::unique_ptr<StreamDecoder> make_decoder() { return std::make_unique<Decoder>(); }

}  // namespace dragoman::dialect::anthropic_messages
