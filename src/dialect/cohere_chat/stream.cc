// Cohere's answers as events: a stream is a run of them, and a whole answer is read as if it had been one.
//
// `tool_plan` (what the model says before its calls) becomes text, in front of the calls; encode.cc puts it
// back. Citations say which words of the answer rest on which tool result: no client dialect has a word for
// that, so they travel as foreign events.
#include <fmt/format.h>

#include "base/hash.h"
#include "dialect/cohere_chat/cohere_chat.h"
#include "dialect/error_body.h"
#include "dialect/stream_end.h"
#include "json/parse.h"
#include "json/write.h"

namespace dragoman::dialect::cohere {
namespace {

using canon::BlockType;
using canon::Event;
using canon::EventType;

// The one message's blocks, as they come.
class Message {
 public:
  void start(std::string_view id, const canon::EventSink& sink) {
    if (started_) return;
    started_ = true;
    id_ = id;
    sink({.type = EventType::start, .id = id_});
  }
  bool started() const { return started_; }

  void text(BlockType type, std::string_view piece, const canon::EventSink& sink) {
    if (piece.empty()) return;
    if (!open_ || type_ != type) open({.block_type = type}, sink);
    sink({.type = EventType::text, .block = next_block_, .block_type = type_, .text = piece});
  }

  void call(std::string_view id, std::string_view name, const canon::EventSink& sink) {
    std::string made;
    if (id.empty()) {  // the same answer must give the same ids however often it is read
      made = fmt::format("call_{:016x}", stable_hash(fmt::format("{}\n{}\n{}", id_, calls_, name)));
      id = made;
    }
    ++calls_;
    close(sink);
    argued_ = false;
    open({.block_type = BlockType::tool_call, .id = id, .name = name}, sink);
  }

  void arguments(std::string_view piece, const canon::EventSink& sink) {
    if (!open_ || type_ != BlockType::tool_call || piece.empty()) return;
    argued_ = true;
    sink({.type = EventType::tool_arguments, .block = next_block_, .block_type = type_, .text = piece});
  }

  void foreign(std::string_view what, json::Value value, const canon::EventSink& sink) const {
    Event event{.type = EventType::foreign, .block = next_block_, .name = what};
    event.issuer = name(canon::DialectName::cohere_chat);
    event.value = value;
    sink(event);
  }

  void logprobs(json::Value value, const canon::EventSink& sink) const {
    if (value) sink({.type = EventType::logprobs, .block = next_block_, .value = value});
  }

  void close(const canon::EventSink& sink) {
    if (!open_) return;
    if (type_ == BlockType::tool_call && !argued_)  // a call without arguments says ""
      arguments("{}", sink);
    open_ = false;
    sink({.type = EventType::block_stop, .block = next_block_, .block_type = type_});
    ++next_block_;
  }

  void stop(std::string_view word, const canon::EventSink& sink) {
    close(sink);
    Event event{.type = EventType::stop, .stop = stop_reason(word), .stop_text = word};
    sink(event);
  }

 private:
  void open(Event event, const canon::EventSink& sink) {
    close(sink);
    open_ = true;
    type_ = event.block_type;
    event.type = EventType::block_start;
    event.block = next_block_;
    sink(event);
  }

  std::string id_;
  int next_block_ = 0;
  int calls_ = 0;
  BlockType type_ = BlockType::text;
  bool started_ = false, open_ = false, argued_ = false;
};

class Decoder final : public StreamDecoder {
 public:
  std::expected<void, canon::UpstreamError> push(const Frame& frame, const canon::EventSink& sink) override {
    if (ended_ || frame.data.empty() || frame.data == "[DONE]") return {};
    arena_.reset();
    const auto parsed = json::parse(arena_, frame.data);
    if (!parsed || !parsed->is_object())
      return failed(unreadable_answer("a stream event that is no JSON object", frame.data));
    const json::Value body = *parsed;
    const std::string_view type = body["type"].is_string() ? body["type"].text() : frame.event;
    if (is_error_value(body) || type == "error")
      return failed(decode_error(kUnreadableStatus, frame.data, {}));
    if (stopped_) return {};  // nothing can follow message-end
    const json::Value message = body["delta"]["message"];
    message_.start(body["id"].text(), sink);
    if (type == "content-start" || type == "content-delta") {
      content(message["content"], sink);
      message_.logprobs(logprobs(arena_, body["logprobs"]), sink);
    } else if (type == "content-end" || type == "tool-call-end") {
      message_.close(sink);
    } else if (type == "tool-plan-delta") {
      message_.text(BlockType::text, message["tool_plan"].text(), sink);
    } else if (type == "tool-call-start") {
      const json::Value call = message["tool_calls"];
      message_.call(call["id"].text(), call["function"]["name"].text(), sink);
      message_.arguments(call["function"]["arguments"].text(), sink);
    } else if (type == "tool-call-delta") {
      message_.arguments(message["tool_calls"]["function"]["arguments"].text(), sink);
    } else if (type == "citation-start") {
      message_.foreign("citation", message["citations"], sink);
    } else if (type == "message-end") {
      return end(body["delta"], frame.data, sink);
    }
    // message-start says the role, citation-end nothing; anything else is newer than this program.
    return {};
  }

  bool finish(const canon::EventSink& sink) override {
    if (!stopped_) return false;
    if (!ended_) sink({.type = EventType::end});
    ended_ = true;
    return true;
  }

 private:
  static std::unexpected<canon::UpstreamError> failed(canon::UpstreamError error) {
    error.in_stream = true;
    return std::unexpected(std::move(error));
  }

  void content(json::Value content, const canon::EventSink& sink) {
    message_.text(BlockType::reasoning, content["thinking"].text(), sink);
    message_.text(BlockType::text, content["text"].text(), sink);
  }

  std::expected<void, canon::UpstreamError> end(json::Value delta, std::string_view data,
                                                const canon::EventSink& sink) {
    const std::string_view word = delta["finish_reason"].text();
    if (auto error = failed_generation(word, delta["error"].text())) {
      error->body = data;
      return failed(*std::move(error));
    }
    stopped_ = true;
    message_.stop(word, sink);
    const canon::Usage used = usage(delta["usage"]);
    if (used.known()) sink({.type = EventType::usage, .usage = used});
    return {};
  }

  Arena arena_;
  Message message_;
  bool stopped_ = false, ended_ = false;
};

}  // namespace

std::unique_ptr<StreamDecoder> decoder() { return std::make_unique<Decoder>(); }

std::expected<canon::Response, canon::UpstreamError> decode(Arena& arena, json::Value body) {
  if (is_error_value(body) && !body["finish_reason"].present())
    return std::unexpected(decode_error(kUnreadableStatus, json::dump(body), {}));
  const json::Value answer = body["message"];
  if (!answer.is_object())
    return std::unexpected(unreadable_answer("an answer without a message", json::dump(body)));
  const std::string_view word = body["finish_reason"].text();
  if (auto error = failed_generation(word, body["error"].text())) {
    error->body = json::dump(body);
    return std::unexpected(*std::move(error));
  }

  canon::Folder folder(arena);
  const canon::EventSink sink = [&](const Event& event) { folder.add(event); };
  Message message;
  message.start(body["id"].text(), sink);
  for (const json::Value part : answer["content"].items()) {
    message.text(BlockType::reasoning, part["thinking"].text(), sink);
    message.text(BlockType::text, part["text"].text(), sink);
    message.close(sink);
  }
  message.text(BlockType::text, answer["tool_plan"].text(), sink);
  for (const json::Value call : answer["tool_calls"].items()) {
    message.call(call["id"].text(), call["function"]["name"].text(), sink);
    message.arguments(call["function"]["arguments"].text(), sink);
  }
  message.close(sink);
  for (const json::Value citation : answer["citations"].items()) message.foreign("citation", citation, sink);
  message.logprobs(logprobs(arena, body["logprobs"]), sink);
  message.stop(word, sink);
  end_stream(usage(body["usage"]), {}, sink);
  canon::Response response = folder.take();
  response.source = body;
  return response;
}

}  // namespace dragoman::dialect::cohere
