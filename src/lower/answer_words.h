// The way back, first step: an answer in a host's own words put into plain ones, before names and arguments
// are restored. Tool arguments lose their HTML entities, reasoning of the types that are meant to be seen is
// text.
#pragma once
#include <map>
#include <string>

#include "base/arena.h"
#include "canon/fold.h"
#include "canon/response.h"
#include "lower/html_entities.h"
#include "lower/lower.h"

namespace dragoman::lower {

// In place; views it makes point into `arena`.
void plain_words(canon::Response& response, const Restore& restore, Arena& arena);

// The same for a stream, event by event; choices may interleave.
class AnswerWords {
 public:
  void operator()(const canon::Event& event, const Restore& restore, const canon::EventSink& sink);

 private:
  struct Choice {
    bool visible = false;  // inside reasoning that is text to show
    HtmlArguments html = {};
  };
  std::map<int, Choice> choices_;
};

}  // namespace dragoman::lower
