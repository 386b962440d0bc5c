// Answers in the Chat Completions dialect, whole and streamed.
#pragma once
#include "sandbox/openai/host.h"

namespace dragoman::sandbox::openai {

// Frames are one SSE event each, ending with "data: [DONE]".
Reply answer(const Request& request);

// What a renderer of either endpoint makes of the request: its frames() where the client streams, else the
// whole().
template <class Renderer>
Reply sent(const Request& request, Renderer renderer) {
  Reply out;
  if (request.host.headers) out.headers = request.host.headers(request.call);
  if (request["stream"].boolean()) {
    out.streaming = true;
    out.headers.emplace_back("content-type", "text/event-stream; charset=utf-8");
    out.headers.emplace_back("cache-control", "no-cache");
    out.frames = renderer.frames();
  } else {
    out.headers.emplace_back("content-type", "application/json");
    out.body = renderer.whole();
  }
  return out;
}

}  // namespace dragoman::sandbox::openai
