// `pattern` and `patternProperties`: ECMA-262 regular expressions (Unicode mode), run by RE2 in time linear
// in the text, whatever the pattern.
#pragma once
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "base/error.h"

namespace dragoman::validate {

// The same language in RE2's words. Fails on what is no ECMA-262 and on what RE2 cannot do (look-around,
// back-references).
Result<std::string> ecma_to_re2(std::string_view pattern);

// For "format": "regex": the syntax, with look-around and back-references.
bool is_ecma_regex(std::string_view pattern);

// Immutable; any number of threads may match at once.
class Pattern {
 public:
  // `memory` bounds, in bytes, what RE2 may take for the program and, while matching, its automaton.
  static Result<Pattern> compile(std::string_view ecma, std::int64_t memory = 4 << 20);
  Pattern(Pattern&&) noexcept;
  Pattern& operator=(Pattern&&) noexcept;
  ~Pattern();

  bool found_in(std::string_view text) const;  // anywhere: JSON Schema's patterns are not anchored
  std::size_t program_size() const;            // RE2 instructions

 private:
  struct Compiled;
  explicit Pattern(std::unique_ptr<const Compiled> compiled);
  std::unique_ptr<const Compiled> compiled_;
};

}  // namespace dragoman::validate
