// A learned repair as rows of a profile: what failure/repair.h proposes in a config's words becomes the rule
// that is laid over a target's own.
#pragma once
#include <vector>

#include "base/error.h"
#include "failure/repair.h"
#include "profile/compat.h"
#include "profile/profile.h"

namespace dragoman::route {

// Fails when the repair names a flag, setting or parameter this program does not know (a row learned by
// another version). The rules' ids are "learned" or "compat.<flag>", their `why` the repair's.
Result<std::vector<profile::Rule>> narrowing_rules(const failure::Repair& repair,
                                                   const profile::CompatTable& compat);

}  // namespace dragoman::route
