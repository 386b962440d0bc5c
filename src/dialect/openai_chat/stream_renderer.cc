#include "dialect/openai_answer.h"
#include "dialect/openai_chat/wire.h"
#include "json/write.h"

namespace dragoman::dialect::openai_chat {
namespace {

using canon::BlockType;
using canon::Event;
using canon::EventType;
using json::Writer;

// The stream. What a client needs first (id, model, created) comes with `start`; each choice's first chunk
// carries the role.
class Renderer final : public StreamRenderer {
 public:
  explicit Renderer(const RenderOptions& options)
      : given_id_(options.id),
        model_(options.model),
        created_(options.created),
        stream_usage_(options.stream_usage) {}

  void render(const Event& event, std::string& out) override {
    switch (event.type) {
      case EventType::start:
        id_ = answer_id(event.id, given_id_);
        created_ = created_or_now(event.created, created_);
        tier_ = openai_tier(event.service_tier);
        fingerprint_ = event.fingerprint;
        usage_.merge(event.usage);
        return;
      case EventType::block_start:
        return block_start(event, out);
      case EventType::text:
        return text(event, out);
      case EventType::tool_arguments:
        state(event.choice).arguments = true;
        return chunk(event.choice, out, [&](Writer& w) {
          w.key("tool_calls").begin_array().begin_object().field("index", state(event.choice).call);
          const bool custom = state(event.choice).custom;
          w.key(custom ? "custom" : "function")
              .begin_object()
              .field(custom ? "input" : "arguments", event.text);
          w.end_object().end_object().end_array();
        });
      case EventType::signature:
        state(event.choice).signature += event.text;
        if (!event.issuer.empty()) state(event.choice).issuer = event.issuer;
        return;
      case EventType::logprobs:
        return chunk(event.choice, out, [](Writer&) {}, event.value);
      case EventType::block_stop:
        return block_stop(event, out);
      case EventType::stop:
        return chunk(event.choice, out, [](Writer&) {}, {}, finish_reason(event.stop));
      case EventType::usage:
        usage_.merge(event.usage);
        if (!event.service_tier.empty()) tier_ = openai_tier(event.service_tier);
        return;
      case EventType::end:
        return end(out);
      case EventType::ping:
        out += kKeepAlive;
        return;
      case EventType::citation:  // no word for them here
      case EventType::foreign:
        return;
    }
  }

  // The SDKs raise on a chunk with an `error`; without [DONE] after it nobody takes the answer for a whole
  // one.
  void render_error(const ClientError& error, std::string& out) override {
    out += "data: ";
    Writer w(out);
    w.begin_object();
    write_error_object(w, error);
    w.end_object();
    out += "\n\n";
  }

 private:
  struct ChoiceState {
    bool begun = false, custom = false, arguments = false;
    int call = -1;   // index of the current tool call
    int detail = 0;  // index of the next reasoning detail
    std::string reasoning, signature, issuer;
  };

  ChoiceState& state(int choice) {
    const auto at = static_cast<std::size_t>(std::max(choice, 0));
    if (choices_.size() <= at) choices_.resize(at + 1);
    return choices_[at];
  }

  void head(Writer& w) {
    if (id_.empty()) id_ = answer_id({}, given_id_);
    created_ = created_or_now(created_, 0);
    w.begin_object()
        .field("id", id_)
        .field("object", "chat.completion.chunk")
        .field("created", created_)
        .field("model", model_);
    if (!tier_.empty()) w.field("service_tier", tier_);
    if (!fingerprint_.empty()) w.field("system_fingerprint", fingerprint_);
  }

  template <class Delta>
  void chunk(int choice, std::string& out, const Delta& delta, json::Value logprobs = {},
             std::string_view finish = {}) {
    if (!state(choice).begun) {
      state(choice).begun = true;
      const bool words =
          state(choice).call < 0;  // an answer that begins with a call has no content, not an empty one
      const auto role = [&](Writer& w) {
        w.field("role", "assistant").key("content");
        if (words)
          w.string("");
        else
          w.null();
        w.key("refusal").null();
      };
      write_chunk(choice, out, role, {}, {});
    }
    write_chunk(choice, out, delta, logprobs, finish);
  }

  template <class Delta>
  void write_chunk(int choice, std::string& out, const Delta& delta, json::Value logprobs,
                   std::string_view finish) {
    out += "data: ";
    Writer w(out);
    head(w);
    w.key("choices")
        .begin_array()
        .begin_object()
        .field("index", std::max(choice, 0))
        .key("delta")
        .begin_object();
    delta(w);
    w.end_object().key("logprobs");
    if (logprobs.present())
      w.value(logprobs);
    else
      w.null();
    w.key("finish_reason");
    if (finish.empty())
      w.null();
    else
      w.string(finish);
    w.end_object().end_array();
    if (stream_usage_) w.key("usage").null();
    w.end_object();
    out += "\n\n";
  }

  void block_start(const Event& event, std::string& out) {
    ChoiceState& s = state(event.choice);
    s.reasoning.clear();
    s.signature.clear();
    s.issuer = event.issuer;
    switch (event.block_type) {
      case BlockType::tool_call:
        ++s.call;
        s.custom = event.custom;
        s.arguments = false;
        return chunk(event.choice, out, [&](Writer& w) {
          const std::string_view type = event.custom ? "custom" : "function";
          w.key("tool_calls").begin_array().begin_object().field("index", state(event.choice).call);
          w.field("id", call_id(event.id)).field("type", type).key(type).begin_object();
          w.field("name", event.name).field(event.custom ? "input" : "arguments", "").end_object();
          write_signature(w, event.signature);
          w.end_object().end_array();
        });
      case BlockType::redacted_reasoning: {
        canon::Reasoning reasoning{.redacted = event.text, .issuer = event.issuer};
        return details(event.choice, reasoning, out);
      }
      case BlockType::media:
        return chunk(event.choice, out, [&](Writer& w) {
          w.key("images").begin_array();
          write_image(w, event.name, event.text);
          w.end_array();
        });
      case BlockType::foreign:
        if (!ours(event.issuer) || (event.name != "annotations" && event.name != "audio")) return;
        return chunk(event.choice, out, [&](Writer& w) { w.field(event.name, event.value); });
      case BlockType::text:
      case BlockType::reasoning:
      case BlockType::refusal:
        return;
    }
  }

  void text(const Event& event, std::string& out) {
    std::string_view key = "content";
    if (event.block_type == BlockType::refusal) key = "refusal";
    if (event.block_type == BlockType::reasoning) {
      key = "reasoning_content";
      state(event.choice).reasoning += event.text;
    }
    chunk(event.choice, out, [&](Writer& w) { w.field(key, event.text); });
  }

  // A signed block goes out once more as a whole: clients that replay reasoning_details need text and
  // signature in one item.
  void block_stop(const Event& event, std::string& out) {
    ChoiceState& s = state(event.choice);
    if (event.block_type == BlockType::tool_call && !s.arguments && !s.custom) {
      // A tool that takes nothing: clients parse the arguments, and "" is no JSON.
      Event none = event;
      none.type = EventType::tool_arguments;
      none.text = "{}";
      return render(none, out);
    }
    if (event.block_type != BlockType::reasoning || s.signature.empty()) return;
    const canon::Reasoning reasoning{.text = s.reasoning, .signature = s.signature, .issuer = s.issuer};
    details(event.choice, reasoning, out);
  }

  void details(int choice, const canon::Reasoning& reasoning, std::string& out) {
    chunk(choice, out, [&](Writer& w) {
      w.key("reasoning_details").begin_array();
      write_detail(w, reasoning, state(choice).detail++, true);
      w.end_array();
    });
  }

  void end(std::string& out) {
    if (stream_usage_ && usage_.known()) {
      out += "data: ";
      Writer w(out);
      head(w);
      w.key("choices").begin_array().end_array().key("usage");
      write_usage(w, usage_);
      w.end_object();
      out += "\n\n";
    }
    out += "data: [DONE]\n\n";
  }

  std::string given_id_, model_, id_, tier_, fingerprint_;
  std::int64_t created_;
  bool stream_usage_;
  canon::Usage usage_;
  std::vector<ChoiceState> choices_;
};

}  // namespace

std::unique_ptr<StreamRenderer> make_renderer(const RenderOptions& options) {
  return std::make_unique<Renderer>(options);
}

}  // namespace dragoman::dialect::openai_chat
