#include "sandbox/openai/reply.h"

#include <fmt/format.h>

#include "base/hash.h"
#include "sandbox/openai/view.h"

namespace dragoman::sandbox::openai {
namespace {

using json::Value;
using json::Writer;

// One of the `n` answers, with what the markers in the user's text ask for.
struct Choice1 {
  Answer answer;
  std::string refusal;    // "[refuse]" in the prompt
  bool filtered = false;  // "[filter]": the output filter cut the answer
};

constexpr std::string_view kRefusal = "I'm sorry, I can't help with that.";

// The arguments as xAI's models were seen to send them: the characters HTML minds, in string values.
std::string with_entities(std::string_view arguments) {
  std::string out;
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    const char c = arguments[i];
    if (c == '\\' && i + 1 < arguments.size() && arguments[i + 1] == '"') {
      out += "&quot;";
      ++i;
    } else if (c == '&') {
      out += "&amp;";
    } else if (c == '<') {
      out += "&lt;";
    } else if (c == '>') {
      out += "&gt;";
    } else if (c == '\'') {
      out += "&#39;";
    } else {
      out += c;
    }
  }
  return out;
}

class Renderer {
 public:
  explicit Renderer(const Request& r) : r_(r), style_(r.host.style) {
    const auto n = std::max<std::int64_t>(1, r["n"].integer().value_or(1));
    for (int i = 0; i < n; ++i) {
      Ask ask = to_ask(r, i);
      Choice1 c;
      if (ask.user_text.find("[refuse]") != std::string::npos) {
        c.answer = plan(Ask{.request_bytes = ask.request_bytes});
        c.answer.text.clear();
        // A host without the field has its model's words as any others.
        (style_.extended_usage ? c.refusal : c.answer.text) = kRefusal;
      } else {
        c.answer = plan(ask);
        const auto messages = r["messages"].items();
        if (style_.repeats_prefix && !messages.empty() && messages.back()["prefix"].boolean())
          c.answer.text.insert(0, messages.back()["content"].text());
        c.filtered = c.answer.calls.empty() && ask.user_text.find("[filter]") != std::string::npos;
      }
      if (style_.entities && r.model.ends_with("-entities"))
        for (ToolCall& call : c.answer.calls) call.arguments = with_entities(call.arguments);
      // Hidden thoughts cost tokens too.
      if (r.reasoning && !ask.reasoning) {
        c.answer.usage.reasoning += 64;
        c.answer.usage.completion += 64;
      }
      usage_.prompt = c.answer.usage.prompt;
      usage_.cached = c.answer.usage.cached;
      usage_.completion += c.answer.usage.completion;
      usage_.reasoning += c.answer.usage.reasoning;
      choices_.push_back(std::move(c));
    }
    id_ = stable_id("chatcmpl-", r.call.body_text, stable_hash(r.host.prefix), 29);
  }

  std::string whole() {
    std::string out;
    Writer w(out);
    w.begin_object();
    head(w, "chat.completion");
    w.key("choices").begin_array();
    for (std::size_t i = 0; i < choices_.size(); ++i) {
      w.begin_object().field("index", static_cast<std::int64_t>(i)).key("message");
      message(w, i);
      logprobs(w, choices_[i].answer.text, !choices_[i].answer.text.empty(), true);
      w.field("finish_reason", finish(choices_[i]));
      if (style_.choice_extra) style_.choice_extra(w);
      w.end_object();
    }
    w.end_array().key("usage");
    usage(w);
    fingerprint(w);
    if (style_.extra) style_.extra(w, r_, true, true);
    w.end_object();
    return out;
  }

  std::vector<std::string> frames() {
    if (!style_.comment.empty()) frames_.push_back(fmt::format(": {}\n\n", style_.comment));
    if (!style_.first_frame.empty()) frames_.emplace_back(style_.first_frame);
    for (std::size_t i = 0; i < choices_.size(); ++i) choice_chunks(i);
    if (wants_usage() && !style_.usage_on_finish) {
      frame([&](Writer& w) { w.key("choices").begin_array().end_array(); }, true, true);
    }
    frames_.push_back("data: [DONE]\n\n");
    return std::move(frames_);
  }

 private:
  bool wants_usage() const { return style_.usage_unasked || r_["stream_options"]["include_usage"].boolean(); }

  void head(Writer& w, std::string_view object) {
    w.field("id", id_).field("object", object).field("created", r_.call.now_unix).field("model", r_.model);
    if (const Value tier = r_["service_tier"]; tier.is_string() && r_.host.prefix == "openai") {
      w.field("service_tier", tier.text() == "auto" ? std::string_view("default") : tier.text());
    }
  }

  void fingerprint(Writer& w) {
    if (!style_.fingerprint.empty()) w.field("system_fingerprint", style_.fingerprint);
  }

  std::string finish(const Choice1& c) const {
    if (c.filtered) return "content_filter";
    switch (c.answer.stop) {
      case Stop::length:
        return "length";
      case Stop::tool_calls:
        // A named choice ends with "stop" on OpenAI; hosts differ, and clients must look at the calls.
        return std::string(r_["tool_choice"].is_object() ? style_.named_finish : "tool_calls");
      default:
        return "stop";
    }
  }

  std::string call_id(std::size_t choice, std::size_t index, const ToolCall& call) const {
    if (call.id) return *call.id;
    const std::string seed = fmt::format("{}/{}/{}", r_.call.body_text, choice, index);
    if (style_.call_id) return style_.call_id(seed, call.name, static_cast<int>(index));
    return stable_id("call_", seed);
  }

  void message(Writer& w, std::size_t i) {
    const Choice1& c = choices_[i];
    w.begin_object().field("role", "assistant").key("content");
    if (!c.refusal.empty() ||
        (c.answer.text.empty() && !c.answer.calls.empty() && !style_.empty_content_with_calls)) {
      w.null();
    } else if (style_.thinking_parts && !c.answer.reasoning.empty()) {
      thinking_part(w.begin_array(), c.answer.reasoning);
      w.begin_object().field("type", "text").field("text", c.answer.text).end_object().end_array();
    } else {
      w.string(c.answer.text);
    }
    if (!c.answer.reasoning.empty() && !style_.thinking_parts)
      w.field(style_.reasoning_key, c.answer.reasoning);
    if (!c.answer.reasoning.empty() && style_.thought_state)
      style_.thought_state(w, r_, c.answer.reasoning, c.answer.reasoning, true);
    if (!c.answer.calls.empty()) {
      w.key("tool_calls").begin_array();
      for (std::size_t j = 0; j < c.answer.calls.size(); ++j) {
        const ToolCall& call = c.answer.calls[j];
        w.begin_object().field("id", call_id(i, j, call)).field("type", "function").key("function");
        w.begin_object()
            .field("name", call.name)
            .field("arguments", call.arguments)
            .end_object()
            .end_object();
      }
      w.end_array();
    }
    if (style_.extended_usage) {
      w.key("refusal");
      c.refusal.empty() ? w.null() : w.string(c.refusal);
    }
    w.end_object();
  }

  static void thinking_part(Writer& w, std::string_view text) {
    w.begin_object().field("type", "thinking").key("thinking").begin_array();
    w.begin_object().field("type", "text").field("text", text).end_object().end_array().end_object();
  }

  void logprob_lists(Writer& w, std::string_view text, bool whole) {
    if (!r_["logprobs"].present() || text.empty()) return;
    w.key("logprobs");
    if (!whole) {
      w.number(-0.125);
      return;
    }
    const auto parts = pieces(text);
    w.begin_object().key("tokens").begin_array();
    for (const std::string_view piece : parts) w.string(piece);
    w.end_array().key("token_logprobs").begin_array();
    for (std::size_t i = 0; i < parts.size(); ++i) w.number(-0.125);
    w.end_array().end_object();
  }

  void logprobs(Writer& w, std::string_view text, bool has_text, bool whole) {
    if (style_.logprob_lists) return logprob_lists(w, text, whole);
    if (!r_["logprobs"].boolean()) {
      if (style_.extended_usage) w.key("logprobs").null();
      return;
    }
    w.key("logprobs");
    if (!has_text) {
      w.null();
      return;
    }
    const auto top = r_["top_logprobs"].integer().value_or(0);
    const auto token = [&](std::string_view piece, int rank) {
      w.field("token", piece).key("logprob").number(-0.125 * (rank + 1)).key("bytes").begin_array();
      for (const char c : piece) w.integer(static_cast<unsigned char>(c));
      w.end_array();
    };
    w.begin_object().key("content").begin_array();
    for (const std::string_view piece : pieces(text)) {
      w.begin_object();
      token(piece, 0);
      w.key("top_logprobs").begin_array();
      for (int t = 0; t < top; ++t) {
        w.begin_object();
        token(t == 0 ? piece : piece.substr(0, 1), t);
        w.end_object();
      }
      w.end_array().end_object();
    }
    w.end_array().key("refusal").null().end_object();
  }

  void usage(Writer& w) {
    w.begin_object()
        .field("prompt_tokens", usage_.prompt)
        .field("completion_tokens", usage_.completion)
        .field("total_tokens", usage_.prompt + usage_.completion);
    if (style_.extended_usage) {
      w.key("prompt_tokens_details")
          .begin_object()
          .field("cached_tokens", usage_.cached)
          .field("audio_tokens", 0)
          .end_object()
          .key("completion_tokens_details")
          .begin_object()
          .field("reasoning_tokens", usage_.reasoning)
          .field("audio_tokens", 0)
          .field("accepted_prediction_tokens", 0)
          .field("rejected_prediction_tokens", 0)
          .end_object();
    }
    if (style_.usage_extra) style_.usage_extra(w, usage_.prompt, usage_.cached);
    w.end_object();
  }

  // One chunk. With `last`, the usage goes with it if it is wanted; other chunks say null where OpenAI does.
  template <class F>
  void frame(F&& choices, bool last, bool with_usage) {
    std::string json_text;
    Writer w(json_text);
    w.begin_object();
    head(w, "chat.completion.chunk");
    fingerprint(w);
    choices(w);
    if (with_usage) {
      w.key("usage");
      usage(w);
    } else if (wants_usage() && !style_.usage_unasked) {
      w.key("usage").null();
    }
    const bool first = !started_;
    started_ = true;
    if (style_.extra) style_.extra(w, r_, first, last);
    w.end_object();
    frames_.push_back("data: " + json_text + "\n\n");
  }

  template <class F>
  void delta(std::size_t choice, F&& write_delta, std::string_view text = {}, std::string finish_reason = {},
             bool with_usage = false) {
    frame(
        [&](Writer& w) {
          w.key("choices")
              .begin_array()
              .begin_object()
              .field("index", static_cast<std::int64_t>(choice))
              .key("delta");
          w.begin_object();
          write_delta(w);
          w.end_object();
          logprobs(w, text, !text.empty(), false);
          w.key("finish_reason");
          finish_reason.empty() ? w.null() : w.string(finish_reason);
          if (style_.choice_extra && (!text.empty() || !finish_reason.empty())) style_.choice_extra(w);
          w.end_object().end_array();
        },
        !finish_reason.empty(), with_usage);
  }

  void choice_chunks(std::size_t i) {
    const Choice1& c = choices_[i];
    const bool calls = !c.answer.calls.empty();
    delta(i, [&](Writer& w) {
      w.field("role", "assistant").key("content");
      if (calls && !style_.empty_content_with_calls) {
        w.null();
      } else {
        w.string("");
      }
      if (style_.extended_usage) w.key("refusal").null();
    });
    for (const std::string_view piece : pieces(c.answer.reasoning)) {
      delta(i, [&](Writer& w) {
        if (style_.thinking_parts) {
          thinking_part(w.key("content").begin_array(), piece);
          w.end_array();
        } else {
          w.field(style_.reasoning_key, piece);
          if (style_.thought_state) style_.thought_state(w, r_, c.answer.reasoning, piece, false);
        }
      });
    }
    if (!c.answer.reasoning.empty() && style_.thought_state)
      delta(i, [&](Writer& w) { style_.thought_state(w, r_, c.answer.reasoning, "", true); });
    for (const std::string_view piece : pieces(c.answer.text)) {
      delta(i, [&](Writer& w) { w.field("content", piece); }, piece);
    }
    for (const std::string_view piece : pieces(c.refusal)) {
      delta(i, [&](Writer& w) { w.field("refusal", piece); });
    }
    for (std::size_t j = 0; j < c.answer.calls.size(); ++j) call_chunks(i, j);
    const bool with_usage = wants_usage() && style_.usage_on_finish && i + 1 == choices_.size();
    delta(i, [](Writer&) {}, {}, finish(c), with_usage);
  }

  void call_chunks(std::size_t i, std::size_t j) {
    const ToolCall& call = choices_[i].answer.calls[j];
    const auto fragment = [&](bool first, std::string_view arguments) {
      delta(i, [&](Writer& w) {
        w.key("tool_calls").begin_array().begin_object().field("index", static_cast<std::int64_t>(j));
        if (first) w.field("id", call_id(i, j, call)).field("type", "function");
        w.key("function").begin_object();
        if (first) w.field("name", call.name);
        w.field("arguments", arguments).end_object().end_object().end_array();
      });
    };
    if (style_.calls_whole) {
      fragment(true, call.arguments);
      return;
    }
    fragment(true, "");
    for (const std::string_view piece : pieces(call.arguments)) fragment(false, piece);
  }

  const Request& r_;
  const Style& style_;
  std::vector<Choice1> choices_;
  Usage usage_;
  std::string id_;
  std::vector<std::string> frames_;
  bool started_ = false;
};

}  // namespace

Reply answer(const Request& request) { return sent(request, Renderer(request)); }

}  // namespace dragoman::sandbox::openai
