// What every stream decoder promises about its events (canon/response.h), as a check. For tests and fuzz
// targets.
#pragma once
#include <map>
#include <string_view>

#include "canon/response.h"

namespace dragoman::dialect {

class EventContract {
 public:
  // "" while the promise holds, else what was broken; it stays broken.
  std::string_view add(const canon::Event& event) {
    if (broken_.empty()) broken_ = check(event);
    return broken_;
  }
  bool ended() const { return ended_; }

 private:
  struct Choice {
    int next_block = 0;
    bool open = false, stopped = false;
    canon::BlockType type = canon::BlockType::text;
  };

  std::string_view check(const canon::Event& e) {
    using canon::BlockType;
    using canon::EventType;
    if (e.type == EventType::ping) return {};
    if (ended_) return "an event after end";
    if (!started_ && e.type != EventType::start) return "the first event is not start";
    Choice& c = choices_[e.choice];
    const auto in_block = [&](bool right_type) -> std::string_view {
      if (!c.open) return "a piece outside a block";
      if (e.block != c.next_block) return "a piece of another block";
      return right_type ? std::string_view() : "a piece the block cannot have";
    };
    switch (e.type) {
      case EventType::start:
        if (started_) return "start twice";
        started_ = true;
        return {};
      case EventType::block_start:
        if (c.stopped) return "a block after stop";
        if (c.open) return "a block within a block";
        if (e.block != c.next_block) return "blocks do not count up";
        c.open = true;
        c.type = e.block_type;
        return {};
      case EventType::text:
        return in_block(c.type == BlockType::text || c.type == BlockType::reasoning ||
                        c.type == BlockType::refusal);
      case EventType::tool_arguments:
        return in_block(c.type == BlockType::tool_call);
      case EventType::signature:
        return in_block(c.type == BlockType::reasoning);
      case EventType::citation:
        return in_block(c.type == BlockType::text);
      case EventType::block_stop: {
        const std::string_view fault = in_block(true);
        c.open = false;
        ++c.next_block;
        return fault;
      }
      case EventType::stop:
        if (c.open) return "stop within a block";
        if (c.stopped) return "stop twice";
        c.stopped = true;
        return {};
      case EventType::end:
        ended_ = true;
        for (const auto& [index, choice] : choices_)
          if (choice.open) return "end within a block";
        return {};
      case EventType::logprobs:
      case EventType::foreign:
      case EventType::usage:
      case EventType::ping:
        return {};
    }
    return {};
  }

  std::map<int, Choice> choices_;
  std::string_view broken_;
  bool started_ = false, ended_ = false;
};

}  // namespace dragoman::dialect
