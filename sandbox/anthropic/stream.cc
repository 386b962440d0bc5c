#include "json/write.h"
#include "net/sse.h"
#include "sandbox/anthropic/answer.h"

namespace dragoman::sandbox::anthropic {
namespace {

class Frames {
 public:
  // Each event names itself twice: in the event line and in its data.
  void add(std::string_view event, std::string_view data) {
    std::string frame;
    net::append_sse(frame, event, data);
    frames_.push_back(std::move(frame));
  }

  void delta(std::size_t index, std::string_view type, std::string_view field, std::string_view text) {
    std::string data;
    json::Writer w(data);
    w.begin_object().field("type", "content_block_delta").field("index", static_cast<std::int64_t>(index));
    w.key("delta").begin_object().field("type", type).field(field, text).end_object().end_object();
    add("content_block_delta", data);
  }

  void start(std::size_t index, std::string_view block) {
    std::string data;
    json::Writer w(data);
    w.begin_object().field("type", "content_block_start").field("index", static_cast<std::int64_t>(index));
    w.key("content_block").raw(block).end_object();
    add("content_block_start", data);
  }

  void stop(std::size_t index) {
    std::string data;
    json::Writer w(data);
    w.begin_object()
        .field("type", "content_block_stop")
        .field("index", static_cast<std::int64_t>(index))
        .end_object();
    add("content_block_stop", data);
  }

  std::vector<std::string> take() { return std::move(frames_); }

 private:
  std::vector<std::string> frames_;
};

std::string empty_block(const OutBlock& block) {
  std::string out;
  json::Writer w(out);
  w.begin_object();
  switch (block.kind) {
    case OutBlock::Kind::thinking:
      w.field("type", "thinking").field("thinking", "").field("signature", "");
      break;
    case OutBlock::Kind::redacted:
      w.field("type", "redacted_thinking").field("data", block.signature);
      break;
    case OutBlock::Kind::text:
      w.field("type", "text").field("text", "");
      break;
    case OutBlock::Kind::tool_use:
      w.field("type", "tool_use").field("id", block.id).field("name", block.name);
      w.key("input").begin_object().end_object();
      w.key("caller").begin_object().field("type", "direct").end_object();
      break;
  }
  w.end_object();
  return out;
}

void add_block(Frames& frames, std::size_t index, const OutBlock& block) {
  frames.start(index, empty_block(block));
  if (index == 0) frames.add("ping", R"({"type": "ping"})");
  switch (block.kind) {
    case OutBlock::Kind::thinking:
      for (const std::string_view piece : pieces(block.text))
        frames.delta(index, "thinking_delta", "thinking", piece);
      frames.delta(index, "signature_delta", "signature", block.signature);
      break;
    case OutBlock::Kind::redacted:
      break;
    case OutBlock::Kind::text:
      for (const std::string_view piece : pieces(block.text))
        frames.delta(index, "text_delta", "text", piece);
      break;
    case OutBlock::Kind::tool_use:
      frames.delta(index, "input_json_delta", "partial_json", "");
      if (block.text != "{}") {
        for (const std::string_view piece : pieces(block.text)) {
          frames.delta(index, "input_json_delta", "partial_json", piece);
        }
      }
      break;
  }
  frames.stop(index);
}

}  // namespace

std::vector<std::string> message_frames(const OutMessage& message) {
  Frames frames;
  std::string usage;
  write_usage(usage, message.usage, 1);
  std::string start;
  json::Writer w(start);
  w.begin_object().field("type", "message_start").key("message").begin_object();
  w.field("model", message.model).field("id", message.id).field("type", "message").field("role", "assistant");
  w.key("content").begin_array().end_array().key("stop_reason").null().key("stop_sequence").null();
  w.key("stop_details").null().key("usage").raw(usage).end_object().end_object();
  frames.add("message_start", start);

  for (std::size_t i = 0; i < message.blocks.size(); ++i) add_block(frames, i, message.blocks[i]);

  std::string end;
  json::Writer d(end);
  d.begin_object().field("type", "message_delta").key("delta").begin_object();
  d.field("stop_reason", message.stop_reason).key("stop_sequence");
  message.stop_sequence.empty() ? d.null() : d.string(message.stop_sequence);
  d.end_object().key("usage").begin_object();
  d.field("input_tokens", message.usage.prompt - message.usage.cached)
      .field("cache_creation_input_tokens", 0);
  d.field("cache_read_input_tokens", message.usage.cached).field("output_tokens", message.usage.completion);
  d.end_object().end_object();
  frames.add("message_delta", end);
  frames.add("message_stop", R"({"type":"message_stop"})");
  return frames.take();
}

}  // namespace dragoman::sandbox::anthropic
