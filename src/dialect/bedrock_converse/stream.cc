// ConverseStream's messages as events (BRW-07 to BRW-09).
#include <string>

#include "base/base64.h"
#include "dialect/bedrock_converse/bedrock_converse.h"
#include "dialect/error_body.h"
#include "json/parse.h"

namespace dragoman::dialect::bedrock {
namespace {

using canon::BlockType;
using canon::Event;
using canon::EventType;

class Decoder final : public StreamDecoder {
 public:
  std::expected<void, canon::UpstreamError> push(const Frame& frame, const canon::EventSink& sink) override {
    if (frame.exception) return std::unexpected(exception(frame));
    arena_.reset();
    const auto parsed = json::parse(arena_, frame.data);
    if (!parsed || !parsed->is_object()) {
      canon::UpstreamError error =
          unreadable_answer("a " + std::string(frame.event) + " message that is no JSON object", frame.data);
      error.in_stream = true;
      return std::unexpected(std::move(error));
    }
    const json::Value body = *parsed;
    start(sink);
    if (stopped_ && frame.event.starts_with("contentBlock")) {
      // Blocks end before the message does.
    } else if (frame.event == "contentBlockStart") {
      block_start(body, sink);
    } else if (frame.event == "contentBlockDelta") {
      delta(body, sink);
    } else if (frame.event == "contentBlockStop") {
      close(sink);
    } else if (frame.event == "messageStop") {
      const std::string_view word = body["stopReason"].text();
      if (stop_reason(word) == canon::StopReason::malformed_tool_call) {
        canon::UpstreamError error = read_discarded(word, {});
        error.in_stream = true;
        error.body = frame.data;
        return std::unexpected(std::move(error));
      }
      message_stop(body, sink);
    } else if (frame.event == "metadata") {
      metadata(body, sink);
    }
    // messageStart says the role, which is known. Anything else is newer than this program; the stream goes
    // on.
    return {};
  }

  bool finish(const canon::EventSink& sink) override {
    if (!stopped_) return false;
    if (!ended_) emit(sink, {.type = EventType::end});
    ended_ = true;
    return true;
  }

 private:
  static void emit(const canon::EventSink& sink, const Event& event) { sink(event); }

  static canon::UpstreamError exception(const Frame& frame) {
    canon::UpstreamError error = decode_error(0, frame.data, frame.event);
    error.in_stream = true;
    error.status = exception_status(error.type);
    if (error.status == 0) error.status = 500;
    return error;
  }

  void start(const canon::EventSink& sink) {
    if (started_) return;
    started_ = true;
    emit(sink, {.type = EventType::start});
  }

  // The stream's own block numbers only tell blocks apart: ours count the blocks that are shown.
  void open(BlockType type, std::int64_t index, const canon::EventSink& sink, Event event = {}) {
    close(sink);
    open_ = true;
    type_ = type;
    index_ = index;
    event.type = EventType::block_start;
    event.block = next_block_;
    event.block_type = type;
    emit(sink, event);
  }

  void close(const canon::EventSink& sink) {
    if (buffering_ != Buffering::none) return flush(sink);
    if (!open_) return;
    open_ = false;
    emit(sink, {.type = EventType::block_stop, .block = next_block_, .block_type = type_});
    ++next_block_;
  }

  void ensure(BlockType type, std::int64_t index, const canon::EventSink& sink) {
    if (buffering_ != Buffering::none || !open_ || type_ != type || index_ != index) open(type, index, sink);
  }

  void piece(EventType type, std::string_view text, const canon::EventSink& sink,
             std::string_view issuer = {}) {
    if (text.empty()) return;
    emit(sink, {.type = type, .block = next_block_, .block_type = type_, .text = text, .issuer = issuer});
  }

  void block_start(json::Value body, const canon::EventSink& sink) {
    const json::Value what = body["start"];
    const std::int64_t index = body["contentBlockIndex"].integer().value_or(-1);
    if (const json::Value use = what["toolUse"]; use.is_object() && use["type"].text().empty()) {
      Event event;
      event.id = use["toolUseId"].text();
      event.name = use["name"].text();
      open(BlockType::tool_call, index, sink, event);
    } else if (const json::Value image = what["image"]; image.is_object()) {
      close(sink);
      buffering_ = Buffering::image;
      media_type_ = media_type_of(canon::MediaKind::image, image["format"].text());
    } else if (!what.members().empty()) {  // server tools and what is newer: kept whole
      Event event;
      event.name = what.members().front().key;
      event.issuer = name(canon::DialectName::bedrock_converse);
      event.value = what;
      open(BlockType::foreign, index, sink, event);
    }
  }

  void delta(json::Value body, const canon::EventSink& sink) {
    const std::int64_t index = body["contentBlockIndex"].integer().value_or(-1);
    for (const json::Member& member : body["delta"].members()) {
      const json::Value value = member.value;
      if (member.key == "text") {
        ensure(BlockType::text, index, sink);
        piece(EventType::text, value.text(), sink);
      } else if (member.key == "toolUse") {
        if (open_ && type_ == BlockType::tool_call)
          piece(EventType::tool_arguments, value["input"].text(), sink);
      } else if (member.key == "reasoningContent") {
        reasoning(value, index, sink);
      } else if (member.key == "image") {
        if (buffering_ == Buffering::image) buffer_ += value["source"]["bytes"].text();
      } else if (member.key == "citation") {
        ensure(BlockType::text, index, sink);
        emit(sink, {.type = EventType::citation,
                    .block = next_block_,
                    .block_type = type_,
                    .value = citation(arena_, value)});
      } else {
        emit(sink, {.type = EventType::foreign,
                    .block = next_block_,
                    .name = member.key,
                    .issuer = name(canon::DialectName::bedrock_converse),
                    .value = value});
      }
    }
  }

  void reasoning(json::Value content, std::int64_t index, const canon::EventSink& sink) {
    if (const std::string_view data = content["redactedContent"].text(); !data.empty()) {
      if (buffering_ != Buffering::redacted || index_ != index) close(sink);
      buffering_ = Buffering::redacted;
      index_ = index;
      append_base64(data);
      return;
    }
    if (content["text"].is_string()) {
      ensure(BlockType::reasoning, index, sink);
      piece(EventType::text, content["text"].text(), sink);
    }
    if (content["signature"].is_string()) {
      ensure(BlockType::reasoning, index, sink);
      piece(EventType::signature, content["signature"].text(), sink, kIssuer);
    }
  }

  // Each piece is base64 of its own, so that padding may stand in the middle of the joined text.
  void append_base64(std::string_view piece) {
    if (buffer_.empty()) {
      buffer_ = piece;
      return;
    }
    const auto before = base64_decode(buffer_), after = base64_decode(piece);
    buffer_ = before && after ? base64_encode(*before + *after) : buffer_.append(piece);
  }

  void flush(const canon::EventSink& sink) {
    const bool image = buffering_ == Buffering::image;
    buffering_ = Buffering::none;
    Event event;
    event.text = buffer_;
    if (image)
      event.name = media_type_;
    else
      event.issuer = kIssuer;
    open(image ? BlockType::media : BlockType::redacted_reasoning, index_, sink, event);
    close(sink);
    buffer_.clear();
  }

  void message_stop(json::Value body, const canon::EventSink& sink) {
    close(sink);
    if (stopped_) return;
    stopped_ = true;
    const std::string_view word = body["stopReason"].text();
    emit(sink, {.type = EventType::stop,
                .stop = stop_reason(word),
                .stop_text = word,
                .stop_sequence = body["additionalModelResponseFields"]["stop_sequence"].text()});
  }

  // The last message. The end is told at finish(), so that a newer message behind it does no harm.
  void metadata(json::Value body, const canon::EventSink& sink) {
    emit(sink, {.type = EventType::usage,
                .usage = usage(body["usage"]),
                .service_tier = body["serviceTier"]["type"].text()});
  }

  enum class Buffering : std::uint8_t { none, redacted, image };

  Arena arena_;
  std::string buffer_;  // data of a block that is told whole
  std::string_view media_type_;
  std::int64_t index_ = -1;
  int next_block_ = 0;
  BlockType type_ = BlockType::text;
  Buffering buffering_ = Buffering::none;
  bool open_ = false, started_ = false, stopped_ = false, ended_ = false;
};

}  // namespace

std::unique_ptr<StreamDecoder> decoder() { return std::make_unique<Decoder>(); }

}  // namespace dragoman::dialect::bedrock
