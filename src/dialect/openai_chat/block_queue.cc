#include "dialect/openai_chat/block_queue.h"

#include "base/strings.h"
#include "json/parse.h"

namespace dragoman::dialect::openai_chat {

using canon::BlockType;
using canon::Event;
using canon::EventSink;
using canon::EventType;

void BlockQueue::ObjectEnd::feed(std::string_view text) {
  for (const char c : text) {
    if (quoted_) {
      if (escaped_)
        escaped_ = false;
      else if (c == '\\')
        escaped_ = true;
      else if (c == '"')
        quoted_ = false;
    } else if (c == '"') {
      quoted_ = true;
    } else if (c == '{' || c == '[') {
      ++depth_;
      begun_ = true;
    } else if ((c == '}' || c == ']') && depth_ > 0) {
      --depth_;
    }
  }
}

void BlockQueue::text(BlockType type, std::string_view text, const EventSink& sink, std::string_view name) {
  if (text.empty()) return;
  tail(type, sink, name).text += text;
  advance(sink);
}

void BlockQueue::signature(std::string_view signature, std::string_view issuer, const EventSink& sink) {
  Item& item = tail(BlockType::reasoning, sink);
  item.signature += signature;
  item.issuer = issuer;
  item.done = true;
  advance(sink);
}

void BlockQueue::redacted(std::string_view data, std::string_view issuer, const EventSink& sink) {
  whole(BlockType::redacted_reasoning, {}, std::string(data), std::string(issuer), sink);
}

void BlockQueue::media(std::string_view media_type, std::string_view data, const EventSink& sink) {
  whole(BlockType::media, std::string(media_type), std::string(data), {}, sink);
}

void BlockQueue::foreign(std::string_view type, std::string json, const EventSink& sink) {
  whole(BlockType::foreign, std::string(type), std::move(json), {}, sink);
}

void BlockQueue::whole(BlockType type, std::string name, std::string text, std::string issuer,
                       const EventSink& sink) {
  Item& item = add(type, sink);
  item.name = std::move(name);
  item.text = std::move(text);
  item.issuer = std::move(issuer);
  item.done = true;
  advance(sink);
}

// The last block if it is an open one of this type and name, else a new one.
BlockQueue::Item& BlockQueue::tail(BlockType type, const EventSink& sink, std::string_view name) {
  if (!items_.empty()) {
    Item& last = items_.back();
    if (last.type == type && !last.done && last.name == name) return last;
  }
  Item& item = add(type, sink);
  item.name = name;
  return item;
}

BlockQueue::Item& BlockQueue::add(BlockType type, const EventSink& sink) {
  if (!items_.empty() && items_.back().type != BlockType::tool_call) items_.back().done = true;
  advance(sink);
  Item& item = items_.emplace_back();
  item.type = type;
  return item;
}

BlockQueue::Item& BlockQueue::call_for(const CallPiece& piece, const EventSink& sink) {
  Item* known = nullptr;
  if (piece.index) {
    for (auto& [key, item] : calls_)
      if (key == *piece.index) known = item;
  } else {
    known = last_call_;
    const bool named = known && !piece.name.empty() && !known->name.empty();
    const bool whole = named && known->arguments.ended() && !is_blank(piece.arguments);
    if (whole || (named && piece.id.empty())) known = nullptr;  // another call
  }
  // The same index with another id is another call: some hosts give every parallel call index 0.
  if (known && !piece.id.empty() && !known->id.empty() && known->id != piece.id) known = nullptr;
  if (known) return *known;
  Item& item = add(BlockType::tool_call, sink);
  if (piece.index) {
    std::erase_if(calls_, [&](const auto& entry) { return entry.first == *piece.index; });
    calls_.emplace_back(*piece.index, &item);
  }
  return item;
}

void BlockQueue::call(const CallPiece& piece, const EventSink& sink) {
  Item& item = call_for(piece, sink);
  last_call_ = &item;
  if (item.id.empty()) item.id = piece.id;
  if (item.signature.empty()) item.signature = piece.signature;
  if (piece.custom) item.custom = true;
  // A call is of one kind; what else a host says of it is not its.
  if (piece.custom == item.custom) {
    if (item.name.empty()) item.name = piece.name;
    if (!item.done || !is_blank(piece.arguments)) item.text += piece.arguments;
    if (!item.custom) item.arguments.feed(piece.arguments);
  }
  advance(sink);
}

// Delivers what the front block has, and the next one's when it is over.
void BlockQueue::advance(const EventSink& sink, bool ending) {
  while (!items_.empty()) {
    Item& item = items_.front();
    const bool call = item.type == BlockType::tool_call;
    // A call is over when the next block has begun and its own arguments are whole.
    if (ending || (call && items_.size() > 1 && item.arguments.ended())) item.done = true;
    if (!deliver(item, sink) || !item.done) return;
    sink(at(item, EventType::block_stop));
    ++next_block_;
    std::erase_if(calls_, [&](const auto& entry) { return entry.second == &item; });
    if (last_call_ == &item) last_call_ = nullptr;
    items_.pop_front();
  }
}

Event BlockQueue::at(const Item& item, EventType type) const {
  Event event;
  event.type = type;
  event.choice = choice_;
  event.block = next_block_;
  event.block_type = item.type;
  return event;
}

void BlockQueue::begin(const Item& item, const EventSink& sink) {
  Event start = at(item, EventType::block_start);
  start.issuer = item.issuer;
  start.custom = item.custom;
  if (item.type == BlockType::tool_call) {
    start.id = item.id;
    start.signature = item.signature;
  }
  start.name = item.name;
  if (item.type == BlockType::redacted_reasoning || item.type == BlockType::media) start.text = item.text;
  if (item.type == BlockType::foreign) {
    start.issuer = canon::name(canon::DialectName::openai_chat);
    if (const auto value = json::parse(arena_, item.text)) start.value = *value;
  }
  sink(start);
}

// False when the block cannot begin yet: a call without its name or id.
bool BlockQueue::deliver(Item& item, const EventSink& sink) {
  const bool call = item.type == BlockType::tool_call;
  if (!item.started) {
    if (call && !item.done && (item.id.empty() || item.name.empty())) return false;
    item.started = true;
    begin(item, sink);
    const bool whole = item.type == BlockType::redacted_reasoning || item.type == BlockType::media ||
                       item.type == BlockType::foreign;
    if (whole) item.text.clear();  // it went out with the start
  }
  if (!item.text.empty()) {
    Event piece = at(item, call ? EventType::tool_arguments : EventType::text);
    piece.text = item.text;
    sink(piece);
    item.text.clear();
  }
  if (item.type == BlockType::reasoning && !item.signature.empty()) {
    Event signature = at(item, EventType::signature);
    signature.text = item.signature;
    signature.issuer = item.issuer;
    sink(signature);
    item.signature.clear();
  }
  return true;
}

}  // namespace dragoman::dialect::openai_chat
