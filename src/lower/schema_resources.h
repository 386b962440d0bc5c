// Schemas with an `$id` of their own inside a document (TypeBox writes them, bundlers too), and references by
// such a name. To readers of JSON pointers alone those lead out of the document.
#pragma once
#include "base/arena.h"
#include "json/value.h"
#include "lower/schema_report.h"

namespace dragoman::lower {

// The document with each reference into it as "#…", and without the `$id`s these names came from; the input
// itself where there is none. What names another document stays as it is.
json::Value without_resources(json::Value root, Arena& arena, Reporter& reporter);

}  // namespace dragoman::lower
