// `pattern` and `patternProperties`: ECMA-262 regular expressions (ecma_regex.h), run by RE2 in time linear
// in the text, whatever the pattern.
#pragma once
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>

#include "base/error.h"

namespace dragoman::validate {

// Immutable; any number of threads may match at once.
class Pattern {
 public:
  // Fails where ecma_to_re2() does, and where RE2 refuses the rest. `memory` bounds, in bytes, what RE2 may
  // take for the program and, while matching, its automaton.
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
