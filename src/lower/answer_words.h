// The way back, first step: an answer in a host's own words put into plain ones, before names and arguments
// are restored. Tool arguments lose their HTML entities, reasoning of the types that are meant to be seen is
// text, and an answer that begins with the client's prefill goes on from it.
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
    std::size_t repeated = 0;  // bytes of the prefill the answer has said so far; they are held
    bool goes_on = false;      // it has said all of it, or something else
  };
  static void after_prefill(Choice& choice, const canon::Event& event, std::string_view prefill,
                            const canon::EventSink& sink);
  std::map<int, Choice> choices_;
};

}  // namespace dragoman::lower
