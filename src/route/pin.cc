#include "route/pin.h"

#include <fmt/format.h>

#include <algorithm>

namespace dragoman::route {
namespace {

// The pinned target, with its credential if that is still there.
const Target* find(const Route& route, const Pin& pin) {
  const Target* by_name = nullptr;
  const auto look = [&](const std::vector<Target>& targets) -> const Target* {
    for (const Target& target : targets) {
      if (target.name != pin.target) continue;
      if (target.key == pin.key) return &target;
      if (!by_name) by_name = &target;
    }
    return nullptr;
  };
  if (const Target* exact = look(route.targets)) return exact;
  for (const auto* chain : {&route.fallbacks, &route.default_fallbacks, &route.context_window_fallbacks,
                            &route.content_policy_fallbacks})
    for (const Alternative& alternative : *chain)
      if (const Target* exact = look(alternative.targets)) return exact;
  return by_name;
}

bool same(const Target& a, const Target& b) { return a.name == b.name && a.key == b.key; }

}  // namespace

Pinned pin_plan(Plan plan, const Route& route, PinMode mode, const std::optional<Pin>& pin,
                const std::optional<SwitchWish>& wish) {
  Pinned out{std::move(plan)};
  auto& steps = out.plan.steps;
  if (mode == PinMode::none) return out;
  if (wish) {
    out.why = "the client asked for it";
    const std::string_view left = pin ? std::string_view(pin->last.empty() ? pin->target : pin->last) : "";
    std::vector<Step> kept;
    for (const Step& step : steps)
      if (wish->target.empty() ? step.target->name != left : step.target->name == wish->target)
        kept.push_back(step);
    // Where there is no other the conversation stays where it is.
    if (!kept.empty() || !wish->target.empty()) steps = std::move(kept);
    return out;
  }
  if (!pin) return out;
  out.home = find(route, *pin);
  if (!out.home) {
    out.why = fmt::format("'{}' is no longer a target of '{}'", pin->target, route.name);
    return out;
  }
  const auto at =
      std::ranges::find_if(steps, [&](const Step& step) { return same(*step.target, *out.home); });
  Step step = at != steps.end() ? *at : Step{out.home, route.name, Origin::primary, false};
  if (mode == PinMode::conversation) {
    steps.assign(1, step);
    return out;
  }
  if (step.cooled || at == steps.end()) {
    out.why = fmt::format("'{}' is cooling down after failures", pin->target);
    return out;
  }
  std::rotate(steps.begin(), at, at + 1);
  return out;
}

}  // namespace dragoman::route
