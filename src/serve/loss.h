// What the configuration says to the edits of a lowering: allow, warn or forbid, by class of loss.
#pragma once
#include <mutex>
#include <set>
#include <span>
#include <string>
#include <string_view>

#include "config/promises.h"
#include "lower/lower.h"

namespace dragoman::serve {

config::LossPolicy policy_of(const lower::Edit& edit, const config::Promises& promises);

// The first edit that may not be made; null: all may.
const lower::Edit* forbidden_edit(std::span<const lower::Edit> edits, const config::Promises& promises);

// Why a target is passed over for it, and what to do: rule, place and target are in it.
lower::Refused forbidden(const lower::Edit& edit, std::string_view target);

// A warning about an edit, with what can be done.
std::string loss_warning(const lower::Edit& edit, std::string_view target);

// Says yes the first time it is asked for a text; beyond a bound no more. Thread-safe.
class OnceEach {
 public:
  bool first(std::string key);

 private:
  std::mutex mutex_;
  std::set<std::string> said_;
};

}  // namespace dragoman::serve
