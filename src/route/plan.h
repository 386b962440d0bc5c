// The order in which targets are tried for one request.
#pragma once
#include <cstdint>
#include <functional>
#include <optional>
#include <string_view>
#include <vector>

#include "route/cooldown.h"
#include "route/route.h"

namespace dragoman::route {

enum class Origin : std::uint8_t { primary, fallback, default_fallback, context_fallback, content_fallback };
std::string_view name(Origin origin);  // "fallback"

// Points into the route it was planned from, which must outlive it (the request pins its config snapshot).
struct Step {
  const Target* target = nullptr;
  std::string_view model;  // the model name whose target this is
  Origin origin = Origin::primary;
  bool cooled = false;  // in the plan only because nothing better is left
};

struct Plan {
  std::vector<Step> steps;  // never empty if the route has a target
};

// A number in [0, 1). Called once for each target that has an equal.
using Random = std::function<double()>;

// Groups by order, shuffled by weight within; then the fallbacks, the default fallbacks; then, of the targets
// that are cooling down, the one that is free soonest. After these the steps kept for a special cause:
// context-window and content-policy fallbacks. A deployment appears once among the former and once in each of
// the latter.
Plan plan(const Route& route, const CooldownState& cooldown, Time now, const Random& random);

}  // namespace dragoman::route
