// The way back for arguments: JSON text as the model writes it, put into the client's words while it comes.
//
// Nothing waits but the key and the first bytes of a member that may have to go, so that a long string
// streams on. Text that is no JSON passes as it is. A whole answer is filtered as a stream of one piece,
// which makes the two ways of answering equal by construction.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "lower/argument_plan.h"

namespace dragoman::lower {

class ArgumentFilter {
 public:
  // The plan must outlive the filter.
  explicit ArgumentFilter(const ArgumentPlan& plan);

  // Appends to `out` what the client may see of the text so far.
  void push(std::string_view piece, std::string& out);
  // The text is over, whole or broken off: appends what was held.
  void finish(std::string& out);

 private:
  enum class At { value, text, scalar, key_or_end, key, colon, after, done, raw };
  struct Frame {
    bool object = false;
    bool wrapped = false;  // the root around the client's value: shows nothing of itself
    std::vector<int> nodes = {};
    std::size_t index = 0;  // of the item
    bool written = false;   // some member has been shown
  };

  void step(char c);
  // The states of it that take more than a line.
  void before_value(char c);
  void in_scalar(char c);
  void before_key(char c);
  void after_value(char c);
  bool quote_ends(char c);
  void put(char c);
  void begin_value(char c);
  bool decide(char c);  // the member's value begins; false: nothing of it is shown
  void narrow();
  void open(bool object);
  void end_value();
  void give_up(char c);
  void release();
  std::string key_text() const;

  const ArgumentPlan* plan_;
  std::string* out_ = nullptr;
  At at_ = At::value;
  std::vector<Frame> frames_;
  std::vector<int> candidates_;  // nodes of the value to come
  std::string held_;             // of the member at hand, from its comma on
  std::string key_;              // as the model wrote it, quotes included
  std::string client_key_;       // "" the same
  std::string literal_;          // the scalar at hand, to tell branches apart
  std::size_t skipped_ = 0;      // frames around the value that is left out, plus one; 0: none is
  bool holding_ = false;
  bool null_goes_ = false;
  bool watch_ = false;  // literal_ is being collected
  bool escaped_ = false;
};

// All at once.
std::string filtered(const ArgumentPlan& plan, std::string_view text);

}  // namespace dragoman::lower
