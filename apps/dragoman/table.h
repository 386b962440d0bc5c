// Text in columns, for terminals.
#pragma once
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace dragoman::app {

// Line breaks and tabs as blanks.
std::string one_line(std::string text);

// Columns of the terminal on standard output, or `otherwise`.
std::size_t terminal_width(std::size_t otherwise);

// Left-aligned columns, two blanks apart, each as wide as its widest cell; no blanks at the ends of lines.
class Table {
 public:
  explicit Table(std::vector<std::string> head);
  void add(std::vector<std::string> cells);  // as many as the head has
  // `width`: of the page; the widest columns go on in the next line where the table is wider. 0: no matter.
  std::string text(std::size_t width = 0) const;

 private:
  std::vector<std::vector<std::string>> rows_;
};

}  // namespace dragoman::app
