// What the configuration says about a model name: where it may go and how patient to be. Values only.
#pragma once
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "failure/failure.h"

namespace dragoman::route {

using Duration = std::chrono::milliseconds;
// Time since any fixed moment of a monotonic clock, the same one in every call. This room has no clock of its
// own.
using Time = std::chrono::milliseconds;

struct Target {
  std::string name;                 // "provider/model", as people and the served-by header see it
  std::size_t deployment = 0;       // index into the deployments that came with the route
  std::string key = {};             // what cools down together: provider, credential and model
  std::string credential_key = {};  // the provider's credential, whatever the model; "" none
  double weight = 1;                // share among targets of the same order; 0: only when the others are gone
  int order = 1;                    // lower is tried first
  std::optional<int> retries = {};  // instead of Policy::retries
  std::int64_t context_window = 0;  // tokens; 0: unknown
};

// Another model name's targets, written out.
struct Alternative {
  std::string model;
  std::vector<Target> targets;
};

struct Backoff {
  Duration initial{500};
  Duration max{8000};
  double multiplier = 2;
  double jitter = 0.5;  // share of the wait that is random, 0 … 1
};

struct Policy {
  int retries = 2;                            // more tries on the same target
  std::optional<int> retries_per_model = {};  // more tries over all targets of one model name
  std::vector<std::pair<failure::FailureClass, int>> retries_for = {};  // instead of `retries`, by class
  Backoff backoff = {};
  Duration max_wait{10'000};  // a provider that asks for a longer wait is left for the next target
  int max_fallbacks = 5;      // other model names tried
  int same_refusals = 2;      // targets that may give the same refusal before the chain stops; 0: no limit
  // Against retry storms, over all requests of a route: retries may be this share of the requests, and so
  // many a second besides (budget.h). Fallbacks to other models are not counted.
  double retry_ratio = 0.2;
  double retry_floor = 5;
  bool repair =
      true;           // a refusal that names what is wrong is answered by one narrower try at the same target
  bool learn = true;  // what worked is remembered for the deployment
  Duration learn_for{std::chrono::hours(24 * 7)};
};

struct CooldownPolicy {
  bool enabled = true;
  int allowed_fails = 3;  // failures within the window that are let pass
  Duration window{60'000};
  Duration time{30'000};
  Duration credential_time{300'000};  // after a bad key, missing permission or empty account
  Duration max_time{3'600'000};       // bounds what a provider's Retry-After may ask for
  Duration probe_time{60'000};  // how long one request may take to find out whether a credential works again
};

// Whether a conversation stays on the target that first served it: docs/conversation-state.md.
enum class PinMode : std::uint8_t {
  none,
  conversation,  // for its life
  prefer,        // unless it cannot serve
};

struct Route {
  std::string name;
  std::vector<Target> targets;
  std::vector<Alternative> fallbacks = {};
  std::vector<Alternative> default_fallbacks = {};
  std::vector<Alternative> context_window_fallbacks = {};
  std::vector<Alternative> content_policy_fallbacks = {};
  Policy policy = {};
  CooldownPolicy cooldown = {};
  PinMode pin = PinMode::none;
};

}  // namespace dragoman::route
