// Server-sent events, both directions, without I/O. The format is the WHATWG HTML standard's section 9.2.6
// ("Interpreting an event stream"), which OpenAI, Anthropic and Gemini streams follow.
#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/error.h"

namespace dragoman::net {

// The views are valid during the callback of feed(), or until the next call of next(), finish() or reset().
struct SseEvent {
  std::string_view event;  // "" if the stream named none (the standard then calls it "message")
  std::string_view data;   // lines joined by '\n', without a last one
  std::string_view id;  // the last id the stream gave; it stays until another one comes, as the standard says
};

// An incremental parser: however the bytes are cut, the same events come out. An event that lies in the fed
// bytes with one data line is not copied; what is cut by the end of the bytes is. Comments, unknown fields
// and events without data yield nothing. Not thread-safe. After an error every call gives that error again.
class SseParser {
 public:
  // An event (all its lines together, comments apart) longer than this many bytes is an error, so that a
  // server which never ends an event cannot take all memory.
  static constexpr std::size_t kMaxEventBytes = std::size_t{16} << 20;

  explicit SseParser(std::size_t max_event_bytes = kMaxEventBytes) : max_(max_event_bytes) {}

  // Calls on_event(const SseEvent&) for every event that ends in `bytes`. The callback must not feed.
  template <class F>
  Result<void> feed(std::string_view bytes, F&& on_event) {
    SseEvent event;
    for (;;) {
      Result<bool> more = next(bytes, event);
      if (!more) return std::unexpected(std::move(more.error()));
      if (!*more) return {};
      on_event(static_cast<const SseEvent&>(event));
    }
  }

  // The same for callers that pull: true fills `event` and takes its bytes off the front of `bytes`; false
  // means that all of `bytes` was taken and no event is complete. Bytes fed must stay until a call returns
  // false.
  Result<bool> next(std::string_view& bytes, SseEvent& event);

  // The stream has ended. Gives what was pending, as if a blank line had followed, or nothing: by the
  // standard such an event is dropped, but a caller can tell a cut stream from one whose server omits the
  // last blank line after "data: [DONE]". The parser is then as new.
  std::optional<SseEvent> finish();

  void reset();

  // The last reconnection time the stream asked for, in milliseconds.
  std::optional<std::uint64_t> retry() const { return retry_; }

 private:
  // A field's value: a view into the fed bytes while they last, our own copy once they go or lines are
  // joined.
  struct Text {
    std::string_view view;
    std::string copy;
    bool set = false;
    bool owned = false;

    std::string_view get() const { return owned ? std::string_view(copy) : view; }
    void assign(std::string_view text);
    void append_line(std::string_view text);
    void keep();
    void clear();
  };

  bool take_line(std::string_view line);  // true: the line was blank and ends an event that has data
  void take_field(std::string_view name, std::string_view value);
  void start_event();

  std::size_t max_;
  std::size_t event_bytes_ = 0;  // of this event's complete lines
  std::string partial_;          // the bytes of a line whose end has not come yet
  Text event_;
  Text data_;
  std::string id_;
  std::optional<std::uint64_t> retry_;
  bool first_line_ = true;
  bool skip_lf_ = false;    // the last byte was CR: an LF that follows belongs to it
  bool delivered_ = false;  // the fields belong to an event already handed out
  bool fresh_ = false;      // finish() handed out the fields: the next call begins a new stream
  bool failed_ = false;
};

// Appends one event. `event` may be empty (no event line); `data` with line ends of any kind becomes several
// data lines. An event name is cut at its first line end, so that no text can forge a field.
void append_sse(std::string& out, std::string_view event, std::string_view data);

}  // namespace dragoman::net
