
#include "base/id.h"
#include "dialect/openai_answer.h"
#include "dialect/openai_chat/wire.h"
#include "json/write.h"

namespace dragoman::dialect::openai_chat {

using canon::StopReason;
using json::Writer;

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

namespace {

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

}  // namespace dragoman::dialect::openai_chat
