// Which client dialect a request is written in, for people who have a file and do not remember.
#pragma once
#include "canon/dialect_name.h"
#include "json/value.h"

namespace dragoman::dialect {

// By what only one of them has; OpenAI Chat where nothing tells. A guess: where the path of a request is
// known, that decides.
canon::DialectName looks_like(json::Value body);

}  // namespace dragoman::dialect
