// What a model says beside the call it was made to make. The call's arguments are the whole answer: "I will
// answer in JSON now." in front of the JSON would make it none. Such words reach the client as thoughts.
//
// In a stream they wait until the call begins, for without one they are the answer. Words that begin as JSON
// are taken for it and do not wait.
#pragma once
#include <map>
#include <memory>
#include <vector>

#include "base/arena.h"
#include "canon/fold.h"
#include "canon/response.h"
#include "lower/lower.h"

namespace dragoman::lower {

// In place, before names are restored.
void set_aside(canon::Response& response, const Restore& restore);

// The same for a stream, event by event; choices may interleave.
class Aside {
 public:
  void operator()(const canon::Event& event, const Restore& restore, const canon::EventSink& sink);

 private:
  struct Choice {
    std::unique_ptr<Arena> arena;  // of what is held
    std::vector<canon::Event> held;
    bool answered = false;  // the call has come: what follows is beside it
    bool thought = false;   // inside a text that goes out as a thought
    bool plain = false;     // the answer is text
  };
  static void release(Choice& choice, bool as_thoughts, const canon::EventSink& sink);
  std::map<int, Choice> choices_;
};

}  // namespace dragoman::lower
