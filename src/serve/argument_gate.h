// The place in a stream where tool calls wait for their verdict. Under `report` nothing waits: the gate only
// listens, and the answer is judged when all of it is out. Under `repair` and `fail` a call's arguments wait
// until the call is whole; everything else flows, but for what comes after a call that must be repaired.
// Structured output is one piece of JSON and waits as arguments do.
#pragma once
#include <deque>
#include <set>
#include <string>
#include <string_view>

#include "base/arena.h"
#include "canon/fold.h"
#include "canon/response.h"
#include "serve/enforce.h"

namespace dragoman::serve {

class ArgumentGate {
 public:
  // The enforcement must outlive it.
  explicit ArgumentGate(Enforcement& kept) : kept_(kept), folder_(arena_) {}

  // An event in the client's words; delivers to `sink` what may go on.
  void push(const canon::Event& event, const canon::EventSink& sink);

  // A broken call fails the attempt: nothing more is delivered.
  bool failed() const { return failed_; }

  // The stream is over. Judges what has not been; enforcement.pending() says what is to be repaired.
  void close();
  // The answer as it was folded, for the repair; valid after close().
  canon::Response& answer() { return answer_; }
  Arena& arena() { return arena_; }
  // Delivers what has waited, with what was coerced or repaired in place.
  void release(const canon::EventSink& sink);

 private:
  void listen(const canon::Event& event);
  void emit(const canon::Event& event, const canon::EventSink& sink);
  void enqueue(const canon::Event& event);
  void end_of_call(const canon::Event& stop, const canon::EventSink& sink);
  canon::ToolCall* broken_call(const canon::Event& event);
  std::string_view output() const;

  Enforcement& kept_;
  Arena arena_{4096};
  canon::Folder folder_;
  canon::Response answer_;
  bool failed_ = false;
  bool delivered_ = false;  // the client has seen something it cannot unsee
  bool several_ = false;    // choices: none of them is repaired

  bool in_call_ = false;  // whose arguments wait
  canon::Event call_;     // its start; views in the arena
  bool start_waits_ = false;
  std::string arguments_;

  bool waiting_ = false;    // from here on everything waits
  bool repairing_ = false;  // the model will be asked once more
  std::deque<canon::Event> queue_;
  std::set<std::size_t> broken_;  // blocks of calls that wait for a repair
};

}  // namespace dragoman::serve
