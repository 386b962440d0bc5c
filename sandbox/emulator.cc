#include "sandbox/emulator.h"

#include "base/strings.h"

namespace dragoman::sandbox {

std::string_view Call::header(std::string_view name) const {
  for (const auto& [key, value] : headers) {
    if (equals_ignoring_case(key, name)) return value;
  }
  return "";
}

}  // namespace dragoman::sandbox
