// The way back: an answer in the wire's words put into the client's.
#pragma once
#include <string>

#include "base/arena.h"
#include "canon/fold.h"
#include "canon/response.h"
#include "lower/lower.h"

namespace dragoman::lower {

// In place. Views it makes point into `arena` and into `restore`, which must outlive the response.
void restore(canon::Response& response, const Restore& restore, Arena& arena);

// The same for a stream, event by event. A forced tool's arguments become text as they come; a custom tool's
// text is held until its JSON is whole (it is inside a string).
class EventRestorer {
 public:
  explicit EventRestorer(const Restore& restore) : restore_(&restore) {}
  void operator()(const canon::Event& event, const canon::EventSink& sink);

 private:
  const Restore* restore_;
  bool structured_ = false;  // inside the forced tool's call
  bool custom_ = false;      // inside a custom tool's call
  bool was_structured_ = false;
  std::string held_;
};

}  // namespace dragoman::lower
