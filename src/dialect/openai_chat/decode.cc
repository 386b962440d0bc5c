#include <fmt/format.h>

#include "dialect/error_body.h"
#include "dialect/media.h"
#include "dialect/openai_chat/wire.h"
#include "json/parse.h"

namespace dragoman::dialect::openai_chat {
namespace {

using canon::Block;
using canon::StopReason;
using json::Value;

struct Finish {
  std::string_view word;
  StopReason reason;
};
// OpenAI's five, and what compatible hosts say instead (Mistral model_length, Z.ai sensitive and
// model_context_window_exceeded, TGI eos_token, vLLM-like eos, Together eos).
constexpr std::array kFinish = {
    Finish{"stop", StopReason::end_turn},
    Finish{"length", StopReason::max_tokens},
    Finish{"tool_calls", StopReason::tool_use},
    Finish{"content_filter", StopReason::content_filter},
    Finish{"function_call", StopReason::tool_use},
    Finish{"tool_use", StopReason::tool_use},
    Finish{"eos", StopReason::end_turn},
    Finish{"eos_token", StopReason::end_turn},
    Finish{"end_turn", StopReason::end_turn},
    Finish{"completed", StopReason::end_turn},
    Finish{"stop_sequence", StopReason::stop_sequence},
    Finish{"max_tokens", StopReason::max_tokens},
    Finish{"model_length", StopReason::max_tokens},
    Finish{"sensitive", StopReason::content_filter},
    Finish{"safety", StopReason::content_filter},
    Finish{"refusal", StopReason::refusal},
    Finish{"model_context_window_exceeded", StopReason::context_window},
};

// The host broke off: Z.ai network_error, DeepSeek insufficient_system_resource, OpenRouter and Mistral
// error.
constexpr std::array<std::string_view, 3> kBroken = {"error", "network_error",
                                                     "insufficient_system_resource"};

std::int64_t count(Value v) {
  const auto n = v.integer();
  return n && *n >= 0 ? *n : -1;
}

class Reply {
 public:
  explicit Reply(Arena& arena) : arena_(arena) {}
  canon::Choice choice(Value v);

 private:
  void content(Value v);
  void tool_call(Value v);
  void images(Value v);
  void foreign(std::string_view type, Value v) {
    if (v.present() && !(v.is_array() && v.items().empty()))
      out_.blocks.push_back({canon::Foreign{type, v, canon::name(canon::DialectName::openai_chat)}});
  }

  Arena& arena_;
  canon::Choice out_;
};

void Reply::content(Value v) {
  if (v.is_string()) {
    if (!v.text().empty()) out_.blocks.push_back({canon::Text{v.text()}});
    return;
  }
  for (const Value part : v.items()) {
    const std::string_view type = part["type"].text();
    if (type == "text") {
      if (!part["text"].text().empty()) out_.blocks.push_back({canon::Text{part["text"].text()}});
    } else if (type == "refusal") {
      out_.blocks.push_back({canon::Refusal{part["refusal"].text()}});
    } else if (type == "thinking") {  // Mistral
      std::string text(part["thinking"].text());
      for (const Value piece : part["thinking"].items()) text += piece["text"].text();
      out_.blocks.push_back({canon::Reasoning{.text = arena_.copy(std::string_view(text))}});
    } else if (part.is_object()) {
      foreign(type, part);
    }
  }
}

void Reply::tool_call(Value v) {
  canon::ToolCall call;
  call.id = v["id"].text();
  call.custom = v["custom"].is_object();
  const Value f = v[call.custom ? "custom" : "function"];
  call.name = f["name"].text();
  call.signature = v["extra_content"]["google"]["thought_signature"].text();
  if (call.custom) {
    call.arguments_text = f["input"].text();
  } else if (f["arguments"].is_object()) {  // Ollama-minded hosts send the object itself
    call.arguments = f["arguments"];
  } else {
    call.arguments_text = f["arguments"].text();
    const auto parsed =
        json::parse(arena_, call.arguments_text.empty() ? std::string_view("{}") : call.arguments_text);
    if (parsed && parsed->is_object()) call.arguments = *parsed;
  }
  out_.blocks.push_back({call});
}

// Generated pictures as OpenRouter returns them: [{"type":"image_url","image_url":{"url":"data:…"}}].
void Reply::images(Value v) {
  for (const Value item : v.items()) {
    const std::string_view url = item["image_url"]["url"].text();
    if (url.empty()) continue;
    canon::Media media;
    if (const auto data = split_data_url(url)) {
      media.media_type = data->media_type;
      media.data = data->data;
    } else {
      media.source = canon::MediaSource::url;
      media.data = url;
    }
    out_.blocks.push_back({media});
  }
}

canon::Choice Reply::choice(Value v) {
  const Value message = v["message"].is_object() ? v["message"] : v["delta"];
  read_reasoning(arena_, message, {}, out_.blocks);
  content(message["content"]);
  if (const std::string_view refusal = message["refusal"].text(); !refusal.empty())
    out_.blocks.push_back({canon::Refusal{refusal}});
  images(message["images"]);
  foreign("annotations", message["annotations"]);
  foreign("audio", message["audio"]);
  bool calls = false;
  for (const Value call : message["tool_calls"].items()) {
    if (!call.is_object()) continue;
    tool_call(call);
    calls = true;
  }
  if (const Value legacy = message["function_call"]; !calls && legacy.is_object()) {
    const json::Member member{"function", legacy};
    tool_call(json::Builder(arena_).object({&member, 1}));
    calls = true;
  }
  out_.stop_text = v["finish_reason"].text();
  out_.stop = read_finish_reason(out_.stop_text);
  // vLLM and SGLang name the string that stopped them beside a plain "stop".
  for (const std::string_view key : {"stop_reason", "matched_stop"})
    if (out_.stop == StopReason::end_turn && v[key].is_string()) {
      out_.stop = StopReason::stop_sequence;
      out_.stop_sequence = v[key].text();
    }
  // Several hosts finish a turn of calls with "stop"; a client that believes them never runs the tools.
  if (calls && (out_.stop == StopReason::end_turn || out_.stop == StopReason::unknown))
    out_.stop = StopReason::tool_use;
  out_.logprobs = read_logprobs(arena_, v, {});
  return std::move(out_);
}

}  // namespace

StopReason read_finish_reason(std::string_view word) {
  for (const Finish& row : kFinish)
    if (row.word == word) return row.reason;
  return StopReason::unknown;
}

bool is_broken_finish(std::string_view word) {
  return std::find(kBroken.begin(), kBroken.end(), word) != kBroken.end();
}

canon::Usage read_usage(Value v) {
  canon::Usage usage;
  if (!v.is_object()) return usage;
  usage.input = count(v["prompt_tokens"]);
  usage.output = count(v["completion_tokens"]);
  const Value in = v["prompt_tokens_details"], out = v["completion_tokens_details"];
  usage.cached = count(in["cached_tokens"]);
  for (const std::string_view key : {"prompt_cache_hit_tokens", "cached_tokens"})  // DeepSeek, Moonshot
    if (usage.cached < 0) usage.cached = count(v[key]);
  usage.cache_write = count(in["cache_write_tokens"]);
  if (usage.cache_write < 0) usage.cache_write = count(v["cache_creation_input_tokens"]);
  usage.reasoning = count(out["reasoning_tokens"]);
  if (usage.reasoning < 0) usage.reasoning = count(v["reasoning_tokens"]);
  // xAI counts reasoning beside completion_tokens, not in it: its total says so.
  if (usage.reasoning > 0 && usage.input >= 0 && usage.output >= 0 &&
      count(v["total_tokens"]) == usage.input + usage.output + usage.reasoning)
    usage.output += usage.reasoning;
  return usage;
}

std::expected<canon::Response, canon::UpstreamError> decode(Arena& arena, Value body) {
  if (is_error_value(body)) return std::unexpected(read_error_value(200, body));
  const Value choices = body["choices"];
  if (!choices.is_array() || choices.items().empty()) {
    return std::unexpected(unreadable_answer("the answer has no choices", json::dump(body)));
  }
  canon::Response out;
  out.source = body;
  out.id = body["id"].text();
  out.model = body["model"].text();
  out.created = body["created"].integer().value_or(0);
  out.service_tier = body["service_tier"].text();
  out.fingerprint = body["system_fingerprint"].text();
  out.usage = read_usage(body["usage"]);
  if (!out.usage.known()) out.usage = read_usage(body["x_groq"]["usage"]);
  for (const Value choice : choices.items()) {
    if (is_error_value(choice) || is_broken_finish(choice["finish_reason"].text())) {
      canon::UpstreamError error = read_error_value(200, choice["error"].present() ? choice : body);
      if (!choice["error"].present()) {
        error.code = choice["finish_reason"].text();
        error.message = fmt::format("the provider ended its answer with finish_reason \"{}\"", error.code);
      }
      error.body = json::dump(body);
      return std::unexpected(std::move(error));
    }
    out.choices.push_back(Reply(arena).choice(choice));
  }
  return out;
}

}  // namespace dragoman::dialect::openai_chat
