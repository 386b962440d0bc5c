#include "table.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <numeric>

#include "base/columns.h"

namespace dragoman::app {
namespace {

constexpr std::size_t kGap = 2;
constexpr std::size_t kLeast = 12;  // columns of a cell that is broken

// Takes from the widest column until all fit into `width`, or none can give any more.
void narrow(std::vector<std::size_t>& widths, std::size_t width) {
  const std::size_t gaps = kGap * (widths.size() - 1);
  while (std::accumulate(widths.begin(), widths.end(), gaps) > width) {
    const auto widest = std::ranges::max_element(widths);
    if (*widest <= kLeast) return;
    --*widest;
  }
}

}  // namespace

std::string one_line(std::string text) {
  for (char& c : text)
    if (c == '\n' || c == '\r' || c == '\t') c = ' ';
  return text;
}

std::size_t terminal_width(std::size_t otherwise) {
  winsize size{};
  if (!isatty(STDOUT_FILENO) || ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col == 0)
    return otherwise;
  return size.ws_col;
}

Table::Table(std::vector<std::string> head) { rows_.push_back(std::move(head)); }

void Table::add(std::vector<std::string> cells) { rows_.push_back(std::move(cells)); }

std::string Table::text(std::size_t width) const {
  std::vector<std::size_t> widths(rows_.front().size());
  for (const auto& row : rows_)
    for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], columns_of(row[i]));
  if (width > 0) narrow(widths, width);
  std::string out;
  for (const auto& row : rows_) {
    std::vector<std::string_view> left(row.begin(), row.end());
    do {
      std::string line;
      for (std::size_t i = 0; i < left.size(); ++i)
        line += padded(take_columns(left[i], widths[i]), widths[i] + kGap);
      line.erase(line.find_last_not_of(' ') + 1);
      out += line + "\n";
    } while (std::ranges::any_of(left, [](std::string_view cell) { return !cell.empty(); }));
  }
  return out;
}

}  // namespace dragoman::app
