// An upstream's bytes, in either framing, as the frames dialects decode.
#pragma once
#include <string>
#include <string_view>

#include "base/error.h"
#include "dialect/dialect.h"
#include "net/event_stream.h"
#include "net/sse.h"

namespace dragoman::serve {

class WireFrames {
 public:
  explicit WireFrames(dialect::Framing framing) : framing_(framing) {}

  template <class Take>
  Result<void> feed(std::string_view bytes, Take&& take) {
    if (framing_ == dialect::Framing::sse)
      return sse_.feed(bytes,
                       [&](const net::SseEvent& event) { take(dialect::Frame{event.event, event.data}); });
    return aws_.feed(bytes, [&](const net::EventStreamMessage& message) { take(frame_of(message)); });
  }

  // The connection ended: a last event without its blank line still counts.
  template <class Take>
  Result<void> finish(Take&& take) {
    if (framing_ == dialect::Framing::sse) {
      if (const auto event = sse_.finish()) take(dialect::Frame{event->event, event->data});
      return {};
    }
    if (aws_.partial()) return fail("it ended inside a message");
    return {};
  }

 private:
  static dialect::Frame frame_of(const net::EventStreamMessage& message) {
    const std::string_view type = message.text(":message-type");
    if (type == "exception") return {message.text(":exception-type"), message.payload, true};
    if (type == "error")
      return {message.text(":error-code"),
              message.payload.empty() ? message.text(":error-message") : message.payload, true};
    return {message.text(":event-type"), message.payload};
  }

  dialect::Framing framing_;
  net::SseParser sse_;
  net::EventStreamDecoder aws_;
};

// How a Bedrock client's stream is framed (dialect::RenderOptions::frame).
inline void frame_for_aws(std::string& out, std::string_view event, std::string_view payload,
                          bool exception) {
  using Header = net::EventStreamHeader;
  const Header headers[] = {Header::text(exception ? ":exception-type" : ":event-type", event),
                            Header::text(":content-type", "application/json"),
                            Header::text(":message-type", exception ? "exception" : "event")};
  (void)net::append_event_stream(out, headers, payload);  // our own answers are within its limits
}

// A frame in the client's framing, for streams that need no translation. Never one that carries an error.
inline void append_frame(std::string& out, const dialect::Frame& frame, dialect::Framing framing) {
  if (framing == dialect::Framing::sse) return net::append_sse(out, frame.event, frame.data);
  frame_for_aws(out, frame.event, frame.data, false);
}

}  // namespace dragoman::serve
