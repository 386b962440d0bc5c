#include "route/decide.h"

#include <algorithm>
#include <cmath>
#include <string_view>
#include <utility>

namespace dragoman::route {
namespace {

using failure::Failure;
using failure::FailureClass;

enum class Chain { main, context, content };

Chain chain_of(Origin origin) {
  if (origin == Origin::context_fallback) return Chain::context;
  if (origin == Origin::content_fallback) return Chain::content;
  return Chain::main;
}

// Refusals of the request's own shape. The same one from two targets will come from the third as well.
bool is_rejection(FailureClass cls) {
  return cls == FailureClass::schema_rejected || cls == FailureClass::state_missing ||
         cls == FailureClass::message_rejected || cls == FailureClass::param_rejected;
}

Decision stop(std::string reason) { return {.action = Action::stop, .reason = std::move(reason)}; }

class Decider {
 public:
  Decider(const Plan& plan, const AttemptState& state, const Failure& failure, const Policy& policy, Time now,
          double random01, bool may_retry)
      : plan_(plan),
        state_(state),
        failure_(failure),
        policy_(policy),
        now_(now),
        random01_(random01),
        may_retry_(may_retry) {}

  Decision decide() const {
    if (failure_.cls == FailureClass::cancelled) return stop("the client went away");
    if (state_.committed) return stop("the answer has begun: " + failure_.why);
    if (failure_.cls == FailureClass::local_fault) return stop("the request is at fault: " + failure_.why);
    if (state_.deadline && now_ >= *state_.deadline) return stop("the request's total time is up");
    if (is_rejection(failure_.cls) && policy_.same_refusals > 0) {
      const int targets = targets_that_refused_alike();
      if (targets >= policy_.same_refusals) {
        return stop("the same refusal from " + std::to_string(targets) + " targets");
      }
    }
    if (failure_.cls == FailureClass::context_length) return after_context_length();
    if (failure_.cls == FailureClass::content_policy) return after_content_policy();
    if (failure_.retryable) return again();
    return next();
  }

 private:
  const Step& current() const { return plan_.steps[state_.at]; }

  int targets_that_refused_alike() const {
    if (failure_.likeness == 0) return 0;
    std::vector<std::size_t> steps{state_.at};
    for (const AttemptState::Refusal& refusal : state_.refusals) {
      if (refusal.likeness == failure_.likeness && std::ranges::find(steps, refusal.step) == steps.end()) {
        steps.push_back(refusal.step);
      }
    }
    return static_cast<int>(steps.size());
  }

  // Forward only within a chain: what was passed over was passed over for a reason.
  std::optional<std::size_t> first_untried(Chain chain, auto&& accept) const {
    for (std::size_t i = chain == chain_of(current().origin) ? state_.at + 1 : 0; i < plan_.steps.size();
         ++i) {
      if (chain_of(plan_.steps[i].origin) == chain && state_.tries[i] == 0 && accept(plan_.steps[i]))
        return i;
    }
    return {};
  }

  std::optional<std::size_t> first_untried(Chain chain) const {
    return first_untried(chain, [](const Step&) { return true; });
  }

  Decision go(std::optional<std::size_t> step, std::string_view why_none) const {
    if (!step) return stop(std::string(why_none) + ": " + failure_.why);
    const Step& to = plan_.steps[*step];
    if (to.model != current().model && state_.fallbacks >= policy_.max_fallbacks) {
      return stop("max_fallbacks (" + std::to_string(policy_.max_fallbacks) + ") reached: " + failure_.why);
    }
    return {.action = Action::next,
            .step = *step,
            .loud = failure::is_deterministic(failure_.cls),
            .reason = std::string(failure::name(failure_.cls)) + " at " + current().target->name};
  }

  Decision next() const { return go(first_untried(chain_of(current().origin)), "no target left"); }

  Decision after_context_length() const {
    if (const auto step = first_untried(Chain::context)) return go(step, "");
    if (chain_of(current().origin) == Chain::context)
      return stop("no target with a larger window left: " + failure_.why);
    const std::int64_t too_small = current().target->context_window;
    const auto step = first_untried(chain_of(current().origin), [&](const Step& other) {
      const std::int64_t window = other.target->context_window;
      return window == 0 || too_small == 0 || window > too_small;
    });
    return go(step, "no target with a larger window left");
  }

  // A filter's verdict is about the words: sending them elsewhere is the operator's decision, not ours.
  Decision after_content_policy() const {
    return go(first_untried(Chain::content), "no content-policy fallback is configured");
  }

  int allowed_retries() const {
    for (const auto& [cls, retries] : policy_.retries_for) {
      if (cls == failure_.cls) return retries;
    }
    return current().target->retries.value_or(policy_.retries);
  }

  bool model_has_retries() const {
    return !policy_.retries_per_model || state_.model_retries < *policy_.retries_per_model;
  }

  Decision again() const {
    if (!may_retry_) {
      Decision decision = next();
      decision.reason += "; the retry budget of this model is spent";
      return decision;
    }
    if (!model_has_retries()) return leave_model();
    const auto equal = first_untried(chain_of(current().origin), [&](const Step& other) {
      return other.model == current().model && other.origin == current().origin && !other.cooled &&
             other.target->order == current().target->order;
    });
    if (equal) {
      Decision decision = go(equal, "");
      decision.retry = true;
      return decision;
    }
    const int retries = state_.tries[state_.at] - 1;
    if (retries >= allowed_retries()) return next();

    Duration delay = backoff_delay(policy_.backoff, retries, random01_);
    if (failure_.retry_after) {
      const double asked_ms = *failure_.retry_after * 1000.0;
      if (asked_ms > static_cast<double>(policy_.max_wait.count())) {
        Decision decision = next();
        decision.reason += "; it asked for a longer wait than max_wait";
        return decision;
      }
      // Everyone who was refused got the same number: a little on top keeps them from coming back at once.
      const double spread =
          policy_.backoff.jitter * random01_ * static_cast<double>(policy_.backoff.initial.count());
      delay = std::max(delay, Duration{static_cast<Duration::rep>(std::ceil(asked_ms + spread))});
    }
    if (state_.deadline && now_ + delay >= *state_.deadline) {
      Decision decision = next();
      decision.reason += "; a retry does not fit the request's total time";
      return decision;
    }
    return {.action = Action::same,
            .step = state_.at,
            .delay = delay,
            .retry = true,
            .reason = std::string(failure::name(failure_.cls)) + " at " + current().target->name +
                      ", retry " + std::to_string(retries + 1) + " of " + std::to_string(allowed_retries())};
  }

  // The model's retries are used up: its other targets would be retries too.
  Decision leave_model() const {
    const auto step = first_untried(chain_of(current().origin),
                                    [&](const Step& other) { return other.model != current().model; });
    return go(step, "retries used up and no fallback left");
  }

  const Plan& plan_;
  const AttemptState& state_;
  const Failure& failure_;
  const Policy& policy_;
  Time now_;
  double random01_;
  bool may_retry_;
};

}  // namespace

AttemptState begin(const Plan& plan, std::optional<Time> deadline) {
  AttemptState state;
  state.tries.assign(plan.steps.size(), 0);
  if (!state.tries.empty()) state.tries[0] = 1;
  state.deadline = deadline;
  return state;
}

Decision decide(const Plan& plan, const AttemptState& state, const Failure& failure, const Policy& policy,
                Time now, double random01, bool may_retry) {
  if (state.at >= plan.steps.size() || state.tries.size() != plan.steps.size()) return stop("no target");
  return Decider(plan, state, failure, policy, now, random01, may_retry).decide();
}

AttemptState advance(AttemptState state, const Plan& plan, const Failure& failure, const Decision& decision) {
  if (failure.likeness != 0 && is_rejection(failure.cls))
    state.refusals.push_back({failure.likeness, state.at});
  if (decision.action == Action::stop || decision.step >= plan.steps.size()) return state;
  if (plan.steps[decision.step].model != plan.steps[state.at].model) {
    ++state.fallbacks;
    state.model_retries = 0;
  } else if (decision.retry) {
    ++state.model_retries;
  }
  state.at = decision.step;
  ++state.tries[state.at];
  return state;
}

std::vector<const Step*> ahead(const Plan& plan, const AttemptState& state) {
  std::vector<const Step*> out;
  for (std::size_t i = state.at + 1; i < plan.steps.size(); ++i) {
    const Step& step = plan.steps[i];
    if (chain_of(step.origin) == chain_of(plan.steps[state.at].origin) && state.tries[i] == 0 && !step.cooled)
      out.push_back(&step);
  }
  return out;
}

Duration backoff_delay(const Backoff& backoff, int retry, double random01) {
  const double most = static_cast<double>(backoff.max.count());
  const double grown = static_cast<double>(backoff.initial.count()) *
                       std::pow(std::max(1.0, backoff.multiplier), std::max(0, retry));
  const double base = std::min(most, grown);  // also right when the power overflowed to infinity
  const double jitter = std::clamp(backoff.jitter, 0.0, 1.0);
  return Duration{static_cast<Duration::rep>(std::max(0.0, base * (1.0 - jitter * random01)))};
}

}  // namespace dragoman::route
