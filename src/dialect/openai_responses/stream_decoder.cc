// The provider's typed events to canonical ones. Items are named by output_index and usually come one after
// the other; where two are open at once the later one waits, so that blocks never overlap.
#include <fmt/format.h>

#include <deque>

#include "dialect/error_body.h"
#include "dialect/openai_responses/wire.h"
#include "dialect/stream_end.h"
#include "dialect/tool_namespace.h"
#include "json/parse.h"

namespace dragoman::dialect::openai_responses {
namespace {

using canon::BlockType;
using canon::Event;
using canon::EventSink;
using canon::EventType;
using canon::UpstreamError;
using json::Value;

// An event whose texts are its own, for items that wait.
struct Kept {
  Event event;
  std::string text, id, name, issuer, value;
};

struct Item {
  std::int64_t index = 0;
  std::string kind;
  bool block_open = false;
  BlockType block = BlockType::text;
  std::int64_t part = -1;  // content or summary index of the open block
  bool said = false;       // something of it has been told
  bool done = false;
  std::deque<Kept> waiting;
};

class Decoder final : public StreamDecoder {
 public:
  std::expected<void, UpstreamError> push(const Frame& frame, const EventSink& sink) override {
    if (frame.data.empty() || frame.data == "[DONE]") return {};
    Arena arena(frame.data.size() + 1024);
    const auto parsed = json::parse(arena, frame.data);
    if (!parsed || !parsed->is_object()) return unreadable(frame, "an event that is no JSON object");
    const Value v = *parsed;
    const std::string_view type = v["type"].is_string() ? v["type"].text() : frame.event;
    if (type == "error" || (type.empty() && is_error_value(v)) || v["error"].is_object())
      return failed(v["error"].is_object() ? read_error_value(0, v) : read_event(v));
    if (ended_) return {};
    if (type == "response.failed" || type == "response.cancelled") return failed(read_failed(v["response"]));
    if (type == "response.completed" || type == "response.incomplete" || type == "response.done")
      return end(arena, v["response"], sink);
    if (type == "response.created" || type == "response.in_progress" || type == "response.queued") {
      start(v["response"], sink);
      return {};
    }
    if (type == "keepalive" || type == "response.keepalive") {
      Event ping;
      ping.type = EventType::ping;
      sink(ping);
      return {};
    }
    if (type.starts_with("response.")) item_event(arena, type.substr(9), v, sink);
    return {};
  }

  bool finish(const EventSink&) override { return ended_; }

 private:
  std::unexpected<UpstreamError> unreadable(const Frame& frame, std::string_view what) {
    UpstreamError error = unreadable_answer(
        fmt::format("the provider sent {}: {}", what, frame.data.substr(0, 200)), frame.data);
    error.in_stream = true;
    return std::unexpected(std::move(error));
  }
  std::unexpected<UpstreamError> failed(UpstreamError error) {
    error.in_stream = true;
    if (error.status == 0)
      error.status = error.code == "rate_limit_exceeded" || error.type == "too_many_requests" ? 429 : 500;
    return std::unexpected(std::move(error));
  }
  // {"type":"error","code","message","param"}: the members stand beside the type (OAIR-20).
  static UpstreamError read_event(Value v) {
    UpstreamError error;
    error.code = std::string(v["code"].text());
    error.message = std::string(v["message"].text());
    error.param = std::string(v["param"].text());
    error.type = "error";
    if (error.message.empty()) error.message = "the provider's stream ended in an error";
    const bool ours = error.code.empty() || error.code == "server_error";
    error.status = error.code == "rate_limit_exceeded" ? 429 : ours ? 500 : 400;
    return error;
  }

  void start(Value response, const EventSink& sink) {
    if (started_) return;
    started_ = true;
    Event event;
    event.type = EventType::start;
    event.id = response["id"].text();
    event.model = response["model"].text();
    event.created = static_cast<std::int64_t>(response["created_at"].number());
    event.usage = read_usage(response["usage"]);
    sink(event);
  }

  // Tells an event of `item`, now or when its turn comes.
  void tell(Item& item, Event event, const EventSink& sink) {
    item.said = true;
    if (&item != &items_.front()) {
      Kept kept;
      kept.text = event.text;
      kept.id = event.id;
      kept.name = event.name;
      kept.issuer = event.issuer;
      if (event.value) kept.value = json::dump(event.value);
      event.value = {};
      kept.event = event;
      item.waiting.push_back(std::move(kept));
      return;
    }
    event.block = block_;
    sink(event);
    if (event.type == EventType::block_stop) ++block_;
  }
  void advance(const EventSink& sink) {
    while (!items_.empty() && items_.front().done) {
      items_.pop_front();
      if (items_.empty()) return;
      Item& next = items_.front();
      std::deque<Kept> waiting = std::move(next.waiting);
      next.waiting.clear();
      for (const Kept& kept : waiting) {
        Arena arena(kept.value.size() + 256);
        Event event = kept.event;
        event.text = kept.text;
        event.id = kept.id;
        event.name = kept.name;
        event.issuer = kept.issuer;
        if (!kept.value.empty())
          if (const auto value = json::parse(arena, kept.value)) event.value = *value;
        tell(next, event, sink);
      }
    }
  }

  void open(Item& item, BlockType type, Event event, const EventSink& sink) {
    close(item, sink);
    item.block_open = true;
    item.block = type;
    event.type = EventType::block_start;
    event.block_type = type;
    calls_ |= type == BlockType::tool_call;
    tell(item, event, sink);
  }
  void close(Item& item, const EventSink& sink) {
    if (!item.block_open) return;
    item.block_open = false;
    item.part = -1;
    Event event;
    event.type = EventType::block_stop;
    event.block_type = item.block;
    tell(item, event, sink);
  }
  void piece(Item& item, EventType type, std::string_view text, const EventSink& sink) {
    if (text.empty()) return;
    Event event;
    event.type = type;
    event.block_type = item.block;
    event.text = text;
    tell(item, event, sink);
  }
  void words(Item& item, BlockType type, std::int64_t part, std::string_view text, const EventSink& sink) {
    if (text.empty()) return;
    if (!item.block_open || item.block != type || item.part != part) {
      open(item, type, {}, sink);
      item.part = part;
    }
    piece(item, EventType::text, text, sink);
  }
  // Parts of one summary are one block of thoughts, a blank line between them.
  void thought(Item& item, std::int64_t part, std::string_view text, const EventSink& sink) {
    if (text.empty()) return;
    if (!item.block_open) {
      open(item, BlockType::reasoning, {}, sink);
      item.part = part;
    } else if (item.part != part) {
      piece(item, EventType::text, "\n\n", sink);
      item.part = part;
    }
    piece(item, EventType::text, text, sink);
  }

  Item* find(std::int64_t index) {
    for (Item& item : items_)
      if (item.index == index && !item.done) return &item;
    return nullptr;
  }
  Item& item_at(std::int64_t index, std::string_view kind) {
    if (Item* known = find(index)) return *known;
    Item& made = items_.emplace_back();
    made.index = index;
    made.kind = kind;
    any_ = true;
    return made;
  }

  void added(Item& item, Value v, const EventSink& sink) {
    if (item.kind != "function_call" && item.kind != "custom_tool_call") return;
    Event event;
    event.id = v["call_id"].text();
    const std::string name = join_space(v["namespace"].text(), v["name"].text());
    event.name = name;
    event.custom = item.kind == "custom_tool_call";
    open(item, BlockType::tool_call, event, sink);
    item.said = false;  // no arguments yet
  }

  // The whole item: what was not told in pieces is told now.
  void done(Arena& arena, Item& item, Value v, const EventSink& sink) {
    if (item.kind == "message") {
      if (!item.said)
        for (std::size_t i = 0; i < v["content"].items().size(); ++i) {
          const Value part = v["content"].at(i);
          const bool refusal = part["type"].text() == "refusal";
          words(item, refusal ? BlockType::refusal : BlockType::text, static_cast<std::int64_t>(i),
                part[refusal ? "refusal" : "text"].text(), sink);
        }
    } else if (item.kind == "function_call" || item.kind == "custom_tool_call") {
      if (!item.block_open) added(item, v, sink);
      if (!item.said)
        piece(item, EventType::tool_arguments, v[item.kind == "function_call" ? "arguments" : "input"].text(),
              sink);
    } else if (item.kind == "reasoning") {
      const canon::Reasoning r = read_reasoning(arena, v);
      if (!r.redacted.empty()) {
        Event event;
        event.text = r.redacted;
        event.issuer = r.issuer;
        open(item, BlockType::redacted_reasoning, event, sink);
      } else {
        if (!item.said && (!r.text.empty() || !r.signature.empty())) {
          open(item, BlockType::reasoning, {}, sink);
          piece(item, EventType::text, r.text, sink);
        }
        if (!r.signature.empty() && item.block_open) {
          Event event;
          event.type = EventType::signature;
          event.block_type = BlockType::reasoning;
          event.text = r.signature;
          event.issuer = r.issuer;
          tell(item, event, sink);
        }
      }
    } else if (item.kind == "image_generation_call" && !v["result"].text().empty()) {
      Event event;
      event.name = "image/png";
      event.text = v["result"].text();
      open(item, BlockType::media, event, sink);
    } else {
      Event event;
      event.name = item.kind;
      event.value = v;
      event.issuer = kDialect;
      open(item, BlockType::foreign, event, sink);
    }
    close(item, sink);
    item.done = true;
    advance(sink);
  }

  void item_event(Arena& arena, std::string_view type, Value v, const EventSink& sink) {
    start({}, sink);
    const auto number = [&](std::string_view key) { return v[key].integer().value_or(0); };
    const std::int64_t index = number("output_index");
    if (type == "output_item.added") {
      if (find(index)) return;
      Item& item = item_at(index, v["item"]["type"].text());
      return added(item, v["item"], sink);
    }
    if (type == "output_item.done")
      return done(arena, item_at(index, v["item"]["type"].text()), v["item"], sink);
    if (type == "content_part.done") {
      if (Item* item = find(index)) close(*item, sink);
      return;
    }
    if (type == "output_text.annotation.added") {
      Item* item = find(index);
      const Value citation = citation_of(arena, v["annotation"], {});
      if (!item || !item->block_open || item->block != BlockType::text || !citation) return;
      Event event;
      event.type = EventType::citation;
      event.block_type = BlockType::text;
      event.value = citation;
      return tell(*item, event, sink);
    }
    const std::string_view delta = v["delta"].text();
    if (delta.empty()) return;
    if (type == "output_text.delta") {
      Item& item = item_at(index, "message");
      words(item, BlockType::text, number("content_index"), delta, sink);
      if (v["logprobs"].is_array() && !v["logprobs"].items().empty()) {
        const json::Member member{"content", v["logprobs"]};
        Event event;
        event.type = EventType::logprobs;
        event.value = json::Builder(arena).object({&member, 1});
        tell(item, event, sink);
      }
    } else if (type == "refusal.delta") {
      words(item_at(index, "message"), BlockType::refusal, number("content_index"), delta, sink);
    } else if (type == "reasoning_summary_text.delta") {
      thought(item_at(index, "reasoning"), number("summary_index"), delta, sink);
    } else if (type == "reasoning_text.delta") {
      thought(item_at(index, "reasoning"), number("content_index"), delta, sink);
    } else if (type == "function_call_arguments.delta" || type == "custom_tool_call_input.delta") {
      if (Item* item = find(index); item && item->block_open && item->block == BlockType::tool_call)
        piece(*item, EventType::tool_arguments, delta, sink);
    }
  }

  std::expected<void, UpstreamError> end(Arena& arena, Value response, const EventSink& sink) {
    start(response, sink);
    for (Item& item : items_)
      if (!item.done) {
        close(item, sink);
        item.done = true;
      }
    advance(sink);
    if (!any_ && !response["output"].items().empty()) {
      // A host that streams nothing but the end.
      auto whole = decode(arena, response);
      if (!whole) return failed(std::move(whole.error()));
      canon::unfold(*whole, [&](const Event& event) {
        const bool block = event.type == EventType::block_start || event.type == EventType::block_stop ||
                           event.type == EventType::text || event.type == EventType::tool_arguments ||
                           event.type == EventType::signature || event.type == EventType::citation ||
                           event.type == EventType::logprobs;
        if (block) sink(event);
        calls_ |= event.type == EventType::block_start && event.block_type == BlockType::tool_call;
      });
    }
    const Ending ending = read_ending(response, calls_);
    Event stop;
    stop.type = EventType::stop;
    stop.stop = ending.stop;
    stop.stop_text = ending.word;
    sink(stop);
    end_stream(read_usage(response["usage"]), response["service_tier"].text(), sink);
    ended_ = true;
    return {};
  }

  std::deque<Item> items_;  // not yet done, in order; the front one is live
  int block_ = 0;
  bool started_ = false, ended_ = false, any_ = false, calls_ = false;
};

}  // namespace

std::unique_ptr<StreamDecoder> make_decoder() { return std::make_unique<Decoder>(); }

}  // namespace dragoman::dialect::openai_responses
