// JSON text to Value, strictly: RFC 8259, valid UTF-8, no duplicate keys, no lone surrogates, bounded depth.
#pragma once
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/arena.h"
#include "base/error.h"
#include "json/value.h"

namespace dragoman::json {

// simdjson reads up to this many bytes past the end of the text.
inline constexpr std::size_t kPadding = 64;

struct ParseLimits {
  int depth = 256;
  std::size_t values = SIZE_MAX;  // of the whole text
};

// Of what a client sends: more values are no conversation, and their tree would take hundreds of megabytes.
inline constexpr ParseLimits kRequestLimits = {.values = 2'000'000};

// Parses `text`, of which kPadding further bytes are readable (whatever they hold). Nothing is copied: the
// values point into `text`, which must outlive them. Errors carry the JSON pointer of the place where that is
// known.
Result<Value> parse_padded(Arena& arena, std::string_view text, ParseLimits limits = {});

// The same for any text; copies it into the arena first.
Result<Value> parse(Arena& arena, std::string_view text, ParseLimits limits = {});

}  // namespace dragoman::json
