// What to do after a failed attempt: the same target again, the next one, or stop.
//
//   failure                                   decision
//   the client went away, local fault,        stop
//     the answer has begun, time is up
//   the same refusal from several targets     stop
//   context_length                            context-window fallbacks; without any, the next target whose
//   window is
//                                             not known to be as small
//   content_policy                            content-policy fallbacks; without any, stop
//   schema, message, parameter, state,        next target, loudly: never the same bytes to the same target
//     not found
//   billing, auth, permission                 next target (cooldown.h disables this one for a while)
//   pace, overload, server, network,          an equal target that has not been asked, at once; else the same
//   one
//     timeout, cut before the first event,    after Retry-After or backoff, as often as the policy allows and
//     if the generation failed                       wait fits; else the next target
#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "failure/failure.h"
#include "route/plan.h"
#include "route/route.h"

namespace dragoman::route {

// What has happened so far to one request. Made by begin(), moved on by advance().
struct AttemptState {
  std::size_t at = 0;           // the step that is being tried
  std::vector<int> tries = {};  // per step of the plan
  int model_retries = 0;        // retries on the current model name
  int fallbacks = 0;            // model names left behind
  bool committed = false;       // the client has seen content: set by the caller
  std::optional<Time> deadline = {};

  struct Refusal {
    std::uint64_t likeness;
    std::size_t step;
  };
  std::vector<Refusal> refusals = {};
};

enum class Action : std::uint8_t { same, next, stop };

struct Decision {
  Action action = Action::stop;
  std::size_t step = 0;     // for `same` and `next`: the step to try
  Duration delay{0};        // to wait before it
  bool loud = false;        // a deterministic refusal is being papered over: tell the operator
  bool retry = false;       // counts as a retry of the model
  std::string reason = {};  // for header, journal and log; one phrase
};

AttemptState begin(const Plan& plan, std::optional<Time> deadline);

// `random01` in [0, 1) spreads the waits; `may_retry`: the route's retry budget has something left.
Decision decide(const Plan& plan, const AttemptState& state, const failure::Failure& failure,
                const Policy& policy, Time now, double random01, bool may_retry = true);

// The state in which the decision's attempt runs. Unchanged (but for the refusal seen) after `stop`.
AttemptState advance(AttemptState state, const Plan& plan, const failure::Failure& failure,
                     const Decision& decision);

// The steps that could come next once the one being tried is given up, in order; those that are cooling down
// are not to be counted on.
std::vector<const Step*> ahead(const Plan& plan, const AttemptState& state);

// The wait before retry number `retry`, counted from 0.
Duration backoff_delay(const Backoff& backoff, int retry, double random01);

}  // namespace dragoman::route
