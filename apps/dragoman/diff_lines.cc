#include "diff_lines.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <span>

#include "base/columns.h"
#include "base/strings.h"

namespace dragoman::app {
namespace {

using Lines = std::span<const std::string_view>;

constexpr std::size_t kMostCells = 16u << 20;  // of the table below, 4 bytes each

// Lines of one side only, paired up as far as they go.
void add_changed(std::vector<DiffRow>& out, Lines left, Lines right) {
  for (std::size_t i = 0; i < std::max(left.size(), right.size()); ++i) {
    if (i >= right.size())
      out.push_back({'<', left[i], {}});
    else if (i >= left.size())
      out.push_back({'>', {}, right[i]});
    else
      out.push_back({'|', left[i], right[i]});
  }
}

void add_middle(std::vector<DiffRow>& out, Lines left, Lines right) {
  if (left.empty() || right.empty() || left.size() * right.size() > kMostCells) {
    add_changed(out, left, right);
    return;
  }
  const std::size_t columns = right.size() + 1;
  std::vector<std::uint32_t> common((left.size() + 1) * columns);  // of left[i..] and right[j..]
  for (std::size_t i = left.size(); i-- > 0;)
    for (std::size_t j = right.size(); j-- > 0;)
      common[i * columns + j] = left[i] == right[j]
                                    ? common[(i + 1) * columns + j + 1] + 1
                                    : std::max(common[(i + 1) * columns + j], common[i * columns + j + 1]);
  std::size_t i = 0, j = 0, from_i = 0, from_j = 0;
  while (i < left.size() && j < right.size()) {
    if (left[i] == right[j]) {
      add_changed(out, left.subspan(from_i, i - from_i), right.subspan(from_j, j - from_j));
      out.push_back({' ', left[i], right[j]});
      from_i = ++i;
      from_j = ++j;
    } else if (common[(i + 1) * columns + j] >= common[i * columns + j + 1]) {
      ++i;
    } else {
      ++j;
    }
  }
  add_changed(out, left.subspan(from_i), right.subspan(from_j));
}

bool continues(char c) { return (static_cast<unsigned char>(c) & 0xC0) == 0x80; }

// `most` bytes of `line`, from a little before the place at `from`.
std::string shortened(std::string_view line, std::size_t from, std::size_t most) {
  if (most == 0 || line.size() <= most) return std::string(line);
  const std::size_t before = most / 4;
  std::size_t begin = std::min(from < before ? 0 : from - before, line.size() - most);
  if (begin < before) begin = 0;
  while (begin > 0 && continues(line[begin])) --begin;
  std::size_t end = std::min(line.size(), begin + most);
  while (end < line.size() && continues(line[end])) ++end;
  const auto left_out = [](std::size_t bytes) { return fmt::format("[… {} bytes …]", bytes); };
  std::string out = begin > 0 ? left_out(begin) : std::string();
  out += line.substr(begin, end - begin);
  if (end < line.size()) out += left_out(line.size() - end);
  return out;
}

std::size_t first_difference(const DiffRow& row) {
  if (row.mark != '|') return 0;
  const auto [left, right] = std::ranges::mismatch(row.left, row.right);
  return static_cast<std::size_t>(left - row.left.begin());
}

}  // namespace

std::vector<DiffRow> diff_lines(std::string_view left, std::string_view right) {
  const std::vector<std::string_view> a = split(left, '\n'), b = split(right, '\n');
  const std::size_t shorter = std::min(a.size(), b.size());
  std::size_t head = 0, tail = 0;
  while (head < shorter && a[head] == b[head]) ++head;
  while (tail < shorter - head && a[a.size() - 1 - tail] == b[b.size() - 1 - tail]) ++tail;
  std::vector<DiffRow> out;
  for (std::size_t i = 0; i < head; ++i) out.push_back({' ', a[i], b[i]});
  add_middle(out, Lines(a).subspan(head, a.size() - head - tail),
             Lines(b).subspan(head, b.size() - head - tail));
  for (std::size_t i = tail; i > 0; --i) out.push_back({' ', a[a.size() - i], b[b.size() - i]});
  return out;
}

std::string side_by_side(const std::vector<DiffRow>& rows, std::size_t width, std::size_t most) {
  const std::size_t column = std::max<std::size_t>(20, (width - 3) / 2);
  std::string out;
  for (const DiffRow& row : rows) {
    const std::size_t from = first_difference(row);
    const std::string shown_left = shortened(row.left, from, most),
                      shown_right = shortened(row.right, from, most);
    std::string_view left = shown_left, right = shown_right;
    do {
      std::string line = fmt::format("{} {} ", padded(take_columns(left, column), column), row.mark);
      line += take_columns(right, column);
      line.erase(line.find_last_not_of(' ') + 1);
      out += line + "\n";
    } while (!left.empty() || !right.empty());
  }
  return out;
}

}  // namespace dragoman::app
