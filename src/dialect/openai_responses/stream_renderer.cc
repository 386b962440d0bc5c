// Events as the response stream OpenAI's SDKs and Codex read: typed, numbered, each item opened, filled and
// closed.
#include <fmt/format.h>

#include <utility>

#include "base/id.h"
#include "dialect/openai_answer.h"
#include "dialect/openai_responses/wire.h"
#include "json/parse.h"

namespace dragoman::dialect::openai_responses {
namespace {

using canon::BlockType;
using canon::Event;
using canon::EventType;
using json::Writer;

class Renderer final : public StreamRenderer {
 public:
  explicit Renderer(const RenderOptions& options) : options_(options) {}

  void render(const Event& event, std::string& out) override {
    if (event.choice > 0) return;  // there is one answer in this dialect
    switch (event.type) {
      case EventType::start:
        begin(event, out);
        return;
      case EventType::block_start:
        begin(event, out);
        return open(event, out);
      case EventType::text:
        return text(event, out);
      case EventType::tool_arguments:
        text_ += event.text;
        return piece(
            call_.custom ? "response.custom_tool_call_input.delta" : "response.function_call_arguments.delta",
            out, [&](Writer& w) { place(w).field("delta", event.text); });
      case EventType::signature:
        signature_ += event.text;
        if (!event.issuer.empty()) issuer_ = event.issuer;
        return;
      case EventType::citation:
        return citation(event, out);
      case EventType::logprobs:
        return logprobs(event);
      case EventType::block_stop:
        return close(event, out);
      case EventType::stop:
        close_message(out, event.stop);
        add_sealed(out);
        outcome_ = outcome_of(event.stop);
        return;
      case EventType::usage:
        usage_.merge(event.usage);
        if (!event.service_tier.empty()) head_.service_tier = openai_tier(event.service_tier);
        return;
      case EventType::end:
        begin(event, out);
        close_message(out, canon::StopReason::end_turn);
        add_sealed(out);
        outcome_.usage = usage_;
        return whole(outcome_.status == "incomplete" ? "response.incomplete" : "response.completed", outcome_,
                     out);
      case EventType::ping:
        out += kKeepAlive;
        return;
      case EventType::foreign:  // other dialects' events have no word here
        return;
    }
  }

  // The error event is what the API documents; Codex and the SDKs' helpers wait for the response that failed.
  void render_error(const ClientError& error, std::string& out) override {
    begin({}, out);
    const std::string_view code = stream_error_code(error);
    piece("error", out, [&](Writer& w) {
      w.field("code", error.code.empty() ? code : error.code).field("message", error.message).key("param");
      if (error.param.empty())
        w.null();
      else
        w.string(error.param);
      if (!error.details.empty()) w.key("dragoman").raw(error.details);
    });
    Outcome failed{.status = "failed", .error_code = code, .error_message = error.message, .usage = usage_};
    whole("response.failed", failed, out);
  }

 private:
  template <class Body>
  void piece(std::string_view type, std::string& out, const Body& body) {
    out += "event: ";
    out += type;
    out += "\ndata: ";
    Writer w(out);
    w.begin_object().field("type", type).field("sequence_number", sequence_++);
    body(w);
    w.end_object();
    out += "\n\n";
  }
  void whole(std::string_view type, const Outcome& outcome, std::string& out) {
    piece(type, out, [&](Writer& w) {
      w.key("response");
      write_response(w, head_, outcome, fmt::format("[{}]", items_));
    });
  }
  // Where the open item stands.
  Writer& place(Writer& w) { return w.field("item_id", id_).field("output_index", index_); }
  Writer& content_place(Writer& w) { return place(w).field("content_index", part_); }

  void begin(const Event& event, std::string& out) {
    if (begun_) return;
    begun_ = true;
    head_ = make_head(options_, event.id, event.created, event.service_tier);
    usage_.merge(event.usage);
    whole("response.created", {}, out);
    whole("response.in_progress", {}, out);
  }

  void item_added(std::string_view item, std::string& out) {
    piece("response.output_item.added", out,
          [&](Writer& w) { w.field("output_index", index_).key("item").raw(item); });
  }
  void item_done(std::string_view item, std::string& out) {
    piece("response.output_item.done", out,
          [&](Writer& w) { w.field("output_index", index_).key("item").raw(item); });
    if (!items_.empty()) items_ += ',';
    items_ += item;
    ++index_;
  }

  // Reasoning behind an open message may be no more than its seal (Gemini 3 ends with one). Whether the
  // message was finished is known when the next thing comes, so the seal waits for that.
  void open_reasoning(std::string& out) {
    close_message(out, canon::StopReason::end_turn);
    sealing_ = false;
    id_ = item_id("rs_", head_.id, index_);
    item_added(reasoning_item(id_, "", ""), out);
  }

  void add_sealed(std::string& out) {
    if (sealed_.empty()) return;
    id_ = item_id("rs_", head_.id, index_);
    item_added(reasoning_item(id_, "", ""), out);
    item_done(reasoning_item(id_, "", std::exchange(sealed_, {})), out);
  }

  void open(const Event& event, std::string& out) {
    if (!sealed_.empty()) close_message(out, canon::StopReason::end_turn);
    add_sealed(out);
    text_.clear();
    signature_.clear();
    annotations_.clear();
    annotation_count_ = 0;
    issuer_ = event.issuer;
    const bool words = event.block_type == BlockType::text || event.block_type == BlockType::refusal;
    sealing_ = in_message_ && event.block_type == BlockType::reasoning;
    if (sealing_) return;
    if (!words) close_message(out, canon::StopReason::end_turn);
    switch (event.block_type) {
      case BlockType::text:
      case BlockType::refusal: {
        // Neighbouring texts are parts of one message.
        if (!in_message_) {
          in_message_ = true;
          id_ = item_id("msg_", head_.id, index_);
          part_ = 0;
          item_added(message_item(id_, "in_progress", ""), out);
        }
        const std::string part =
            event.block_type == BlockType::text ? text_part("", "", {}) : refusal_part("");
        piece("response.content_part.added", out, [&](Writer& w) { content_place(w).key("part").raw(part); });
        return;
      }
      case BlockType::reasoning:
        return open_reasoning(out);
      case BlockType::redacted_reasoning: {
        id_ = item_id("rs_", head_.id, index_);
        const std::string item = reasoning_item(id_, "", encrypted_content(event.issuer, 'r', event.text));
        item_added(item, out);
        item_done(item, out);
        return;
      }
      case BlockType::tool_call: {
        if (!event.signature.empty()) {
          // A call's own signature has no place in it that clients hand back; reasoning items they do.
          id_ = item_id("rs_", head_.id, index_);
          const std::string item = reasoning_item(
              id_, "",
              encrypted_content(event.issuer.empty() ? "gemini" : event.issuer, 'c', event.signature));
          item_added(item, out);
          item_done(item, out);
        }
        call_ = {};
        call_.custom = event.custom;
        call_id_ = event.id.empty() ? random_id("call_") : std::string(event.id);
        call_name_ = event.name;
        call_.id = call_id_;
        call_.name = call_name_;
        id_ = item_id(event.custom ? "ctc_" : "fc_", head_.id, index_);
        item_added(call_item(id_, "in_progress", call_, ""), out);
        return;
      }
      case BlockType::media: {
        id_ = item_id("ig_", head_.id, index_);
        const std::string item = image_item(id_, event.text);
        item_added(item, out);
        item_done(item, out);
        return;
      }
      case BlockType::foreign: {
        if (event.issuer != kDialect || !event.value) return;
        const std::string item = json::dump(event.value);
        item_added(item, out);
        item_done(item, out);
        return;
      }
    }
  }

  void text(const Event& event, std::string& out) {
    text_ += event.text;
    if (event.block_type == BlockType::reasoning) {
      if (sealing_) open_reasoning(out);
      if (text_.size() == event.text.size())  // the first piece: thoughts may be nothing but a signature
        piece("response.reasoning_summary_part.added", out, [&](Writer& w) {
          place(w).field("summary_index", 0).key("part").raw(R"({"type":"summary_text","text":""})");
        });
      return piece("response.reasoning_summary_text.delta", out,
                   [&](Writer& w) { place(w).field("summary_index", 0).field("delta", event.text); });
    }
    if (event.block_type == BlockType::refusal)
      return piece("response.refusal.delta", out,
                   [&](Writer& w) { content_place(w).field("delta", event.text); });
    piece("response.output_text.delta", out, [&](Writer& w) {
      content_place(w).field("delta", event.text).key("logprobs").begin_array().end_array();
    });
  }

  void citation(const Event& event, std::string& out) {
    const std::string annotation = annotation_of(event.value, text_.size());
    if (annotation.empty()) return;
    if (!annotations_.empty()) annotations_ += ',';
    annotations_ += annotation;
    piece("response.output_text.annotation.added", out, [&](Writer& w) {
      content_place(w).field("annotation_index", annotation_count_++).key("annotation").raw(annotation);
    });
  }

  // Chat's {"content":[…]}; each entry is spelled alike here.
  void logprobs(const Event& event) {
    for (const json::Value entry : event.value["content"].items()) {
      if (!logprobs_.empty()) logprobs_ += ',';
      logprobs_ += json::dump_compact(entry);
    }
  }

  void close(const Event& event, std::string& out) {
    switch (event.block_type) {
      case BlockType::text: {
        const std::string part = text_part(text_, annotations_, {});
        piece("response.output_text.done", out, [&](Writer& w) {
          content_place(w).field("text", text_).key("logprobs").raw(fmt::format("[{}]", logprobs_));
        });
        return part_done(part, out);
      }
      case BlockType::refusal:
        piece("response.refusal.done", out, [&](Writer& w) { content_place(w).field("refusal", text_); });
        return part_done(refusal_part(text_), out);
      case BlockType::reasoning: {
        const std::string encrypted = encrypted_content(issuer_, 's', signature_);
        if (sealing_ && !encrypted.empty()) {
          sealing_ = false;
          sealed_ = encrypted;
          return;
        }
        if (sealing_) open_reasoning(out);
        if (!text_.empty()) {
          piece("response.reasoning_summary_text.done", out,
                [&](Writer& w) { place(w).field("summary_index", 0).field("text", text_); });
          piece("response.reasoning_summary_part.done", out, [&](Writer& w) {
            place(w).field("summary_index", 0).key("part").begin_object();
            w.field("type", "summary_text").field("text", text_).end_object();
          });
        }
        return item_done(reasoning_item(id_, text_, encrypted), out);
      }
      case BlockType::tool_call: {
        if (text_.empty() && !call_.custom) {  // clients parse them, and "" is no JSON
          text_ = "{}";
          piece("response.function_call_arguments.delta", out,
                [&](Writer& w) { place(w).field("delta", text_); });
        }
        piece(call_.custom ? "response.custom_tool_call_input.done" : "response.function_call_arguments.done",
              out, [&](Writer& w) {
                place(w);
                if (!call_.custom) w.field("name", call_.name);
                w.field(call_.custom ? "input" : "arguments", text_);
              });
        return item_done(call_item(id_, "completed", call_, text_), out);
      }
      case BlockType::redacted_reasoning:
      case BlockType::media:
      case BlockType::foreign:
        return;
    }
  }

  void part_done(std::string_view part, std::string& out) {
    piece("response.content_part.done", out, [&](Writer& w) { content_place(w).key("part").raw(part); });
    if (!parts_.empty()) parts_ += ',';
    parts_ += part;
    ++part_;
  }

  void close_message(std::string& out, canon::StopReason stop) {
    if (!in_message_) return;
    in_message_ = false;
    const std::string_view status = outcome_of(stop).status == "incomplete" ? "incomplete" : "completed";
    // Log probabilities come after the text they are about.
    if (!logprobs_.empty() && parts_.starts_with(R"({"type":"output_text")")) {
      constexpr std::string_view kNone = R"("logprobs":[])";
      if (const std::size_t at = parts_.find(kNone); at != std::string::npos)
        parts_.replace(at, kNone.size(), fmt::format(R"("logprobs":[{}])", logprobs_));
    }
    item_done(message_item(id_, status, parts_), out);
    parts_.clear();
    logprobs_.clear();
  }

  RenderOptions options_;
  Head head_;
  Outcome outcome_{.status = "completed"};
  canon::Usage usage_;
  bool begun_ = false;
  int sequence_ = 0;
  int index_ = 0;  // of the open item in the output
  int part_ = 0;   // of the open part in its message
  bool in_message_ = false;
  bool sealing_ = false;  // the open reasoning stands behind an open message and has said nothing yet
  std::string sealed_;    // such a one that ended so: its encrypted content
  std::string items_;     // those that are whole, as JSON text
  std::string parts_;     // of the open message
  std::string logprobs_, annotations_;
  int annotation_count_ = 0;
  std::string id_, text_, signature_, issuer_;
  Event call_;
  std::string call_id_, call_name_;
};

}  // namespace

std::unique_ptr<StreamRenderer> make_renderer(const RenderOptions& options) {
  return std::make_unique<Renderer>(options);
}

}  // namespace dragoman::dialect::openai_responses
