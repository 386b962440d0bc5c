// A constraint as it is told to the model in words.
#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "json/value.h"
#include "lower/schema_refs.h"

namespace dragoman::lower {

// `keyword: value`, without references: what they name stands in their place, for the definitions need not be
// sent, and a model does not look them up. Nothing where that takes more than `most` bytes, leads round in a
// circle or out of the document.
std::optional<std::string> hint(std::string_view keyword, json::Value value, References& refs,
                                const json::Builder& build, std::size_t most);

}  // namespace dragoman::lower
