#include <fmt/format.h>

#include "sandbox/anthropic/check.h"

namespace dragoman::sandbox::anthropic {
namespace {

// Markers in the order the API processes a prompt: tools, system, messages (ANT-43).
class Markers {
 public:
  Refused add(const std::string& path, json::Value holder) {
    const json::Value marker = holder["cache_control"];
    if (!marker.present()) return std::nullopt;
    ++count_;
    if (marker["ttl"].text() != "1h") {
      short_seen_ = true;
    } else if (short_seen_) {
      return refuse(
          fmt::format("{}.cache_control.ttl: a ttl='1h' cache_control block must not come after a ttl='5m' "
                      "cache_control block. "
                      "Note that blocks are processed in the following order: `tools`, `system`, `messages`.",
                      path));
    }
    return std::nullopt;
  }

  int count() const { return count_; }

 private:
  int count_ = 0;
  bool short_seen_ = false;
};

}  // namespace

Refused check_cache(json::Value body, std::span<const Turn> turns) {
  Markers markers;
  for (std::size_t i = 0; i < body["tools"].items().size(); ++i) {
    if (Refused no = markers.add(fmt::format("tools.{}", i), body["tools"].at(i))) return no;
  }
  for (std::size_t i = 0; i < body["system"].items().size(); ++i) {
    if (Refused no = markers.add(fmt::format("system.{}", i), body["system"].at(i))) return no;
  }
  for (const Turn& turn : turns) {
    for (const Block& block : turn.blocks) {
      if (block.plain) continue;
      const std::string path = fmt::format("messages.{}.content.{}", block.message, block.index);
      if (Refused no = markers.add(path, block.value)) return no;
      for (const json::Value& item : block.value["content"].items()) {
        if (Refused no = markers.add(path, item)) return no;
      }
    }
  }
  if (Refused no = markers.add("", body)) return no;
  if (markers.count() > 4) {
    return refuse(
        fmt::format("A maximum of 4 blocks with cache_control may be provided. Found {}.", markers.count()));
  }
  return std::nullopt;
}

}  // namespace dragoman::sandbox::anthropic
