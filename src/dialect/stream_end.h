// How a stream of events ends.
#pragma once
#include <string_view>

#include "canon/fold.h"
#include "canon/response.h"

namespace dragoman::dialect {

// What was counted, where anything was, and the end.
inline void end_stream(const canon::Usage& usage, std::string_view tier, const canon::EventSink& sink) {
  if (usage.known()) sink({.type = canon::EventType::usage, .usage = usage, .service_tier = tier});
  sink({.type = canon::EventType::end});
}

}  // namespace dragoman::dialect
