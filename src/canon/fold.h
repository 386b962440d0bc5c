// Response to events and back.
#pragma once
#include <functional>
#include <string>
#include <vector>

#include "base/arena.h"
#include "canon/response.h"

namespace dragoman::canon {

using EventSink = std::function<void(const Event&)>;

// Delivers `response` as the events a stream of it would have been.
void unfold(const Response& response, const EventSink& sink);

// Collects events into a Response. Text is gathered in the arena, so the events' views may go after each
// add().
class Folder {
 public:
  explicit Folder(Arena& arena) : arena_(&arena) {}
  void add(const Event& event);
  bool ended() const { return ended_; }
  // The answer so far. Tool arguments are parsed here; ones that are no JSON object stay text.
  Response take();

 private:
  struct Open {
    Event start;  // views copied into the arena
    std::string text, signature;
    std::vector<json::Value> citations;
  };
  struct ChoiceState {
    Choice choice;
    std::vector<json::Value> logprobs;
    Open open;
    bool is_open = false;
  };
  ChoiceState& state(int choice);
  void close(ChoiceState& state);

  Arena* arena_;
  Response response_;
  std::vector<ChoiceState> choices_;
  bool ended_ = false;
};

}  // namespace dragoman::canon
