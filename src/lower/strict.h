// Strict tools and strict output: what a schema must be before `strict` may be said (OAIS, ANTS).
#pragma once
#include "json/value.h"

namespace dragoman::lower {

// Every object is closed (`additionalProperties: false`); with `all_required` every property is required,
// too.
bool strict_ready(json::Value schema, bool all_required);

}  // namespace dragoman::lower
