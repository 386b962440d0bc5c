#include <ctime>

#include "base/id.h"
#include "dialect/openai_chat/wire.h"
#include "dialect/service_tier.h"
#include "json/write.h"

namespace dragoman::dialect::openai_chat {
namespace {

using canon::BlockType;
using canon::Event;
using canon::EventType;
using canon::StopReason;
using json::Writer;

std::int64_t created_or_now(std::int64_t provider, std::int64_t given) {
  if (provider > 0) return provider;
  return given > 0 ? given : static_cast<std::int64_t>(std::time(nullptr));
}

std::string answer_id(std::string_view provider, std::string_view given) {
  if (!provider.empty()) return std::string(provider);
  return given.empty() ? random_id("chatcmpl-") : std::string(given);
}

std::string call_id(std::string_view id) { return id.empty() ? random_id("call_") : std::string(id); }

void write_usage(Writer& w, const canon::Usage& usage) {
  const std::int64_t in = std::max<std::int64_t>(usage.input, 0),
                     out = std::max<std::int64_t>(usage.output, 0);
  w.begin_object().field("prompt_tokens", in).field("completion_tokens", out).field("total_tokens", in + out);
  w.key("prompt_tokens_details").begin_object();
  w.field("cached_tokens", std::max<std::int64_t>(usage.cached, 0));
  if (usage.cache_write >= 0) w.field("cache_write_tokens", usage.cache_write);
  w.end_object();
  w.key("completion_tokens_details").begin_object();
  w.field("reasoning_tokens", std::max<std::int64_t>(usage.reasoning, 0)).end_object();
  w.end_object();
}

void write_signature(Writer& w, std::string_view signature) {
  if (signature.empty()) return;
  w.key("extra_content").begin_object().key("google").begin_object();
  w.field("thought_signature", signature).end_object().end_object();
}

bool ours(std::string_view dialect) { return dialect == canon::name(canon::DialectName::openai_chat); }

void write_image(Writer& w, std::string_view media_type, std::string_view data) {
  w.begin_object().field("type", "image_url").key("image_url").begin_object().key("url");
  if (media_type.empty())
    w.string(data);  // a URL
  else
    w.string_of({"data:", media_type, ";base64,", data});
  w.end_object().end_object();
}

void write_message(Writer& w, const canon::Choice& choice) {
  std::string text, refusal, thoughts;
  bool any_text = false, any_call = false, any_state = false, any_image = false;
  for (const canon::Block& block : choice.blocks) {
    if (const auto* t = std::get_if<canon::Text>(&block.body)) {
      text += t->text;
      any_text = true;
    } else if (const auto* r = std::get_if<canon::Refusal>(&block.body)) {
      refusal += r->text;
    } else if (const auto* reasoning = std::get_if<canon::Reasoning>(&block.body)) {
      thoughts += reasoning->text;
      any_state |= !reasoning->signature.empty() || !reasoning->redacted.empty() || reasoning->source;
    } else if (std::holds_alternative<canon::ToolCall>(block.body)) {
      any_call = true;
    } else if (std::holds_alternative<canon::Media>(block.body)) {
      any_image = true;
    }
  }
  w.begin_object().field("role", "assistant").key("content");
  if (any_text || (!any_call && refusal.empty()))
    w.string(text);
  else
    w.null();
  w.key("refusal");
  if (refusal.empty())
    w.null();
  else
    w.string(refusal);
  if (!thoughts.empty()) w.field("reasoning_content", thoughts);
  if (any_state) {
    w.key("reasoning_details").begin_array();
    int index = 0;
    for (const canon::Block& block : choice.blocks)
      if (const auto* reasoning = std::get_if<canon::Reasoning>(&block.body))
        write_detail(w, *reasoning, index++, true);
    w.end_array();
  }
  if (any_image) {
    w.key("images").begin_array();
    for (const canon::Block& block : choice.blocks)
      if (const auto* media = std::get_if<canon::Media>(&block.body))
        write_image(w, media->source == canon::MediaSource::url ? std::string_view() : media->media_type,
                    media->data);
    w.end_array();
  }
  for (const canon::Block& block : choice.blocks)
    if (const auto* f = std::get_if<canon::Foreign>(&block.body);
        f && ours(f->dialect) && (f->type == "annotations" || f->type == "audio"))
      w.field(f->type, f->source);
  if (any_call) {
    w.key("tool_calls").begin_array();
    for (const canon::Block& block : choice.blocks) {
      const auto* call = std::get_if<canon::ToolCall>(&block.body);
      if (!call) continue;
      w.begin_object().field("id", call_id(call->id)).field("type", call->custom ? "custom" : "function");
      w.key(call->custom ? "custom" : "function").begin_object().field("name", call->name);
      w.key(call->custom ? "input" : "arguments");
      if (call->arguments_text.empty() && call->arguments && !call->custom)
        w.string(json::dump_compact(call->arguments));
      else
        w.string(call->arguments_text.empty() && !call->custom ? std::string_view("{}")
                                                               : call->arguments_text);
      w.end_object();
      write_signature(w, call->signature);
      w.end_object();
    }
    w.end_array();
  }
  w.end_object();
}

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
        out += ": keep-alive\n\n";
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

std::string_view finish_reason(StopReason stop) {
  switch (stop) {
    case StopReason::max_tokens:
    case StopReason::context_window:
      return "length";
    case StopReason::tool_use:
      return "tool_calls";
    case StopReason::content_filter:
    case StopReason::refusal:
      return "content_filter";
    case StopReason::unknown:
    case StopReason::end_turn:
    case StopReason::stop_sequence:
    case StopReason::pause_turn:
    case StopReason::malformed_tool_call:
      return "stop";
  }
  return "stop";
}

void render(const canon::Response& response, const RenderOptions& options, std::string& out) {
  Writer w(out);
  w.begin_object().field("id", answer_id(response.id, options.id)).field("object", "chat.completion");
  w.field("created", created_or_now(response.created, options.created)).field("model", options.model);
  w.key("choices").begin_array();
  int index = 0;
  for (const canon::Choice& choice : response.choices) {
    w.begin_object().field("index", index++).key("message");
    write_message(w, choice);
    w.key("logprobs");
    if (choice.logprobs.present())
      w.value(choice.logprobs);
    else
      w.null();
    w.field("finish_reason", finish_reason(choice.stop)).end_object();
  }
  w.end_array();
  if (response.usage.known()) {
    w.key("usage");
    write_usage(w, response.usage);
  }
  if (!response.service_tier.empty()) w.field("service_tier", openai_tier(response.service_tier));
  if (!response.fingerprint.empty()) w.field("system_fingerprint", response.fingerprint);
  w.end_object();
}

std::unique_ptr<StreamRenderer> make_renderer(const RenderOptions& options) {
  return std::make_unique<Renderer>(options);
}

}  // namespace dragoman::dialect::openai_chat
