#include "serve/gather.h"

#include <fmt/format.h>

#include "canon/fold.h"
#include "serve/wire_frames.h"

namespace dragoman::serve {

bool is_json(const net::ClientResponse& response) {
  return response.headers().get("content-type").starts_with("application/json");
}

canon::UpstreamError no_answer(const dialect::Dialect& wire, std::string_view body, std::string message) {
  canon::UpstreamError error = wire.decode_error(dialect::kUnreadableStatus, body, {});
  if (error.type.empty()) error.type = dialect::kUnreadableType;
  error.message = std::move(message);
  return error;
}

std::expected<canon::Response, canon::UpstreamError> gather(const dialect::Dialect& wire, Arena& arena,
                                                            std::string_view bytes) {
  const auto decoder = wire.decoder();
  canon::Folder folder(arena);
  const canon::EventSink sink = [&](const canon::Event& event) { folder.add(event); };
  WireFrames frames(wire.framing);
  std::expected<void, canon::UpstreamError> pushed;
  const auto one = [&](const dialect::Frame& frame) {
    if (!pushed) return;
    pushed = decoder->push(frame, sink);
    if (!pushed) pushed.error().body = std::string(frame.data);
  };
  const auto broken = [&](std::string message) {
    canon::UpstreamError error = no_answer(wire, {}, std::move(message));
    error.in_stream = true;
    return std::unexpected(std::move(error));
  };
  auto fed = frames.feed(bytes, one);
  if (fed && pushed) fed = frames.finish(one);
  if (!pushed) return std::unexpected(std::move(pushed.error()));
  if (!fed) return broken(fmt::format("the provider's stream cannot be read: {}", fed.error().message));
  if (!decoder->finish(sink)) return broken("the stream broke off before its end");
  return folder.take();
}

}  // namespace dragoman::serve
