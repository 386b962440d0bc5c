// What a refusal is about: the target, which holds for everybody's requests, or what this one request holds.
#pragma once
#include <string_view>

#include "failure/repair.h"

namespace dragoman::failure {

// Does the sentence say that the thing it names is not taken at all ("Unknown parameter", "is not
// supported"), rather than that its value is wrong ("must be greater than 0", "Supported values are …")?
bool says_unsupported(std::string_view message);

// May a repair that worked be remembered for the target? Not one that answers a wrong value, a schema that
// breaks the strict mode's rules, or reasoning that somebody else issued: one client's mistake would take the
// parameter, the strict mode, or everybody's reasoning from all of them.
bool lasts(const Repair& repair, std::string_view message);

}  // namespace dragoman::failure
