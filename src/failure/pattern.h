// The small pattern language of the rule tables. It cannot backtrack without bound, so one hostile error body
// costs time in proportion to its length; std::regex could neither promise that nor keep its stack small.
//
//   letters, digits, punctuation   themselves; patterns are written in lower case and without
//                                  backticks, which texts lose on their way
//   {N}                            up to N characters that end no sentence (no line break, no ". ")
//   #                              one decimal digit
//   ~                              a word boundary: no letter, digit or '_' on one of its sides
//
// A pattern starts with a literal character. Gaps are at most 200 characters and at most two per pattern,
// which keeps "an unrelated 400 with the word limit" from matching a rule about money, and bounds the work.
#pragma once
#include <string_view>

namespace dragoman::failure {

// True if `pattern` occurs anywhere in `text`, which must be in lower case already.
bool occurs(std::string_view pattern, std::string_view text);

// True if the pattern keeps the rules above; tests hold every row to it.
bool is_well_formed(std::string_view pattern);

}  // namespace dragoman::failure
