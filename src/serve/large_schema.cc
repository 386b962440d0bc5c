#include "serve/large_schema.h"

#include <algorithm>

#include "serve/gateway.h"

namespace dragoman::serve {

bool may_refer(std::string_view schema) {
  if (schema.contains("\\u0024")) return true;
  for (std::size_t at = schema.find('$'); at != std::string_view::npos; at = schema.find('$', at + 1)) {
    constexpr std::string_view kRest = "ref\"";
    const std::string_view next = schema.substr(at + 1, kRest.size());
    const auto [other, rest] = std::ranges::mismatch(next, kRest);
    if (rest == kRest.end() || (other != next.end() && *other == '\\')) return true;
  }
  return false;
}

bool has_large_schema(const canon::Request& request) {
  std::size_t referring = 0;
  const auto large = [&](json::Value schema) {
    const std::string_view text = schema.raw();
    if (text.size() < kLargeSchema && may_refer(text)) referring += text.size();
    return std::max(text.size(), referring) >= kLargeSchema;
  };
  return large(request.response_format.schema) ||
         std::ranges::any_of(request.tools, [&](const canon::Tool& tool) { return large(tool.schema); });
}

}  // namespace dragoman::serve
