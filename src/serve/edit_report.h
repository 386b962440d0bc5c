// Edits as the journal and the answer's header show them.
#pragma once
#include <string>
#include <vector>

#include "lower/lower.h"

namespace dragoman::serve {

std::string edits_json(
    const std::vector<lower::Edit>& edits);  // [{"rule","pointer","keyword","before","after","loss"}…]
std::string edits_summary(const std::vector<lower::Edit>& edits);  // "3; none=2, widened=1"
std::string loss_classes(const std::vector<lower::Edit>& edits);   // "none,widened"

}  // namespace dragoman::serve
