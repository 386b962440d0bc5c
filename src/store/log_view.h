// The journal as lines for a person: `dragoman logs` and `dragoman logs --follow`.
#pragma once
#include <array>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/error.h"
#include "store/journal_reader.h"
#include "store/record.h"

namespace dragoman::store {

struct LogStyle {
  bool color = false;             // ANSI colours: only if the output is a terminal
  bool utc = false;               // otherwise the local time zone
  std::size_t error_width = 100;  // columns of an error that are shown
  // What would end this attempt's failure, one phrase for its line; "" for nothing. May be empty.
  std::function<std::string(const AttemptRecord&)> fix = {};
};

// One line a request:  time  id  status  model → target  ms  tokens  and then what was out of the ordinary;
// below it, indented, one line an attempt. Remembers how wide its columns were, so that the lines of one call
// after another stay aligned. Whatever the journal holds, the output is printable UTF-8: what a client or a
// provider wrote cannot steer the terminal.
class LogView {
 public:
  explicit LogView(LogStyle style = {}) : style_(std::move(style)) {}

  std::string format(std::span<const RequestRecord> records);  // lines, each with its '\n'; "" for none

 private:
  LogStyle style_;
  std::array<std::size_t, 4> request_widths_{};
  std::array<std::size_t, 4> attempt_widths_{};
};

// The telling words of an error body: the first "message" (else "error", "detail") text of a JSON body, at
// any depth; a page of HTML without its tags; else the text itself. One line, printable, at most `width`
// characters.
std::string error_words(std::string_view body, std::size_t width);

// Printable UTF-8 on one line: control characters and broken bytes become spaces and '?'.
std::string printable(std::string_view text);

// Follows a journal file by asking now and then; the caller sleeps in between. One thread at a time.
class LogFollower {
 public:
  // The first poll() gives the last filter.limit matching requests, each later one what has come since.
  static Result<LogFollower> open(std::string path, LogFilter filter);

  // At most 1000 requests a call. A journal that was put aside and begun anew is followed from its beginning.
  Result<std::vector<RequestRecord>> poll();

 private:
  LogFollower(std::string path, LogFilter filter, JournalReader reader, std::uint64_t file)
      : path_(std::move(path)), filter_(std::move(filter)), reader_(std::move(reader)), file_(file) {}

  std::string path_;
  LogFilter filter_;
  JournalReader reader_;
  std::uint64_t file_;  // inode
  bool first_ = true;
};

}  // namespace dragoman::store
