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

// The rows in two columns of a page `width` wide; long lines go on in the next row. Of what is longer than
// `most` bytes (a picture, a whole file) only the part around the first difference is shown, with what is
// left out counted; 0: all of it.
std::string side_by_side(const std::vector<DiffRow>& rows, std::size_t width, std::size_t most);

}  // namespace dragoman::app
