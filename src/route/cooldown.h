// Which targets to leave alone for a while. A value: the caller decides where it lives and who may see it.
#pragma once
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "failure/failure.h"
#include "route/route.h"

namespace dragoman::route {

class CooldownState {
 public:
  struct Entry {
    int fails = 0;  // within the window that began at `since`
    Time since{0};
    Time until{0};  // cooled down while now < until
    failure::FailureClass cause = failure::FailureClass::other;
    int refused = 0;  // times in a row a credential was refused: each rest is twice the one before
  };

  // The entry of a key, if it has one.
  const Entry* find(std::string_view key) const;
  // When the target is free again; nothing if it is free now.
  std::optional<Time> cooled_until(std::string_view key, Time now) const;
  std::size_t size() const { return entries_.size(); }

 private:
  struct Hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>{}(text); }
  };
  std::unordered_map<std::string, Entry, Hash, std::equal_to<>> entries_;

  friend CooldownState after_failure(CooldownState, std::string_view, const failure::Failure&,
                                     const CooldownPolicy&, Time);
  friend CooldownState after_success(CooldownState, std::string_view);
  friend CooldownState begin_probe(CooldownState, std::string_view, const CooldownPolicy&, Time);
  friend CooldownState forget_expired(CooldownState, const CooldownPolicy&, Time);
};

// The state after an attempt. What counts: trouble on the provider's side (network, timeout, overload,
// server, cut stream, pace) beyond `allowed_fails` within the window; at once: a Retry-After, a bad
// credential or an empty account, a model that does not exist. What does not: anything the request is to
// blame for.
CooldownState after_failure(CooldownState state, std::string_view key, const failure::Failure& failure,
                            const CooldownPolicy& policy, Time now);
CooldownState after_success(CooldownState state, std::string_view key);

// A credential whose rest is over is tried by one request, the probe: until it ends, or `probe_time` is up,
// the others leave the credential alone. Its success clears the entry, its failure makes the next rest twice
// as long.
CooldownState begin_probe(CooldownState state, std::string_view key, const CooldownPolicy& policy, Time now);

// Drops entries that no longer say anything, so that the state stays as small as its targets.
CooldownState forget_expired(CooldownState state, const CooldownPolicy& policy, Time now);

}  // namespace dragoman::route
