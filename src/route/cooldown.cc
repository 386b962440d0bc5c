#include "route/cooldown.h"

#include <algorithm>

namespace dragoman::route {
namespace {

using failure::FailureClass;

bool counts(FailureClass cls) {
  switch (cls) {
    case FailureClass::network:
    case FailureClass::timeout:
    case FailureClass::stream_interrupted:
    case FailureClass::rate_limit:
    case FailureClass::overloaded:
    case FailureClass::server_error:
      return true;
    default:
      return false;
  }
}

// Seconds as a duration, without overflow for what a header may hold.
Duration seconds_up_to(double seconds, Duration most) {
  const double limit = static_cast<double>(most.count()) / 1000.0;
  if (!(seconds > 0)) return Duration{0};
  return seconds >= limit ? most : Duration{static_cast<Duration::rep>(seconds * 1000.0)};
}

}  // namespace

const CooldownState::Entry* CooldownState::find(std::string_view key) const {
  const auto found = entries_.find(key);
  return found == entries_.end() ? nullptr : &found->second;
}

std::optional<Time> CooldownState::cooled_until(std::string_view key, Time now) const {
  const Entry* entry = find(key);
  if (entry == nullptr || entry->until <= now) return {};
  return entry->until;
}

CooldownState after_failure(CooldownState state, std::string_view key, const failure::Failure& failure,
                            const CooldownPolicy& policy, Time now) {
  if (!policy.enabled) return state;
  const bool at_once = failure::is_credential(failure.cls) || failure.cls == FailureClass::not_found;
  if (!at_once && !counts(failure.cls)) return state;
  // One request that is larger than a minute's allowance says nothing about the next one.
  if (failure.cls == FailureClass::rate_limit && !failure.retryable) return state;

  auto found = state.entries_.find(key);
  if (found == state.entries_.end())
    found = state.entries_.emplace(std::string(key), CooldownState::Entry{}).first;
  CooldownState::Entry& entry = found->second;
  Duration rest{0};
  if (failure::is_credential(failure.cls)) {
    // 5 min, 10 min, 20 min …: an empty account is seldom filled within minutes.
    rest = policy.credential_time;
    for (int i = 0; i < entry.refused && rest < policy.max_time; ++i) rest *= 2;
    rest = std::min(rest, std::max(policy.max_time, policy.credential_time));
    ++entry.refused;
  } else if (at_once) {
    rest = policy.time;
  } else {
    if (entry.fails == 0 || now - entry.since >= policy.window) {
      entry.fails = 0;
      entry.since = now;
    }
    ++entry.fails;
    if (entry.fails > policy.allowed_fails) rest = policy.time;
    if (failure.cls == FailureClass::rate_limit && failure.retry_after) {
      rest = std::max(rest, seconds_up_to(*failure.retry_after, policy.max_time));
    }
  }
  if (now + rest > entry.until) {
    entry.until = now + rest;
    entry.cause = failure.cls;
  }
  return state;
}

CooldownState after_success(CooldownState state, std::string_view key) {
  const auto found = state.entries_.find(key);
  if (found != state.entries_.end()) state.entries_.erase(found);
  return state;
}

CooldownState begin_probe(CooldownState state, std::string_view key, const CooldownPolicy& policy, Time now) {
  const auto found = state.entries_.find(key);
  if (found != state.entries_.end() && found->second.refused > 0 && found->second.until <= now)
    found->second.until = now + policy.probe_time;
  return state;
}

CooldownState forget_expired(CooldownState state, const CooldownPolicy& policy, Time now) {
  std::erase_if(state.entries_, [&](const auto& item) {
    const CooldownState::Entry& entry = item.second;
    return entry.until <= now && entry.refused == 0 &&
           (entry.fails == 0 || now - entry.since >= policy.window);
  });
  return state;
}

}  // namespace dragoman::route
