#include "canon/words.h"

#include "base/strings.h"

namespace dragoman::canon {

bool Words::blank() const {
  const std::string_view raw = value_.raw();
  for (std::size_t i = 1; i + 1 < raw.size(); ++i) {
    if (raw[i] == '\\') break;  // may be \n or \u0020: decode to know
    if (raw[i] != ' ') return false;
  }
  return is_blank(view());
}

}  // namespace dragoman::canon
