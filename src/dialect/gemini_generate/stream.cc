// GenerateContentResponses as events. A stream is a run of them and a whole answer is one: both go the same
// way.
//
// Where a signature came matters (GEM-15 to GEM-17): one on a call stays with the call, one on a thought ends
// that reasoning block, and one on any other part becomes a reasoning block without text just before it; the
// part is then a block of its own. encode.cc puts them back.
#include <fmt/format.h>

#include <map>

#include "base/hash.h"
#include "dialect/error_body.h"
#include "dialect/gemini_generate/gemini_generate.h"
#include "dialect/stream_end.h"
#include "json/parse.h"
#include "json/write.h"

namespace dragoman::dialect::gemini {
namespace {

using canon::BlockType;
using canon::Event;
using canon::EventType;

constexpr std::string_view kIssuer = "gemini";

// One candidate's blocks, as they come.
class Candidate {
 public:
  explicit Candidate(int index) : index_(index) {}

  void part(json::Value part, std::string_view response_id, const canon::EventSink& sink) {
    const std::string_view signature = part["thoughtSignature"].text();
    if (const json::Value call = part["functionCall"]; call.is_object())
      return tool_call(call, signature, response_id, sink);
    if (part["thought"].boolean()) {
      if (!part["text"].text().empty() || !signature.empty()) {
        ensure(BlockType::reasoning, sink);
        piece(EventType::text, part["text"].text(), sink);
        piece(EventType::signature, signature, sink);
        if (!signature.empty()) close(sink);
      }
      return;
    }
    if (!signature.empty()) {
      open({.block_type = BlockType::reasoning, .issuer = kIssuer}, sink);
      piece(EventType::signature, signature, sink);
      close(sink);
    }
    if (part["text"].is_string()) {
      if (part["text"].text().empty()) return;
      ensure(BlockType::text, sink);
      piece(EventType::text, part["text"].text(), sink);
      if (!signature.empty()) close(sink);
    } else if (const json::Value data = part["inlineData"]; data.is_object()) {
      open({.block_type = BlockType::media, .text = data["data"].text(), .name = data["mimeType"].text()},
           sink);
      close(sink);
    } else {
      for (const json::Member& member : part.members()) {
        if (member.key == "thoughtSignature" || member.key == "thought") continue;
        open({.block_type = BlockType::foreign,
              .name = member.key,
              .issuer = name(canon::DialectName::gemini_generate),
              .value = part},
             sink);
        close(sink);
        break;
      }
    }
  }

  void finish_word(std::string_view word) {
    if (!word.empty() && word != "FINISH_REASON_UNSPECIFIED") word_ = word;
  }
  bool finished() const { return !word_.empty(); }

  void stop(const canon::EventSink& sink) {
    close(sink);
    Event event{.type = EventType::stop, .choice = index_};
    event.stop = stop_reason(word_, calls_ > 0);
    event.stop_text = word_;
    sink(event);
  }

  void logprobs(json::Value value, const canon::EventSink& sink) const {
    sink({.type = EventType::logprobs, .choice = index_, .block = next_block_, .value = value});
  }

 private:
  void open(Event event, const canon::EventSink& sink) {
    close(sink);
    open_ = true;
    type_ = event.block_type;
    event.type = EventType::block_start;
    event.choice = index_;
    event.block = next_block_;
    sink(event);
  }

  void close(const canon::EventSink& sink) {
    if (!open_) return;
    open_ = false;
    sink({.type = EventType::block_stop, .choice = index_, .block = next_block_, .block_type = type_});
    ++next_block_;
  }

  void ensure(BlockType type, const canon::EventSink& sink) {
    if (open_ && type_ == type) return;
    open({.block_type = type, .issuer = type == BlockType::reasoning ? kIssuer : std::string_view()}, sink);
  }

  void piece(EventType type, std::string_view text, const canon::EventSink& sink) const {
    if (text.empty()) return;
    Event event{.type = type, .choice = index_, .block = next_block_, .block_type = type_, .text = text};
    if (type_ == BlockType::reasoning) event.issuer = kIssuer;
    sink(event);
  }

  void tool_call(json::Value call, std::string_view signature, std::string_view response_id,
                 const canon::EventSink& sink) {
    const std::string arguments = call["args"].is_object() ? json::dump_compact(call["args"]) : "{}";
    const std::string_view name = call["name"].text();
    std::string id(call["id"].text());
    if (id.empty()) {
      // The same answer must give the same ids however often it is read, and no two calls of a conversation
      // may share one; the arguments tell calls of different turns apart where responses have no id.
      const std::string seed =
          fmt::format("{}\n{}\n{}\n{}\n{}", response_id, index_, calls_, name, arguments);
      id = fmt::format("call_{:016x}", stable_hash(seed));
    }
    ++calls_;
    open({.block_type = BlockType::tool_call, .id = id, .name = name, .signature = signature}, sink);
    piece(EventType::tool_arguments, arguments, sink);
    close(sink);
  }

  int index_;
  int next_block_ = 0;
  int calls_ = 0;
  bool open_ = false;
  BlockType type_ = BlockType::text;
  std::string word_;
};

class Decoder final : public StreamDecoder {
 public:
  std::expected<void, canon::UpstreamError> push(const Frame& frame, const canon::EventSink& sink) override {
    if (frame.data.empty() || frame.data == "[DONE]") return {};
    arena_.reset();
    const auto parsed = json::parse(arena_, frame.data);
    if (!parsed)
      return std::unexpected(failed(unreadable_answer("a stream event that is no JSON", frame.data)));
    auto taken = take(arena_, *parsed, sink);
    if (!taken) {
      taken.error().body = frame.data;
      return std::unexpected(failed(std::move(taken.error())));
    }
    return {};
  }

  bool finish(const canon::EventSink& sink) override {
    if (ended_) return true;
    if (candidates_.empty() && blocked_.empty()) return false;
    for (const auto& [index, candidate] : candidates_)
      if (!candidate.finished()) return false;
    ended_ = true;
    for (auto& [index, candidate] : candidates_) candidate.stop(sink);
    if (candidates_.empty())  // GEM-63: the prompt was refused
      sink({.type = EventType::stop, .stop = canon::StopReason::content_filter, .stop_text = blocked_});
    end_stream(usage_, {}, sink);
    return true;
  }

  // One response object, or an array of them (streaming without alt=sse).
  std::expected<void, canon::UpstreamError> take(Arena& arena, json::Value body,
                                                 const canon::EventSink& sink) {
    if (body.is_array()) {
      for (const json::Value item : body.items())
        if (auto taken = take_one(arena, item, sink); !taken) return taken;
      return {};
    }
    return take_one(arena, body, sink);
  }

 private:
  // More candidates than a request may ask for (GEM-49: 8) are a broken stream, not a reason to take memory.
  static constexpr std::int64_t kMaxCandidates = 64;

  // No count of tokens is this large; sums of counts below it do not overflow.
  static constexpr std::int64_t kTooMany = std::int64_t{1} << 50;

  static canon::UpstreamError failed(canon::UpstreamError error) {
    error.in_stream = true;
    return error;
  }

  std::expected<void, canon::UpstreamError> take_one(Arena& arena, json::Value body,
                                                     const canon::EventSink& sink) {
    if (!body.is_object())
      return std::unexpected(unreadable_answer("an answer that is no JSON object", json::dump(body)));
    if (body["error"].present()) {
      const std::string text = json::dump(body);
      const int status = static_cast<int>(body["error"]["code"].integer().value_or(kUnreadableStatus));
      return std::unexpected(
          decode_error(status >= 400 && status < 600 ? status : kUnreadableStatus, text, {}));
    }
    read_usage(body["usageMetadata"]);
    if (!started_) {
      started_ = true;
      id_ = body["responseId"].text();
      Event event{.type = EventType::start, .id = id_, .model = body["modelVersion"].text()};
      event.created = unix_seconds(body["createTime"].text());
      event.usage.input = usage_.input;
      event.usage.cached = usage_.cached;
      sink(event);
    }
    if (const std::string_view reason = body["promptFeedback"]["blockReason"].text(); !reason.empty())
      blocked_ = reason;
    for (const json::Value item : body["candidates"].items()) {
      const std::int64_t index = item["index"].integer().value_or(0);
      if (index < 0 || index >= kMaxCandidates)
        return std::unexpected(unreadable_answer("a candidate's index is out of range", json::dump(body)));
      Candidate& candidate =
          candidates_.try_emplace(static_cast<int>(index), static_cast<int>(index)).first->second;
      for (const json::Value part : item["content"]["parts"].items())
        if (part.is_object()) candidate.part(part, id_, sink);
      if (item["logprobsResult"].is_object())
        candidate.logprobs(gemini::logprobs(arena, item["logprobsResult"]), sink);
      const std::string_view word = item["finishReason"].text();
      candidate.finish_word(word);
      if (stop_reason(word, false) == canon::StopReason::malformed_tool_call)
        return std::unexpected(read_discarded(word, item["finishMessage"].text()));
    }
    return {};
  }

  // Every chunk has the counts so far; parts that are zero are left out.
  void read_usage(json::Value counts) {
    if (!counts.is_object()) return;
    const auto count = [&](std::string_view key) {
      const std::int64_t n = counts[key].integer().value_or(-1);
      return n >= 0 && n < kTooMany ? n : -1;
    };
    const auto plus = [](std::int64_t a, std::int64_t b) {
      return b > 0 ? std::max<std::int64_t>(a, 0) + b : a;
    };
    canon::Usage now;
    now.input = plus(count("promptTokenCount"), count("toolUsePromptTokenCount"));
    now.cached = count("cachedContentTokenCount");
    now.reasoning = count("thoughtsTokenCount");
    now.output = plus(count("candidatesTokenCount"), now.reasoning);
    usage_.merge(now);
  }

  Arena arena_;
  std::map<int, Candidate> candidates_;
  std::string id_, blocked_;
  canon::Usage usage_;
  bool started_ = false, ended_ = false;
};

}  // namespace

std::unique_ptr<StreamDecoder> decoder() { return std::make_unique<Decoder>(); }

std::expected<canon::Response, canon::UpstreamError> decode(Arena& arena, json::Value body) {
  Decoder decoder;
  canon::Folder folder(arena);
  const canon::EventSink sink = [&](const Event& event) { folder.add(event); };
  if (auto taken = decoder.take(arena, body, sink); !taken) {
    if (taken.error().body.empty()) taken.error().body = json::dump(body);
    return std::unexpected(std::move(taken.error()));
  }
  if (!decoder.finish(sink))
    return std::unexpected(
        unreadable_answer("the answer has no candidate with a finishReason", json::dump(body)));
  canon::Response response = folder.take();
  response.source = body;
  return response;
}

}  // namespace dragoman::dialect::gemini
