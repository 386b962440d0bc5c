// GenerateContentResponses for a client: one, or a stream of them as server-sent events (`alt=sse`) or as one
// JSON array.
//
// Google's SDKs keep the parts of an answer, streamed or not, and send them back: whatever state there is has
// to be on a part, in `thoughtSignature` (signature.cc), and no chunk may be without parts, or their chat
// helpers take the answer for a broken one.
#include <algorithm>
#include <map>

#include "base/id.h"
#include "dialect/gemini_generate/gemini_generate.h"
#include "json/parse.h"
#include "json/write.h"

namespace dragoman::dialect::gemini {
namespace {

using canon::BlockType;
using canon::Event;
using canon::EventType;
using canon::StopReason;
using json::Writer;

std::string_view finish_word(StopReason stop) {
  switch (stop) {
    case StopReason::end_turn:
    case StopReason::stop_sequence:
    case StopReason::tool_use:
    case StopReason::pause_turn:
      return "STOP";
    case StopReason::max_tokens:
    case StopReason::context_window:
      return "MAX_TOKENS";
    case StopReason::content_filter:
    case StopReason::refusal:
      return "SAFETY";
    case StopReason::malformed_tool_call:
      return "MALFORMED_FUNCTION_CALL";
    case StopReason::unknown:
      return "OTHER";
  }
  return "OTHER";
}

bool ours(std::string_view dialect) { return dialect == canon::name(canon::DialectName::gemini_generate); }

void write_usage(Writer& w, const canon::Usage& usage) {
  const auto known = [](std::int64_t n) { return std::max<std::int64_t>(n, 0); };
  const std::int64_t thoughts = std::min(known(usage.reasoning), known(usage.output));
  w.key("usageMetadata").begin_object().field("promptTokenCount", known(usage.input));
  w.field("candidatesTokenCount", known(usage.output) - thoughts);
  if (usage.cached > 0) w.field("cachedContentTokenCount", usage.cached);
  if (thoughts > 0) w.field("thoughtsTokenCount", thoughts);
  w.field("totalTokenCount", known(usage.input) + known(usage.output)).end_object();
}

// OpenAI's shape back into logprobsResult.
void write_logprobs(Writer& w, json::Value logprobs) {
  const auto candidate = [&](json::Value token) {
    w.begin_object()
        .field("token", token["token"].text())
        .field("logProbability", token["logprob"])
        .end_object();
  };
  w.key("logprobsResult").begin_object().key("chosenCandidates").begin_array();
  for (const json::Value token : logprobs["content"].items()) candidate(token);
  w.end_array().key("topCandidates").begin_array();
  for (const json::Value token : logprobs["content"].items()) {
    w.begin_object().key("candidates").begin_array();
    for (const json::Value other : token["top_logprobs"].items()) candidate(other);
    w.end_array().end_object();
  }
  w.end_array().end_object();
}

std::string text_part(std::string_view text, bool thought, std::string_view signature) {
  std::string out;
  Writer w(out);
  w.begin_object().field("text", text);
  if (thought) w.field("thought", true);
  if (!signature.empty()) w.field("thoughtSignature", signature);
  w.end_object();
  return out;
}

std::string call_part(std::string_view id, std::string_view name, std::string_view arguments,
                      std::string_view signature) {
  std::string out;
  Writer w(out);
  w.begin_object().key("functionCall").begin_object();
  w.field("id", id.empty() ? random_id("call_") : std::string(id)).field("name", name).key("args");
  Arena arena(1024);
  const auto parsed = json::parse(arena, arguments);
  if (parsed && parsed->is_object())
    w.value(*parsed);
  else if (arguments.empty())
    w.begin_object().end_object();
  else
    w.begin_object().field("arguments", arguments).end_object();  // no JSON object: as text, not lost
  w.end_object();
  if (!signature.empty()) w.field("thoughtSignature", signature);
  w.end_object();
  return out;
}

std::string media_part(std::string_view media_type, std::string_view data, bool url,
                       std::string_view signature) {
  std::string out;
  Writer w(out);
  w.begin_object().key(url ? "fileData" : "inlineData").begin_object();
  if (!media_type.empty()) w.field("mimeType", media_type);
  w.field(url ? "fileUri" : "data", data).end_object();
  if (!signature.empty()) w.field("thoughtSignature", signature);
  w.end_object();
  return out;
}

// Both ways of answering go through here: a whole answer is a stream whose chunks are joined.
struct Candidate {
  std::string call_id, call_name, call_signature, arguments;  // of the call that is open
  std::string thought, issuer, signature;                     // the end of the reasoning that is open
  std::string waiting;                                        // a signature for the next part
  std::string finish;
  bool any = false;  // has had a part
};

// Calls part(json) for each part that is complete after `event`.
template <class F>
void take(Candidate& c, const Event& event, F&& part) {
  const auto give = [&](std::string text) {
    c.any = true;
    part(std::move(text));
  };
  const auto take_waiting = [&] { return std::exchange(c.waiting, {}); };
  const auto flush_waiting = [&] {
    if (!c.waiting.empty()) give(text_part("", false, take_waiting()));
  };
  switch (event.type) {
    case EventType::block_start:
      if (event.block_type != BlockType::text && event.block_type != BlockType::media) flush_waiting();
      c.issuer = event.issuer;
      c.signature.clear();
      c.thought.clear();
      if (event.block_type == BlockType::tool_call) {
        c.call_id = event.id;
        c.call_name = event.name;
        c.call_signature = event.signature;
        c.arguments.clear();
      } else if (event.block_type == BlockType::redacted_reasoning) {
        give(text_part("", true, pack_signature(event.issuer, {}, event.text)));
      } else if (event.block_type == BlockType::media) {
        const bool url = event.text.starts_with("http://") || event.text.starts_with("https://");
        give(media_part(event.name, event.text, url, take_waiting()));
      } else if (event.block_type == BlockType::foreign && ours(event.issuer)) {
        give(json::dump(event.value));
      }
      return;
    case EventType::text:
      if (event.block_type == BlockType::reasoning) {
        // One piece is held back, for the signature to have a part with words in it.
        if (!c.thought.empty()) give(text_part(c.thought, true, {}));
        c.thought = event.text;
      } else if (!event.text.empty()) {
        give(text_part(event.text, false, take_waiting()));
      }
      return;
    case EventType::tool_arguments:
      c.arguments += event.text;
      return;
    case EventType::signature:
      c.signature += event.text;
      if (!event.issuer.empty()) c.issuer = event.issuer;
      return;
    case EventType::block_stop:
      if (event.block_type == BlockType::tool_call) {
        give(call_part(c.call_id, c.call_name, c.arguments, c.call_signature));
      } else if (event.block_type == BlockType::reasoning) {
        // Bare thoughts of others carry the name of whoever thought them.
        const std::string sealed = pack_signature(c.issuer, c.signature, {});
        if (!c.thought.empty())
          give(text_part(c.thought, true, sealed));
        else if (c.issuer == "gemini")
          c.waiting = sealed;  // it came on the part behind (stream.cc) and goes back there
        else if (!sealed.empty())
          give(text_part("", true, sealed));
        c.thought.clear();
      }
      return;
    case EventType::stop:
      flush_waiting();
      // An end without a reason is one like any other: clients take OTHER for a fault.
      c.finish =
          event.stop == StopReason::unknown && event.stop_text.empty() ? "STOP" : finish_word(event.stop);
      return;
    default:
      return;
  }
}

void begin_candidate(Writer& w, const std::vector<std::string>& parts) {
  w.begin_object().key("content").begin_object().key("parts").begin_array();
  for (const std::string& part : parts) w.raw(part);
  w.end_array().field("role", "model").end_object();
}

class Renderer final : public StreamRenderer {
 public:
  explicit Renderer(const RenderOptions& options)
      : id_(options.id), model_(options.model), array_(options.json_array) {}

  void render(const Event& event, std::string& out) override {
    switch (event.type) {
      case EventType::start:
        if (!event.id.empty()) id_ = event.id;
        usage_.merge(event.usage);
        return;
      case EventType::usage:
        usage_.merge(event.usage);
        return;
      case EventType::logprobs:
        return chunk(out, [&](Writer& w) {
          begin_candidate(w, {text_part("", false, {})});
          write_logprobs(w, event.value);
          w.field("index", event.choice).end_object();
        });
      case EventType::end:
        return end(out);
      case EventType::ping:  // Google sends none, and its JavaScript SDK reads no comments
      case EventType::citation:
      case EventType::foreign:
        return;
      default:
        return take(candidates_[event.choice], event, [&](std::string part) {
          chunk(out, [&](Writer& w) {
            begin_candidate(w, {std::move(part)});
            w.field("index", event.choice).end_object();
          });
        });
    }
  }

  // After the first chunk: another renderer may have begun the stream.
  void render_error(const ClientError& error, std::string& out) override {
    out += array_ ? ",\r\n" : "data: ";
    gemini::render_error(error, out);
    out += array_ ? "\r\n]\r\n" : "\r\n\r\n";
  }

 private:
  template <class Body>
  void chunk(std::string& out, const Body& candidates, bool last = false) {
    if (array_)
      out += begun_ ? ",\r\n" : "[";
    else
      out += "data: ";
    begun_ = true;
    Writer w(out);
    w.begin_object().key("candidates").begin_array();
    candidates(w);
    w.end_array();
    if (last || usage_.input >= 0) write_usage(w, usage_);
    w.field("modelVersion", model_).field("responseId", id_).end_object();
    if (!array_) out += "\r\n\r\n";
  }

  void end(std::string& out) {
    chunk(
        out,
        [&](Writer& w) {
          for (const auto& [index, candidate] : candidates_) {
            begin_candidate(w, {text_part("", false, {})});
            w.field("finishReason", candidate.finish.empty() ? std::string_view("OTHER") : candidate.finish);
            w.field("index", index).end_object();
          }
        },
        true);
    if (array_) out += "\r\n]\r\n";
  }

  std::string id_, model_;
  bool array_, begun_ = false;
  std::map<int, Candidate> candidates_;
  canon::Usage usage_;
};

}  // namespace

void render(const canon::Response& response, const RenderOptions& options, std::string& out) {
  std::map<int, Candidate> candidates;
  std::map<int, std::vector<std::string>> parts;
  canon::unfold(response, [&](const Event& event) {
    if (event.type == EventType::start || event.type == EventType::usage || event.type == EventType::end)
      return;
    take(candidates[event.choice], event,
         [&](std::string part) { parts[event.choice].push_back(std::move(part)); });
  });
  Writer w(out);
  w.begin_object().key("candidates").begin_array();
  for (const auto& [index, candidate] : candidates) {
    begin_candidate(w, parts[index]);
    w.field("finishReason", candidate.finish.empty() ? std::string_view("OTHER") : candidate.finish);
    const auto at = static_cast<std::size_t>(index);
    if (at < response.choices.size() && response.choices[at].logprobs.present())
      write_logprobs(w, response.choices[at].logprobs);
    w.field("index", index).end_object();
  }
  w.end_array();
  write_usage(w, response.usage);
  w.field("modelVersion", options.model);
  w.field("responseId", response.id.empty() ? options.id : response.id).end_object();
}

std::unique_ptr<StreamRenderer> renderer(const RenderOptions& options) {
  return std::make_unique<Renderer>(options);
}

}  // namespace dragoman::dialect::gemini
