#include "canon/response.h"

namespace dragoman::canon {

std::string_view name(StopReason reason) {
  switch (reason) {
    case StopReason::unknown:
      return "unknown";
    case StopReason::end_turn:
      return "end_turn";
    case StopReason::max_tokens:
      return "max_tokens";
    case StopReason::stop_sequence:
      return "stop_sequence";
    case StopReason::tool_use:
      return "tool_use";
    case StopReason::content_filter:
      return "content_filter";
    case StopReason::refusal:
      return "refusal";
    case StopReason::pause_turn:
      return "pause_turn";
    case StopReason::context_window:
      return "context_window";
    case StopReason::malformed_tool_call:
      return "malformed_tool_call";
  }
  return "unknown";
}

void Usage::merge(const Usage& later) {
  const auto take = [](std::int64_t& mine, std::int64_t theirs) {
    if (theirs >= 0) mine = theirs;
  };
  take(input, later.input);
  take(output, later.output);
  take(cached, later.cached);
  take(cache_write, later.cache_write);
  take(reasoning, later.reasoning);
}

bool commits(const Event& event) {
  switch (event.type) {
    case EventType::text:
    case EventType::tool_arguments:
    case EventType::signature:
      return !event.text.empty();
    case EventType::block_start:
      return event.block_type != BlockType::text && event.block_type != BlockType::reasoning;
    case EventType::citation:
    case EventType::foreign:
    case EventType::stop:
      return true;
    case EventType::start:
    case EventType::logprobs:
    case EventType::block_stop:
    case EventType::usage:
    case EventType::end:
    case EventType::ping:
      return false;
  }
  return false;
}

}  // namespace dragoman::canon
