// What somebody pasted out of a terminal, an issue or a log: the error's text without what came along with
// it.
#pragma once
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace dragoman::failure {

struct Pasted {
  // The error: of an HTTP answer its body, else all that was pasted; without colours, quotation marks in
  // front of lines, boxes and code fences. UTF-8.
  std::string text;
  // The same with everything around it, for whoever looks who said it.
  std::string whole;
  int status = 0;  // of an HTTP head, or as the words have it; 0: nowhere
  // Of an HTTP head (curl -i, curl -v), and those that tell when to come back, out of an SDK's dump.
  std::vector<std::pair<std::string, std::string>> headers;

  std::string_view header(std::string_view name) const;  // "" without it
};

// Never fails; linear in the text.
Pasted read_pasted(std::string_view text);

}  // namespace dragoman::failure
