#include <array>

#include "base/hash.h"
#include "json/write.h"
#include "net/event_stream.h"
#include "sandbox/bedrock/answer.h"

namespace dragoman::sandbox::bedrock {
namespace {

constexpr std::string_view kPadding = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";

std::string frame(std::string_view message_type, std::string_view kind_header, std::string_view kind,
                  std::string_view payload) {
  const std::array headers = {net::EventStreamHeader::text(kind_header, kind),
                              net::EventStreamHeader::text(":content-type", "application/json"),
                              net::EventStreamHeader::text(":message-type", message_type)};
  std::string out;
  // Nothing the sandbox writes comes near the limits.
  if (!net::append_event_stream(out, headers, payload)) out.clear();
  return out;
}

// `fields` is the inside of an object. The service adds a `p` of varying length against traffic analysis
// (BRW-08).
std::string event(std::string_view type, const std::string& fields) {
  const std::size_t padding = 1 + stable_hash(fields) % (kPadding.size() - 1);
  return frame("event", ":event-type", type,
               "{" + fields + ",\"p\":\"" + std::string(kPadding.substr(0, padding)) + "\"}");
}

std::string quoted(std::string_view text) {
  std::string out;
  json::write_string(out, text);
  return out;
}

std::string index_field(std::size_t index) { return "\"contentBlockIndex\":" + std::to_string(index); }

std::string delta(std::size_t index, const std::string& inside) {
  return event("contentBlockDelta", index_field(index) + ",\"delta\":{" + inside + "}");
}

void add_block(std::vector<std::string>& frames, std::size_t index, const OutBlock& block) {
  switch (block.kind) {
    case OutBlock::Kind::text:
      for (const std::string_view piece : pieces(block.text)) {
        frames.push_back(delta(index, "\"text\":" + quoted(piece)));
      }
      break;
    case OutBlock::Kind::reasoning:
      for (const std::string_view piece : pieces(block.text)) {
        frames.push_back(delta(index, "\"reasoningContent\":{\"text\":" + quoted(piece) + "}"));
      }
      if (!block.signature.empty()) {
        frames.push_back(
            delta(index, "\"reasoningContent\":{\"signature\":" + quoted(block.signature) + "}"));
      }
      break;
    case OutBlock::Kind::tool_use:  // the only kind that is announced (BRW-09)
      frames.push_back(event("contentBlockStart",
                             index_field(index) + ",\"start\":{\"toolUse\":{\"name\":" + quoted(block.name) +
                                 ",\"toolUseId\":" + quoted(block.id) + "}}"));
      for (const std::string_view piece : pieces(block.text)) {
        frames.push_back(delta(index, "\"toolUse\":{\"input\":" + quoted(piece) + "}"));
      }
      break;
  }
  frames.push_back(event("contentBlockStop", index_field(index)));
}

}  // namespace

std::vector<std::string> message_frames(const OutMessage& message) {
  std::vector<std::string> frames = {event("messageStart", "\"role\":\"assistant\"")};
  for (std::size_t i = 0; i < message.blocks.size(); ++i) add_block(frames, i, message.blocks[i]);
  frames.push_back(event("messageStop", "\"stopReason\":" + quoted(message.stop_reason)));
  std::string usage;
  write_usage(usage, message.usage);
  frames.push_back(event("metadata", "\"metrics\":{\"latencyMs\":412},\"usage\":" + usage));
  return frames;
}

std::string exception_frame(std::string_view exception, std::string_view message) {
  return frame("exception", ":exception-type", exception, "{\"message\":" + quoted(message) + "}");
}

}  // namespace dragoman::sandbox::bedrock
