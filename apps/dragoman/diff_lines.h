// Two texts beside each other, line by line.
#pragma once
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace dragoman::app {

// One row of the comparison: ' ' the same, '|' changed, '<' only on the left, '>' only on the right.
struct DiffRow {
  char mark = ' ';
  std::string_view left, right;
  bool operator==(const DiffRow&) const = default;
};

// The longest common subsequence of lines decides what stands beside what. Views point into the arguments.
// Time and memory are bounded: middles of more than a few thousand lines each are not aligned, only listed.
std::vector<DiffRow> diff_lines(std::string_view left, std::string_view right);

// The rows in two columns of a page `width` wide; long lines go on in the next row.
std::string side_by_side(const std::vector<DiffRow>& rows, std::size_t width);

}  // namespace dragoman::app
