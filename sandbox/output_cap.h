// How much a model may be asked to write, for the providers that refuse a request for more than that.
#pragma once
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "base/strings.h"

namespace dragoman::sandbox {

struct OutputCap {
  std::string_view model;  // '*' for any run
  std::int64_t most = 0;   // tokens
};

// The cap of the first row whose pattern the model fits; nothing for a model without one.
inline std::optional<std::int64_t> output_cap(std::span<const OutputCap> caps, std::string_view model) {
  for (const OutputCap& cap : caps)
    if (glob_match(cap.model, model)) return cap.most;
  return std::nullopt;
}

}  // namespace dragoman::sandbox
