// Converse answers for a client: whole, and as the messages of ConverseStream.
#include <algorithm>
#include <utility>

#include "base/base64.h"
#include "base/id.h"
#include "dialect/bedrock_converse/bedrock_converse.h"
#include "dialect/reasoning_state.h"
#include "json/write.h"

namespace dragoman::dialect::bedrock {
namespace {

using canon::BlockType;
using canon::Event;
using canon::EventType;
using canon::StopReason;
using json::Writer;

std::string_view stop_word(StopReason stop) {
  switch (stop) {
    case StopReason::tool_use:
      return "tool_use";
    case StopReason::max_tokens:
      return "max_tokens";
    case StopReason::stop_sequence:
      return "stop_sequence";
    case StopReason::content_filter:
    case StopReason::refusal:
      return "content_filtered";
    case StopReason::context_window:
      return "model_context_window_exceeded";
    case StopReason::malformed_tool_call:
      return "malformed_tool_use";
    case StopReason::unknown:
    case StopReason::end_turn:
    case StopReason::pause_turn:
      return "end_turn";
  }
  return "end_turn";
}

bool ours(std::string_view dialect) { return dialect == canon::name(canon::DialectName::bedrock_converse); }

// The field is bytes: Anthropic's own go as they are, anything else as base64 of a tagged text.
std::string sealed(std::string_view issuer, std::string_view data) {
  if (issuer == kIssuer && base64_decode(data)) return std::string(data);
  const std::string tagged =
      issuer == kIssuer ? "dragoman.anthropic." + std::string(data) : tag_signature(issuer, data);
  return base64_encode(tagged);
}

// "" where there is nothing to carry: `signature` is optional.
std::string signature_of(std::string_view issuer, std::string_view signature) {
  return issuer.empty() && signature.empty() ? std::string() : tag_signature(issuer, signature);
}

std::string call_id(std::string_view id) { return id.empty() ? random_id("tooluse_") : std::string(id); }

// inputTokens leaves the cached parts out, as Anthropic's do.
void write_usage(Writer& w, const canon::Usage& usage) {
  const auto known = [](std::int64_t n) { return std::max<std::int64_t>(n, 0); };
  const std::int64_t input = known(usage.input - known(usage.cached) - known(usage.cache_write));
  w.key("usage").begin_object().field("inputTokens", input).field("outputTokens", known(usage.output));
  w.field("totalTokens", known(usage.input) + known(usage.output));
  if (usage.cached >= 0) w.field("cacheReadInputTokens", usage.cached);
  if (usage.cache_write >= 0) w.field("cacheWriteInputTokens", usage.cache_write);
  w.end_object();
}

void write_metrics(Writer& w, const RenderOptions& options) {
  w.key("metrics")
      .begin_object()
      .field("latencyMs", options.latency_ms ? options.latency_ms() : 0)
      .end_object();
}

void write_reasoning(Writer& w, const canon::Reasoning& reasoning) {
  w.begin_object().key("reasoningContent").begin_object();
  if (!reasoning.redacted.empty()) {
    w.field("redactedContent", sealed(reasoning.issuer, reasoning.redacted));
  } else {
    w.key("reasoningText").begin_object().field("text", reasoning.text);
    if (const std::string tagged = signature_of(reasoning.issuer, reasoning.signature); !tagged.empty())
      w.field("signature", tagged);
    w.end_object();
  }
  w.end_object().end_object();
}

void write_block(Writer& w, const canon::Block& block) {
  if (const auto* text = std::get_if<canon::Text>(&block.body)) {
    if (!block.citations.present()) {
      w.begin_object().field("text", text->text).end_object();
      return;
    }
    w.begin_object().key("citationsContent").begin_object().key("content").begin_array();
    w.begin_object().field("text", text->text).end_object().end_array().key("citations").begin_array();
    for (const json::Value citation : block.citations.items()) write_citation(w, citation);
    w.end_array().end_object().end_object();
  } else if (const auto* refusal = std::get_if<canon::Refusal>(&block.body)) {
    w.begin_object().field("text", refusal->text).end_object();
  } else if (const auto* reasoning = std::get_if<canon::Reasoning>(&block.body)) {
    write_reasoning(w, *reasoning);
  } else if (const auto* call = std::get_if<canon::ToolCall>(&block.body)) {
    w.begin_object()
        .key("toolUse")
        .begin_object()
        .field("toolUseId", call_id(call->id))
        .field("name", call->name);
    w.key("input");
    if (call->arguments.is_object())
      w.value(call->arguments);
    else if (call->arguments_text.empty())
      w.begin_object().end_object();
    else
      w.begin_object()
          .field("arguments", call->arguments_text)
          .end_object();  // no JSON object: as text, not lost
    w.end_object().end_object();
  } else if (const auto* media = std::get_if<canon::Media>(&block.body)) {
    w.begin_object().key("image").begin_object();
    const std::string_view format = format_of(canon::MediaKind::image, media->media_type);
    w.field("format", format.empty() ? std::string_view("png") : format).key("source").begin_object();
    if (media->source == canon::MediaSource::base64)
      w.field("bytes", media->data);
    else
      w.key("s3Location").begin_object().field("uri", media->data).end_object();
    w.end_object().end_object().end_object();
  } else if (const auto* foreign = std::get_if<canon::Foreign>(&block.body)) {
    w.value(foreign->source);
  }
}

bool has_word(const canon::Block& block) {
  if (const auto* foreign = std::get_if<canon::Foreign>(&block.body)) return ours(foreign->dialect);
  return !std::holds_alternative<canon::ToolResult>(block.body);
}

// What goes wrong in a stream, by the five names a stream has for it.
std::string_view stream_exception(std::string_view kind) {
  static constexpr std::pair<std::string_view, std::string_view> kNames[] = {
      {"invalid_request", "validationException"},    {"too_large", "validationException"},
      {"rate_limit", "throttlingException"},         {"billing", "throttlingException"},
      {"overloaded", "serviceUnavailableException"}, {"internal", "internalServerException"},
  };
  for (const auto& [known, name] : kNames)
    if (known == kind) return name;
  return "modelStreamErrorException";
}

// The stream has one choice; further ones have no place in it.
class Renderer final : public StreamRenderer {
 public:
  explicit Renderer(const RenderOptions& options) : options_(options) {}

  void render(const Event& event, std::string& out) override {
    if (event.choice != 0) return;
    switch (event.type) {
      case EventType::start:
        usage_.merge(event.usage);
        return emit(out, "messageStart", [](Writer& w) { w.field("role", "assistant"); });
      case EventType::block_start:
        return block_start(event, out);
      case EventType::text:
        if (event.block_type == BlockType::reasoning)
          return reasoning(out, [&](Writer& w) { w.field("text", event.text); });
        return delta(out, [&](Writer& w) { w.field("text", event.text); });
      case EventType::tool_arguments:
        arguments_ = true;
        return delta(
            out, [&](Writer& w) { w.key("toolUse").begin_object().field("input", event.text).end_object(); });
      case EventType::signature:
        if (!event.issuer.empty()) issuer_ = event.issuer;
        signature_ += event.text;
        return;
      case EventType::citation:
        return delta(out, [&](Writer& w) {
          w.key("citation");
          write_citation(w, event.value);
        });
      case EventType::block_stop:
        return block_stop(event, out);
      case EventType::stop:
        return emit(out, "messageStop", [&](Writer& w) {
          w.field("stopReason", stop_word(event.stop));
          if (!event.stop_sequence.empty())
            w.key("additionalModelResponseFields")
                .begin_object()
                .field("stop_sequence", event.stop_sequence)
                .end_object();
        });
      case EventType::usage:
        usage_.merge(event.usage);
        return;
      case EventType::end:
        return emit(out, "metadata", [&](Writer& w) {
          write_usage(w, usage_);
          write_metrics(w, options_);
        });
      case EventType::foreign:
      case EventType::logprobs:
      case EventType::ping:
        return;  // no word for them
    }
  }

  void render_error(const ClientError& error, std::string& out) override {
    std::string payload;
    Writer w(payload);
    w.begin_object().field("message", error.message);
    const std::string_view name = stream_exception(error.kind);
    if (name == "modelStreamErrorException")
      w.field("originalStatusCode", error.status).field("originalMessage", error.message);
    if (!error.details.empty()) w.key("dragoman").raw(error.details);
    w.end_object();
    frame(out, name, payload, true);
  }

 private:
  void frame(std::string& out, std::string_view event, std::string_view payload, bool exception) const {
    if (options_.frame) return options_.frame(out, event, payload, exception);
    out.append(exception ? "exception: " : "event: ")
        .append(event)
        .append("\ndata: ")
        .append(payload)
        .append("\n\n");
  }

  template <class Body>
  void emit(std::string& out, std::string_view event, const Body& body) {
    std::string payload;
    Writer w(payload);
    w.begin_object();
    body(w);
    w.end_object();
    frame(out, event, payload, false);
  }

  template <class Body>
  void delta(std::string& out, const Body& body) {
    emit(out, "contentBlockDelta", [&](Writer& w) {
      w.field("contentBlockIndex", index_).key("delta").begin_object();
      body(w);
      w.end_object();
    });
  }

  template <class Body>
  void reasoning(std::string& out, const Body& body) {
    delta(out, [&](Writer& w) {
      w.key("reasoningContent").begin_object();
      body(w);
      w.end_object();
    });
  }

  template <class Body>
  void start(std::string& out, const Body& body) {
    emit(out, "contentBlockStart", [&](Writer& w) {
      w.field("contentBlockIndex", index_).key("start").begin_object();
      body(w);
      w.end_object();
    });
  }

  void block_start(const Event& event, std::string& out) {
    if (event.block_type == BlockType::foreign && !ours(event.issuer)) return;
    ++index_;
    issuer_ = event.issuer;
    signature_.clear();
    arguments_ = false;
    if (event.block_type == BlockType::tool_call) {
      start(out, [&](Writer& w) {
        w.key("toolUse")
            .begin_object()
            .field("toolUseId", call_id(event.id))
            .field("name", event.name)
            .end_object();
      });
    } else if (event.block_type == BlockType::redacted_reasoning) {
      reasoning(out, [&](Writer& w) { w.field("redactedContent", sealed(event.issuer, event.text)); });
    } else if (event.block_type == BlockType::media) {
      const std::string_view format = format_of(canon::MediaKind::image, event.name);
      start(out, [&](Writer& w) {
        w.key("image")
            .begin_object()
            .field("format", format.empty() ? std::string_view("png") : format)
            .end_object();
      });
      delta(out, [&](Writer& w) {
        w.key("image").begin_object().key("source").begin_object().field("bytes", event.text);
        w.end_object().end_object();
      });
    } else if (event.block_type == BlockType::foreign) {
      start(out, [&](Writer& w) {
        for (const json::Member& member : event.value.members()) w.field(member.key, member.value);
      });
    }
  }

  void block_stop(const Event& event, std::string& out) {
    if (event.block_type == BlockType::foreign && !ours(issuer_)) return;
    // What a client joins from the pieces of a call's input has to be JSON.
    if (event.block_type == BlockType::tool_call && !arguments_)
      delta(out, [](Writer& w) { w.key("toolUse").begin_object().field("input", "{}").end_object(); });
    if (event.block_type == BlockType::reasoning)
      if (const std::string tagged = signature_of(issuer_, signature_); !tagged.empty())
        reasoning(out, [&](Writer& w) { w.field("signature", tagged); });
    emit(out, "contentBlockStop", [&](Writer& w) { w.field("contentBlockIndex", index_); });
  }

  RenderOptions options_;
  std::string issuer_, signature_;
  canon::Usage usage_;
  int index_ = -1;
  bool arguments_ = false;  // the open call has had a piece
};

}  // namespace

void render(const canon::Response& response, const RenderOptions& options, std::string& out) {
  static const canon::Choice kNone;
  const canon::Choice& choice = response.choices.empty() ? kNone : response.choices.front();
  Writer w(out);
  w.begin_object().key("output").begin_object().key("message").begin_object().field("role", "assistant");
  w.key("content").begin_array();
  for (const canon::Block& block : choice.blocks)
    if (has_word(block)) write_block(w, block);
  w.end_array().end_object().end_object().field("stopReason", stop_word(choice.stop));
  if (!choice.stop_sequence.empty())
    w.key("additionalModelResponseFields")
        .begin_object()
        .field("stop_sequence", choice.stop_sequence)
        .end_object();
  write_usage(w, response.usage);
  write_metrics(w, options);
  w.end_object();
}

std::unique_ptr<StreamRenderer> renderer(const RenderOptions& options) {
  return std::make_unique<Renderer>(options);
}

}  // namespace dragoman::dialect::bedrock
