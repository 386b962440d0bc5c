// An upstream's bytes through the response head parser, to a HEAD request and to another.
#include <cstdlib>

#include "net/http_head.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace dragoman::net;
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const std::size_t end = find_head_end(bytes, 0);
  if (end == kNoHead) return 0;
  for (const bool to_head : {false, true}) {
    const auto head = parse_response_head(bytes.substr(0, end), to_head);
    if (!head) continue;
    if (head->status < 100 || head->status > 999) std::abort();
    if (to_head && head->framing != Framing::none) std::abort();
    if (head->framing == Framing::until_close && head->keep_alive) std::abort();
    for (const Header& field : head->headers)
      if (!is_header_name(field.name) || !is_header_value(field.value)) std::abort();
  }
  return 0;
}
