// Edits as the journal and the answer's header show them.
#pragma once
#include <span>
#include <string>

#include "lower/lower.h"

namespace dragoman::serve {

// [{"rule","pointer","keyword","before","after","loss"}…]
std::string edits_json(std::span<const lower::Edit> edits);
std::string edits_summary(std::span<const lower::Edit> edits);  // "3; none=2, widened=1"
std::string loss_classes(std::span<const lower::Edit> edits);   // "none,widened"

}  // namespace dragoman::serve
