// The answer: a response object, or the events of one.
#include <fmt/format.h>

#include "base/hash.h"
#include "json/parse.h"
#include "sandbox/openai/reply.h"
#include "sandbox/openai/responses.h"
#include "sandbox/openai/view.h"

namespace dragoman::sandbox::openai {
namespace {

using json::Value;
using json::Writer;

constexpr std::string_view kRefusal = "I'm sorry, I can't help with that.";

class Renderer {
 public:
  explicit Renderer(const Request& r) : r_(r) {
    const Ask ask = responses_ask(r);
    answer_ = plan(ask);
    if (ask.user_text.find("[refuse]") != std::string::npos) {
      answer_.calls.clear();
      answer_.text.clear();
      refusal_ = kRefusal;
    } else {
      filtered_ = answer_.calls.empty() && ask.user_text.find("[filter]") != std::string::npos;
    }
    tail_ = stable_id("", r.call.body_text, stable_hash(r.host.prefix), 24);
    stored_ = !r["store"].is_bool() || r["store"].boolean();
    for (const Value word : r["include"].items()) {
      encrypted_ |= word.text() == "reasoning.encrypted_content";
      logprobs_ |= word.text() == "message.output_text.logprobs";
    }
    summarised_ = r["reasoning"]["summary"].present() || r["reasoning"]["generate_summary"].present();
    if (!r.reasoning) return;
    if (answer_.reasoning.empty()) answer_.reasoning = "Thinking it over.";
  }

  std::string whole() {
    stream_ = false;
    items();
    std::string out;
    Writer w(out);
    response(w, status());
    return out;
  }

  std::vector<std::string> frames() {
    lifecycle("response.created", "in_progress");
    lifecycle("response.in_progress", "in_progress");
    items();
    lifecycle(std::string_view(status()) == "incomplete" ? "response.incomplete" : "response.completed",
              status());
    return std::move(frames_);
  }

 private:
  const char* status() const {
    return filtered_ || answer_.stop == Stop::length ? "incomplete" : "completed";
  }

  template <class F>
  void event(std::string_view type, F&& body) {
    if (!stream_) return;
    std::string data;
    Writer w(data);
    w.begin_object().field("type", type).field("sequence_number", sequence_++);
    body(w);
    w.end_object();
    frames_.push_back(fmt::format("event: {}\ndata: {}\n\n", type, data));
  }
  void lifecycle(std::string_view type, std::string_view status) {
    event(type, [&](Writer& w) {
      w.key("response");
      response(w, status);
    });
  }

  void echo(Writer& w, Value from, std::string_view key, std::string_view otherwise) {
    w.key(key);
    if (from[key].present())
      w.value(from[key]);
    else
      w.raw(otherwise);
  }

  void response(Writer& w, std::string_view status) {
    const bool over = status != "in_progress";
    w.begin_object().field("id", fmt::format("resp_{}", tail_)).field("object", "response");
    w.field("created_at", r_.call.now_unix).field("status", status).field("background", false);
    w.key("error").null().key("incomplete_details");
    if (status == "incomplete")
      w.begin_object().field("reason", filtered_ ? "content_filter" : "max_output_tokens").end_object();
    else
      w.null();
    for (const std::string_view key : {"instructions", "max_output_tokens", "max_tool_calls"})
      echo(w, r_.body, key, "null");
    w.field("model", r_.model).key("output").raw("[" + (over ? items_ : "") + "]");
    echo(w, r_.body, "parallel_tool_calls", "true");
    echo(w, r_.body, "previous_response_id", "null");
    echo(w, r_.body, "prompt_cache_key", "null");
    w.key("reasoning").begin_object();
    echo(w, r_["reasoning"], "effort", "null");
    echo(w, r_["reasoning"], "summary", "null");
    w.end_object();
    w.field("service_tier", "default").field("store", stored_);
    echo(w, r_.body, "temperature", "1.0");
    w.key("text").begin_object();
    echo(w, r_["text"], "format", R"({"type":"text"})");
    echo(w, r_["text"], "verbosity", R"("medium")");
    w.end_object();
    echo(w, r_.body, "tool_choice", R"("auto")");
    echo(w, r_.body, "tools", "[]");
    echo(w, r_.body, "top_logprobs", "0");
    echo(w, r_.body, "top_p", "1.0");
    echo(w, r_.body, "truncation", R"("disabled")");
    w.key("usage");
    if (over) {
      const Usage& u = answer_.usage;
      w.begin_object().field("input_tokens", u.prompt).key("input_tokens_details").begin_object();
      w.field("cached_tokens", u.cached).field("cache_write_tokens", 0).end_object();
      w.field("output_tokens", u.completion).key("output_tokens_details").begin_object();
      w.field("reasoning_tokens", u.reasoning).end_object();
      w.field("total_tokens", u.prompt + u.completion).end_object();
    } else {
      w.null();
    }
    echo(w, r_.body, "user", "null");
    echo(w, r_.body, "metadata", "{}");
    w.end_object();
  }

  std::string id(std::string_view prefix) const {
    return item_id({.prefix = prefix,
                    .stored = stored_,
                    .reasoned = r_.reasoning,
                    .tail = tail_,
                    .index = prefix == "rs_" ? 0 : index_});
  }
  void added(const std::string& item) {
    event("response.output_item.added",
          [&](Writer& w) { w.field("output_index", index_).key("item").raw(item); });
  }
  void done(const std::string& item) {
    event("response.output_item.done",
          [&](Writer& w) { w.field("output_index", index_).key("item").raw(item); });
    if (!items_.empty()) items_ += ',';
    items_ += item;
    ++index_;
  }

  void items() {
    if (r_.reasoning) thought();
    if (!refusal_.empty() || answer_.calls.empty()) message();
    for (std::size_t i = 0; i < answer_.calls.size(); ++i) call(i);
  }

  std::string reasoning_item(bool full) const {
    std::string out;
    Writer w(out);
    w.begin_object().field("id", id("rs_")).field("type", "reasoning").key("summary").begin_array();
    if (full && summarised_)
      w.begin_object().field("type", "summary_text").field("text", answer_.reasoning).end_object();
    w.end_array();
    if (encrypted_) w.field("encrypted_content", seal_reasoning(r_.host, tail_ + (full ? "!" : "?")));
    w.end_object();
    return out;
  }
  void thought() {
    const std::string item = id("rs_");
    const auto place = [&](Writer& w) -> Writer& {
      return w.field("item_id", item).field("output_index", index_).field("summary_index", 0);
    };
    added(reasoning_item(false));
    if (summarised_) {
      const auto part = [&](Writer& w, std::string_view text) {
        place(w).key("part").begin_object().field("type", "summary_text").field("text", text).end_object();
      };
      event("response.reasoning_summary_part.added", [&](Writer& w) { part(w, ""); });
      for (const std::string_view piece : pieces(answer_.reasoning))
        event("response.reasoning_summary_text.delta", [&](Writer& w) { place(w).field("delta", piece); });
      event("response.reasoning_summary_text.done",
            [&](Writer& w) { place(w).field("text", answer_.reasoning); });
      event("response.reasoning_summary_part.done", [&](Writer& w) { part(w, answer_.reasoning); });
    }
    done(reasoning_item(true));
  }

  std::string text_part(std::string_view text) const {
    std::string out;
    Writer w(out);
    if (!refusal_.empty()) {
      w.begin_object().field("type", "refusal").field("refusal", text).end_object();
      return out;
    }
    w.begin_object().field("type", "output_text").key("annotations").begin_array().end_array();
    w.key("logprobs").begin_array();
    if (logprobs_)
      for (const std::string_view piece : pieces(text)) logprob(w, piece);
    w.end_array().field("text", text).end_object();
    return out;
  }
  static void logprob(Writer& w, std::string_view piece) {
    w.begin_object().field("token", piece).key("bytes").begin_array();
    for (const char c : piece) w.integer(static_cast<unsigned char>(c));
    w.end_array().key("logprob").number(-0.125).key("top_logprobs").begin_array().end_array().end_object();
  }
  std::string message_item(std::string_view status, std::string_view part) const {
    std::string out;
    Writer w(out);
    w.begin_object().field("id", id("msg_")).field("type", "message").field("status", status);
    w.key("content").begin_array();
    if (!part.empty()) w.raw(part);
    w.end_array().field("role", "assistant").end_object();
    return out;
  }
  void message() {
    const std::string item = id("msg_");
    const auto place = [&](Writer& w) -> Writer& {
      return w.field("item_id", item).field("output_index", index_).field("content_index", 0);
    };
    const bool no = !refusal_.empty();
    const std::string& text = no ? refusal_ : answer_.text;
    added(message_item("in_progress", ""));
    event("response.content_part.added", [&](Writer& w) { place(w).key("part").raw(text_part("")); });
    for (const std::string_view piece : pieces(text))
      event(no ? "response.refusal.delta" : "response.output_text.delta", [&](Writer& w) {
        place(w).field("delta", piece);
        if (no) return;
        w.key("logprobs").begin_array();
        if (logprobs_) logprob(w, piece);
        w.end_array();
      });
    event(no ? "response.refusal.done" : "response.output_text.done", [&](Writer& w) {
      place(w).field(no ? "refusal" : "text", text);
      if (!no) w.key("logprobs").begin_array().end_array();
    });
    const std::string part = text_part(text);
    event("response.content_part.done", [&](Writer& w) { place(w).key("part").raw(part); });
    done(message_item(status(), part));
  }

  Value tool_named(std::string_view name, std::string_view& space) const {
    for (const Value tool : r_["tools"].items()) {
      if (tool["type"].text() == "namespace") {
        for (const Value inner : tool["tools"].items())
          if (inner["name"].text() == name) {
            space = tool["name"].text();
            return inner;
          }
      } else if (tool["name"].text() == name) {
        return tool;
      }
    }
    return {};
  }
  void call(std::size_t i) {
    const ToolCall& made = answer_.calls[i];
    std::string_view space;
    const bool custom = tool_named(made.name, space)["type"].text() == "custom";
    std::string said = made.arguments;
    if (custom)
      if (const auto parsed = json::parse(r_.call.arena, made.arguments);
          parsed && (*parsed)["input"].is_string())
        said = (*parsed)["input"].text();
    const std::string item = id(custom ? "ctc_" : "fc_");
    const std::string call_id =
        made.id.value_or(stable_id("call_", fmt::format("{}/{}", r_.call.body_text, i)));
    const auto written = [&](std::string_view status, std::string_view words) {
      std::string out;
      Writer w(out);
      w.begin_object().field("id", item).field("type", custom ? "custom_tool_call" : "function_call");
      w.field("status", status).field(custom ? "input" : "arguments", words).field("call_id", call_id);
      w.field("name", made.name);
      if (!space.empty()) w.field("namespace", space);
      w.end_object();
      return out;
    };
    const std::string_view kind =
        custom ? "response.custom_tool_call_input" : "response.function_call_arguments";
    added(written("in_progress", ""));
    for (const std::string_view piece : pieces(said))
      event(fmt::format("{}.delta", kind),
            [&](Writer& w) { w.field("item_id", item).field("output_index", index_).field("delta", piece); });
    event(fmt::format("{}.done", kind), [&](Writer& w) {
      w.field("item_id", item).field("output_index", index_);
      if (!custom) w.field("name", made.name);
      w.field(custom ? "input" : "arguments", said);
    });
    done(written("completed", said));
  }

  const Request& r_;
  Answer answer_;
  std::string refusal_, tail_;
  bool filtered_ = false, stored_ = true, encrypted_ = false, logprobs_ = false, summarised_ = false;
  bool stream_ = true;
  int sequence_ = 0, index_ = 0;
  std::string items_;
  std::vector<std::string> frames_;
};

}  // namespace

Reply responses_answer(const Request& request) { return sent(request, Renderer(request)); }

}  // namespace dragoman::sandbox::openai
