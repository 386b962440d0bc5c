// The way back: an answer in the wire's words put into the client's.
#pragma once
#include <map>
#include <optional>
#include <string>

#include "base/arena.h"
#include "canon/fold.h"
#include "canon/response.h"
#include "lower/answer_words.h"
#include "lower/argument_filter.h"
#include "lower/aside.h"
#include "lower/lower.h"

namespace dragoman::lower {

// In place. Views it makes point into `arena` and into `restore`, which must outlive the response.
void restore(canon::Response& response, const Restore& restore, Arena& arena);

// The same for a stream, event by event. Arguments and JSON answers pass as they come; only a custom tool's
// text is held until its JSON is whole (it is inside a string).
class EventRestorer {
 public:
  explicit EventRestorer(const Restore& restore) : restore_(&restore) {}
  void operator()(const canon::Event& event, const canon::EventSink& sink);

 private:
  // Of one choice; streams of several interleave.
  struct Choice {
    bool structured = false;  // inside the forced tool's call
    bool custom = false;      // inside a custom tool's call
    bool was_structured = false;
    bool wrote = false;  // the forced tool's call has arguments
    std::string held = {};
    std::optional<ArgumentFilter> filter = {};  // of the block at hand
  };
  void put_back(const canon::Event& event, const canon::EventSink& sink);
  void filtered(Choice& choice, const canon::Event& event, const canon::EventSink& sink, bool last);

  const Restore* restore_;
  std::map<int, Choice> choices_;
  AnswerWords words_;
  Aside aside_;
};

}  // namespace dragoman::lower
