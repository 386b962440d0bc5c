#include "base/id.h"
#include "dialect/anthropic_messages/wire.h"
#include "dialect/reasoning_state.h"

namespace dragoman::dialect::anthropic_messages {
namespace {

using canon::BlockType;
using canon::Event;
using canon::EventType;
using canon::StopReason;
using json::Writer;

std::string_view stop_word(StopReason stop) {
  switch (stop) {
    case StopReason::max_tokens:
      return "max_tokens";
    case StopReason::stop_sequence:
      return "stop_sequence";
    case StopReason::tool_use:
      return "tool_use";
    case StopReason::content_filter:
    case StopReason::refusal:
      return "refusal";
    case StopReason::pause_turn:
      return "pause_turn";
    case StopReason::context_window:
      return "model_context_window_exceeded";
    case StopReason::unknown:
    case StopReason::end_turn:
    case StopReason::malformed_tool_call:
      return "end_turn";
  }
  return "end_turn";
}

std::string answer_id(std::string_view provider, std::string_view given) {
  if (!provider.empty()) return std::string(provider);
  return given.empty() ? random_id("msg_") : std::string(given);
}

std::string call_id(std::string_view id) { return id.empty() ? random_id("toolu_") : std::string(id); }

bool ours(std::string_view dialect) { return dialect == canon::name(canon::DialectName::anthropic_messages); }

// The counts every report has. Anthropic's input_tokens leaves the cached parts out.
void usage_counts(Writer& w, const canon::Usage& usage) {
  const std::int64_t cached = std::max<std::int64_t>(usage.cached, 0),
                     written = std::max<std::int64_t>(usage.cache_write, 0);
  w.field("input_tokens", std::max<std::int64_t>(usage.input - cached - written, 0));
  w.field("cache_creation_input_tokens", written).field("cache_read_input_tokens", cached);
  w.field("output_tokens", std::max<std::int64_t>(usage.output, 0));
  if (usage.reasoning >= 0)
    w.key("output_tokens_details").begin_object().field("thinking_tokens", usage.reasoning).end_object();
}

// service_tier in Anthropic's own words only; the SDK's type has no other.
void write_usage(Writer& w, const canon::Usage& usage, std::string_view tier) {
  w.begin_object();
  usage_counts(w, usage);
  if (tier == "standard" || tier == "priority" || tier == "batch") w.field("service_tier", tier);
  w.end_object();
}

void string_or_null(Writer& w, std::string_view key, std::string_view text) {
  w.key(key);
  if (text.empty())
    w.null();
  else
    w.string(text);
}

void write_block(Writer& w, const canon::Block& block) {
  if (const auto* text = std::get_if<canon::Text>(&block.body)) {
    w.begin_object().field("type", "text").field("text", text->text).key("citations");
    if (block.citations.present())
      w.value(block.citations);
    else
      w.null();
    w.end_object();
  } else if (const auto* refusal = std::get_if<canon::Refusal>(&block.body)) {
    w.begin_object().field("type", "text").field("text", refusal->text).key("citations").null().end_object();
  } else if (const auto* r = std::get_if<canon::Reasoning>(&block.body)) {
    w.begin_object();
    if (!r->redacted.empty())
      w.field("type", "redacted_thinking").field("data", tag_signature(r->issuer, r->redacted));
    else
      w.field("type", "thinking")
          .field("thinking", r->text)
          .field("signature", tag_signature(r->issuer, r->signature));
    w.end_object();
  } else if (const auto* call = std::get_if<canon::ToolCall>(&block.body)) {
    w.begin_object()
        .field("type", "tool_use")
        .field("id", call_id(call->id))
        .field("name", call->name)
        .key("input");
    if (call->arguments)
      w.value(call->arguments);
    else
      w.begin_object().end_object();
    w.end_object();
  } else if (const auto* foreign = std::get_if<canon::Foreign>(&block.body);
             foreign && ours(foreign->dialect)) {
    w.value(foreign->source);
  }
}

bool has_word(const canon::Block& block) {
  if (const auto* foreign = std::get_if<canon::Foreign>(&block.body)) return ours(foreign->dialect);
  return !std::holds_alternative<canon::Media>(block.body) &&
         !std::holds_alternative<canon::ToolResult>(block.body);
}

// The stream has one choice; further ones have no place in it.
class Renderer final : public StreamRenderer {
 public:
  explicit Renderer(const RenderOptions& options) : given_id_(options.id), model_(options.model) {}

  void render(const Event& event, std::string& out) override {
    if (event.choice != 0) return;
    switch (event.type) {
      case EventType::start:
        return start(event, out);
      case EventType::block_start:
        return block_start(event, out);
      case EventType::text:
        if (event.block_type == BlockType::reasoning)
          return delta(out, "thinking_delta", "thinking", event.text);
        return delta(out, "text_delta", "text", event.text);
      case EventType::tool_arguments:
        return delta(out, "input_json_delta", "partial_json", event.text);
      case EventType::signature:
        if (!event.issuer.empty()) issuer_ = event.issuer;
        signature_ += event.text;
        return;
      case EventType::citation:
        return emit(out, "content_block_delta", [&](Writer& w) {
          w.field("index", index_).key("delta").begin_object().field("type", "citations_delta");
          w.field("citation", event.value).end_object();
        });
      case EventType::foreign:
        if (ours(event.issuer)) {
          out += "event: ";
          out += event.name;
          out += "\ndata: ";
          json::write_compact(out, event.value);
          out += "\n\n";
        }
        return;
      case EventType::block_stop:
        return block_stop(event, out);
      case EventType::stop:
        stop_ = event.stop;
        stop_sequence_ = event.stop_sequence;
        return;
      case EventType::usage:
        usage_.merge(event.usage);
        return;
      case EventType::end:
        return end(out);
      case EventType::ping:
        out += "event: ping\ndata: {\"type\": \"ping\"}\n\n";
        return;
      case EventType::logprobs:
        return;  // no word for them
    }
  }

  void render_error(const ClientError& error, std::string& out) override {
    out += "event: error\ndata: ";
    anthropic_messages::render_error(error, out);
    out += "\n\n";
  }

 private:
  template <class Body>
  void emit(std::string& out, std::string_view type, const Body& body) {
    out += "event: ";
    out += type;
    out += "\ndata: ";
    Writer w(out);
    w.begin_object().field("type", type);
    body(w);
    w.end_object();
    out += "\n\n";
  }

  void start(const Event& event, std::string& out) {
    usage_.merge(event.usage);
    emit(out, "message_start", [&](Writer& w) {
      w.key("message").begin_object().field("id", answer_id(event.id, given_id_)).field("type", "message");
      w.field("role", "assistant").field("model", model_).key("content").begin_array().end_array();
      w.key("stop_reason").null().key("stop_sequence").null().key("usage");
      write_usage(w, usage_, event.service_tier);
      w.end_object();
    });
  }

  void open(std::string& out, const std::function<void(Writer&)>& block) {
    ++index_;
    emit(out, "content_block_start", [&](Writer& w) {
      w.field("index", index_).key("content_block").begin_object();
      block(w);
      w.end_object();
    });
  }

  void delta(std::string& out, std::string_view type, std::string_view key, std::string_view text) {
    emit(out, "content_block_delta", [&](Writer& w) {
      w.field("index", index_).key("delta").begin_object().field("type", type).field(key, text).end_object();
    });
  }

  void block_start(const Event& event, std::string& out) {
    issuer_ = event.issuer;
    signature_.clear();
    switch (event.block_type) {
      case BlockType::text:
      case BlockType::refusal:
        return open(out, [](Writer& w) { w.field("type", "text").field("text", ""); });
      case BlockType::reasoning:
        return open(
            out, [](Writer& w) { w.field("type", "thinking").field("thinking", "").field("signature", ""); });
      case BlockType::redacted_reasoning:
        return open(out, [&](Writer& w) {
          w.field("type", "redacted_thinking").field("data", tag_signature(event.issuer, event.text));
        });
      case BlockType::tool_call:
        return open(out, [&](Writer& w) {
          w.field("type", "tool_use").field("id", call_id(event.id)).field("name", event.name);
          w.key("input").begin_object().end_object();
        });
      case BlockType::foreign: {
        if (!ours(event.issuer)) return;
        // As Anthropic streams server tools: the input is empty at first and comes in a delta.
        const json::Value input = event.value["input"];
        const bool split = input.is_object() && !input.members().empty();
        open(out, [&](Writer& w) {
          for (const json::Member& m : event.value.members()) {
            if (split && m.key == "input")
              w.key("input").begin_object().end_object();
            else
              w.field(m.key, m.value);
          }
        });
        if (split) delta(out, "input_json_delta", "partial_json", json::dump_compact(input));
        return;
      }
      case BlockType::media:
        return;  // an answer of Anthropic's has no pictures
    }
  }

  void block_stop(const Event& event, std::string& out) {
    if (event.block_type == BlockType::media) return;
    if (event.block_type == BlockType::foreign && (!ours(issuer_))) return;
    if (event.block_type == BlockType::reasoning)
      delta(out, "signature_delta", "signature", tag_signature(issuer_, signature_));
    emit(out, "content_block_stop", [&](Writer& w) { w.field("index", index_); });
  }

  void end(std::string& out) {
    emit(out, "message_delta", [&](Writer& w) {
      w.key("delta").begin_object().field("stop_reason", stop_word(stop_));
      string_or_null(w, "stop_sequence", stop_sequence_);
      w.end_object().key("usage").begin_object();
      usage_counts(w, usage_);
      w.end_object();
    });
    emit(out, "message_stop", [](Writer&) {});
  }

  std::string given_id_, model_, issuer_, signature_, stop_sequence_;
  StopReason stop_ = StopReason::end_turn;
  canon::Usage usage_;
  int index_ = -1;
};

}  // namespace

void render(const canon::Response& response, const RenderOptions& options, std::string& out) {
  static const canon::Choice kNone;
  const canon::Choice& choice = response.choices.empty() ? kNone : response.choices.front();
  Writer w(out);
  w.begin_object()
      .field("id", answer_id(response.id, options.id))
      .field("type", "message")
      .field("role", "assistant");
  w.field("model", options.model).key("content").begin_array();
  for (const canon::Block& block : choice.blocks)
    if (has_word(block)) write_block(w, block);
  w.end_array().field("stop_reason", stop_word(choice.stop));
  string_or_null(w, "stop_sequence", choice.stop_sequence);
  w.key("usage");
  write_usage(w, response.usage, response.service_tier);
  w.end_object();
}

std::unique_ptr<StreamRenderer> make_renderer(const RenderOptions& options) {
  return std::make_unique<Renderer>(options);
}

}  // namespace dragoman::dialect::anthropic_messages
