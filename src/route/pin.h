// Holding a conversation on one target. A value the caller keeps between requests, and what a plan makes of
// it.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "route/plan.h"
#include "route/route.h"

namespace dragoman::route {

// The target a conversation is on, as it is remembered: a route may be changed, and its keys replaced, while
// the conversation lives.
struct Pin {
  std::string target;     // Target::name of its home
  std::string key;        // Target::key of its home
  std::string last;       // name of the target that served last; another than the home while that cannot
  std::int64_t at_s = 0;  // when it was last written, unix seconds
};

// What an explicit wish of the client (the header x-dragoman-switch) asks for.
struct SwitchWish {
  std::string_view target;  // a Target::name of the route; "" any other than the one it is on
};

struct Pinned {
  Plan plan;
  const Target* home = nullptr;  // the pinned target in this plan; null: there was none, or it is gone
  std::string why = {};          // why the plan does not begin with the pinned target; "" when it does
};

// `conversation`: the pinned target and nothing else, as long as the route has it. `prefer`: first of all,
// unless it cools down; the others after it. Without a pin, with a wish, or when the route has lost the
// target: the plan as it is, without the target that is left.
Pinned pin_plan(Plan plan, const Route& route, PinMode mode, const std::optional<Pin>& pin,
                const std::optional<SwitchWish>& wish);

}  // namespace dragoman::route
