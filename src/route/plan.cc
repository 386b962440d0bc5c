#include "route/plan.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <span>

namespace dragoman::route {
namespace {

using Group = std::vector<const Target*>;

// Draws one after the other with a chance in proportion to the weight left; weight 0 comes last, in given
// order.
void shuffle_by_weight(std::span<const Target*> group, const Random& random) {
  for (std::size_t first = 0; first + 1 < group.size(); ++first) {
    double sum = 0;
    for (const Target* target : group.subspan(first)) sum += std::max(0.0, target->weight);
    if (sum <= 0) return;
    double draw = random() * sum;
    std::size_t chosen = group.size();
    for (std::size_t i = first; i < group.size(); ++i) {
      const double weight = std::max(0.0, group[i]->weight);
      if (weight <= 0) continue;
      chosen = i;  // the last of positive weight, should rounding leave a rest
      draw -= weight;
      if (draw < 0) break;
    }
    std::rotate(group.begin() + static_cast<std::ptrdiff_t>(first),
                group.begin() + static_cast<std::ptrdiff_t>(chosen),
                group.begin() + static_cast<std::ptrdiff_t>(chosen) + 1);
  }
}

Group in_order(const std::vector<Target>& targets, const Random& random) {
  Group all;
  for (const Target& target : targets) {
    const auto at = std::ranges::upper_bound(all, target.order, {}, [](const Target* t) { return t->order; });
    all.insert(at, &target);
  }
  for (std::size_t begin = 0; begin < all.size();) {
    std::size_t end = begin;
    while (end < all.size() && all[end]->order == all[begin]->order) ++end;
    shuffle_by_weight(std::span(all).subspan(begin, end - begin), random);
    begin = end;
  }
  return all;
}

class Builder {
 public:
  Builder(const CooldownState& cooldown, Time now, const Random& random)
      : cooldown_(cooldown), now_(now), random_(random) {}

  void add(std::string_view model, const std::vector<Target>& targets, Origin origin) {
    for (const Target* target : in_order(targets, random_)) {
      const auto same = [&](const Step& step) {
        return step.target->deployment == target->deployment && step.target->name == target->name;
      };
      if (std::ranges::any_of(chain_, same)) continue;
      const Step step{target, model, origin, false};
      auto until = cooldown_.cooled_until(target->key, now_);
      if (!target->credential_key.empty())
        if (const auto credential = cooldown_.cooled_until(target->credential_key, now_);
            credential && (!until || *credential > *until))
          until = credential;
      if (!until) {
        chain_.push_back(step);
      } else if (!soonest_ || *until < *soonest_) {
        soonest_ = until;
        soonest_step_ = step;
      }
    }
  }

  void add(const std::vector<Alternative>& alternatives, Origin origin) {
    for (const Alternative& alternative : alternatives) add(alternative.model, alternative.targets, origin);
  }

  // Ends a chain: what was added since the last call goes to `plan`.
  void finish(Plan& plan) {
    if (soonest_) {
      soonest_step_.cooled = true;
      chain_.push_back(soonest_step_);
    }
    plan.steps.insert(plan.steps.end(), chain_.begin(), chain_.end());
    chain_.clear();
    soonest_.reset();
  }

 private:
  const CooldownState& cooldown_;
  Time now_;
  const Random& random_;
  std::vector<Step> chain_;
  std::optional<Time> soonest_;
  Step soonest_step_;
};

}  // namespace

std::string_view name(Origin origin) {
  constexpr std::array<std::string_view, 5> kNames{"primary", "fallback", "default_fallback",
                                                   "context_fallback", "content_fallback"};
  return kNames[static_cast<std::size_t>(origin)];
}

Plan plan(const Route& route, const CooldownState& cooldown, Time now, const Random& random) {
  Plan plan;
  Builder builder(cooldown, now, random);
  builder.add(route.name, route.targets, Origin::primary);
  builder.add(route.fallbacks, Origin::fallback);
  builder.add(route.default_fallbacks, Origin::default_fallback);
  builder.finish(plan);
  builder.add(route.context_window_fallbacks, Origin::context_fallback);
  builder.finish(plan);
  builder.add(route.content_policy_fallbacks, Origin::content_fallback);
  builder.finish(plan);
  return plan;
}

}  // namespace dragoman::route
